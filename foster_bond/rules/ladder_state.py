"""Rules, reflection → next prompt: what the ladder remembers of one person, and how each event changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from foster_bond.rules.blackout import Stretch

LEVELS = 6
SECURE_BASE, SUPPORT, CLARIFICATION, EXPLORATION, CHALLENGING, RELATIONSHIP = range(LEVELS)
LEVEL_NAMES = ("Secure base", "Support", "Clarification", "Exploration", "Challenging", "Relationship")
HELD = (
    "Secure base held:",
    "Support held:",
    "Clarification held:",
    "Exploration held:",
    "Challenging held:",
    "Relationship held:",
)
LOW_THERMOMETER = 2  # 1 = almost nothing left, 5 = plenty; 1 and 2 step the ladder down
UNANSWERED_AFTER = timedelta(hours=20)  # younger prompts are not silence yet: the reminder has not even gone
LOWS_WITHIN = timedelta(days=28)  # two low moments further apart are not "in a row", whatever lies between
_RECENT = 20  # five weeks at the highest dose; no rule looks back further than 14 days, except by totals
_SELF = frozenset({"self", "self-past", "self+child"})
_OTHER = frozenset({"child", "other", "child-of-self", "other-of-self", "child-past", "self+child"})


@dataclass(frozen=True, slots=True)
class PromptFacts:
    """What the ladder needs to know of a prompt. Give it only prompts whose audience the person belongs to."""

    id: str
    level: int
    target: str
    technique: str = ""
    reply: str = "text"

    @property
    def is_thermometer(self) -> bool:
        """Its reply is the number of rules 3 and 6: how much is left, 1 to 5."""
        return self.reply == "1-5" and self.level <= SUPPORT and self.target == "self"

    @property
    def about_self(self) -> bool:
        """It asks about the person's own mind."""
        return self.target in _SELF

    @property
    def about_other(self) -> bool:
        """It asks what is in another's mind."""
        return self.target in _OTHER


@dataclass(frozen=True, slots=True)
class Asked:
    """One prompt that went out. `down` = a low thermometer, hard day or BASE came before the next prompt did."""

    prompt: PromptFacts
    sent_at: datetime
    answered_at: datetime | None = None
    skipped: bool = False
    down: bool = False


@dataclass(frozen=True, slots=True)
class Thermometer:
    """How much the person said was left. Units: 1 (almost nothing) to 5 (plenty)."""

    value: int
    at: datetime


@dataclass(frozen=True, slots=True)
class LadderPast:
    """Everything about one person that the rules look back on; changed by the `after_*` functions only."""

    recent: tuple[Asked, ...] = ()  # oldest first
    used: Mapping[str, int] = field(default_factory=dict)  # prompt id → how often it went out
    answered: tuple[int, ...] = (0,) * LEVELS  # answered prompts by level, over all time
    thermometer: Thermometer | None = None
    hard_day_at: datetime | None = None
    stepped_down_at: datetime | None = None
    silence_paused_at: datetime | None = None

    @property
    def last(self) -> Asked | None:
        """The prompt that went out last."""
        return self.recent[-1] if self.recent else None


@dataclass(frozen=True, slots=True)
class LadderState:
    """One person as the ladder sees them now."""

    enrolled_on: date
    zone: str
    past: LadderPast = field(default_factory=LadderPast)
    minor: bool = False
    l5_on: bool = False  # a named worker switched it on for this family, with a reason
    open_alert: bool = False
    blackouts: tuple[Stretch, ...] = ()  # the margins of rule 5 are added by it
    asked_about_visits: bool = False  # takes part in Visits and hellos, too


def after_sent(past: LadderPast, prompt: PromptFacts, at: datetime) -> LadderPast:
    """The past once that prompt has gone out."""
    used = {**past.used, prompt.id: past.used.get(prompt.id, 0) + 1}
    return replace(past, recent=(*past.recent, Asked(prompt, at))[-_RECENT:], used=used)


def without_sent(past: LadderPast, prompt_id: str, since: datetime, until: datetime) -> LadderPast:
    """The past once a prompt was taken back that was to leave between these instants: as if it had never been asked."""
    gone = next((one for one in reversed(past.recent) if one.prompt.id == prompt_id and since <= one.sent_at <= until),
                None)  # fmt: skip
    if gone is None:
        return past
    used = {**past.used, prompt_id: max(past.used.get(prompt_id, 0) - 1, 0)}
    return replace(past, recent=tuple(one for one in past.recent if one is not gone), used=used)


def after_answer(
    past: LadderPast, prompt_id: str, at: datetime, *, thermometer: int | None = None, hard_day: bool = False
) -> LadderPast:
    """The past once a reply to that prompt came in. Parts of one answer, or the same one twice, count once."""
    asked = _latest(past, prompt_id)
    if asked is not None and asked.answered_at is None:
        level = asked.prompt.level
        answered = tuple(count + (n == level) for n, count in enumerate(past.answered))
        past = replace(_changed(past, asked, replace(asked, answered_at=at)), answered=answered)
    if thermometer is not None and (past.thermometer is None or at >= past.thermometer.at):
        past = replace(past, thermometer=Thermometer(thermometer, at))
    low = thermometer is not None and thermometer <= LOW_THERMOMETER
    return after_step_down(past, at, hard_day=hard_day) if low or hard_day else past


def after_skip(past: LadderPast, prompt_id: str) -> LadderPast:
    """The past once the person said SKIP: not an answer, and not silence either."""
    asked = _latest(past, prompt_id)
    return past if asked is None else _changed(past, asked, replace(asked, skipped=True))


def after_step_down(past: LadderPast, at: datetime, *, hard_day: bool) -> LadderPast:
    """The past once BASE or a hard day was heard: rule 6 begins to count from `at`."""
    asked = next((one for one in reversed(past.recent) if one.sent_at <= at), None)
    if asked is not None:
        past = _changed(past, asked, replace(asked, down=True))
    hard_day_at = _later(past.hard_day_at, at) if hard_day else past.hard_day_at
    return replace(past, hard_day_at=hard_day_at, stepped_down_at=_later(past.stepped_down_at, at))


def after_silence_pause(past: LadderPast, at: datetime) -> LadderPast:
    """The past once rule 8 has paused the person: silence is counted anew from there."""
    return replace(past, silence_paused_at=_later(past.silence_paused_at, at))


def silence(past: LadderPast, now: datetime) -> int:
    """How many prompts in a row went unanswered, up to the last one that had time to be."""
    return _silent(past, now, since=None)


def silence_since_pause(past: LadderPast, now: datetime) -> int:
    """The same, counting only what went out after the last pause for silence."""
    return _silent(past, now, since=past.silence_paused_at)


def low_in_a_row(past: LadderPast) -> int:
    """How many prompts in a row met a low thermometer, a hard day or BASE; silence between them does not break it.

    Units: prompts of the last four weeks.
    """
    count = 0
    for asked in reversed(past.recent):
        if asked.answered_at is not None and not asked.down:
            break
        if asked.sent_at < past.recent[-1].sent_at - LOWS_WITHIN:
            break
        count += asked.down
    return count


def _silent(past: LadderPast, now: datetime, *, since: datetime | None) -> int:
    count = 0
    for asked in reversed(past.recent):
        if asked.answered_at is not None or asked.skipped or (since is not None and asked.sent_at <= since):
            break
        count += now - asked.sent_at >= UNANSWERED_AFTER
    return count


def _latest(past: LadderPast, prompt_id: str) -> Asked | None:
    return next((asked for asked in reversed(past.recent) if asked.prompt.id == prompt_id), None)


def _changed(past: LadderPast, old: Asked, new: Asked) -> LadderPast:
    return replace(past, recent=tuple(new if asked is old else asked for asked in past.recent))


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)


def to_json(past: LadderPast) -> dict[str, Any]:
    """The past as plain JSON values, for a row."""
    return {
        "recent": [
            [a.prompt.id, a.prompt.level, a.prompt.target, a.prompt.technique, a.prompt.reply,
             a.sent_at.isoformat(), _said(a.answered_at), a.skipped, a.down]
            for a in past.recent
        ],
        "used": dict(past.used),
        "answered": list(past.answered),
        "thermometer": [past.thermometer.value, past.thermometer.at.isoformat()] if past.thermometer else None,
        "hard_day_at": _said(past.hard_day_at),
        "stepped_down_at": _said(past.stepped_down_at),
        "silence_paused_at": _said(past.silence_paused_at),
    }  # fmt: skip


def from_json(row: Mapping[str, Any]) -> LadderPast:
    """The past that `to_json` wrote; an empty row is a person nobody has asked yet."""
    if not row:
        return LadderPast()
    thermometer = row["thermometer"]
    return LadderPast(
        recent=tuple(
            Asked(PromptFacts(*one[:5]), datetime.fromisoformat(one[5]), _read(one[6]), one[7], one[8])
            for one in row["recent"]
        ),
        used=dict(row["used"]),
        answered=tuple(row["answered"]),
        thermometer=Thermometer(thermometer[0], datetime.fromisoformat(thermometer[1])) if thermometer else None,
        hard_day_at=_read(row["hard_day_at"]),
        stepped_down_at=_read(row["stepped_down_at"]),
        silence_paused_at=_read(row["silence_paused_at"]),
    )


def _said(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None
