"""The door: gunicorn with two processes over one database."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from foster_bond.migrations import upgrade
from tests.guards.tree import ROOT

KEYS = {
    "FOSTER_BOND_SECRET_KEY": "a secret of the tests, 32 characters",
    "FOSTER_BOND_MASTER_KEYS": "bWFzdGVyIGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGU=",
    "FOSTER_BOND_INDEX_KEY": "aW5kZXgga2V5IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXM=",
}


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    url = f"sqlite:///{tmp_path / 'door.db'}"
    upgrade(url)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
    words = [sys.executable, "-m", "gunicorn", "wsgi:app", "--workers", "2", "--threads", "2", "--no-control-socket"]
    with (tmp_path / "log").open("wb") as log:
        served = subprocess.Popen(
            [*words, "--bind", f"127.0.0.1:{free}", "--chdir", str(ROOT)],
            env={"PATH": os.defpath, "FOSTER_BOND_DATABASE_URL": url, **KEYS},
            cwd=tmp_path,
            stdout=log,
            stderr=log,
        )
        try:
            yield free
        finally:
            served.send_signal(signal.SIGTERM)
            assert served.wait(30) == 0, (tmp_path / "log").read_text(errors="replace")


def ask(port: int, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.long
def test_two_processes_serve_one_database(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            ask(port, "/healthz")
            break
        except OSError:
            time.sleep(0.1)
    assert {ask(port, "/sign-in") for _ in range(20)} == {200}
    assert {ask(port, "/") for _ in range(20)} == {303}
    assert ask(port, "/readyz") == 503  # no clock runs beside it
