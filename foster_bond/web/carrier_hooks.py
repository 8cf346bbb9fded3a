"""Carrier → river: the addresses that the carrier calls. A 2xx means stored; anything else means try again."""

import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from foster_bond.errors import InvalidInput, NotYours
from foster_bond.steps.hearing.answer_call import Call, answer_call
from foster_bond.steps.hearing.receive_text import Post, receive
from foster_bond.steps.sending.record_receipt import Receipt, record
from foster_bond.web.running import now, runtime
from foster_bond.web.tallies import count
from foster_bond.web.threshold import open_to_all

room = Blueprint("carrier_hooks", __name__, url_prefix="/hooks/twilio")

NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'  # our answers leave through the outbox

# Carrier ids are two letters and 32 digits today; what could not be one at all is not looked up in a database.
_SID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_REF = re.compile(r"[A-Za-z0-9_-]{1,64}")
_STATUS = re.compile(r"[a-z_]{1,20}")
_CODE = re.compile(r"[0-9]{1,9}")
_OPT_OUTS = frozenset({"STOP", "START", "HELP"})
_ADDRESS = 100  # characters; the longest sender, a channel address, is far shorter

_log = structlog.stdlib.get_logger(__name__)
_Asked = ParamSpec("_Asked")


class Unreadable(InvalidInput):
    """A field that we cannot do without is missing, or could not be what it says."""


def _from_the_carrier(view: Callable[_Asked, Response]) -> Callable[_Asked, Response]:
    """Let in only what the carrier signed; say 5xx where it could not be stored, so that it is kept out there."""

    @wraps(view)
    def checked(*args: _Asked.args, **kwargs: _Asked.kwargs) -> Response:
        try:
            if not _is_signed():
                return _refuse(403, "unsigned")
            return view(*args, **kwargs)
        except NotYours:
            return _refuse(403, "not_our_number")
        except Unreadable:
            return _refuse(400, "unreadable")
        except HTTPException:
            raise  # too large, for one: it would be no smaller the next time
        except Exception as error:  # whatever it was, the text is not stored and the carrier must know
            _log.error("hook_not_stored", endpoint=request.endpoint, exc_info=error)
            return _refuse(503, "not_stored")

    return checked


@room.post("/inbound")
@open_to_all
@_from_the_carrier
def inbound() -> Response:
    """A text came in. Answered after it is stored whole: the text, what it changes, and what we answer."""
    post = Post(
        sid=_needed("MessageSid", _SID),
        sender=_sender(),
        to=request.form.get("To", "").strip(),
        body=request.form.get("Body", ""),
        media_count=int(_matched("NumMedia", _CODE) or 0),
        opt_out_type=_opt_out(),
    )
    receive(runtime().store, post, now())
    return Response(NOTHING_TO_SAY, mimetype="text/xml")


@room.post("/voice")
@open_to_all
@_from_the_carrier
def voice() -> Response:
    """Somebody calls the text line: one spoken sentence, then the office where it has a line."""
    call = Call(sid=_needed("CallSid", _SID), caller=_sender(), to=request.form.get("To", "").strip())
    return Response(answer_call(runtime().store, call, now()), mimetype="text/xml")


@room.post("/status")
@open_to_all
@_from_the_carrier
def status() -> Response:
    """What became of a text of ours."""
    ref = request.args.get("ref", "")
    code = _matched("ErrorCode", _CODE)
    receipt = Receipt(
        ref=ref if _REF.fullmatch(ref) else "",
        sid=_needed("MessageSid", _SID),
        status=_needed("MessageStatus", _STATUS),
        error_code=int(code) if code else None,
    )
    known = bool(receipt.ref) or not ref  # a ref that is not shaped like ours belongs to no text
    outcome = record(runtime().store, receipt, now()) if known else "foreign"
    count("receipts", outcome)
    return Response(status=204)


def _is_signed() -> bool:
    query = request.query_string.decode("latin-1")
    asked = f"{request.path}?{query}" if query else request.path
    fields = {name: request.form.getlist(name) for name in request.form}
    return runtime().is_genuine(asked, fields, request.headers.get("X-Twilio-Signature"))


def _refuse(status: int, why: str) -> Response:
    count("refused_hooks", why)
    _log.warning("hook_refused", endpoint=request.endpoint, why=why, status_code=status)
    return Response(status=status, mimetype="text/plain")


def _matched(field: str, shape: re.Pattern[str]) -> str | None:
    value = request.form.get(field, "").strip()
    return value if shape.fullmatch(value) else None


def _needed(field: str, shape: re.Pattern[str]) -> str:
    value = _matched(field, shape)
    if value is None:
        raise Unreadable(f"{field} is missing or is none")
    return value


def _sender() -> str:
    value = request.form.get("From", "").strip()
    if not value or len(value) > _ADDRESS:
        raise Unreadable("From is missing or is none")
    return value


def _opt_out() -> str | None:
    kind = request.form.get("OptOutType", "").strip().upper()
    return kind if kind in _OPT_OUTS else None
