"""Ground: the three keys: from the environment, or on SQLite from files under `instance/` that are made once."""

import base64
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from foster_bond.errors import SetupWrong
from foster_bond.settings.environment import Environment, find_database, read_environment, says_off

_KEY_FILES = {
    "FOSTER_BOND_SECRET_KEY": "secret_key",
    "FOSTER_BOND_MASTER_KEYS": "master_keys",
    "FOSTER_BOND_INDEX_KEY": "index_key",
}


def create_local_keys(folder: Path | None = None, environ: Mapping[str, str] | None = None) -> tuple[Path, ...]:
    """Make the keys that neither the environment nor `instance/` has, on SQLite only; answers the files written.

    Never overwrites a file. Raises: SetupWrong where a database is there already but its keys are gone.
    """
    folder = (folder or Path.cwd()).absolute()
    read, _ = read_environment(environ, folder)
    url = find_database(read.database_url, folder)
    if url is None or not url.startswith("sqlite"):
        return ()
    instance = folder / "instance"
    keys = find_keys(read, instance)
    missing = [name for name in _KEY_FILES if name not in keys]
    database = Path(url.removeprefix("sqlite:///").partition("?")[0])
    lost = [name for name in missing if name != "FOSTER_BOND_SECRET_KEY"]
    if lost and database.exists() and database.stat().st_size:
        raise SetupWrong(tuple(f"{name} is missing but the database it sealed is there; put it back" for name in lost))
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    return tuple(_write_key(instance / _KEY_FILES[name]) for name in missing)


def parse_key(text: str) -> bytes:
    """A 32-byte key from url-safe base64, padded or not. Raises: ValueError, without the text."""
    text = text.strip().rstrip("=")
    if not re.fullmatch("[A-Za-z0-9_-]{43}", text):
        raise ValueError("not url-safe base64 of 32 bytes")
    return base64.urlsafe_b64decode(text + "=")


def find_keys(read: Environment, instance: Path | None) -> dict[str, str]:
    keys: dict[str, str] = {}
    for (name, file_name), written in zip(
        _KEY_FILES.items(), (read.secret_key, read.master_keys, read.index_key), strict=True
    ):
        if written is not None:
            keys[name] = written.get_secret_value()
        elif instance is not None and (instance / file_name).is_file():
            keys[name] = (instance / file_name).read_text(encoding="utf-8", errors="replace").strip()
    return keys


def _write_key(path: Path) -> Path:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="ascii") as file:
        file.write(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii") + "\n")
        file.flush()
        os.fsync(file.fileno())  # what is sealed next is lost for good if a power cut takes its key
    return path


def missing_keys(keys: Mapping[str, str], is_sqlite: bool) -> list[str]:
    cure = "foster-bond setup or demo makes it under instance/" if is_sqlite else "PostgreSQL needs it set"
    return [f"{name} is missing: {cure}" for name in _KEY_FILES if name not in keys]


def malformed_keys(keys: Mapping[str, str]) -> list[str]:
    problems = []
    if len(keys.get("FOSTER_BOND_SECRET_KEY", "-" * 32)) < 32:
        problems.append(says_off("FOSTER_BOND_SECRET_KEY"))
    for name in ("FOSTER_BOND_MASTER_KEYS", "FOSTER_BOND_INDEX_KEY"):
        try:
            parse_keys(name, keys)
        except ValueError:
            problems.append(says_off(name))
    return problems


def parse_keys(name: str, keys: Mapping[str, str]) -> tuple[bytes, ...]:
    if name not in keys:
        return ()
    texts = keys[name].split(",") if name == "FOSTER_BOND_MASTER_KEYS" else [keys[name]]
    return tuple(parse_key(text) for text in texts)
