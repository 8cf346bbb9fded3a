"""The town of the whole conversation: an agency, five phones, a carrier with moods, and the clock's jobs by name."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlmodel import col

from foster_bond.carriers.carrier import (
    Accepted,
    CarrierInbound,
    CarrierText,
    Later,
    Outcome,
    OutgoingText,
    Refused,
    Unknown,
)
from foster_bond.clock import FixedClock
from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.states import Consent
from foster_bond.steps.asking.ask_again import ask_again
from foster_bond.steps.asking.close_prompts import close_prompts
from foster_bond.steps.asking.fill_outbox import fill_outbox
from foster_bond.steps.asking.plan_occurrences import plan_occurrences
from foster_bond.steps.asking.reconfirm import reconfirm
from foster_bond.steps.asking.remind_monthly import remind_monthly
from foster_bond.steps.hearing.escalate_alert import escalate_alerts
from foster_bond.steps.hearing.order_parts import order_parts
from foster_bond.steps.hearing.recover_missed import recover_missed
from foster_bond.steps.keeping.act_as_operator import act_as_operator
from foster_bond.steps.keeping.add_staff import add_staff
from foster_bond.steps.keeping.chain_audit import chain_audit
from foster_bond.steps.keeping.end_holds import end_holds
from foster_bond.steps.replanning import refit_all
from foster_bond.steps.sending.look_up_unknown import look_up
from foster_bond.steps.sending.poll_final import poll_final
from foster_bond.steps.sending.send_outbox import Sender, Sending
from foster_bond.steps.sending.settle_outbox import settle_outbox
from foster_bond.store import enrolments, families, prompts
from foster_bond.store.enrolments import TakingPart
from foster_bond.store.ids import new_id
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage
from tests.cast import PASSWORD, PUBLIC_URL
from tests.steps.asking.house import SENDER, House, open_house
from tests.stories.conversation_model import DENVER, Model, Phone

START = datetime(2026, 10, 26, 15, 0, tzinfo=UTC)  # a Monday: 9:00 in Denver, 11:00 in New York
NEW_YORK = "America/New_York"
GRACE, BEN, ROSA, NORA = "+13035550111", "+13035550112", "+12125550121", "+13035550131"
UNKNOWN, MINA_PHONE = "+14155550141", "+13035550152"
PHONES: Mapping[str, tuple[str, ...]] = {
    GRACE: ("okafor", "lind"),  # two homes share her number
    BEN: ("okafor",),  # and Joy: one phone of two carers
    ROSA: ("reyes",),
    NORA: ("reyes",),  # nobody has asked her yet
    UNKNOWN: (),
}
ZONES = {"okafor": DENVER, "lind": NEW_YORK, "reyes": NEW_YORK}
GRACE_PERIOD = timedelta(minutes=5)
DAILY = ("S1", "B1", "S3", "C1", "B2", "S5", "C3", "B3", "S6", "C4", "S4", "C2", "T6", "C6", "R1", "B4", "C5", "S2")


@dataclass(slots=True)
class Network:
    """The carrier and the phones: what it was handed, what was typed to us, and how it answers the next sends."""

    clock: FixedClock
    moods: list[str] = field(default_factory=list)
    handed: list[tuple[OutgoingText, datetime, bool]] = field(default_factory=list)  # with: the phone has it
    refused: list[str] = field(default_factory=list)
    typed: list[CarrierInbound] = field(default_factory=list)
    sids: dict[str, CarrierText] = field(default_factory=dict)

    async def send(self, text_out: OutgoingText) -> Outcome:
        mood = self.moods.pop(0) if self.moods else "well"
        if mood == "busy":
            return Later(timedelta(seconds=30), "slow down")
        if mood == "stopped" and text_out.to != MINA_PHONE:
            self.refused.append(text_out.to)
            return Refused(21610, 400, "Attempt to send to unsubscribed recipient")
        taken = mood != "swallowed"
        self.handed.append((text_out, self.clock.now(), taken))
        if not taken:
            return Unknown("reset")
        sid = "SM" + new_id().replace("-", "")
        self.sids[sid] = CarrierText(
            sid, text_out.to, text_out.sender, text_out.body, self.clock.now(), "delivered", None
        )
        return Unknown("time-out") if mood == "silent" else Accepted(sid, "queued")

    async def sent_to(self, to: str, *, limit: int = 1000) -> Sequence[CarrierText]:
        return [one for one in reversed(self.sids.values()) if one.to == to][:limit]

    async def fetch(self, sid: str) -> CarrierText | None:
        return self.sids.get(sid)

    async def received_at(self, number: str, since: datetime) -> Sequence[CarrierInbound]:
        found = [one for one in self.typed if one.to == number and one.received_at >= since]
        return sorted(found, key=lambda one: one.received_at)

    async def check(self) -> None:
        return None

    async def aclose(self) -> None:
        return None


@dataclass(slots=True)
class Town:
    """The product around one store, and how its rows are asked."""

    house: House
    clock: FixedClock
    network: Network
    sender: Sender
    boss: Viewer
    members: dict[str, str]  # by ref
    homes: dict[str, str]
    jobs: Mapping[str, Callable[[], object]] = field(default_factory=dict)
    bidx: dict[str, str] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def rows(self, query: str, **values: object) -> list[dict[str, Any]]:
        with self.house.store.read() as session:
            return [dict(row) for row in session.execute(text(query), values).mappings()]

    def ask(self, query: str) -> list[dict[str, Any]]:
        """The views, for the invariants of the chaos runs."""
        return self.rows(query)

    def number(self, bidx: str) -> str:
        return next(number for number, one in self.bidx.items() if one == bidx)

    def consent(self, number: str) -> str:
        found = self.rows("SELECT state FROM consents WHERE to_bidx = :bidx", bidx=self.bidx[number])
        return str(found[0]["state"]) if found else "none"

    def move_home(self, home: str, zone: str) -> None:
        """A family moves; the days to come follow, as an import of families lets them."""
        with self.house.store.write() as session:
            family = families.of_agency(session, self.house.agency_id, self.homes[home])
            family.zone = zone
            session.flush()
            schedules = {one.id: one for one in prompts.schedules_of(session, self.house.agency_id)}
            parts = [
                (TakingPart(place, schedules[place.schedule_id], member, family), True)
                for member in families.members_of(session, self.house.agency_id, family.id)
                for place in enrolments.of_member(session, self.house.agency_id, member.id).values()
            ]
            refit_all(session, parts, self.now)

    def next_moment(self) -> datetime:
        """When something comes due: a slot, a reminder, a text that waits; one day on where nothing does."""
        columns = (
            (col(Occurrence.due_at), col(Occurrence.state) == "planned"), (col(Occurrence.nudge_at),),
            (col(OutboxMessage.next_try_at), col(OutboxMessage.state) == "scheduled"),
        )  # fmt: skip
        with self.house.store.read() as session:
            found = [
                session.execute(select(func.min(column)).where(column > self.now, *more)).scalar()
                for column, *more in columns
            ]
        return min([self.now + timedelta(days=1), *(at for at in found if at is not None)])

    def notes(self) -> list[OutboxMessage]:
        """Every N1 and N2 that was written, the oldest first."""
        query = select(OutboxMessage).where(col(OutboxMessage.text_id).in_(("N1", "N2")))
        with self.house.store.read() as session:
            return list(session.execute(query.order_by(col(OutboxMessage.id))).scalars())

    def close(self) -> None:
        self.sender.close()
        self.house.store.close()


def settle(database_url: str) -> tuple[Town, Model]:
    """A town on its first morning, and the model of it."""
    house, clock = open_house(database_url, START), FixedClock(START)
    network = Network(clock)
    viewer = act_as_operator(house.store, slug="harbor")
    for first, role, more in (("mina", Role.CASEWORKER, {"phone": MINA_PHONE}), ("tom", Role.SUPERVISOR, {})):
        added = add_staff(
            house.store, viewer=viewer, email=f"{first}@harbor.example", name=f"{first.title()} Vale", role=role,
            now=START, password=PASSWORD, on_call=bool(more), **more,
        )  # fmt: skip
    boss = Viewer(added.staff_id, house.agency_id, Role.SUPERVISOR, "Tom Vale")
    homes = {name: house.family(name, zone=zone, now=START) for name, zone in ZONES.items()}
    members = {}
    for ref, number, home, more in (
        ("grace", GRACE, "okafor", {}), ("grace two", GRACE, "lind", {}),
        ("ben", BEN, "okafor", {"shared_phone": True}),
        ("joy", BEN, "okafor", {"shared_phone": True}), ("rosa", ROSA, "reyes", {"language": "es"}),
        ("nora", NORA, "reyes", {"consent": Consent.NONE}),
    ):  # fmt: skip
        members[ref] = house.member(homes[home], number, now=START, ref=ref, **more)  # type: ignore[arg-type]
    house.schedule(now=START, prompts=DAILY, nudge_after_s=16 * 3600)
    house.schedule(
        now=START, programme="first-twelve-weeks", rule="FREQ=WEEKLY;BYDAY=MO,WE,SA", key="ladder",
        between=(time(10), time(13)), seed="ladder",
    )  # fmt: skip
    sender = Sender(house.store, network, clock, Sending(PUBLIC_URL, paced=False, grace=GRACE_PERIOD))
    town = Town(house, clock, network, sender, boss, members, homes)
    town.jobs = _jobs(town)
    town.bidx = {number: house.store.vault.blind_index(house.agency_id, number) for number in (*PHONES, MINA_PHONE)}
    phones = {number: Phone(homes=homes_) for number, homes_ in PHONES.items()}
    for number in (GRACE, BEN, ROSA):
        phones[number].consent = "active"
    return town, Model(phones, dict(ZONES))


def _jobs(town: Town) -> Mapping[str, Callable[[], object]]:
    store, clock, network = town.house.store, town.clock, town.network
    return {
        "plan": lambda: plan_occurrences(store, clock.now()),
        "fill": lambda: fill_outbox(store, clock.now()),
        "remind": lambda: close_prompts(store, clock.now()),
        "again": lambda: ask_again(store, clock.now()),
        "settle": lambda: settle_outbox(store, clock, GRACE_PERIOD),
        "look up": lambda: asyncio.run(look_up(store, network, clock, GRACE_PERIOD)),
        "poll": lambda: asyncio.run(poll_final(store, network, clock)),
        "recover": lambda: asyncio.run(recover_missed(store, network, clock)),
        "order": lambda: asyncio.run(order_parts(store, network, clock)),
        "escalate": lambda: escalate_alerts(store, clock.now()),
        "holds": lambda: end_holds(store, clock.now()),
        "reconfirm": lambda: reconfirm(store, clock.now()),
        "monthly": lambda: remind_monthly(store, clock.now()),
        "chain": lambda: chain_audit(store),
        "send": lambda: town.sender.send_due(),
    }


__all__ = ["SENDER", "Town", "settle"]
