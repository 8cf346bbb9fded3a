"""Two weeks of the demo, lived once for all tests of a session: whoever needs them takes a copy."""

import fcntl
import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from foster_bond.demo.history import live_through
from foster_bond.demo.places import alone_in, settings_of_demo

WEEKS = 2
REAL_NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # a Sunday; the story ends on the Wednesday before


@dataclass(frozen=True, slots=True)
class Lived:
    """Where they lie, when they end on the virtual clock, and what was said meanwhile about how far they are."""

    folder: Path
    ended: datetime
    heard: tuple[tuple[float, datetime], ...]

    def copied_to(self, folder: Path) -> Path:
        """A copy to go on with, in a folder that does not exist yet."""
        shutil.copytree(self.folder, folder)
        return folder


def lived_demo(factory: pytest.TempPathFactory) -> Lived:
    """The two weeks; the first of several processes lives them, the others wait."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, note = shared / "lived-demo", shared / "lived-demo.json"
    with (shared / "lived-demo.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists():
            _live(folder, note)
    said = json.loads(note.read_text(encoding="ascii"))
    heard = tuple((share, datetime.fromisoformat(at)) for share, at in said["heard"])
    return Lived(folder, datetime.fromisoformat(said["ended"]), heard)


def _live(folder: Path, note: Path) -> None:
    heard: list[tuple[float, str]] = []
    with alone_in(folder):
        ended = live_through(
            settings_of_demo(folder, port=8000), folder, weeks=WEEKS, real_now=REAL_NOW,
            told=lambda share, now: heard.append((share, now.isoformat())),
        )  # fmt: skip
    note.write_text(json.dumps({"ended": ended.isoformat(), "heard": heard}), encoding="ascii")
