"""Simulated families for the ladder: one person who lives through months of prompts, from one seed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from foster_bond import library
from foster_bond.rules.blackout import DateKind, Stretch
from foster_bond.rules.ladder import Cell, Choice, LadderProgramme, choose, first_twelve_weeks, place_of
from foster_bond.rules.ladder_state import (
    LadderPast,
    LadderState,
    PromptFacts,
    after_answer,
    after_sent,
    after_silence_pause,
    after_skip,
    after_step_down,
)
from foster_bond.rules.local_time import local_instant

ZONE = "America/Denver"
START = date(2026, 3, 2)


def carer_prompts() -> tuple[PromptFacts, ...]:
    """Every shipped prompt a carer may get outside flows and pairs, P5 and P6 included."""
    return tuple(
        PromptFacts(one.id, one.level, one.target, one.technique, one.reply)
        for one in library.prompts().values()
        if "foster_parent" in one.roles and one.flow is None and (one.pair is None or one.id[:2] in ("P5", "P6"))
    )


def facts() -> Mapping[str, PromptFacts]:
    return {one.id: one for one in carer_prompts()}


def twelve_weeks() -> LadderProgramme:
    """The shipped table, as a step would hand it over."""
    weeks = library.programmes()["first-twelve-weeks"].weeks
    cells = [Cell(week.week, slot.slot, slot.prompt, slot.if_held) for week in weeks for slot in week.slots]
    return first_twelve_weeks(carer_prompts(), cells)


def plain_list() -> LadderProgramme:
    """The same prompts as an agency's own ladder without a table."""
    return LadderProgramme(tuple(one for one in carer_prompts() if one.id[0] in "SCEHTBP"))


def evening(day: date) -> datetime:
    return local_instant(day, time(19), ZONE)


@dataclass(frozen=True, slots=True)
class Moment:
    """One slot as it was decided, with the state the decision saw."""

    day: date
    now: datetime
    state: LadderState
    choice: Choice


@dataclass(slots=True)
class Sent:
    """A prompt as the test itself remembers it, apart from the ladder's own memory."""

    prompt: PromptFacts
    at: datetime
    answered_at: datetime | None = None
    number: int | None = None
    skipped: bool = False


@dataclass(slots=True)
class Temper:
    """How one family tends to answer; each between 0 and 1."""

    answers: float = 0.8
    skips: float = 0.05
    low: float = 0.15
    hard: float = 0.08
    base: float = 0.04
    alerts: float = 0.02
    visits: float = 0.1


@dataclass(slots=True)
class Family:
    """A person and what happens to them. `live` runs the real rules slot by slot."""

    random: Random
    temper: Temper = field(default_factory=Temper)
    l5_on: bool = False
    minor: bool = False
    past: LadderPast = field(default_factory=LadderPast)
    moments: list[Moment] = field(default_factory=list)
    paused_until: date = START
    alert_until: date = START
    blackouts: tuple[Stretch, ...] = ()
    sent: list[Sent] = field(default_factory=list)
    hard_days: list[datetime] = field(default_factory=list)
    lows: list[datetime] = field(default_factory=list)  # low numbers, hard days and BASE: what steps the ladder down

    def live(self, programme: LadderProgramme, weeks: int) -> list[Moment]:
        """Every slot of that many weeks, Monday, Wednesday and Friday at seven."""
        earlier: list[date] = []
        for n in range(weeks * 7):
            day = START + timedelta(days=n)
            self._life(day)
            if day.weekday() in (0, 2, 4):
                if day >= self.paused_until:
                    self._slot(programme, day, earlier)
                earlier.append(day)
        return self.moments

    def _life(self, day: date) -> None:
        """What happens on a day whether or not a prompt goes out."""
        noon = local_instant(day, time(12), ZONE)
        if self.random.random() < self.temper.base:
            self.past = after_step_down(self.past, noon, hard_day=False)
            self.lows.append(noon)
        if self.random.random() < self.temper.alerts:
            self.alert_until = day + timedelta(days=self.random.randint(1, 5))
        if self.random.random() < self.temper.visits:
            at = noon + timedelta(days=self.random.randint(0, 3))
            self.blackouts = (*self.blackouts, Stretch(DateKind.FAMILY_VISIT, at, at + timedelta(hours=2)))[-3:]

    def _slot(self, programme: LadderProgramme, day: date, earlier: list[date]) -> None:
        now = evening(day)
        state = LadderState(START, ZONE, self.past, minor=self.minor, l5_on=self.l5_on,
                            open_alert=day < self.alert_until, blackouts=self.blackouts)  # fmt: skip
        choice = choose(programme, state, now, place=place_of(START, earlier, day))
        self.moments.append(Moment(day, now, state, choice))
        if choice.pause_days:
            self.paused_until = day + timedelta(days=choice.pause_days)
            self.past = after_silence_pause(self.past, now)
        if choice.prompt_id is not None:
            prompt = next(one for one in programme.prompts if one.id == choice.prompt_id)
            self.past = after_sent(self.past, prompt, now)
            self.sent.append(Sent(prompt, now))
            self._reply(self.sent[-1], now + timedelta(minutes=self.random.randint(1, 600)))

    def _reply(self, sent: Sent, at: datetime) -> None:
        luck, prompt = self.random.random(), sent.prompt
        if luck < self.temper.answers:
            low = self.random.random() < self.temper.low
            number = (
                (self.random.randint(1, 2) if low else self.random.randint(3, 5)) if prompt.is_thermometer else None
            )
            hard = self.random.random() < self.temper.hard
            self.past = after_answer(self.past, prompt.id, at, thermometer=number, hard_day=hard)
            sent.answered_at, sent.number = at, number
            self.hard_days += [at] if hard else []
            self.lows += [at] if hard or number in (1, 2) else []
        elif luck < self.temper.answers + self.temper.skips:
            self.past = after_skip(self.past, prompt.id)
            sent.skipped = True


def families(seed: int) -> Family:
    """One family out of many kinds: talkative, silent, burdened, calm, young."""
    random = Random(seed)
    temper = Temper(
        answers=random.choice([0.0, 0.3, 0.6, 0.9, 0.95]),
        low=random.choice([0.0, 0.1, 0.5]),
        hard=random.choice([0.0, 0.05, 0.3]),
        base=random.choice([0.0, 0.02, 0.2]),
        alerts=random.choice([0.0, 0.0, 0.03]),
        visits=random.choice([0.0, 0.05, 0.2]),
    )
    return Family(random, temper, l5_on=random.random() < 0.5, minor=random.random() < 0.15)


def calm(seed: int = 1, *, l5_on: bool = False) -> Family:
    """A family that answers everything, calmly."""
    steady = Temper(answers=1.0, skips=0, low=0, hard=0, base=0, alerts=0, visits=0)
    return Family(Random(seed), steady, l5_on=l5_on)


def quiet_state(day: date, past: LadderPast, **changes: object) -> LadderState:
    return replace(LadderState(START, ZONE, past), **changes)  # type: ignore[arg-type]  # field names are checked at run


NOW = datetime(2026, 4, 13, 19, tzinfo=UTC)  # in week 7 of a person who began on START
