"""Store: the scan of a signed consent, sealed, beside the event of the ledger that it proves."""

import base64
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlmodel import Field, Session, col

from foster_bond.rules.scans import Scan
from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.consents import ConsentEvent
from foster_bond.store.ids import new_id
from foster_bond.store.sealing import Place, Vault

MEDIA_TYPES = ("application/pdf", "image/png", "image/jpeg")


class ConsentScan(Owned, table=True):
    """One file. It is never changed: a better scan comes with a new record."""

    __tablename__ = "consent_scans"
    __table_args__ = own_key(
        link("event_id", "consent_events"), link("family_id", "families"), one_of("media_type", MEDIA_TYPES)
    )
    event_id: str = Field(max_length=36, index=True)
    family_id: str | None = Field(default=None, max_length=36)
    media_type: str = Field(max_length=20)
    size: int  # bytes of the file itself
    content: bytes  # sealed
    at: Instant
    staff_id: str | None = Field(default=None, max_length=36)


def keep(session: Session, vault: Vault, event: ConsentEvent, scan: Scan, at: datetime, *, staff_id: str | None) -> str:
    """The id of a scan that is now sealed beside its event, under the family's key: erasing that erases it too."""
    scan_id = new_id()
    letters = base64.b64encode(scan.content).decode("ascii")  # the vault seals text
    session.add(
        ConsentScan(
            id=scan_id, agency_id=event.agency_id, event_id=event.id, family_id=event.family_id,
            media_type=scan.media_type, size=len(scan.content), at=at, staff_id=staff_id,
            content=vault.seal(
                session, letters, Place("consent_scans", "content", scan_id), agency_id=event.agency_id,
                family_id=event.family_id,
            ),
        )
    )  # fmt: skip
    return scan_id


def of_events(session: Session, agency_id: str, event_ids: list[str]) -> dict[str, str]:
    """Which of these events have a scan: event → scan. The files themselves are not read."""
    query = select(col(ConsentScan.event_id), col(ConsentScan.id)).where(
        col(ConsentScan.agency_id) == agency_id, col(ConsentScan.event_id).in_(event_ids)
    )
    return dict(session.execute(query).all())


def of_number(session: Session, agency_id: str, to_bidx: str, scan_id: str) -> ConsentScan | None:
    """One scan of one number's ledger."""
    query = (
        select(ConsentScan)
        .join(ConsentEvent, col(ConsentEvent.id) == col(ConsentScan.event_id))
        .where(
            col(ConsentScan.agency_id) == agency_id,
            col(ConsentScan.id) == scan_id,
            col(ConsentEvent.to_bidx) == to_bidx,
        )
    )
    return cast("ConsentScan | None", session.execute(query).scalar_one_or_none())


def content_of(session: Session, vault: Vault, scan: ConsentScan) -> bytes:
    """The file as it was uploaded."""
    return base64.b64decode(vault.open(session, scan.content, Place("consent_scans", "content", scan.id)))
