"""Beside the river: every row of one moment into a folder; the keys of families apart from the rows."""

import gzip
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from foster_bond.errors import Conflict
from foster_bond.steps.keeping._backup_files import ERASED, FORMAT, KEYS, MANIFEST, ROWS, digest_of, file_of
from foster_bond.store import snapshots
from foster_bond.store.open_store import Store


def back_up(store: Store, folder: Path, now: datetime, version: str, told: Callable[[str], None]) -> dict[str, int]:
    """How many rows of each table were written. Traffic may go on: one transaction sees one moment.

    Raises: Conflict where the folder already holds something.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(f"{folder} is not empty; name a new folder for this backup.")
    for part in (ROWS, KEYS):
        (folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)
    counts: dict[str, int] = {}
    digests: dict[str, str] = {}
    with store.read() as session:
        snapshots.freeze(session)
        for name in snapshots.table_names():
            path = file_of(name)
            counts[name], digests[path] = _write(folder / path, snapshots.rows_of(session, name))
            told(name)
    (folder / ERASED).write_text("[]\n", encoding="ascii")
    digests[ERASED] = digest_of(folder / ERASED)
    manifest = {"format": FORMAT, "schema": version, "taken_at": now.isoformat(), "rows": counts, "sha256": digests}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="ascii")
    return counts


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> tuple[int, str]:
    count = 0
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=True) + "\n")
            count += 1
    path.chmod(0o600)
    return count, digest_of(path)
