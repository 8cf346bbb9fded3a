"""What the keeping steps share: how a backup lies in its folder."""

import hashlib
from pathlib import Path

from foster_bond.store import snapshots

FORMAT = 1
MANIFEST = "manifest.json"
ROWS, KEYS = "rows", "keys"
ERASED = f"{KEYS}/erased.json"  # families whose keys were destroyed: a restore refuses without this list


def file_of(table: str) -> str:
    """Where a table's rows stand in a backup."""
    return f"{KEYS if table == snapshots.KEYS else ROWS}/{table}.jsonl.gz"


def digest_of(path: Path) -> str:
    """SHA-256 of a file of a backup."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
