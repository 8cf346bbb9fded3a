"""What the sending steps share: each agency's turn in a round of claiming, at the pace that its sender may keep."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from foster_bond.rules.retry import Bucket, Pace, allowance, spend, wait_for
from foster_bond.store import pauses
from foster_bond.store.agencies import Agency
from foster_bond.store.open_store import Session
from foster_bond.store.outbox_claims import Due
from foster_bond.store.pauses import Pause, SenderPace

STEPPED_BACK = timedelta(minutes=1)  # a pace further in the future than this was written before a clock went back
NOT_SOONER = timedelta(milliseconds=50)  # between rounds of a paced sender: they stay few, and the rate is caught up
_NO_PACE = 1e9  # segments: no share is larger


@dataclass(slots=True)
class Turn:
    """One agency's turn: what its sender may still send, and which of its texts were found due."""

    agency: Agency
    paced: bool
    paused: bool
    bucket: Bucket
    row: SenderPace | None = None
    share: int = 0
    found: list[Due] = field(default_factory=list)

    @property
    def ordinary(self) -> int:
        """How many texts that are not urgent may leave now."""
        return 0 if self.paused or self.bucket.segments < 1 else math.ceil(self.bucket.segments)

    def within_pace(self, ready: Sequence[Due]) -> list[Due]:
        """Those that may leave at this pace. What is urgent waits for neither pace nor pause, but is counted."""
        within = []
        for one in ready:
            if one.urgent or self.bucket.segments >= 1:
                self.bucket = spend(self.bucket, one.parts)
                within.append(one)
        return within

    def wait(self) -> timedelta | None:
        """How long until its pace lets the next text go; None where it is not the pace that holds it up."""
        if self.paused or not self.paced or self.bucket.segments >= 1:
            return None
        return max(wait_for(Pace(self.agency.texts_per_second), self.bucket), NOT_SOONER)

    def close(self, session: Session) -> None:
        """Write down what the sender may still send."""
        if self.paced:
            pauses.keep_pace(session, self.agency.id, self.row, self.bucket.segments, self.bucket.at)


def turns_of(
    session: Session, agencies: Sequence[Agency], in_force: Mapping[str, Pause], now: datetime, *, paced: bool
) -> list[Turn]:
    """A turn for each of these agencies, but for those whose pace another clock holds at this moment."""
    rows = pauses.paces_of(session, [agency.id for agency in agencies]) if paced else {}
    return [
        Turn(
            agency=agency,
            paced=paced,
            paused=pauses.sender_key(agency.id) in in_force,
            bucket=_bucket(agency, rows[agency.id], now) if paced else Bucket(_NO_PACE, now),
            row=rows.get(agency.id),
        )
        for agency in agencies
        if not paced or agency.id in rows
    ]


def _bucket(agency: Agency, row: SenderPace | None, now: datetime) -> Bucket:
    if row is None or row.at - now > STEPPED_BACK:
        return Bucket(1, now)
    return allowance(Pace(agency.texts_per_second), Bucket(row.segments, row.at), now)
