"""A promise told in minutes: whatever is down, a cry for help is kept and somebody is told once a channel is up."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from foster_bond.carriers.mail_carrier import Letter, Posted
from foster_bond.clock import FixedClock
from foster_bond.rules.phone_numbers import phone_number
from foster_bond.steps.hearing.escalate_alert import escalate_alerts
from foster_bond.steps.sending.note_channel import note_texts
from foster_bond.steps.sending.send_mails import send_mails
from foster_bond.steps.sending.settle_outbox import settle_outbox
from foster_bond.store import channels, rota, staff
from foster_bond.store.staff import Staff
from tests.steps.hearing.conftest import EVENING, Line, line  # noqa: F401  the line is Harbor's
from tests.steps.sending.room import LEASE, Room

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
MINA, TOM = phone_number("+13035550131"), phone_number("+13035550142")


@dataclass
class Postbox:
    """A mail server that is up or away."""

    up: bool = True
    letters: list[Letter] = field(default_factory=list)

    def post(self, letters: Sequence[Letter]) -> list[Posted]:
        if not self.up:
            return [Posted(False, why="The mail server did not answer.")] * len(letters)
        self.letters += letters
        return [Posted(True)] * len(letters)


@dataclass
class Night:
    """One evening at Harbor, minute by minute: a carrier, a mail server, a clock that runs the jobs."""

    line: Line
    room: Room
    clock: FixedClock
    postbox: Postbox
    carrier_up: bool = True

    def pass_time(self, minutes: float) -> None:
        """Let the clock's jobs run every half minute."""
        for _ in range(int(minutes * 2)):
            self._jobs()
            self.clock.move(30 * SECOND)
        self._jobs()

    def _jobs(self) -> None:
        store, now = self.line.store, self.clock.now()
        carrier = self.room.carrier() if self.carrier_up else self.room.carrier(*["reset_before"] * 50)
        sender = self.room.sender(carrier, timeout=1.0, lease=LEASE)
        note_texts(store, sender.send_due(), now)
        sender.close()
        send_mails(store, self.postbox, self.clock, public_url="https://harbor.example")
        settle_outbox(store, self.clock, timedelta(minutes=5))
        escalate_alerts(store, now)

    def told_after(self) -> list[timedelta | None]:
        with self.line.store.read() as session:
            found = session.connection().exec_driver_sql(
                "SELECT raised_at, first_notified_at FROM alerts WHERE priority = 'now' AND state <> 'resolved'"
            )
            return [None if told is None else _instant(told) - _instant(raised) for raised, told in found]


def _instant(found: datetime | str) -> datetime:
    return found if isinstance(found, datetime) else datetime.fromisoformat(found)


@pytest.fixture
def night(line: Line, tmp_path: Path) -> Iterator[Night]:  # noqa: F811
    """Tom is on call every hour; Mina is the family's own worker. Both have a phone."""
    clock = FixedClock(EVENING)
    with line.store.write() as session:
        session.connection().exec_driver_sql("UPDATE alerts SET state = 'resolved'")
        for person, number in ((line.cast.mina, MINA), (line.cast.tom, TOM)):
            row = session.get(Staff, person.staff_id)
            assert row is not None
            staff.give_phone(session, line.store.vault, row, number)
        for weekday in range(7):
            rota.add_shift(session, line.cast.harbor.agency_id, weekday, time(), time(), line.cast.tom.staff_id)
        channels.set_up(session, channels.MAIL, True)
    with ExitStack() as ends:
        yield Night(line, Room(store=line.store, cast=line.cast, clock=clock, ends=ends), clock, Postbox())


def test_with_both_channels_up_somebody_knows_within_a_minute(night: Night) -> None:
    night.line.say("I want to die", night.clock.now())
    night.pass_time(0.5)
    (lag,) = night.told_after()
    assert lag is not None and lag <= MINUTE
    assert len(night.postbox.letters) == 2


def test_carrier_down_for_ten_minutes_the_mail_tells(night: Night) -> None:
    night.carrier_up = False
    night.line.say("I want to die", night.clock.now())
    night.pass_time(1)
    (lag,) = night.told_after()
    assert lag is not None and lag <= MINUTE


def test_both_down_for_ten_minutes_and_told_within_a_minute_of_one_coming_back(night: Night) -> None:
    night.carrier_up = night.postbox.up = False
    night.line.say("he has a gun and threatened us", night.clock.now())
    night.pass_time(10)
    assert night.told_after() == [None]
    night.postbox.up = True
    night.pass_time(1)
    (lag,) = night.told_after()
    assert lag is not None and lag <= 11 * MINUTE
    assert len(night.postbox.letters) <= 4  # ten minutes of calling again did not pile up


def test_mail_down_the_carrier_tells(night: Night) -> None:
    night.postbox.up = False
    night.line.say("she took all the pills and is not breathing", night.clock.now())
    night.pass_time(0.5)
    (lag,) = night.told_after()
    assert lag is not None and lag <= MINUTE


def test_carrier_away_for_ten_minutes_and_no_mail_at_all_told_within_a_minute_of_its_return(night: Night) -> None:
    night.carrier_up = night.postbox.up = False
    night.line.say("no respira", night.clock.now())
    night.pass_time(10)
    back = night.clock.now()
    night.carrier_up = True
    night.pass_time(1)
    (lag,) = night.told_after()
    assert lag is not None and lag <= back - EVENING + MINUTE


def test_fifty_families_at_once_and_everybody_of_them_is_told_of(night: Night) -> None:
    for number in range(50):
        night.line.say("I want to die", night.clock.now(), sender=f"+1303555{2000 + number}")
    night.pass_time(1)
    lags = night.told_after()
    assert len(lags) == 50 and all(lag is not None and lag <= MINUTE for lag in lags)
    assert len(night.postbox.letters) <= 6  # a call that waits speaks for all of them
