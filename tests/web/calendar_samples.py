"""Values for the calendar templates: a hearing, a visit that was told, texts of every outcome, and a week's reasons."""

from dataclasses import replace

from foster_bond.rules.page_values.agency_calendar import AgencyCalendarPage, ChangeLine, ClosedDay, HolidayTick
from foster_bond.rules.page_values.calendar import (
    DateLine,
    FamilyCalendarPage,
    FamilyTextsPage,
    HeldGroup,
    HeldLine,
    HeldPage,
    PlacementLine,
    TextLine,
)
from foster_bond.rules.page_values.frame import NOTHING_TYPED, Choice, FormState, When

TUESDAY = When("Tue 3 Nov, 7:00 pm", "2026-11-04T02:00:00Z")
SUNDAY = When("Sun 8 Nov, 2:00 pm", "2026-11-08T21:00:00Z")
HEARING = DateLine(
    date_id="d1", kind="hearing", when="Thu 5 Nov, 2:00 pm", holds_from=TUESDAY, holds_until=SUNDAY, now=True,
    note="Room 4", added="Mina, Mon 2 Nov",
)  # fmt: skip
VISIT = DateLine(
    date_id="d2", kind="family_visit", when="Mon 2 Nov, 8:00 am – 10:00 am", holds_from=TUESDAY, holds_until=SUNDAY,
    manner="video", added="the operator, Mon 2 Nov", may_tell=True,
)  # fmt: skip
EVERYBODY = DateLine("d3", "agency_date", "Wed 4 Nov – Fri 6 Nov", TUESDAY, SUNDAY)
CALENDAR = FamilyCalendarPage(
    family_id="f1", name="Okafor",  rests="", dates=(HEARING, VISIT), shared=(EVERYBODY,),
    placement=(PlacementLine("p1", "respite", "Fri 6 Nov – Sun 8 Nov", "With her aunt", "Mina, Mon 2 Nov"),),
    form=FormState({"kind": "hearing", "day": "soon"}, {"day": ("Write a day like 2026-11-26.",)}),
)  # fmt: skip
NO_DATES = FamilyCalendarPage("f1", "Okafor", "The placement has ended.", (), (), ())


def _text(outcome: str, *acts: str, **more: object) -> TextLine:
    plain = TextLine(
        occurrence_id="o1" if acts else "", when=TUESDAY, member_name="Grace", schedule="Evenings",
        text="How was today?", language="en", technique="support", level=1, outcome=outcome,
        reasons=("Next in its programme.", "Challenging held: too close to a hearing."), acts=acts,
        local="2026-11-03T19:00",
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]  # field names are checked at run


TEXTS = FamilyTextsPage(
    family_id="f1", name="Okafor", zone="America/Denver",
    coming=(
        _text("planned", "skip", "now", "move", moved_from=SUNDAY), _text("held", "skip", "now", "move", text=""),
        _text("written", "skip"), _text("skipped", "restore", reasons=("Skipped by a person.",)), _text("planned"),
    ),
    past=(_text("sent", delivery="delivered"), _text("expired", text=""), _text("sent", delivery="cancelled")),
    earlier="20261101T020000.000000~o0",
)  # fmt: skip
NO_TEXTS = FamilyTextsPage("f1", "Okafor", "America/Denver", (), ())
WEEKS = (Choice("2026-11-02", "This week", chosen=True), Choice("2026-10-26", "Last week"))
HELD = HeldPage(
    groups=(
        HeldGroup(
            "Too close to a hearing for this question.", 24, 3,
            (HeldLine(TUESDAY, "f1", "Okafor", "Evenings", "held", "challenging"),
             HeldLine(TUESDAY, "", "", "Evenings", "expired")),
        ),
    ),
    sent=41, held=24, weeks=WEEKS, more=True,
)  # fmt: skip
NOTHING_HELD = HeldPage((), 41, 0, WEEKS)
AGENCY = AgencyCalendarPage(
    name="Harbor", country="US", polite_from="9:00 am", polite_until="8:00 pm", sunday_from="12:00 pm",
    zones=("America/Denver", "America/New_York"), states=(Choice("CO", "CO", chosen=True), Choice("TX", "TX")),
    state_rule="TX: 9:00 am – 9:00 pm, 12:00 pm on Sundays.",
    holidays=(HolidayTick("Thanksgiving Day", "Thu 26 Nov", True), HolidayTick("Columbus Day", "Mon 12 Oct", False)),
    year=2026, closed=(ClosedDay("2026-12-24", "Thu 24 Dec 2026", "Staff day"),), dates=(EVERYBODY,),
    changes=(ChangeLine(TUESDAY, "Ada", "texts until 20:00 → 19:00"),), may_change=True, may_mark=True,
    form=FormState(
        {"zone": "America/Denver", "state": "CO", "polite_from": "07:00", "sender_tier": "long_code"},
        {"polite_from": ("Polite hours must lie between 8:00 and 21:00.",)},
    ),
    day_form=FormState({"date": "soon"}, {"date": ("Write a day like 2026-12-24.",)}),
    date_form=FormState({}, {}, "A calendar holds at most 200 dates: take old ones out first."),
)  # fmt: skip
AGENCY_READ = AgencyCalendarPage(
    "Harbor", "XX", "9:00 am", "8:00 pm", "12:00 pm", ("America/Denver",), (), "", (), 2026, (), (), (), False, False,
    FormState({"zone": "America/Denver"}), NOTHING_TYPED, NOTHING_TYPED,
)  # fmt: skip
