"""What the inbound benchmark knocks at: gunicorn with two sync workers around the product, or around next to nothing.

Every request is signed and written out beforehand, so that the loader's share of the two cores is small and the same
for every contender.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, request
from gunicorn.app.base import BaseApplication
from twilio.request_validator import RequestValidator

from benchmarks._callers import post
from foster_bond.app import create_app
from foster_bond.carriers.twilio_signature import sign
from foster_bond.logs import set_up_logs
from foster_bond.runtime import build
from foster_bond.settings import Settings
from tests.cast import settings_for

WORKERS = 2
INBOUND, STATUS = "/hooks/twilio/inbound", "/hooks/twilio/status"


def bare(settings: Settings) -> Flask:
    """The limit: the same framework, the signature checked by the carrier's own client, and nothing done with it."""
    app, url = Flask(__name__), settings.public_url + INBOUND
    validator = RequestValidator(settings.webhook_token.get_secret_value())

    @app.post(INBOUND)
    def inbound() -> Response:
        signature = request.headers.get("X-Twilio-Signature", "")
        genuine = validator.validate(url, request.form, signature)
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
        if self._kind == "bare":
            return bare(settings)
        set_up_logs(settings.log_format)  # as `serve` does
        return create_app(build(settings))


@dataclass(frozen=True, slots=True)
class Open:
    """A server that answers: where, and which process its workers belong to."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Seconds of CPU that its workers have used: what a busy machine does not change much."""
        workers = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        times = [Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[11:13] for one in workers]
        return sum(int(one) for pair in times for one in pair) / os.sysconf("SC_CLK_TCK")


@contextmanager
def door(kind: str, url: str, knock: bytes) -> Iterator[Open]:
    """A server that answers; `knock` is posted until both workers have warmed up."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = [sys.executable, "-m", "benchmarks._door", kind, url, str(port)]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, knock)
        yield Open(port, server.pid)
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


if __name__ == "__main__":
    _Door(sys.argv[1], sys.argv[2], int(sys.argv[3])).run()
