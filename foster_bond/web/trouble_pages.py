"""Web: a page in plain words instead of the one that was asked for. Each error of the steps has its own answer."""

import structlog
from flask import Flask, Response, g, make_response, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from foster_bond.errors import Conflict, InvalidInput, NotAllowed, NotYours, SetupWrong
from foster_bond.rules.page_values.agency import TroublePage
from foster_bond.web.threshold import visitor

_KINDS = {403: "not_allowed", 404: "not_found", 409: "conflict", 429: "too_many"}
_TOO_LARGE = "It was larger than we take."
_log = structlog.stdlib.get_logger(__name__)


def answer_trouble(app: Flask) -> None:
    """Answer every error with its status and one calm page."""
    app.register_error_handler(NotYours, lambda _error: trouble(404))
    app.register_error_handler(NotAllowed, lambda _error: trouble(403))
    app.register_error_handler(Conflict, lambda error: trouble(409, words=" ".join(error.problems)))
    app.register_error_handler(InvalidInput, lambda error: trouble(422, words=" ".join(error.problems)))
    app.register_error_handler(CSRFError, lambda _error: trouble(400, kind="bad_request" if visitor() else "ended"))
    app.register_error_handler(SetupWrong, _broken)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def trouble(status: int, *, kind: str = "", words: str = "", ref: str = "") -> Response:
    """The page for this status."""
    kind = kind or _KINDS.get(status, "broken" if status >= 500 else "bad_request")
    page = TroublePage(kind=kind, status=status, words=words, ref=ref)
    return make_response(render_template("pages/error.html", page=page), status)


def _http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400 or error.response is not None:
        return error  # a redirect to the right address, or an answer that is whole already
    answer = trouble(error.code, words=_TOO_LARGE if error.code == 413 else "")
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def _broken(error: Exception) -> Response:
    g.broken = True  # what stands around this page must not ask the part that has just failed
    _log.error("request_broke", exc_info=error)
    return trouble(500, ref=g.get("ref", ""))
