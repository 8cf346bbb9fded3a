"""Rules, beside the head of the river: what a pack holds: prompts, programmes and schedules that agencies share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from hashlib import blake2b

CLOSES_AFTER = timedelta(hours=48)
SEND_WITHIN = timedelta(minutes=60)
COUNTED_FROM = ("calendar", "joining", "placement")


ONLY = "only:"  # the programme of one question that comes back every time
LONGEST_KEY = 40


def only_key(prompt_id: str) -> str:
    """The id of the programme that asks this one question again and again."""
    key = f"{ONLY}{prompt_id}"
    return key if len(key) <= LONGEST_KEY else ONLY + blake2b(prompt_id.encode(), digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class PackPrompt:
    """One prompt of a pack; `texts` by language, with {child} where the member's child word goes."""

    id: str
    technique: str
    level: int
    target: str
    reply: str
    roles: tuple[str, ...]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PackProgramme:
    """One programme of a pack: its prompts by id, `ordered` one after the other or `ladder`.

    `repeats`: an ordered one begins again after its last prompt.
    """

    id: str
    name: str
    kind: str
    prompts: tuple[str, ...]
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a schedule is for. Empty `roles` = any role; empty `tags` = tagged or not; never both empty."""

    roles: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def includes(self, role: str, tags: Iterable[str]) -> bool:
        """Whether a member belongs: one of the roles, and at least one of the tags where tags are named."""
        held = {tag.strip().casefold() for tag in tags}
        tagged = not self.tags or any(tag.casefold() in held for tag in self.tags)
        return tagged and (not self.roles or role in self.roles)


@dataclass(frozen=True, slots=True)
class PackSchedule:
    """One schedule of a pack. Hours are local; `starts` None = the day of loading; `nudge_after` None = no nudge.

    `counted_from` is what weeks, INTERVAL and COUNT count from: the calendar (`starts`), each person's joining, or the
    placement of the child. The nudge waits for the hour `nudge_from` and comes no later in the day than `nudge_until`.
    """

    id: str
    name: str
    audience: Audience
    rule: str
    at: time | None
    between: tuple[time, time] | None
    programme: str
    starts: date | None = None
    ends: date | None = None
    nudge_after: timedelta | None = None
    closes_after: timedelta = CLOSES_AFTER
    send_within: timedelta = SEND_WITHIN
    counted_from: str = "calendar"
    nudge_from: time | None = None
    nudge_until: time | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """A whole pack. `notes` say what its author should know; they are no part of what it is."""

    prompts: tuple[PackPrompt, ...] = ()
    programmes: tuple[PackProgramme, ...] = ()
    schedules: tuple[PackSchedule, ...] = ()
    notes: tuple[str, ...] = field(default=(), compare=False)
