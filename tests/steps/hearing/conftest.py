"""What the hearing tests stand on: Harbor in a real database, a prompt that has reached Grace, and a way to text in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import Outbound
from foster_bond.runtime import open_store
from foster_bond.steps.hearing.receive_text import Post, Received, receive
from foster_bond.store import outbox
from foster_bond.store.agencies import Agency, give_number
from foster_bond.store.ids import new_id
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.open_store import Store
from tests.cast import GRACE, HARBOR_NUMBER, MONDAY, Cast, gather, settings_for

HOUR = timedelta(hours=1)
EVENING = MONDAY + timedelta(days=7, hours=11)  # the next Monday, 8 pm in Denver: the cast's own rows are long past


@dataclass(slots=True)
class Line:
    """Harbor's line: text in, and look at what it set off."""

    store: Store
    cast: Cast
    sids: list[str] = field(default_factory=list)

    def say(
        self, words: str, at: datetime = EVENING, *, sender: str = GRACE, to: str = HARBOR_NUMBER, **more: Any
    ) -> Received:
        sid = more.pop("sid", None) or "SM" + new_id().replace("-", "")
        self.sids.append(sid)
        return receive(self.store, Post(sid, sender, to, words, **more), at)

    def rows(self, query: str, **values: object) -> list[dict[str, Any]]:
        with self.store.read() as session:
            return [dict(row) for row in session.execute(text(query), values).mappings()]

    def answers(self) -> list[str]:
        """Which fixed texts wait or went, oldest first; the cast's own staff reply left out."""
        found = self.rows(
            "SELECT text_id FROM outbox_messages WHERE kind IN ('keyword_reply', 'crisis_reply', 'ack', 'welcome') "
            "ORDER BY created_at, id"
        )
        return [row["text_id"] for row in found]

    def consent(self, sender: str = GRACE) -> str:
        bidx = self.store.vault.blind_index(self.cast.harbor.agency_id, sender)
        query = "SELECT state FROM consents WHERE agency_id = :agency AND to_bidx = :bidx"
        found = self.rows(query, agency=self.cast.harbor.agency_id, bidx=bidx)
        return str(found[0]["state"]) if found else "none"

    def bodies(self, kind: str) -> list[str]:
        with self.store.read() as session:
            found = session.execute(
                text("SELECT id FROM outbox_messages WHERE kind = :kind ORDER BY id"), {"kind": kind}
            )
            rows = [session.get(outbox.OutboxMessage, row[0]) for row in found]
            return [outbox.body_of(session, self.store.vault, row) for row in rows if row is not None]

    def ask(self, at: datetime = EVENING - HOUR, *, name: str = "Grace", key: str = "own-1") -> str:
        """A prompt reaches one member; the id of its slot."""
        house = self.cast.harbor
        member_id = house.home.members[name]
        with self.store.write() as session:
            occurrence = Occurrence(
                id=new_id(), agency_id=house.agency_id, enrolment_id=house.ids["enrolment_id"], member_id=member_id,
                family_id=house.home.family_id, local_date=date(2026, 11, 9), slot=int(at.timestamp()) % 10**9,
                due_at=at, closes_at=at + HOUR, look_at=at, state="written", prompt_key=key, rules=[],
            )  # fmt: skip
            session.add(occurrence)
            session.flush()
            bidx = self.store.vault.blind_index(house.agency_id, GRACE)
            message = outbox.compose(
                session, self.store.vault, agency_id=house.agency_id, kind=Kind.PROMPT, to=GRACE, to_bidx=bidx,
                body="How was today?", now=at, due_at=at, not_after=at + HOUR, zone="America/Denver",
                family_id=house.home.family_id, member_id=member_id, occurrence_id=occurrence.id, prompt_key=key,
            )  # fmt: skip
            assert message is not None
            for before, after, more in (
                (Outbound.SCHEDULED, Outbound.SENDING, {"claimed_at": at}),
                (Outbound.SENDING, Outbound.ACCEPTED, {"accepted_at": at, "carrier_sid": "SM" + new_id()}),
            ):
                outbox.move(session, message.id, house.agency_id, before, after, at, **more)
            return occurrence.id


@pytest.fixture
def line(tmp_path: Path, database_url: str) -> Iterator[Line]:
    """Harbor with an office line and Mina on call."""
    store = open_store(settings_for(tmp_path, database_url))
    cast = gather(store)
    with store.write() as session:
        agency = session.get(Agency, cast.harbor.agency_id)
        assert agency is not None
        give_number(session, store.vault, agency, "phone", "+13035550199")
        give_number(session, store.vault, agency, "oncall", "+13035550198")
    yield Line(store, cast)
    store.close()
