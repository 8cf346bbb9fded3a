"""A family's past, written row by row: what was asked, what came back, what did not leave, who was told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlmodel import Session

from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import AlertState, Consent, Outbound
from foster_bond.store import alerts, consents, families, notes, outbox
from foster_bond.store.alerts import Alert, Task
from foster_bond.store.families import Family, Member
from foster_bond.store.ids import new_id
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.open_store import Store
from foster_bond.store.sealing import Place
from tests.cast import ZONE, House

HOUR = timedelta(hours=1)
_numbers = count(1)


def open_past(store: Store, house: House) -> "Past":
    """The past of the house's own family."""
    with store.read() as session:
        family = session.get(Family, house.home.family_id)
        assert family is not None
        members = {
            families.member_name(session, store.vault, one): one
            for one in families.members_of(session, house.agency_id, family.id)
        }
    return Past(store, house, family, members)


def new_family(
    store: Store, house: House, name: str, people: Mapping[str, str], now: datetime, *, worker: str = "", **more: Any
) -> "Past":
    """A further family of the house: `people` are names and numbers."""
    worker_id = house.people[worker].staff_id if worker else None
    members = {}
    with store.write() as session:
        family = families.new_family(
            session, store.vault, agency_id=house.agency_id, ref=f"F-{name}-{next(_numbers)}", name=name, zone=ZONE,
            caseworker_id=worker_id, at=now,
        )  # fmt: skip
        for first, number in people.items():
            member = Member(
                id=new_id(), agency_id=house.agency_id, family_id=family.id, ref=f"M-{first}-{next(_numbers)}",
                name=b"", role="foster_parent", phone=b"", to_bidx="", created_at=now, tags=[], **more,
            )  # fmt: skip
            families.give_words(session, store.vault, member, "name", first)
            families.give_words(session, store.vault, member, "phone", number)
            session.add(member)
            session.flush()
            if consents.of_number(session, house.agency_id, member.to_bidx) is None:
                consents.change(
                    session, store.vault, agency_id=house.agency_id, to_bidx=member.to_bidx, to=Consent.ACTIVE, at=now,
                    how="recorded", wording="signed at placement", family_id=family.id, member_id=member.id,
                )  # fmt: skip
            members[first] = member
    return Past(store, house, family, members)


@dataclass(slots=True)
class Past:
    """One family; every method writes one thing that happened and answers with its id."""

    store: Store
    house: House
    family: Family
    members: dict[str, Member]
    slots: dict[str, str] = field(default_factory=dict)  # prompt message -> its slot

    @property
    def family_id(self) -> str:
        return self.family.id

    def _person(self, who: str) -> Member:
        return self.members[who] if who else next(iter(self.members.values()))

    def asked(
        self, at: datetime, words: str = "How was today?", *, who: str = "", key: str = "own-1",
        state: str = "delivered", why: str | None = None, language: str = "en",
    ) -> str:  # fmt: skip
        """A prompt for a slot, and how far it came."""
        slot = self.slot(at, who=who, key=key, state="written")
        message = self.sent(
            at, words, who=who, kind=Kind.PROMPT, state=state, why=why, occurrence_id=slot, prompt_key=key,
            language=language, enrolment_id=self.house.ids["enrolment_id"],
        )  # fmt: skip
        self.slots[message] = slot
        return message

    def slot(
        self, at: datetime, *, who: str = "", state: str = "planned", key: str | None = None,
        why: str | None = None,
    ) -> str:  # fmt: skip
        """A planned slot, in whatever state it stands."""
        with self.store.write() as session:
            row = Occurrence(
                id=new_id(), agency_id=self.house.agency_id, enrolment_id=self.house.ids["enrolment_id"],
                member_id=self._person(who).id, family_id=self.family_id, local_date=at.date(),
                slot=1000 + next(_numbers), due_at=at, closes_at=at + HOUR, look_at=at, state=state, prompt_key=key,
                why=why, rules=[],
            )  # fmt: skip
            session.add(row)
            return row.id

    def sent(
        self, at: datetime, words: str, *, who: str = "", kind: Kind = Kind.STAFF_REPLY,
        state: str = "delivered", why: str | None = None, **more: Any,
    ) -> str:  # fmt: skip
        """A text out of any kind."""
        member = self._person(who)
        with self.store.write() as session:
            number = families.member_phone(session, self.store.vault, member)
            message = outbox.compose(
                session, self.store.vault, agency_id=self.house.agency_id, kind=kind, to=number,
                to_bidx=member.to_bidx, body=words, now=at, due_at=at, not_after=at + HOUR, zone=ZONE,
                **({"family_id": self.family_id, "member_id": member.id} | more),
            )  # fmt: skip
            assert message is not None
            self._carry(session, message.id, state, at, why)
            return message.id

    def _carry(self, session: Session, message_id: str, state: str, at: datetime, why: str | None) -> None:
        """Move a text along the table of moves to where it stands."""
        ways = {
            "scheduled": [], "suppressed": ["suppressed"], "expired": ["expired"], "cancelled": ["cancelled"],
            "sending": ["sending"], "failed": ["sending", "failed"], "unknown": ["sending", "unknown"],
            "unresolved": ["sending", "unknown", "unresolved"], "accepted": ["sending", "accepted"],
            "sent": ["sending", "accepted", "sent"], "delivered": ["sending", "accepted", "delivered"],
            "undelivered": ["sending", "accepted", "undelivered"],
        }  # fmt: skip
        before = Outbound.SCHEDULED
        for step in map(Outbound, ways[state]):
            values: dict[str, Any] = {"claimed_at": at} if step is Outbound.SENDING else {}
            if step is Outbound.ACCEPTED:
                values = {"accepted_at": at, "carrier_sid": "SM" + new_id().replace("-", "")}
            outbox.move(
                session, message_id, self.house.agency_id, before, step, at,
                why=why if step.value == state else None, **values,
            )  # fmt: skip
            before = step

    def wrote(
        self, at: datetime, *texts: str, to: str | None = None, who: str = "", rating: int | None = None,
        hard_day: bool = False, late: bool = False,
    ) -> str:  # fmt: skip
        """A reflection of these parts, a minute apart, to a prompt or to none."""
        member = self._person(who)
        with self.store.write() as session:
            slot = None if to is None else session.get(Occurrence, self.slots[to])
            row = Reflection(
                id=new_id(), agency_id=self.house.agency_id, family_id=self.family_id, member_id=member.id,
                occurrence_id=None if slot is None else slot.id, prompt_key=None if slot is None else slot.prompt_key,
                parts=len(texts), rating=rating, late=late, first_at=at,
                last_at=at + timedelta(minutes=len(texts) - 1),
            )  # fmt: skip
            session.add(row)
            session.flush()
            for number, words in enumerate(texts):
                self._text(
                    session, at + timedelta(minutes=number), words, who, "reply", reflection_id=row.id,
                    hard_day=hard_day and number == 0,
                )  # fmt: skip
            return row.id

    def _text(
        self, session: Session, at: datetime, words: str, who: str, kind: str, *, nobodys: bool = False, **more: Any
    ) -> str:
        text_id, vault, member = new_id(), self.store.vault, self._person(who)
        family_id = None if nobodys else self.family_id
        number = families.member_phone(session, vault, member)

        def seal(column: str, value: str) -> bytes:
            place = Place("inbound_texts", column, text_id)
            return vault.seal(session, value, place, agency_id=self.house.agency_id, family_id=family_id)

        row = InboundText(
            id=text_id, agency_id=self.house.agency_id, family_id=family_id,
            member_id=None if nobodys else member.id, carrier_sid="SM" + text_id.replace("-", ""),
            from_sealed=seal("from_sealed", number), from_bidx=member.to_bidx, body=seal("body", words), kind=kind,
            received_at=at, **more,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return text_id

    def wished(self, at: datetime, words: str, meaning: str, *, answer: str = "", who: str = "") -> str:
        """A keyword, with our fixed answer to it."""
        with self.store.write() as session:
            text_id = self._text(session, at, words, who, "keyword", meaning=meaning)
        if answer:
            self.sent(at, answer, who=who, kind=Kind.KEYWORD_REPLY, inbound_id=text_id)
        return text_id

    def unplaced(self, at: datetime, words: str, *, who: str = "") -> str:
        """A text from this number that nobody could place."""
        with self.store.write() as session:
            text_id = self._text(session, at, words, who, "unplaced", nobodys=True)
            alerts.add_task(
                session, self.house.agency_id, "unplaced", "A text came in that belongs to no one family yet.", at,
                once_key=f"unplaced:{text_id}", inbound_id=text_id,
            )  # fmt: skip
            return text_id

    def consent(self, at: datetime, to: Consent, *, how: str = "text", words: str = "", who: str = "") -> str:
        """A change of consent, said in a text where there are words."""
        member = self._person(who)
        with self.store.write() as session:
            evidence = self._text(session, at, words, who, "keyword", meaning="stop") if words else None
            event = consents.change(
                session, self.store.vault, agency_id=self.house.agency_id, to_bidx=member.to_bidx, to=to, at=at,
                how=how, said=words or None, evidence_id=evidence, family_id=self.family_id, member_id=member.id,
            )  # fmt: skip
            assert event is not None
            return event.id

    def alarm(
        self, at: datetime, words: str, *, sign: str = "", category: str = "missing", priority: str = "now",
        who: str = "", group: str | None = None, nobodys: bool = False,
    ) -> str:  # fmt: skip
        """A text with a warning sign; `sign` are the words that raised it."""
        alert_id = new_id()
        start = words.index(sign) if sign else 0
        spans = json.dumps([[start, start + len(sign), category, "test"]] if sign else [])
        family_id = None if nobodys else self.family_id
        with self.store.write() as session:
            kind = "unplaced" if nobodys else "reply"
            text_id = self._text(session, at, words, who, kind, crisis=True, nobodys=nobodys)
            sealed = self.store.vault.seal(
                session, spans, Place("alerts", "spans", alert_id), agency_id=self.house.agency_id, family_id=family_id
            )
            row = Alert(
                id=alert_id, agency_id=self.house.agency_id, inbound_id=text_id, family_id=family_id,
                member_id=None if nobodys else self._person(who).id, from_bidx=self._person(who).to_bidx,
                group_id=group or alert_id, category=category, priority=priority, raised_at=at, spans=sealed,
            )  # fmt: skip
            session.add(row)
        return alert_id

    def told(self, at: datetime, alert_id: str, staff: str, *, state: str = "delivered") -> None:
        """A notice to a member of staff about an alert."""
        self.sent(
            at, "Harbor: someone needs a call.", kind=Kind.STAFF_ALERT, state=state, alert_id=alert_id,
            staff_id=self.house.people[staff].staff_id, family_id=None, member_id=None,
        )  # fmt: skip
        if state == "delivered":
            with self.store.write() as session:
                alert = session.get(Alert, alert_id)
                assert alert is not None
                if alert.state == AlertState.RAISED.value:
                    alerts.move(session, alert, AlertState.NOTIFIED, at)

    def note(self, at: datetime, words: str, *, by: str = "Mina") -> None:
        with self.store.write() as session:
            notes.write(
                session, self.store.vault, agency_id=self.house.agency_id, family_id=self.family_id,
                author_id=self.house.people[by].staff_id, words=words, once_key=new_id(), at=at,
            )  # fmt: skip

    def task(self, at: datetime, kind: str, why: str, *, who: str = "", **more: Any) -> str:
        with self.store.write() as session:
            row = Task(
                id=new_id(), agency_id=self.house.agency_id, kind=kind, why=why, made_at=at, family_id=self.family_id,
                member_id=self._person(who).id, **more,
            )  # fmt: skip
            session.add(row)
            return row.id
