"""Ground: the time of day. Doors and jobs hold a Clock; everything below gets `now` as an argument."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """The product's instant, aware UTC, moved by the clock file where one is set."""
        ...

    def real(self) -> datetime:
        """The machine's own instant, aware UTC: for leases and look-up grace only."""
        ...


class SystemClock:
    """The machine's clock, moved by the seconds in `shift_file`, which is read again at every ask."""

    def __init__(self, shift_file: Path | None = None) -> None:
        self._shift_file = shift_file
        self._shift = timedelta(0)

    def shift(self) -> timedelta:
        """How far the product's time stands from the machine's; an unreadable file keeps the last good value."""
        if self._shift_file is not None:
            try:
                shift = timedelta(seconds=float(self._shift_file.read_text(encoding="ascii").strip()))
                datetime.now(UTC) + shift  # a shift beyond the calendar is as unreadable as a word
                self._shift = shift
            except (OSError, ValueError, OverflowError):
                pass
        return self._shift

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift()

    def real(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until moved: for tests and for living through weeks in seconds."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def real(self) -> datetime:
        return self._at

    def move(self, by: timedelta) -> datetime:
        self._at += by
        return self._at
