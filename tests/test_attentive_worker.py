"""Clients that halt in the middle of their words do not keep the pages on SQLite from ending in time."""

import socket
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from foster_bond.cli import attentive_worker
from foster_bond.cli.attentive_worker import AttentiveWorker, _Caller

HALF = b"POST /hooks/twilio/inbound HTTP/1.1\r\nHost: x\r\nContent-Le"


class Worker(AttentiveWorker):
    """One that was just told to end; it waits for each client's next word as gunicorn's parser does."""

    def __init__(self, listener: socket.socket) -> None:
        self.alive, self.timeout, self.sockets = False, 1, [listener]
        self.cfg = SimpleNamespace(http_protocols=[])
        self._silent: dict[socket.socket, _Caller] = {}
        self.heard: list[bytes] = []

    def notify(self) -> None:
        """No arbiter watches."""

    def handle(self, listener: socket.socket, client: socket.socket, addr: Any) -> None:
        words = client.recv(1000)
        try:
            while not words.endswith(b"\r\n\r\n"):
                words += client.recv(1000)
        except TimeoutError:
            return
        finally:
            client.close()
        self.heard.append(words)


@pytest.fixture
def worker() -> Iterator[Worker]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        made = Worker(listener)
        yield made
        for client in made._silent:
            client.close()


def connect(worker: Worker, words: bytes) -> socket.socket:
    """Somebody who has said this much, with the patience that the worker has for them."""
    ours, theirs = socket.socketpair()
    ours.settimeout(attentive_worker.HALTS_FOR)
    worker._silent[ours] = _Caller(worker.sockets[0], None, time.monotonic() + 10)
    theirs.sendall(words)
    return theirs


def test_half_spoken_words_are_waited_for_a_moment_only(worker: Worker) -> None:
    theirs = [connect(worker, HALF) for _ in range(20)]
    begun = time.monotonic()
    worker.run()
    assert time.monotonic() - begun < attentive_worker.LAST_WORDS + 2 * attentive_worker.HALTS_AT_THE_END
    assert not worker._silent
    for one in theirs:
        one.close()


def test_what_had_arrived_whole_is_answered(worker: Worker) -> None:
    theirs = [connect(worker, HALF), connect(worker, b"GET /healthz HTTP/1.1\r\n\r\n")]
    worker.run()
    assert worker.heard == [b"GET /healthz HTTP/1.1\r\n\r\n"]
    for one in theirs:
        one.close()


def test_told_to_end_it_turns_to_nobody_else_before_its_last_moment(worker: Worker) -> None:
    theirs = connect(worker, b"GET /healthz HTTP/1.1\r\n\r\n")
    worker._hear()
    assert worker.heard == [] and len(worker._silent) == 1
    theirs.close()
