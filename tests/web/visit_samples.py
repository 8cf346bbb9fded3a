"""What was heard since a visit, on paper: the opening of the Okafors' page, and their visits."""

from dataclasses import replace

from foster_bond.rules.page_values.frame import FormState, When
from foster_bond.rules.page_values.opening import (
    Behind,
    DueLine,
    FollowUpLine,
    Opening,
    PastVisit,
    PersonLine,
    PinLine,
    RatingsLine,
    Reading,
    VisitLine,
    VisitsPage,
)
from foster_bond.rules.since_visit import Compared


def behind(moment_id: str, words: str, *, shown: bool = True) -> Behind:
    return Behind(moment_id, words, When(f"{words}, 7:41 pm", "2026-11-17T02:41:00Z"), shown, "20261117T024200.000000~")


MONDAY, SUNDAY = behind("m1", "Mon 16 Nov"), behind("m2", "Sun 15 Nov", shown=False)
GRACE = PersonLine(
    "Grace", (behind("m3", "Thu 5 Nov"), SUNDAY, MONDAY), Compared.LITTLE_MORE, 2,
    (RatingsLine("thermometer", (behind("m3", "2"), behind("m2", "2"), behind("m1", "3")), 4),
     RatingsLine("closeness", (behind("m1", "6"),), None), RatingsLine("hard_moments", (behind("m1", "0"),), 1)),
    (SUNDAY,), (SUNDAY, MONDAY),
)  # fmt: skip
BEN = PersonLine("Ben", (), Compared.LESS, 4, (), (), ())
TEEN = PersonLine("Ada", (), None, None, (), (), ())
OTHERS = tuple(
    replace(GRACE, name=one.value, compared=one, ratings=(), hard=(), wondered=()) for one in Compared
)  # fmt: skip
READING = Reading((GRACE, BEN, TEEN), 8, 6, MONDAY)
SILENCE = Reading((), 0, 0, None)
VISITED = VisitLine("v1", "Tue 3 Nov", "Mina Haddad", mine=True, note="Ben was at work.", days_ago=14, may_undo=True)
BY_TOM = VisitLine("v0", "Fri 2 Oct", "Tom Becker", mine=False, days_ago=46)
PLANNED = VisitLine("v2", "Thu 3 Dec", "Mina Haddad", mine=True, days_ago=-16)
PINS = (
    PinLine(MONDAY, "reflection", "ask me what happened before you ask me what I did", "Ada", by="Tom Becker"),
    PinLine(SUNDAY, "note", "Ask Ben, too: he has been quiet.", "Mina Haddad", mine=True),
    PinLine(SUNDAY, "alert", "", "Grace"),
)
OPENING = Opening(
    visit=VISITED, reading=READING, new=2, pins=PINS, planned=(PLANNED,), due=DueLine("passed", "Mon 16 Nov"),
    follow_ups=(
        FollowUpLine("u1", "Call the school about Thursday.", "Tue 17 Nov", due=True, by="Tom Becker"),
        FollowUpLine("u2", "Send the form.", "Fri 20 Nov", due=False),
    ),
    may_act=True, today="2026-11-17", key="0190ab",
)  # fmt: skip
FIRST_OPENING = Opening(visit=None, reading=SILENCE, due=DueLine("first", "Thu 1 Oct"), may_act=True, key="0190ac")
PAST = (
    PastVisit(VISITED, BY_TOM, Reading(OTHERS, 9, 9, SUNDAY), PINS),
    PastVisit(BY_TOM, None, Reading((BEN,), 3, 0, None)),
)
VISITS = VisitsPage(
    "f-okafor", "Okafor", PAST, (PLANNED,), more=True, may_act=True, today="2026-11-17", key="0190ad",
    visit_form=FormState({"day": "2027-01-01", "note": "Ben"}, {"day": ("That day is still to come.",)}),
    plan_form=FormState({"day": ""}, {"day": ("Write a day like 2026-11-26.",)}),
    follow_form=FormState({"words": ""}, {"words": ("Write what is to be done.",), "day": ("That day is over.",)}),
)  # fmt: skip
NO_VISITS = VisitsPage("f-okafor", "Okafor", ())
