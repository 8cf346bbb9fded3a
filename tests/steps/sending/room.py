"""What the sending tests do over and over: write a text, let a sender work, read the row and its log."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from foster_bond.carriers.carrier import Carrier
from foster_bond.carriers.twilio_carrier import TwilioCarrier
from foster_bond.clock import Clock, FixedClock
from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import Consent
from foster_bond.steps.sending.look_up_unknown import look_up
from foster_bond.steps.sending.poll_final import poll_final
from foster_bond.steps.sending.record_receipt import Receipt, record
from foster_bond.steps.sending.send_outbox import Sender, Sending
from foster_bond.steps.sending.settle_outbox import settle_outbox
from foster_bond.store import consents, outbox
from foster_bond.store.agencies import Agency
from foster_bond.store.open_store import Store
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.sealing import Vault
from foster_bond.store.session import Database
from tests.cast import GRACE, MONDAY, PUBLIC_URL, ZONE, Cast, House, gather
from tests.loopback_carrier import ACCOUNT_SID, AUTH_TOKEN, LoopbackCarrier, Record, Script

NOON = MONDAY + timedelta(hours=3)  # 12:00 on the family's wall
GRACE_PERIOD = timedelta(minutes=5)
LEASE = timedelta(seconds=60)


@dataclass
class Room:
    """A store with the cast, a clock, and loopback carriers that end with the test."""

    store: Store
    cast: Cast
    clock: FixedClock
    ends: ExitStack
    senders: list[Sender] = field(default_factory=list)

    def carrier(self, *faults: str, look_ups: tuple[str, ...] = (), **more: Any) -> LoopbackCarrier:
        """A carrier that answers so, then well; it dates by the room's clock."""
        script = Script.of(*faults, look_ups=look_ups)
        return self.ends.enter_context(LoopbackCarrier(script=script, now=self.clock.now, **more))

    def sender(
        self, carrier: LoopbackCarrier | Carrier, *, timeout: float = 5.0, clock: Clock | None = None, **how: Any
    ) -> Sender:
        """A sender process's heart, talking to this carrier through the official client."""
        port: Carrier = client_of(carrier, timeout) if isinstance(carrier, LoopbackCarrier) else carrier
        made = Sender(self.store, port, clock or self.clock, Sending(PUBLIC_URL, **{"paced": False} | how))
        self.senders.append(made)
        return made

    def send(self, *faults: str, timeout: float = 5.0, **how: Any) -> LoopbackCarrier:
        """One run of a sender against a carrier that answers so."""
        carrier = self.carrier(*faults)
        self.sender(carrier, timeout=timeout, **how).send_due()
        return carrier

    def look_up(self, carrier: LoopbackCarrier, *, grace: timedelta = GRACE_PERIOD, timeout: float = 5.0) -> Any:
        return asyncio.run(self._with(carrier, timeout, lambda port: look_up(self.store, port, self.clock, grace)))

    def poll(self, carrier: LoopbackCarrier) -> Any:
        return asyncio.run(self._with(carrier, 5.0, lambda port: poll_final(self.store, port, self.clock)))

    async def _with(self, carrier: LoopbackCarrier, timeout: float, work: Any) -> Any:
        port = client_of(carrier, timeout)
        try:
            return await work(port)
        finally:
            await port.aclose()

    def settle(self) -> dict[str, int]:
        return settle_outbox(self.store, self.clock, GRACE_PERIOD)

    def receipt(self, message_id: str, sid: str, status: str, code: int | None = None) -> str:
        return record(self.store, Receipt(self.row(message_id).ref, sid, status, code), self.clock.now())

    def write(
        self,
        kind: Kind = Kind.PROMPT,
        *,
        to: str = GRACE,
        body: str = "How was today?",
        lives: timedelta = timedelta(hours=2),
        house: House | None = None,
        due_at: datetime | None = None,
        **more: Any,
    ) -> str:
        """A text in the outbox, due now, linked to Grace or whoever in the cast has the number."""
        house, now = house or self.cast.harbor, self.clock.now()
        with self.store.write() as session:
            bidx = self.store.vault.blind_index(house.agency_id, to)
            if to == GRACE and house is self.cast.harbor:
                more = {"family_id": house.home.family_id, "member_id": house.home.members["Grace"]} | more
            message = outbox.compose(
                session, self.store.vault, agency_id=house.agency_id, kind=kind, to=to, to_bidx=bidx, body=body,
                now=now, due_at=due_at or now, not_after=(due_at or now) + lives, zone=ZONE, **more,
            )  # fmt: skip
            assert message is not None
            return message.id

    def agree(self, numbers: Sequence[str], house: House | None = None, to: Consent = Consent.ACTIVE) -> None:
        """These numbers stand so with the agency."""
        agency_id = (house or self.cast.harbor).agency_id
        with self.store.write() as session:
            for number in numbers:
                consents.change(
                    session, self.store.vault, agency_id=agency_id,
                    to_bidx=self.store.vault.blind_index(agency_id, number), to=to, at=self.clock.now(), how="recorded",
                )  # fmt: skip

    def change_agency(self, house: House | None = None, **values: Any) -> None:
        with self.store.write() as session:
            agency = session.get(Agency, (house or self.cast.harbor).agency_id)
            for name, value in values.items():
                setattr(agency, name, value)

    def row(self, message_id: str) -> OutboxMessage:
        with self.store.read() as session:
            found = session.get(OutboxMessage, message_id)
            assert found is not None
            return found

    def log(self, message_id: str) -> list[str]:
        """The moves of one text, in order; their numbers are checked on the way."""
        rows = self.query(
            "SELECT seq, from_state, to_state FROM v_state_log WHERE message_id = :id ORDER BY seq", id=message_id
        )
        assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
        assert [row[1] for row in rows] == [None, *[row[2] for row in rows[:-1]]]
        assert rows[-1][2] == self.row(message_id).state
        return [row[2] for row in rows]

    def query(self, sql: str, **values: Any) -> list[Any]:
        with self.store.read() as session:
            return list(session.execute(text(sql), values).all())

    def one(self, sql: str, **values: Any) -> Any:
        (row,) = self.query(sql, **values)
        return row[0]


def client_of(carrier: LoopbackCarrier, timeout: float = 5.0) -> TwilioCarrier:
    return TwilioCarrier(ACCOUNT_SID, AUTH_TOKEN, api_url=carrier.url, timeout=timedelta(seconds=timeout))


def taken(carrier: LoopbackCarrier, ref: str) -> Record:
    """The one text of this ref in the carrier's own hand."""
    (found,) = [record for record in carrier.ledger.sent if record.ref == ref]
    return found


def open_room(url: str) -> Iterator[Room]:
    store = Store(Database(url), Vault((b"m" * 32,), b"i" * 32))
    with ExitStack() as ends:
        ends.callback(store.close)
        room = Room(store, gather(store), FixedClock(NOON), ends)
        with store.write() as session:  # the cast's own text is past its window: out of the way of every count
            session.execute(text("DELETE FROM state_log"))
            session.execute(text("DELETE FROM outbox_messages"))
        yield room
        for sender in room.senders:
            sender.close()
