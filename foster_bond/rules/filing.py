"""Inbound text → where it belongs: reactions, own ratings, and the prompt that a text answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond.rules.ratings import rating
from foster_bond.rules.reactions import Reaction, Stripped, strip_reaction

__all__ = [
    "LastReflection",
    "OpenPrompt",
    "Place",
    "Reaction",
    "Stripped",
    "choose_place",
    "rating",
    "strip_reaction",
]

STAYS_ON_TIME = timedelta(hours=48)  # a prompt's question stays open so long; after that an answer is late
ONE_REFLECTION = timedelta(minutes=15)  # parts that follow each other so closely are one answer
LATE_FITS_FOR = timedelta(days=14)  # an older prompt has long left the mind: such a text stands for itself


@dataclass(frozen=True, slots=True)
class OpenPrompt:
    """A prompt that was sent and may still get an answer; also one that closed without an answer.

    closes_at: the end of its time; None = 48 hours after it was sent. answered_at: its first answer.
    """

    occurrence_id: str
    prompt_id: str
    sent_at: datetime
    closes_at: datetime | None = None
    answered_at: datetime | None = None

    def closes(self) -> datetime:
        """When an answer begins to be late."""
        return self.closes_at or self.sent_at + STAYS_ON_TIME


@dataclass(frozen=True, slots=True)
class LastReflection:
    """The person's newest reflection: `last_at` is when its latest part was said."""

    id: str
    occurrence_id: str | None
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text belongs.

    reflection_id: a further part of this reflection. occurrence_id: the prompt it answers; both None = unprompted.
    late: after the prompt's time. maybe_other: occurrences it may belong to instead, newest first. why: for the record.
    """

    occurrence_id: str | None = None
    reflection_id: str | None = None
    late: bool = False
    maybe_other: tuple[str, ...] = ()
    why: str = "unprompted"


def choose_place(
    open_prompts: Sequence[OpenPrompt], now: datetime, last_reflection: LastReflection | None = None
) -> Place:
    """The reflection or prompt a reply belongs to. `now` is when it was said.

    A further part within 15 minutes joins its reflection, unless a newer prompt went out in between; then the newest
    prompt that waits for an answer; then the newest one it is late for, up to 14 days, unless a newer one has been
    answered since. Else it stands for itself, with the answered prompt it may add to.
    """
    sent = sorted((p for p in open_prompts if p.sent_at <= now), key=lambda p: (p.sent_at, p.occurrence_id))[::-1]
    if last_reflection and _goes_on(last_reflection, sent, now):
        late = any(p.occurrence_id == last_reflection.occurrence_id and now >= p.closes() for p in sent)
        return Place(last_reflection.occurrence_id, last_reflection.id, late, why="a further part of the same answer")
    waiting = [prompt for prompt in sent if prompt.answered_at is None]
    in_time = _ids(prompt for prompt in waiting if now < prompt.closes())
    if in_time:
        return Place(
            in_time[0], maybe_other=in_time[1:], why="the newest open prompt" if in_time[1:] else "the open prompt"
        )
    overdue = [prompt for prompt in waiting if now - prompt.closes() <= LATE_FITS_FOR]
    answered = [prompt for prompt in sent if prompt.answered_at and now < prompt.closes()]
    if answered and (not overdue or answered[0].sent_at > overdue[0].sent_at):
        return Place(maybe_other=_ids([*answered, *overdue]), why="more on an answered prompt, or something new")
    if overdue:
        late_for = _ids(overdue)
        return Place(late_for[0], late=True, maybe_other=late_for[1:], why="late for this prompt")
    return Place()


def _ids(prompts: Iterable[OpenPrompt]) -> tuple[str, ...]:
    return tuple(prompt.occurrence_id for prompt in prompts)


def _goes_on(last: LastReflection, sent: Sequence[OpenPrompt], now: datetime) -> bool:
    """The last part is at most 15 minutes away (texts may overtake each other) and no newer prompt stands between."""
    if abs(now - last.last_at) > ONE_REFLECTION:
        return False
    return not any(last.last_at < p.sent_at and p.occurrence_id != last.occurrence_id for p in sent)
