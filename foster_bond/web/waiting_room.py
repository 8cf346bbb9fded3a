"""Web: what answers while PostgreSQL is away at start. The process is up, nothing else is, and it opens by itself."""

import threading
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog

from foster_bond.errors import Away, FosterBondError
from foster_bond.runtime import LONGEST_WAIT, DatabaseAway, once_it_answers

_log = structlog.stdlib.get_logger(__name__)
_ANSWERS = {  # what a monitor asks for; all else is told to come again, the carrier's texts among it
    "/healthz": ("200 OK", "application/json", b'{"status":"up"}\n'),
    "/readyz": ("503 Service Unavailable", "application/json", b'{"ready":false}\n'),
}
_LATER = ("503 Service Unavailable", "text/plain; charset=utf-8", b"The database does not answer. Try again soon.\n")


class WaitingRoom:
    """An app that is opened as soon as its database answers. Called in the worker, after the fork."""

    def __init__(self, open_app: Callable[[], WSGIApplication]) -> None:
        """Raises: what `open_app` raises, but for an absent database, which is waited for beside the requests."""
        self._open = open_app
        self._app: WSGIApplication = _closed
        self._stop = threading.Event()
        try:
            self._app = open_app()
        except (*DatabaseAway, Away):
            threading.Thread(target=self._wait, name="waiting-room", daemon=True).start()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._app(environ, start_response)

    def close(self) -> None:
        """Wait no longer."""
        self._stop.set()

    def _wait(self) -> None:
        while not self._stop.is_set():
            try:
                self._app = once_it_answers(self._open, self._stop) or _closed
            except FosterBondError as off:  # another schema, other keys: nothing is touched, and a person has to act
                _log.error("not_opened", why=str(off), again_in=LONGEST_WAIT)
                self._stop.wait(LONGEST_WAIT)
            else:
                return


def _closed(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    status, kind, words = _ANSWERS.get(environ.get("PATH_INFO", ""), _LATER)
    headers = [("Content-Type", kind), ("Content-Length", str(len(words))), ("Cache-Control", "no-store")]
    if status.startswith("503"):
        headers.append(("Retry-After", str(int(LONGEST_WAIT))))
    start_response(status, [*headers, ("X-Content-Type-Options", "nosniff")])
    return [words]
