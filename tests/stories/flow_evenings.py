"""Evenings of a home that is on a guided activity: somebody says something, seconds pass, the carrier takes all."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlmodel import col

from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.ladder_state import LadderPast, PromptFacts, after_answer, after_sent, to_json
from foster_bond.rules.local_time import local_instant
from foster_bond.steps.asking.offer_flow import Offered, offer_flow
from foster_bond.steps.asking.walk_flows import walk_flows
from foster_bond.steps.hearing.receive_text import Post, receive
from foster_bond.store import outbox
from foster_bond.store.families import Member
from foster_bond.store.flow_runs import FlowRun, FlowStep
from foster_bond.store.inbound import Reflection
from foster_bond.store.outbox import OutboxMessage
from tests.steps.asking.house import GRACE, SENDER, House

DENVER = "America/Denver"
MEMBER_FOR = timedelta(weeks=5)


def on(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of November 2026 on the family's wall."""
    return local_instant(date(2026, 11, day), time(hour, minute), DENVER) + timedelta(seconds=second)


@dataclass(slots=True)
class Evenings:
    """The home, and what has been said in it."""

    house: House
    family: str = ""
    members: dict[str, str] = field(default_factory=dict)  # by number
    said: int = 0

    @property
    def boss(self) -> Viewer:
        return Viewer(staff_id="", agency_id=self.house.agency_id, role=Role.ADMIN, name="Ada")

    def move_in(self, now: datetime) -> None:
        self.family = self.house.family(now=now - MEMBER_FOR)

    def join(self, number: str, now: datetime, **more: object) -> str:
        """Somebody who has written for five weeks: exploration is open to them."""
        past, at = LadderPast(), now - timedelta(days=9)
        for key, level, target in (("S1", 1, "self"), ("C1", 2, "self"), ("C2", 2, "self"), ("S2", 1, "self")):
            at += timedelta(days=2)
            past = after_sent(past, PromptFacts(key, level, target, "", "1-5" if key == "S2" else "text"), at)
            past = after_answer(past, key, at + timedelta(minutes=5), thermometer=4 if key == "S2" else None)
        made = self.house.member(self.family, number, now=now - MEMBER_FOR, ref=f"m{number}", **more)
        self.house.change(Member, made, past=to_json(past))
        self.members[number] = made
        return made

    def offer(self, flow: str, now: datetime, number: str = GRACE, **more: bool) -> Offered:
        return offer_flow(self.house.store, self.boss, self.family, self.members[number], flow, now, **more)

    def say(self, words: str, now: datetime, number: str = GRACE, sid: str | None = None) -> None:
        self.said += 1
        receive(self.house.store, Post(sid or f"SM{self.said}", number, SENDER, words), now)

    def pass_by(self, start: datetime, until: datetime, step: timedelta = timedelta(seconds=30)) -> None:
        """The clock looks and the carrier takes what may leave, again and again."""
        now = start
        while now <= until:
            walk_flows(self.house.store, now)
            self.house.carry(now)
            now += step

    def soon(self, now: datetime) -> datetime:
        """The next minute has passed."""
        self.pass_by(now, now + timedelta(minutes=1))
        return now + timedelta(minutes=1)

    def texts(self, number: str = GRACE) -> list[str]:
        """What has left for a number, in order: ids."""
        bidx = self.house.store.vault.blind_index(self.house.agency_id, number)
        query = select(OutboxMessage).where(
            col(OutboxMessage.to_bidx) == bidx, col(OutboxMessage.accepted_at).is_not(None)
        )
        with self.house.store.read() as session:
            rows = session.execute(query.order_by(col(OutboxMessage.accepted_at), col(OutboxMessage.id))).scalars()
            return [row.text_id or "" for row in rows]

    def words(self, number: str = GRACE) -> list[str]:
        """What has been written for a number, in words."""
        bidx = self.house.store.vault.blind_index(self.house.agency_id, number)
        with self.house.store.read() as session:
            rows = session.execute(select(OutboxMessage).where(col(OutboxMessage.to_bidx) == bidx)).scalars()
            return [outbox.body_of(session, self.house.store.vault, row) for row in rows]

    def runs(self) -> list[FlowRun]:
        with self.house.store.read() as session:
            return list(session.execute(select(FlowRun).order_by(col(FlowRun.started_at), col(FlowRun.id))).scalars())

    def filed(self) -> dict[str, int]:
        """How many parts of an answer stand under each step."""
        query = select(col(FlowStep.prompt_key), col(Reflection.parts)).join(
            Reflection, col(Reflection.id) == col(FlowStep.reflection_id)
        )
        with self.house.store.read() as session:
            return dict(session.execute(query).all())
