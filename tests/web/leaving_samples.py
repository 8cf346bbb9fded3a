"""Values for the pages about leaving, the record and hand-overs: what is open, what is decided, what has left."""

from foster_bond.rules.page_values.frame import Choice, FormState, When
from foster_bond.rules.page_values.leaving import (
    CoverLine,
    DepartureLine,
    FamilyToHand,
    HandOverPage,
    LeavingMember,
    LeavingPage,
    QuoteLine,
    RecordPage,
    SheetFamily,
    SheetPage,
    SummaryPage,
    TakenOut,
)

TUESDAY = When("Tue 3 Nov, 7:00 pm", "2026-11-04T02:00:00Z")
OPEN = DepartureLine(
    "d1", "", "moved", TUESDAY, "Mina Haddad", decided=False, closing_note=False, aftercare=False, whom=("Ben",),
    going_on=("Grace",),
)  # fmt: skip
DECIDED = DepartureLine(
    "d2", "Ben", "of_age", TUESDAY, "", decided=True, closing_note=True, aftercare=True,
    said=(("N3", TUESDAY), ("N4", None)),
)  # fmt: skip
LEAVING = LeavingPage("f1", "Okafor", closed=True, departures=(OPEN, DECIDED), members=(), has_phone=False,
                      form=FormState({}, {}, "Aftercare follows the closing note."))  # fmt: skip
STAYING = LeavingPage(
    "f1", "Okafor", closed=False, departures=(), has_phone=True,
    members=(
        LeavingMember("m1", "Grace", "foster_parent", teen=False, turns_18=""),
        LeavingMember("m2", "Ben", "teen", teen=True, turns_18="2027-04"),
    ),
)  # fmt: skip
PEOPLE = (Choice("M-Grace", "Grace"), Choice("M-Ben", "Ben", chosen=True))
RECORD = RecordPage(
    "f1", "Okafor", PEOPLE,
    (TakenOut(TUESDAY, "Mina Haddad", "record", "pdf", ("Grace",), redacted=True, digest="5f2a00b3c1d4"),
     TakenOut(TUESDAY, "", "summary", "pdf", (), redacted=False, digest="aa2a00b3c1d4")),
    form=FormState({"redact": "yes", "take_out": "x"}, {}, "Each line has 2 to 80 signs."),
)  # fmt: skip
SAID = QuoteLine("t1", "Grace", TUESDAY, "I think she was scared.", "What might she have felt?", guess=True,
                 language="en", teen=False)  # fmt: skip
UNASKED = QuoteLine("t2", "Ben", TUESDAY, "Ya no quiero hablar.", "", guess=False, language="es", teen=True)
SUMMARY = SummaryPage("f1", "Okafor", "2026-08-05", "2026-11-03", PEOPLE, (SAID, UNASKED))
NO_QUOTES = SummaryPage("f1", "Okafor", "2026-08-05", "2026-11-03", PEOPLE, ())
STAFF = (Choice("s1", "Mina Haddad", chosen=True), Choice("s2", "Paul Ferreira"))
HAND_OVER = HandOverPage(
    of="s1", workers=STAFF, colleagues=STAFF[1:], tells=True, may_set=True, may_arrange=True,
    families=(FamilyToHand("f1", "Okafor", ("Grace", "Ben"), 3, 1), FamilyToHand("f2", "Novak", ("Ivo",), 0, 0)),
    covers=(CoverLine("c1", "Mina Haddad", "Paul Ferreira", "Mon 2 Nov – Fri 6 Nov", now=True, may_end=True),),
)  # fmt: skip
NOTHING_TO_HAND = HandOverPage(
    of="s1", workers=STAFF[:1], families=(), colleagues=STAFF[1:], covers=(), tells=False, may_set=False,
    may_arrange=False, cover_form=FormState({}, {}, "Say from which day to which day."),
)  # fmt: skip
SHEET = SheetPage(
    "Paul Ferreira", TUESDAY,
    (SheetFamily(
        "Okafor", TUESDAY, (("Grace", "foster_parent", "en", "active"), ("Ben", "teen", "es", "stopped")),
        (SAID, UNASKED), (("alert", "missing"), ("look", "suicide"), ("task", "asked for help")),
        (("Mina Haddad", TUESDAY, "Called."),),
        "The placement has ended.", (("Mina Haddad", TUESDAY),),
    ),
     SheetFamily("Novak", TUESDAY, (), (), (), (), "", ())),
)  # fmt: skip
