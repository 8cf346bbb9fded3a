"""The demo's own corner: its folder, its settings, its clock file. It never opens a real installation."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from foster_bond.clock import SystemClock
from foster_bond.errors import Conflict
from foster_bond.settings import Settings, create_local_keys, load_settings

DATABASE, CLOCK, LIVED = "foster_bond.db", "clock", "lived.json"
_WILDCARDS = ("0.0.0.0", "::", "localhost")  # noqa: S104  these are compared with, not listened on


def demo_folder(folder: Path | None = None) -> Path:
    """`instance/demo/` of the current folder."""
    return (folder or Path.cwd()).absolute() / "instance" / "demo"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """The folder, held until the block ends. Raises: Conflict where another demo runs in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "running").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Conflict("A demo is running in this folder already; stop that one first.") from None
        yield


def settings_of_demo(folder: Path, *, port: int) -> Settings:
    """The demo's settings. Nothing of the operator's own is read: no text may leave because of a demo."""
    environ = {
        "FOSTER_BOND_DATABASE_URL": f"sqlite:///{DATABASE}",
        "FOSTER_BOND_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "FOSTER_BOND_CARRIER": "simulated",
        "FOSTER_BOND_CLOCK_FILE": CLOCK,
    }
    create_local_keys(folder, environ)
    return load_settings(environ, folder)


def is_reached_over_loopback(host: str) -> bool:
    """Whether a server that listens on `host` answers at 127.0.0.1, where the demo's webhooks are posted."""
    return host in _WILDCARDS or host.startswith("127.")


def empty(folder: Path) -> None:
    """Throw the demo's state away, but for the lock that is held."""
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != "running":
            entry.unlink()


def has_lived(folder: Path) -> int | None:
    """How many weeks the demo in this folder has lived through; None where it has not, or not to the end."""
    try:
        weeks = json.loads((folder / LIVED).read_text(encoding="ascii"))["weeks"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return weeks if isinstance(weeks, int) else None


def note_lived(folder: Path, weeks: int, until: datetime) -> None:
    """Write down that it has."""
    _write(folder / LIVED, json.dumps({"weeks": weeks, "until": until.isoformat()}))


def set_clock(path: Path, to: datetime) -> None:
    """Make the product's clock stand at `to` now, in one piece: a reader sees the old shift or the new one."""
    _write(path, f"{(to - SystemClock().real()).total_seconds():.3f}\n")


def _write(path: Path, words: str) -> None:
    beside = path.with_name(path.name + ".new")
    beside.write_text(words, encoding="ascii")
    os.replace(beside, path)
