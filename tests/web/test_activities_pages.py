"""A family's guided activities: offered from the page, refused with the reason, taken back, both sides read."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from foster_bond.rules.ladder_state import LadderPast, PromptFacts, after_answer, after_sent, to_json
from foster_bond.runtime import Runtime
from foster_bond.store.audit import AuditEvent
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.families import Member
from foster_bond.store.flow_runs import FlowRun
from foster_bond.store.ids import new_id
from foster_bond.store.inbound import Reflection
from foster_bond.store.prompts import Prompt
from tests.cast import MONDAY, Browser, Cast
from tests.web.test_family_pages import signed_in


def page_of(cast: Cast) -> str:
    return f"/families/{cast.harbor.home.family_id}/activities"


def open_run(runtime: Runtime) -> FlowRun | None:
    with runtime.store.read() as session:
        return session.execute(select(FlowRun).where(FlowRun.ended_at.is_(None))).scalar_one_or_none()  # type: ignore[union-attr]  # a column


@pytest.fixture
def mina(app: Flask, cast: Cast, runtime: Runtime) -> Browser:
    """Mina, whose Grace has written long enough to be asked to explore."""
    past, at = LadderPast(), MONDAY - timedelta(days=9)
    for key in ("S1", "C1", "C2"):
        past = after_sent(past, PromptFacts(key, 2, "self"), at)
        past = after_answer(past, key, at + timedelta(minutes=5))
    with runtime.store.write() as session:
        grace = session.get(Member, cast.harbor.home.members["Grace"])
        assert grace is not None
        grace.past = to_json(past)
        for place in session.execute(select(Enrolment)).scalars():
            place.started_on = (MONDAY - timedelta(weeks=5)).date()
    return signed_in(app, cast, "mina")


def test_who_holds_the_family_reads_it_and_nobody_else(app: Flask, cast: Cast) -> None:
    for who, status in (("mina", 200), ("tom", 200), ("cal", 404), ("lena", 404), ("rex", 404)):
        assert (who, signed_in(app, cast, who).get(page_of(cast)).status_code) == (who, status)


def test_a_journey_is_offered_seen_and_taken_back(mina: Browser, cast: Cast, runtime: Runtime) -> None:
    grace = cast.harbor.home.members["Grace"]
    answer = mina.post(f"{page_of(cast)}/{grace}", {"activity": "dream_journey"})
    assert answer.status_code == 303
    shown = mina.get(page_of(cast)).text
    assert "Step 1 of 5 is due" in shown and "Picture a place" not in shown  # this agency has not taken D1 up
    refused = mina.post(f"{page_of(cast)}/{grace}", {"activity": "dream_journey"})
    assert refused.status_code == 409 and "an activity is open on this phone already" in refused.text
    run = open_run(runtime)
    assert run is not None
    assert mina.post(f"{page_of(cast)}/{run.id}/end", {}).status_code == 303
    assert open_run(runtime) is None and "taken back by staff" in mina.get(page_of(cast)).text
    with runtime.store.read() as session:
        acts = [row.act for row in session.execute(select(AuditEvent)).scalars() if row.act.startswith("activity")]
    assert sorted(acts) == ["activity_offered", "activity_taken_back"]


def test_the_page_says_why_one_is_not_offered(app: Flask, cast: Cast) -> None:
    shown = signed_in(app, cast, "mina").get(page_of(cast)).text
    assert "exploration is not open to them yet" in shown and "no teen lives in this home" in shown


def test_both_sides_stand_next_to_each_other_and_a_guess_says_so(mina: Browser, cast: Cast, runtime: Runtime) -> None:
    members = cast.harbor.home.members
    with runtime.store.write() as session:
        for key, who, days in (("P3A", "Grace", 4), ("P3B", "Grace", 3), ("P3D", "Ben", 2), ("P4A", "Grace", 1)):
            session.add(Prompt(
                agency_id=cast.harbor.agency_id, key=key, technique="paired", level=2, target="self", reply="text",
                roles=["foster_parent"], texts={"en": f"Asked {key}?"},
            ))  # fmt: skip
            at = MONDAY - timedelta(days=days)
            session.add(Reflection(
                id=new_id(), agency_id=cast.harbor.agency_id, family_id=cast.harbor.home.family_id,
                member_id=members[who], prompt_key=key, first_at=at, last_at=at,
            ))  # fmt: skip
    shown = mina.get(page_of(cast)).text
    sides = [shown.index(f"Asked {key}?") for key in ("P3A", "P3B", "P3D")]
    assert sides == sorted(sides) and "Asked P4A?" not in shown  # a moment with one side is no pair yet
    assert shown.count('<span class="guess">') == 1
