"""A made-up agency for the asking tests: families, schedules and a carrier that takes everything, built row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from foster_bond import library
from foster_bond.rules.kinds import Kind
from foster_bond.rules.ladder_state import after_answer, from_json, to_json
from foster_bond.rules.states import Consent, Outbound
from foster_bond.steps.asking._deciding import LOOK_AGAIN, LOOK_LATER
from foster_bond.steps.asking.close_prompts import close_prompts
from foster_bond.steps.asking.fill_outbox import fill_outbox
from foster_bond.steps.asking.plan_occurrences import plan_occurrences
from foster_bond.steps.enrolling import enrol_everybody
from foster_bond.store import consents, families, outbox
from foster_bond.store.agencies import Agency, give_number
from foster_bond.store.alerts import Alert
from foster_bond.store.families import Family, Member
from foster_bond.store.ids import new_id
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.open_store import Store
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Programme, Prompt, Schedule
from foster_bond.store.sealing import Vault
from foster_bond.store.session import Database

SENDER = "+13035550100"
GRACE, BEN = "+13035550111", "+13035550112"


def open_house(database_url: str, now: datetime) -> "House":
    """Harbor, with the shipped prompts and the shipped ladder as its own."""
    store = Store(Database(database_url), Vault((b"m" * 32,), b"i" * 32))
    with store.write() as session:
        store.vault.adopt(session)
        agency = Agency(
            id=new_id(), slug="harbor", name="Harbor", text_name="Harbor", zone="America/Denver", created_at=now,
            closed_days=[],
        )  # fmt: skip
        session.add(agency)
        session.flush()
        store.vault.new_key(session, agency.id)
        give_number(session, store.vault, agency, "sender", SENDER)
        session.add_all(_prompts(agency.id))
        session.add(shipped(agency.id, "first-twelve-weeks"))
    return House(store, agency.id)


def _any_of(moments: Sequence[datetime]) -> ColumnElement[bool]:
    return col(Occurrence.look_at).in_(moments)


def _prompts(agency_id: str) -> list[Prompt]:
    return [
        Prompt(
            id=new_id(), agency_id=agency_id, key=one.id, technique=one.technique, level=one.level, target=one.target,
            reply=one.reply, roles=list(one.roles), texts=dict(one.texts),
        )
        for one in library.prompts().values()
    ]  # fmt: skip


def shipped(agency_id: str, key: str) -> Programme:
    """A programme that ships, as an agency has it."""
    known = library.programmes()[key]
    rows = [
        {"week": week.week, "slot": slot.slot, "roles": list(slot.roles), "prompt": slot.prompt}
        | ({} if slot.if_held is None else {"if_held": slot.if_held})
        | ({} if slot.when is None else {"when": slot.when})
        for week in known.weeks
        for slot in week.slots
    ]
    return Programme(
        id=new_id(), agency_id=agency_id, key=known.id, name=known.name, kind=known.kind, slots=rows, facts={},
        prompt_keys=[row["prompt"] for row in rows],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class House:
    """The agency and what a test does with it."""

    store: Store
    agency_id: str

    def family(self, ref: str = "okafor", *, zone: str = "America/Denver", now: datetime) -> str:
        """A family without members; its id."""
        with self.store.write() as session:
            family = families.new_family(
                session, self.store.vault, agency_id=self.agency_id, ref=ref, name=ref.title(), zone=zone,
                caseworker_id=None, at=now,
            )  # fmt: skip
            return family.id

    def member(
        self, family_id: str, number: str = GRACE, *, now: datetime, ref: str | None = None,
        consent: Consent = Consent.ACTIVE, **more: object,
    ) -> str:  # fmt: skip
        """A member, with consent as recorded; the id."""
        with self.store.write() as session:
            member = Member(
                id=new_id(), agency_id=self.agency_id, family_id=family_id, ref=ref or f"m{number[-3:]}", name=b"",
                role=more.pop("role", "foster_parent"),
                cleared_at=more.pop("cleared_at", now), phone=b"", to_bidx="", created_at=now, tags=[], **more,
            )  # fmt: skip
            families.give_words(session, self.store.vault, member, "name", "Grace")
            families.give_words(session, self.store.vault, member, "phone", number)
            session.add(member)
            session.flush()
            if consent is not Consent.NONE:
                consents.change(
                    session, self.store.vault, agency_id=self.agency_id, to_bidx=member.to_bidx, to=consent, at=now,
                    how="recorded",
                )  # fmt: skip
            return member.id

    def schedule(
        self, *, now: datetime, prompts: Sequence[str] = (), programme: str | None = None, kind: str = "ordered",
        rule: str = "FREQ=DAILY", at: time | None = time(19), between: tuple[time, time] | None = None,
        starts: date | None = None, key: str = "evenings", seed: str = "seed", **more: object,
    ) -> str:  # fmt: skip
        """An active schedule that everybody present takes part in; its id."""
        with self.store.write() as session:
            agency = session.get(Agency, self.agency_id)
            assert agency is not None
            if programme is None:
                row = Programme(
                    id=new_id(), agency_id=self.agency_id, key=f"p-{key}", name=key, kind=kind,
                    prompt_keys=list(prompts),
                )  # fmt: skip
                session.add(row)
                session.flush()
            else:
                row = session.execute(select(Programme).where(col(Programme.key) == programme)).scalar_one()
            first, last = between or (None, None)
            schedule = Schedule(
                id=new_id(), agency_id=self.agency_id, key=key, name=key,
                roles=more.pop("roles", ["foster_parent", "kin_carer", "teen"]), tags=[], rule=rule,
                at=at if between is None else None, between_from=first, between_until=last, programme_id=row.id,
                starts=starts or now.date(), seed=seed, created_at=now, **more,
            )  # fmt: skip
            session.add(schedule)
            session.flush()
            enrol_everybody(session, agency, schedule, now, replan=False)
            return schedule.id

    def tick(self, now: datetime) -> dict[str, int]:
        """One round of the clock's jobs, without sending."""
        return plan_occurrences(self.store, now) | fill_outbox(self.store, now) | close_prompts(self.store, now)

    def live(self, start: datetime, until: datetime, *, answers: bool = False) -> None:
        """Let time pass from one moment at which something is due to the next; the carrier takes every text."""
        now = start
        while now < until:
            self.tick(now)
            self.carry(now, answers=answers)
            now = self._next_moment(now, until)

    def _next_moment(self, now: datetime, until: datetime) -> datetime:
        """When a job has something new to do. Slots that are held without an end are not visited at every look."""
        again = [now + LOOK_AGAIN, now + LOOK_LATER]
        planned = col(Occurrence.state) == "planned"
        with self.store.read() as session:
            moments = [
                session.execute(select(func.min(column)).where(column > now, *more)).scalar()
                for column, *more in (
                    (col(Occurrence.look_at), planned, or_(col(Occurrence.why).is_(None), ~_any_of(again))),
                    (col(Occurrence.closes_at), planned),
                    (col(Occurrence.nudge_at),),
                    (col(OutboxMessage.next_try_at), col(OutboxMessage.state) == "scheduled"),
                )
            ]
        return min([until, now + timedelta(days=5), *(moment for moment in moments if moment is not None)])

    def carry(self, now: datetime, *, answers: bool = False) -> None:
        """Hand over what is due, as the sending steps do when nothing goes wrong."""
        with self.store.write() as session:
            due = session.execute(
                select(OutboxMessage).where(
                    col(OutboxMessage.state) == "scheduled", col(OutboxMessage.next_try_at) <= now
                )
            ).scalars()
            for message in list(due):
                who = (message.id, message.agency_id)
                outbox.move(session, *who, Outbound.SCHEDULED, Outbound.SENDING, now, claimed_at=now)
                outbox.move(session, *who, Outbound.SENDING, Outbound.ACCEPTED, now, accepted_at=now)
                if answers and message.kind == Kind.PROMPT.value:
                    self._answer(session, message, now + timedelta(minutes=5))

    def _answer(self, session: Session, message: OutboxMessage, at: datetime, number: int | None = 4) -> None:
        assert message.member_id and message.family_id and message.prompt_key
        member = session.get(Member, message.member_id)
        assert member is not None
        thermometer = number if message.prompt_key in ("S2", "TN2") else None
        member.past = to_json(after_answer(from_json(member.past), message.prompt_key, at, thermometer=thermometer))
        session.add(
            Reflection(
                id=new_id(), agency_id=self.agency_id, family_id=message.family_id, member_id=message.member_id,
                occurrence_id=message.occurrence_id, prompt_key=message.prompt_key, first_at=at, last_at=at,
            )
        )  # fmt: skip

    def alert(self, member_id: str, now: datetime) -> None:
        """A cry for help that nobody has resolved."""
        with self.store.write() as session:
            member = session.get(Member, member_id)
            assert member is not None
            owned = {"agency_id": self.agency_id, "family_id": member.family_id, "member_id": member.id}
            text = InboundText(
                id=new_id(), **owned, carrier_sid=new_id(), from_sealed=b"", from_bidx=member.to_bidx, body=b"",
                kind="reply", received_at=now, crisis=True,
            )  # fmt: skip
            session.add(text)
            session.flush()
            session.add(
                Alert(
                    id=new_id(), **owned, inbound_id=text.id, from_bidx=member.to_bidx, group_id=new_id(),
                    category="violence", priority="now", spans=b"", raised_at=now,
                )
            )  # fmt: skip

    def change(self, table: type, row_id: str, **values: object) -> None:
        """Set columns of one row, as another step or a person would have."""
        with self.store.write() as session:
            row = session.get(table, row_id)
            for name, value in values.items():
                setattr(row, name, value)

    def slots(self, **where: object) -> list[Occurrence]:
        """Every occurrence, in order of its time."""
        with self.store.read() as session:
            query = select(Occurrence).order_by(col(Occurrence.due_at), col(Occurrence.enrolment_id))
            rows = list(session.execute(query).scalars())
        return [row for row in rows if all(getattr(row, name) == value for name, value in where.items())]

    def texts(self, kind: Kind = Kind.PROMPT) -> list[tuple[datetime, str, str]]:
        """Every text of a kind: when it was due, which, and its words."""
        with self.store.read() as session:
            query = select(OutboxMessage).where(col(OutboxMessage.kind) == kind.value)
            rows = session.execute(query.order_by(col(OutboxMessage.due_at), col(OutboxMessage.id))).scalars()
            return [(row.due_at, row.text_id or "", outbox.body_of(session, self.store.vault, row)) for row in rows]

    def read(self, table: type, row_id: str) -> object:
        with self.store.read() as session:
            return session.get(table, row_id)

    def families_by_id(self) -> Mapping[str, Family]:
        with self.store.read() as session:
            return {row.id: row for row in session.execute(select(Family)).scalars()}
