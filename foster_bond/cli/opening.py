"""What the commands share: settings and store for the length of one command, files, and how answers are printed."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from foster_bond.errors import Away, FosterBondError, InvalidInput

if TYPE_CHECKING:
    from foster_bond.runtime import Runtime, Store
    from foster_bond.settings import Settings

_Command = TypeVar("_Command", bound=Callable[..., Any])

MOST_BYTES = 50 * 1024 * 1024

agency_option = click.option("--agency", "slug", required=True, metavar="SLUG", help="The agency, by its slug.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")


class Unwell(FosterBondError):
    """What was looked at is not as it should be: exit 1."""


def settings_of() -> "Settings":
    """The operator's settings, with the log going where they say. Raises: SetupWrong."""
    from foster_bond.logs import set_up_logs
    from foster_bond.settings import load_settings

    settings = load_settings()
    set_up_logs(settings.log_format)
    return settings


@contextmanager
def opened(*, pool_size: int = 2) -> Iterator["Runtime"]:
    """A runtime for one command. Raises: SetupWrong, Away where the database does not answer."""
    from foster_bond.runtime import build

    settings = settings_of()
    answering(settings)
    runtime = build(settings, pool_size=pool_size)
    try:
        yield runtime
    finally:
        runtime.close()


@contextmanager
def migrated(settings: "Settings") -> Iterator["Store"]:
    """A store brought up to date, made where there was none; a wrong key stops us before its schema is touched.

    Raises: SetupWrong, Unwell, Away.
    """
    from foster_bond.migrations import current, upgrade
    from foster_bond.runtime import open_store

    answering(settings, new=True)
    store = open_store(settings, pool_size=2)
    try:
        if current(store.database) is not None:
            with store.read() as session:
                store.vault.check(session)
        upgrade(store.database)
        yield store
    finally:
        store.close()


def answering(settings: "Settings", *, new: bool = False) -> None:
    """Nothing, where the database answers. `new`: it may still have to be made, and its folder too. Raises: Away."""
    from foster_bond.migrations import current
    from foster_bond.runtime import open_store

    if new and settings.is_sqlite:
        _make_folder(Path(settings.database_url.removeprefix("sqlite:///").partition("?")[0]).parent)
    store = open_store(settings, pool_size=1)
    try:
        current(store.database)
    except Exception as away:
        raise Away(f"The database does not answer ({type(away).__name__}); look at FOSTER_BOND_DATABASE_URL.") from away
    finally:
        store.close()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as off:
        raise Unwell(f"{folder} cannot be made for the database: {off.strerror or type(off).__name__}.") from None


def file_content(path: str) -> bytes:
    """A file's bytes; `-` is what is piped in. Raises: InvalidInput."""
    try:
        if path == "-":
            return sys.stdin.buffer.read(MOST_BYTES)
        if Path(path).stat().st_size > MOST_BYTES:
            raise InvalidInput(f"{path} is larger than 50 MB.")
        return Path(path).read_bytes()
    except OSError as off:
        raise InvalidInput(f"{path} cannot be read: {off.strerror or type(off).__name__}.") from None


def password_in(path: str | None) -> str | None:
    """The first line of a password file, None where none is named. Raises: InvalidInput."""
    if path is None:
        return None
    try:
        lines = file_content(path).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InvalidInput(f"{path} is not UTF-8 text.") from None
    if not lines or not lines[0]:
        raise InvalidInput(f"{path} has no password on its first line.")
    return lines[0]


def answer(as_json: bool, facts: Mapping[str, Any], *lines: str) -> None:
    """Print the facts as JSON, or the lines for a person."""
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2, default=str))
    else:
        for line in lines:
            click.echo(line)


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 family`, `3 families`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


class Progress:
    """How far long work has come: a line that moves on a terminal, a plain line every few seconds elsewhere."""

    EVERY = 5.0  # seconds between plain lines; quick work says nothing

    def __init__(self, doing: str) -> None:
        self._doing, self._said = doing, time.monotonic()
        self._moves = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        if self._moves:
            click.echo(f"\r{self._doing} {done:,} of {total:,}", err=True, nl=done >= total)
        elif time.monotonic() - self._said >= self.EVERY:
            self._said = time.monotonic()
            click.echo(f"{self._doing} {done:,} of {total:,}", err=True)
