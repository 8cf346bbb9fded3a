"""Store: the scan of a signed consent, sealed, beside the event of the ledger that it proves."""

from sqlmodel import Field

from foster_bond.store.base import Instant, Owned, link, one_of, own_key

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
