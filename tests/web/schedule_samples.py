"""The schedule editor and its members on paper."""

from dataclasses import replace
from datetime import date, time, timedelta

from foster_bond.rules.pack_values import Audience, PackSchedule
from foster_bond.rules.page_values.frame import Choice, FormState
from foster_bond.rules.page_values.members import MemberRow, MembersPage, PickingBox
from foster_bond.rules.page_values.schedule_editor import ChangeRow, DryRun, Editor, MarkedVisit, PlanOf, VersionRow
from foster_bond.rules.schedule_form import as_typed
from foster_bond.rules.schedule_words import picks
from tests.web.more_samples import PLAN
from tests.web.samples import when

TODAY = date(2026, 11, 2)
WORDS = PackSchedule(
    id="evenings", name="First twelve weeks", audience=Audience(("foster_parent",), ("new",)),
    rule="FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=36", at=time(19), between=None, programme="first-twelve-weeks",
    starts=TODAY, nudge_after=timedelta(hours=20), nudge_from=time(17),
)  # fmt: skip
VALUES = as_typed(WORDS, TODAY)
ROWS = (
    ChangeRow(
        "moved", "Grace Okafor", when("Mon 9 Nov, 6:00 pm"), when("Mon 9 Nov, 7:00 pm"), "Pick one small moment."
    ),
    ChangeRow("added", "Ben Okafor", None, when("Tue 10 Nov, 7:00 pm"), "Elija un momento.", "es"),
    ChangeRow("cancelled", "Grace Okafor", when("Fri 13 Nov, 6:00 pm"), None, "One thing near you."),
)
DRY = DryRun(
    moved=41, families=12, added=9, cancelled=3, weeks=6, rows=ROWS, more=50, digest="abc123",
    notes=("No Spanish text for C3: held for the person who reads it until there is one.",), unapproved=("C3",),
    people=31,
)  # fmt: skip
VISITS = (
    MarkedVisit("Thu 12 Nov", cancelled=False, asked=True), MarkedVisit("Thu 19 Nov", cancelled=False, asked=False),
    MarkedVisit("Thu 26 Nov", cancelled=True, asked=True),
)  # fmt: skip
EDITOR = Editor(
    schedule_id="sched-1", name="First twelve weeks", state="active", version=4, since=when("Fri 2 Oct, 9:00 am"),
    people=31, families=22, mark="4.active.", words=picks(WORDS, "First twelve weeks", TODAY),
    programmes=(Choice("first-twelve-weeks", "First twelve weeks", chosen=True, count=36),),
    questions=(Choice("only:S2", "S2: From 1 to 5, how much do you have left?"),),
    roles=("foster_parent", "kin_carer", "teen", "birth_parent", "other"),
    members=(Choice("grace", "Grace Okafor", chosen=True), Choice("ben", "Ben Okafor")), picked_id="grace",
    form=FormState(values=VALUES), dry=DRY,
    plan=PlanOf("Grace Okafor", PLAN.slots, parts=18, cost="$0.15", visits=VISITS),
    draft_when=when("Mon 2 Nov, 9:00 am"), draft_by="Lena Vale",
    versions=(VersionRow(4, when("Fri 2 Oct"), "Lena Vale"),),
    week_cap=6,
)  # fmt: skip
OFF = replace(
    EDITOR, dry=None, draft_when=None, plan=PlanOf(problems=("Choose at least one day of the week.",)),
    form=FormState(values=VALUES, errors={"days": ("Choose at least one day of the week.",), "at": ("No hour.",)}),
)  # fmt: skip
ENDING = replace(EDITOR, draft_when=None, dry=DryRun(0, 0, 0, 12, 6, rows=ROWS[2:], ends=True))
MEMBERS = MembersPage(
    schedule_id="sched-1", name="First twelve weeks", state="active", may_change=True,
    rows=(
        MemberRow("grace", "Grace Okafor", "active", "", "Mon 2 Nov", 4, 36, when("Wed 4 Nov, 7:00 pm")),
        MemberRow("ben", "Ben Okafor", "left", "out", "Mon 2 Nov", 0, 0),
    ),
    others=(Choice("M-Ivo", "M-Ivo"),), form=FormState(values={"refs": "M-Ivo"}),
    picking=PickingBox(1, 1, 2, ("M-Old",), (("M-Ivo", 6),)), more=2,
)  # fmt: skip
