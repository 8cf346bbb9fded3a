"""Beside the river: a backup's rows into an empty database, which then sends nothing until it is reconciled."""

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from foster_bond.errors import Conflict, InvalidInput
from foster_bond.steps.keeping._backup_files import ERASED, FORMAT, MANIFEST, digest_of, file_of
from foster_bond.store import installation, snapshots
from foster_bond.store.open_store import Store


def restore(store: Store, folder: Path, version: str, told: Callable[[str], None]) -> dict[str, int]:
    """How many rows of each table were put back, all of them or none; the copy starts in recovery mode.

    Raises: InvalidInput for a folder that is no whole backup of this schema; Conflict where the database has rows.
    """
    manifest = _checked(folder, version)
    counts: dict[str, int] = {}
    with store.write() as session:
        if not snapshots.is_empty(session):
            raise Conflict("This database already has rows; a backup is restored into an empty one only.")
        for name in snapshots.table_names():
            counts[name] = snapshots.put_back(session, name, _rows(folder / file_of(name)))
            told(name)
        if counts != manifest["rows"]:
            raise InvalidInput("The backup's rows do not add up to what its manifest says; nothing was restored.")
        store.vault.check(session)
        installation.mark_restored(session, datetime.fromisoformat(manifest["taken_at"]))
    return counts


def _checked(folder: Path, version: str) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise InvalidInput(f"{folder} holds no backup: its {MANIFEST} is missing or cannot be read.") from None
    problems = []
    if manifest.get("format") != FORMAT:
        problems.append("This backup was written in a format that this program does not know.")
    if manifest.get("schema") != version:
        problems.append(
            f"This backup holds schema {manifest.get('schema')}, this program needs {version}: "
            "restore it with the program that made it, then migrate."
        )
    if not (folder / ERASED).is_file():
        problems.append(f"The list of erased families ({ERASED}) is missing; without it they would come back.")
    problems += _damaged(folder, manifest.get("sha256", {}))
    if problems:
        raise InvalidInput(" ".join(problems), tuple(problems))
    return manifest


def _damaged(folder: Path, digests: dict[str, str]) -> list[str]:
    found = []
    for name, digest in digests.items():
        path = folder / name
        if not path.is_file():
            found.append(f"{name} is missing from the backup.")
        elif digest_of(path) != digest:
            found.append(f"{name} has changed since the backup was made.")
    return found


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
