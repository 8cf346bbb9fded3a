"""What the inbound benchmark knocks at, and who knocks: gunicorn with two sync workers, and a loader in its own process.

Every request is signed and written out beforehand, so that the loader's share of the two cores is small and the same
for every contender.
"""

import multiprocessing
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, request
from gunicorn.app.base import BaseApplication

from foster_bond.app import create_app
from foster_bond.carriers.twilio_signature import is_genuine, sign
from foster_bond.runtime import build
from foster_bond.settings import Settings
from tests.cast import settings_for

CONTEXT = multiprocessing.get_context("forkserver")
WORKERS, CALLERS = 2, 8
INBOUND, STATUS = "/hooks/twilio/inbound", "/hooks/twilio/status"


def bare(settings: Settings) -> Flask:
    """The limit: the same framework and the same signature, and nothing is done with the text."""
    app = Flask(__name__)

    @app.post(INBOUND)
    def inbound() -> Response:
        fields = {name: request.form.getlist(name) for name in request.form}
        genuine = is_genuine(
            settings.public_url + INBOUND,
            fields,
            request.headers.get("X-Twilio-Signature"),
            settings.webhook_token.get_secret_value(),
        )
        return Response("<Response/>" if genuine else "", 200 if genuine else 403, mimetype="text/xml")

    return app


class _Door(BaseApplication):  # type: ignore[misc]
    def __init__(self, kind: str, url: str, port: int) -> None:
        self._kind, self._url, self._port = kind, url, port
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": f"127.0.0.1:{self._port}", "workers": WORKERS, "worker_class": "sync", "loglevel": "error",
            "control_socket_disable": True,
        }.items():  # fmt: skip
            self.cfg.set(name, value)

    def load(self) -> Any:
        settings = settings_for(Path.cwd(), self._url)
        return bare(settings) if self._kind == "bare" else create_app(build(settings))


@contextmanager
def door(kind: str, url: str, knock: bytes) -> Iterator[int]:
    """The port of a server that answers; `knock` is posted until both workers have warmed up."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = [sys.executable, "-m", "benchmarks._door", kind, url, str(port)]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, knock)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int, knock: bytes) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            for _ in range(20):
                post(port, knock)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")


def written(settings: Settings, path: str, fields: Mapping[str, str]) -> bytes:
    """One signed post, as bytes on the wire."""
    body = urlencode(fields).encode()
    signature = sign(settings.public_url + path, fields, settings.webhook_token.get_secret_value())
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Twilio-Signature: {signature}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def post(port: int, knock: bytes) -> int:
    """The status of one answer, read to its end."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(knock)
        answer = b""
        while more := line.recv(4096):
            answer += more
    return int(answer[9:12])


def as_fast_as_they_go(port: int, posts: Sequence[bytes]) -> float:
    """Answers a second, with eight callers at once. Raises: RuntimeError where one was not a 2xx."""
    return float(_in_a_process(_fast, port, posts))


def at_a_rate(port: int, posts: Sequence[bytes], rate: float) -> list[float]:
    """Seconds from the moment each post was due to its answer; nobody waits for the one before."""
    return list(_in_a_process(_paced, port, posts, rate))


def _in_a_process(work: Any, *words: Any) -> Any:
    with CONTEXT.Pool(1) as pool:
        return pool.apply(work, words)


def _fast(port: int, posts: Sequence[bytes]) -> float:
    left, lock = iter(posts), threading.Lock()

    def caller() -> None:
        while True:
            with lock:
                one = next(left, None)
            if one is None:
                return
            _good(post(port, one))

    before = time.perf_counter()
    _all(caller for _ in range(CALLERS))
    return len(posts) / (time.perf_counter() - before)


def _paced(port: int, posts: Sequence[bytes], rate: float) -> list[float]:
    took: list[float] = []
    begin = time.perf_counter() + 0.2

    def caller(first: int) -> None:
        for index in range(first, len(posts), CALLERS * 2):
            due = begin + index / rate
            time.sleep(max(due - time.perf_counter(), 0))
            _good(post(port, posts[index]))
            took.append(time.perf_counter() - due)

    _all((lambda first=first: caller(first)) for first in range(CALLERS * 2))
    return took


def _good(status: int) -> None:
    if status >= 300:
        raise RuntimeError(f"answered with {status}")


def _all(callers: Any) -> None:
    failed: list[BaseException] = []

    def guarded(work: Any) -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in callers]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if failed:
        raise failed[0]


if __name__ == "__main__":
    _Door(sys.argv[1], sys.argv[2], int(sys.argv[3])).run()
