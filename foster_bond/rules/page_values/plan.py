"""Rules: what a plan shows: every text to come, word for word, and why not."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class PlannedText:
    """One text to come. Instants are aware UTC; `local_time` is the family's wall when it leaves.

    `state`: planned · written (it leaves within minutes) · held (its window will close before it may leave, if nothing
    changes) · dropped · skipped (by a person). `text` is what leaves, or would have left.
    """

    occurrence_id: str | None  # None: not a row yet
    occurrence_key: str
    enrolment_id: str
    family_id: str
    family_ref: str
    member_id: str
    member_ref: str
    schedule_id: str
    schedule_name: str
    zone: str
    local_date: date
    local_time: str
    due_at: datetime
    leaves_at: datetime | None
    prompt_id: str | None
    technique: str | None
    level: int | None
    language: str
    text: str
    parts: int | None
    state: str
    why: str
    clock_note: str | None = None
    moved_from: datetime | None = None
    depends_on_replies: bool = False
    reminder_at: datetime | None = None  # when a reminder follows if nobody answers
    rules: tuple[dict[str, Any], ...] = ()


def as_json(planned: PlannedText) -> dict[str, Any]:
    """The text as plain JSON values, instants as UTC to the second (docs/plan.md)."""
    row = asdict(planned)
    for name, value in row.items():
        if isinstance(value, datetime):
            row[name] = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        elif isinstance(value, date):
            row[name] = value.isoformat()
    return row
