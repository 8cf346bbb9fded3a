"""Beside the river: what the simulated carrier carries lies in the store, sealed like any other text."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from foster_bond.carriers.carrier import CarrierInbound
from foster_bond.carriers.simulated_ledger import SimulatedText
from foster_bond.errors import NotYours
from foster_bond.store import agencies, simulated_texts
from foster_bond.store.agencies import Agency
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Store
from foster_bond.store.sealing import Place
from foster_bond.store.session import Session

TABLE = "simulated_texts"


class SealedLedger:
    """The simulated carrier's memory, shared by every process that opens this store. Keeps the port `Ledger`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add_sent(self, text: SimulatedText) -> None:
        """Keep a text that was accepted from us."""
        with self._store.write() as session:
            self._add(
                session, text.sender, text.to, text.body, outgoing=True, sid=text.sid, status=text.status,
                at=text.created_at, callback_url=text.callback_url, error_code=text.error_code, reported=text.reported,
            )  # fmt: skip

    def get(self, sid: str) -> SimulatedText | None:
        """One text from us."""
        with self._store.read() as session:
            row = simulated_texts.by_sid(session, sid)
            return self._sent(session, row) if row is not None and row.outgoing else None

    def sent_to(self, to: str, limit: int) -> Sequence[SimulatedText]:
        """Texts from us to this number, newest first."""
        with self._store.read() as session:
            rows = simulated_texts.to_phone(session, self._indexes(session, to), limit)
            return [self._sent(session, row) for row in rows]

    def unreported(self, limit: int) -> Sequence[SimulatedText]:
        """Texts from us whose last status callback is still to be taken, oldest first."""
        with self._store.read() as session:
            return [self._sent(session, row) for row in simulated_texts.unreported(session, limit)]

    def set_status(self, sid: str, status: str, error_code: int | None, reported: bool) -> None:
        """Move a text on."""
        with self._store.write() as session:
            row = simulated_texts.by_sid(session, sid)
            if row is not None:
                row.status, row.error_code, row.reported = status, error_code, reported

    def add_received(self, text: CarrierInbound) -> None:
        """Keep a text from a simulated phone."""
        with self._store.write() as session:
            self._add(
                session, text.to, text.sender, text.body, outgoing=False, sid=text.sid, status="received",
                at=text.received_at, media_count=text.media_count, reported=True,
            )  # fmt: skip

    def received_at(self, number: str, since: datetime) -> Sequence[CarrierInbound]:
        """Texts to our number at or after `since`, oldest first."""
        with self._store.read() as session:
            agency = agencies.by_sender(session, self._store.vault, number)
            if agency is None:
                return []
            return [self._received(session, row) for row in simulated_texts.received(session, agency.id, since)]

    def last_from(self, phone: str) -> CarrierInbound | None:
        """The newest text from this phone."""
        with self._store.read() as session:
            row = simulated_texts.last_from(session, self._indexes(session, phone))
            return None if row is None else self._received(session, row)

    def _add(self, session: Session, ours: str, phone: str, body: str, **facts: Any) -> None:
        agency, row_id, vault = self._agency(session, ours), new_id(), self._store.vault

        def sealed(column: str, words: str) -> bytes:
            return vault.seal(session, words, Place(TABLE, column, row_id), agency_id=agency.id, family_id=None)

        row = simulated_texts.SimulatedText(
            id=row_id, agency_id=agency.id, phone_bidx=vault.blind_index(agency.id, phone),
            phone=sealed("phone", phone), body=sealed("body", body), **facts,
        )  # fmt: skip
        session.add(row)

    def _agency(self, session: Session, ours: str) -> Agency:
        """Whose number it is; a messaging service's id names no number, so it is the first agency's."""
        agency = agencies.by_sender(session, self._store.vault, ours) or agencies.first(session)
        if agency is None:
            raise NotYours("agency")
        return agency

    def _indexes(self, session: Session, phone: str) -> list[str]:
        return [self._store.vault.blind_index(agency.id, phone) for agency in agencies.every(session)]

    def _sent(self, session: Session, row: simulated_texts.SimulatedText) -> SimulatedText:
        phone, body, ours = self._opened(session, row)
        return SimulatedText(
            sid=row.sid, to=phone, sender=ours, body=body, created_at=row.at, status=row.status,
            callback_url=row.callback_url or "", error_code=row.error_code, reported=row.reported,
        )  # fmt: skip

    def _received(self, session: Session, row: simulated_texts.SimulatedText) -> CarrierInbound:
        phone, body, ours = self._opened(session, row)
        return CarrierInbound(row.sid, phone, ours, body, row.at, row.media_count)

    def _opened(self, session: Session, row: simulated_texts.SimulatedText) -> tuple[str, str, str]:
        vault = self._store.vault
        phone, body = (
            vault.open(session, sealed, Place(TABLE, column, row.id))
            for column, sealed in (("phone", row.phone), ("body", row.body))
        )
        ours = agencies.number_of(session, vault, agencies.by_id(session, row.agency_id), "sender")
        return phone, body, ours or ""
