"""Values for the practice and pictures templates: two people, every kind of choice, a year with a line and without."""

from foster_bond.rules.ladder_view import Room
from foster_bond.rules.page_values.frame import FormState, When
from foster_bond.rules.page_values.pictures import NoteMark, PicturesPage, RatingMark, RatingPicture, WeekColumn
from foster_bond.rules.page_values.practice import (
    NextPrompt,
    OptionGroup,
    OverrideLine,
    PersonOnLadder,
    PracticePage,
    PromptOption,
    RungLine,
    SwitchLine,
)

TUESDAY = When("Tue 3 Nov, 7:00 pm", "2026-11-04T02:00:00Z")
TECHNIQUES = ("secure_base", "support", "clarification", "exploration", "challenging", "transference")
HELD = ("Challenging held: no support reply in 7 days.", "Challenging held: too close to a hearing.")
STANDS = OverrideLine(
    override_id="v1", member_name="Grace", text="Give two guesses.", language="en", technique="exploration", level=3,
    instead="support", passes=HELD, reason="She asked for it on the phone", by="Mina Vale", when=TUESDAY,
)  # fmt: skip
USED = OverrideLine(
    "v2", "Ben", "Put both feet on the floor.", "en", "secure_base", 0, "", (), "", "Mina Vale", TUESDAY, "used",
    TUESDAY,
)  # fmt: skip


def _rungs(here: int) -> tuple[RungLine, ...]:
    return tuple(
        RungLine(level, name, HELD if level > here else (), here=level == here)
        for level, name in reversed(list(enumerate(TECHNIQUES)))
    )


NEXT = NextPrompt(TUESDAY, "How was today?", "en", "support", 1, held=True, reasons=("Next in its programme.",))
GROUPS = (OptionGroup(1, "support", (PromptOption("S1", "What was hard?"), PromptOption("S4", "What did you do?"))),)
GRACE = PersonOnLadder("m1", "Grace", "foster_parent", "exploration", _rungs(3), NEXT, STANDS, (), Room(12, 0))
BEN = PersonOnLadder(
    "m2", "Ben", "kin_carer", "support", _rungs(1), None, None, GROUPS, Room(12, 7),
    FormState({"prompt": "S4"}, {"reason": ("Say why: this needs a reason.",)}),
)  # fmt: skip
LADDER = PracticePage(
    "f1", "Okafor", (GRACE, BEN),
    (SwitchLine(True, "Mina Vale", TUESDAY, "They brought it up"), SwitchLine(False, "Tom Vale", TUESDAY, "")),
    (USED,),
)  # fmt: skip
NOBODY = PracticePage("f1", "Okafor", (), (), ())
WEEKS = tuple(
    WeekColumn(
        f"Week {n}", "Nov" if n % 4 == 0 else "", n % 4, n % 3 if n % 4 else 0,
        tuple((n % 4, n % 3 if n % 4 else 0) if level == n % 6 else (0, 0) for level in range(6)),
    )
    for n in range(52)
)  # fmt: skip
FOUR = tuple(RatingMark(100 + 200 * n, 1 + n, TUESDAY) for n in range(4))
YEAR = PicturesPage(
    "f1", "Okafor", WEEKS,
    (
        RatingPicture("Grace", "thermometer", 1, 5, FOUR, joined=True, usual=3, last=(2, 3, 4)),
        RatingPicture("Grace", "closeness", 1, 7, FOUR[:1], joined=False, usual=None, last=(1,)),
        RatingPicture("Ben", "hard_moments", 0, 10, FOUR[:3], joined=False, usual=None, last=(1, 2, 3)),
    ),
    (NoteMark(500, "Mina Vale", TUESDAY),), TECHNIQUES,
)  # fmt: skip
NO_YEAR = PicturesPage("f1", "Okafor", (), (), (), TECHNIQUES)
