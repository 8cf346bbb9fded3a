"""What the prompt desk and the programmes pages show, for the gallery of templates."""

from foster_bond.library import LANGUAGES, PROMPT_ROLES, REPLIES, TARGETS, TECHNIQUES
from foster_bond.rules.how_it_works import examples
from foster_bond.rules.page_values.frame import Choice, FormState, When
from foster_bond.rules.page_values.programmes import Cell, ProgrammePage, ProgrammeRow, ProgrammesPage, Week
from foster_bond.rules.page_values.prompt_desk import PromptDeskPage, PromptEditor, Signed, Used, VersionShown
from foster_bond.rules.prompt_looks import looks
from foster_bond.rules.prompt_words import difference
from tests.web import more_samples as more

WHEN = When("Mon 2 Nov, 9:00 am", "2026-11-02T16:00:00Z")
IDA = Signed("Ida Roth", "LCSW", "Mon 2 Nov 2026", "Lena", WHEN)
OPEN = looks(
    "own-1", {"text_en": "", "en": "Did Maya’s day go well?", "es": "¿Cómo está su niño?"}, price=83, currency="$",
    sender="Harbor",
)  # fmt: skip
CLEAN = looks("own-1", {"en": "What did {child} do today?"}, price=None, currency="$", sender="Harbor")
NEWER = VersionShown(
    2, "waits", WHEN, "Lena", reason="It opens softly.",
    changes=(("en", difference("What was heavy today?", "What weighed most today?")),),
    altered=(("technique", ("support",), ("exploration",)), ("target", ("self",), ("child",)),
             ("reply", ("text",), ("word",)), ("roles", ("teen",), ("foster_parent", "kin_carer"))),
)  # fmt: skip
FIRST = VersionShown(1, "holds", WHEN, "", signed=IDA)
DESK = PromptDeskPage(
    more.CALM, "approved", "library", CLEAN, "1.approved.", True, signed=IDA, waiting=NEWER, waiting_looks=OPEN,
    versions=(NEWER, FIRST), flow="dream_journey", pair="P1", thermometer=True, fixed=True, written=2,
    today="2026-11-02",
    used=(Used("pg1", "First twelve weeks", schedules=(Choice("c1", "Evenings"),)), Used("", "B1", alone=True),
          Used("pg2", "Softly", instead=True)),
    form=FormState(values={"signed_on": "2026-11-02"}, errors={"signed_name": ("Write the name.",)}),
)  # fmt: skip
RETIRED = PromptDeskPage(more.HARD, "retired", "pack", CLEAN, "1.retired.", True, retired=WHEN, retired_by="Lena")
DRAFT = PromptDeskPage(more.HARD, "draft", "desk", CLEAN, "1.draft.", False)
EDITOR = PromptEditor(
    "pr-b1", "B1", "1.approved.", 2, OPEN, TECHNIQUES, TARGETS, REPLIES, PROMPT_ROLES, LANGUAGES, in_force=True,
    form=FormState(values={"text_en": "Did it?", "technique": "support"}, errors={"roles": ("Choose somebody.",)}),
)  # fmt: skip
EMPTY = PromptEditor(
    "", "", "id", 1, looks("", {}, price=None, currency="$", sender="Harbor"), TECHNIQUES, TARGETS, REPLIES,
    PROMPT_ROLES, LANGUAGES,
)  # fmt: skip
PROGRAMMES = ProgrammesPage(
    (
        ProgrammeRow("pg1", "first", "First twelve weeks", "ladder", "First feel carried.", "3 a week.", False, 36,
                     (Choice("c1", "Evenings"),)),
        ProgrammeRow("pg2", "own", "Own", "ordered", "", "", True, 4),
    ),
    may_write=True,
)  # fmt: skip
CARER = ("foster_parent", "kin_carer")
PROGRAMME = ProgrammePage(
    "pg1", "first", "Visits and hellos", "ordered", 1, True, CARER,
    tuple((name, f"Words about the {name}.") for name in ("intent", "dose", "timing", "gates", "limits", "evidence")),
    (
        Week(1, (Cell(CARER, "B1", "pr-b1", "Find one calm thing.", "secure_base", 0, "approved", "before", "S5", True),
                 Cell(("teen",), "TN8", "", "", "", 0, "missing", "after")), plain="the door, both sides"),
        Week(2, (Cell(("teen",), "X", "pr-x", "Words.", "support", 1, "draft", "later"),
                 Cell(("teen",), "Y", "pr-y", "Words.", "support", 1, "retired")), moment="a call", only_if="it rang"),
    ),
    (Choice("c1", "Evenings", chosen=True), Choice("c2", "Mornings")), None, True, "en", "2026-11-02",
)  # fmt: skip
REVIEWED = ProgrammePage("pg2", "own", "Own", "ladder", 2, False, (), (), (Week(0, ()),), (), IDA)
HOW = examples("en")
