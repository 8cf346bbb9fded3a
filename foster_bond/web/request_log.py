"""Web: one line per request: what was asked by whom, as names and ids; never an address, which may hold a secret."""

from time import perf_counter

import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars
from uuid_utils import uuid7

from foster_bond.web.threshold import Visitor

_QUIET = frozenset({"static_files.show", "frame_pages.live", "health_pages.alive", "health_pages.ready"})
_log = structlog.stdlib.get_logger(__name__)


def keep_log(app: Flask) -> None:
    """Name every request, before anything else happens to it, and say at its end what became of it."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = perf_counter()
    g.ref = str(uuid7())[-12:]
    clear_contextvars()
    bind_contextvars(ref=g.ref)


def _end(answer: Response) -> Response:
    say = _log.debug if request.endpoint in _QUIET and answer.status_code < 500 else _log.info
    who = g.get("_login_user")
    asked = {f"about_{name}": value for name, value in (request.view_args or {}).items() if name.endswith("_id")}
    if isinstance(who, Visitor):
        asked |= {"agency_id": who.viewer.agency_id, "staff_id": who.viewer.staff_id}
    say(
        "request",
        endpoint=request.endpoint,
        method=request.method,
        status_code=answer.status_code,
        ms=round((perf_counter() - g.began) * 1000, 1) if "began" in g else None,
        **asked,
    )
    return answer
