"""Store → operator: is this process able to do its job, and how much waits."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar

import structlog

from foster_bond.migrations import current, head
from foster_bond.store import channels, pauses, pulses, vital_signs
from foster_bond.store.open_store import Session, Store

PULSE_LIMIT = timedelta(seconds=30)  # the promise of design.md section 4; the shortest job beats every few seconds
PROMISE = timedelta(seconds=60)  # 99.9 % of the texts leave within that time of the moment that their pace allows
LOOK_UP_MARGIN = timedelta(minutes=3)  # past the grace, the carrier is asked every minute
SKEW_LIMIT = timedelta(seconds=5)  # a process further off would claim and expire at the wrong moments

_log = structlog.stdlib.get_logger(__name__)
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Alarms:
    """What a person has to see to although the process itself is well. Counted over all agencies."""

    sending_refused: int  # 1 while the carrier refuses our credentials: nothing is sent
    senders_paused: int
    in_doubt_long: int  # texts that even the look-up could not tell of in time
    agencies_late: int

    @property
    def ringing(self) -> tuple[str, ...]:
        """The names of those that ring."""
        return tuple(name for name, many in asdict(self).items() if many)


@dataclass(frozen=True, slots=True)
class Health:
    """What a door needs to do its job. None where it could not be found out."""

    database_writable: bool
    schema: str | None
    schema_current: bool
    pulse_age: timedelta | None
    channel_works: bool  # a text or a mail can reach staff
    skew: timedelta | None  # this machine's clock against the database's; the clock file moves neither
    alarms: Alarms | None

    @property
    def pulse_young(self) -> bool:
        return self.pulse_age is not None and self.pulse_age < PULSE_LIMIT

    @property
    def skew_small(self) -> bool:
        return self.skew is not None and abs(self.skew) <= SKEW_LIMIT

    @property
    def ready(self) -> bool:
        able = self.database_writable and self.schema_current and self.channel_works
        return able and self.pulse_young and self.skew_small and self.alarms is not None and not self.alarms.ringing


@dataclass(frozen=True, slots=True)
class Gauges:
    """What an operator's graphs show, over all agencies. Ages are None where there is nothing to be old."""

    outbox: Mapping[str, int]
    oldest_due_age: timedelta | None
    inbound: int
    alerts_open: int
    pulse_age: timedelta | None
    alarms: Alarms


def read_health(store: Store, now: datetime, real: datetime, grace: timedelta) -> Health:
    """How this process and its database are; never raises, since an answer is the whole point.

    `now` is the product's instant, `real` the machine's own; `grace` is when an unanswered text is first asked about.
    """
    schema = _tried(lambda: current(store.database))
    return Health(
        database_writable=_tried(lambda: _writes(store)) or False,
        schema=schema,
        schema_current=schema is not None and schema == _head(),
        pulse_age=_tried(lambda: _pulse_age(store, now)),
        channel_works=_tried(lambda: _channel_works(store, now)) or False,
        skew=_tried(lambda: _skew(store, real)),
        alarms=_tried(lambda: _alarms(store, now, real, grace)),
    )


def read_gauges(store: Store, now: datetime, real: datetime, grace: timedelta) -> Gauges:
    """The numbers behind `/metrics`, read at one moment."""
    with store.read() as session:
        oldest = vital_signs.oldest_due(session, now)
        last = pulses.latest(session, by=now + PULSE_LIMIT)
        return Gauges(
            outbox=vital_signs.outbox_by_state(session),
            oldest_due_age=None if oldest is None else now - oldest,
            inbound=vital_signs.inbound_count(session),
            alerts_open=vital_signs.untaken_alerts(session),
            pulse_age=None if last is None else max(now - last, timedelta(0)),
            alarms=_ringing(session, now, real, grace),
        )


@cache
def _head() -> str:
    return head()  # reads the folder of migrations; they do not change under a running process


def _tried(ask: Callable[[], _Found]) -> _Found | None:
    try:
        return ask()
    except Exception:  # whatever is wrong with the database, the answer is "not able", not a traceback
        _log.warning("health_question_failed", exc_info=True)
        return None


def _writes(store: Store) -> bool:
    with store.write() as session:
        vital_signs.touch(session)
    return True


def _pulse_age(store: Store, now: datetime) -> timedelta | None:
    with store.read() as session:
        last = pulses.latest(session, by=now + PULSE_LIMIT)
    return None if last is None else max(now - last, timedelta(0))


def _channel_works(store: Store, now: datetime) -> bool:
    """True while staff can be told of an alert: by text unless the carrier refuses or is silent, or by mail."""
    with store.read() as session:
        known = channels.everything(session)
        refused = pauses.CREDENTIALS in pauses.in_force(session, now)
    text, mail = known.get(channels.TEXT), known.get(channels.MAIL)
    if mail is not None and mail.is_set_up and not mail.fails(now):
        return True
    return not refused and (text is None or not text.fails(now))


def _skew(store: Store, real: datetime) -> timedelta:
    with store.read() as session:
        return real - vital_signs.database_clock(session)


def _alarms(store: Store, now: datetime, real: datetime, grace: timedelta) -> Alarms:
    with store.read() as session:
        return _ringing(session, now, real, grace)


def _ringing(session: Session, now: datetime, real: datetime, grace: timedelta) -> Alarms:
    resting = pauses.in_force(session, now)
    return Alarms(
        sending_refused=int(pauses.CREDENTIALS in resting),
        senders_paused=sum(1 for key in resting if key != pauses.CREDENTIALS),
        in_doubt_long=vital_signs.unanswered_since(session, real - grace - LOOK_UP_MARGIN),
        agencies_late=vital_signs.late_agencies(session, now, PROMISE),
    )
