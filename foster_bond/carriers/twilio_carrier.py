"""Carriers: Twilio, through the official client's own asynchronous form. One send, one honest outcome.

Twilio takes no idempotency key, so this file never repeats a POST and sorts every failure by one question: can the
request have left? Only where the answer is certainly "no" is the outcome `Later`.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from aiohttp import ClientConnectorError, ConnectionTimeoutError
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.http.response import Response
from twilio.rest import Client

from foster_bond.carriers.carrier import (
    LOOKUP_LIMIT,
    Accepted,
    CarrierInbound,
    CarrierText,
    CarrierUnreachable,
    CredentialsRefused,
    Later,
    Outcome,
    OutgoingText,
    Refused,
    Unknown,
)
from foster_bond.carriers.twilio_codes import CODES, Effect, meaning
from foster_bond.carriers.twilio_http import SlowDown, TwilioHttp

_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
_NUMBER = re.compile(r"\+?\d[\d\s().-]{5,}\d")
TIMEOUT = timedelta(seconds=10)
"""The lease on a claimed text is 60 seconds; a request must be over long before that."""
_PAGE = 1000
"""The longest page that Twilio lists."""
_MAX_VALIDITY = 36_000
"""Seconds; Twilio refuses more (its error 90007)."""
_NOTHING_LEFT = (ClientConnectorError, ConnectionTimeoutError)
"""No connection was made: refused, unresolved, TLS failed, or none in time. Not one byte of the request has left."""


class TwilioCarrier:
    """The `Carrier` port over Twilio's API. Built once; each event loop gets its own connections when it first asks.

    `timeout` is for a whole request, connecting included; `in_flight` is how many go at once. `api_url`, a
    loopback carrier, replaces Twilio's own address. Close with `aclose()` in each loop before that loop ends.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        api_url: str | None = None,
        timeout: timedelta = TIMEOUT,
        in_flight: int = 64,
    ) -> None:
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._new_http: Callable[[], TwilioHttp] = lambda: TwilioHttp(api_url, timeout.total_seconds(), in_flight)
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = WeakKeyDictionary()

    async def send(self, text: OutgoingText) -> Outcome:
        """Hand one text over, once; the outcome says what is known about it and nothing more."""
        route = {"messaging_service_sid" if text.sender.startswith("MG") else "from_": text.sender}
        validity = max(1, min(_MAX_VALIDITY, int(text.validity.total_seconds())))
        try:
            message = await self._client().messages.create_async(
                to=text.to, body=text.body, status_callback=text.callback_url, validity_period=validity, **route
            )
            return _accepted(message, text)
        except SlowDown as told:
            return Later(told.retry_after, "the carrier asked us to slow down")
        except _NOTHING_LEFT as error:
            return Later(None, f"no connection to the carrier ({type(error).__name__})")
        except (TwilioRestException, TwilioServiceException) as answer:
            return _refusal(answer)
        except Exception as error:  # whatever else went wrong, the request may have left: never repeat it
            return Unknown(f"no readable answer from the carrier ({type(error).__name__})")

    async def sent_to(self, to: str, *, limit: int = LOOKUP_LIMIT) -> Sequence[CarrierText]:
        """Our texts to this number, newest first; asked for by number alone, as a queued text has no sender or date.

        Raises: CarrierUnreachable.
        """
        messages = self._client().messages
        found = await _answer(messages.list_async(to=to, limit=limit, page_size=min(limit, _PAGE)))
        return [_text(m) for m in found if m.direction != "inbound"]

    async def fetch(self, sid: str) -> CarrierText | None:
        """One text by its id; None where Twilio knows none.

        Raises: CarrierUnreachable.
        """
        if not _SID.fullmatch(sid):
            return None
        message = await _answer(self._client().messages(sid).fetch_async(), none_if_missing=True)
        return None if message is None else _text(message)

    async def received_at(self, number: str, since: datetime) -> Sequence[CarrierInbound]:
        """Texts to our number at or after `since`, oldest first, however many pages they fill.

        Raises: CarrierUnreachable.
        """
        # Twilio's own times are whole seconds, rounded down, so the second of `since` itself belongs to the answer.
        floor = since.astimezone(UTC).replace(microsecond=0)
        messages = self._client().messages
        found = await _answer(
            messages.list_async(to=number, date_sent_after=floor - timedelta(seconds=1), page_size=_PAGE)
        )
        texts = [_inbound(m) for m in found if m.direction == "inbound"]
        return sorted((t for t in texts if t.received_at >= floor), key=lambda t: (t.received_at, t.sid))

    async def check(self) -> None:
        """Ask Twilio for our own account.

        Raises: CarrierUnreachable, `permanent` where the credentials are refused or the account is not active.
        """
        account = await _answer(self._client().api.v2010.accounts(self._account_sid).fetch_async())
        if account.status != "active":
            raise CarrierUnreachable(f"the carrier account is {account.status}", permanent=True)

    async def aclose(self) -> None:
        """Let go of this event loop's connections."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.http_client.close()

    def _client(self) -> Any:
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            # Left to itself the client reads edge and region from the environment, which is for settings alone.
            no_environment = {"TWILIO_EDGE": "", "TWILIO_REGION": ""}
            client = Client(
                self._account_sid, self._auth_token, http_client=self._new_http(), environment=no_environment
            )
            self._clients[loop] = client
        return client


def _accepted(message: Any, text: OutgoingText) -> Outcome:
    if not isinstance(message.sid, str) or not _SID.fullmatch(message.sid) or not isinstance(message.status, str):
        return Unknown("the carrier's answer names no text")
    if message.to != text.to:
        # An answer about somebody else's text tells us nothing about this one.
        return Unknown("the carrier's answer is about another number")
    return Accepted(message.sid, message.status)


def _refusal(answer: Any) -> Outcome:
    status = int(answer.status)
    if not 400 <= status < 500 or status == 408:
        return Unknown(f"the carrier answered {status}")
    code = _code(answer)
    effect = meaning(code).effect
    # A 403 can also be about one text (a country that is not switched on); that must not stop everybody's.
    if effect is Effect.CREDENTIALS or (status in {401, 403} and code not in CODES):
        return CredentialsRefused(status)
    if effect is Effect.SLOW_DOWN:
        return Later(None, "the carrier asked us to slow down")
    words = getattr(answer, "msg", None) or getattr(answer, "title", None) or ""
    return Refused(code, status, _NUMBER.sub("(number)", str(words)))


def _code(answer: Any) -> int | None:
    # Where the body could not be read, the client puts the HTTP status in place of Twilio's number.
    return answer.code if isinstance(answer.code, int) and answer.code >= 10_000 else None


async def _answer(asked: Awaitable[Any], *, none_if_missing: bool = False) -> Any:
    """The answer to a look-up; every way of not getting one becomes CarrierUnreachable."""
    try:
        return await asked
    except Exception as error:
        status = _status(error)
        if status == 404 and none_if_missing:
            return None
        said = f"it answered {status}" if status else type(error).__name__
        refused = 400 <= status < 500 and status not in {408, 429}
        raise CarrierUnreachable(f"the carrier could not be asked: {said}", permanent=refused) from error


def _status(error: Exception) -> int:
    if isinstance(error, SlowDown):
        return 429
    if isinstance(error, (TwilioRestException, TwilioServiceException)):
        return int(error.status)
    # A page that is not 200 carries its response as the second argument.
    return next((a.status_code for a in error.args if isinstance(a, Response)), 0)


def _text(message: Any) -> CarrierText:
    if not isinstance(message.sid, str) or message.date_created is None:
        # A look-up that cannot be read must never pass for "the carrier does not have it".
        raise CarrierUnreachable("the carrier could not be asked: its list cannot be read")
    return CarrierText(
        sid=message.sid,
        to=message.to,
        sender=message.from_ or None,
        body=message.body or "",
        created_at=message.date_created,
        status=message.status,
        error_code=message.error_code,
    )


def _inbound(message: Any) -> CarrierInbound:
    return CarrierInbound(
        sid=message.sid,
        sender=message.from_,
        to=message.to,
        body=message.body or "",
        received_at=message.date_sent or message.date_created,
        media_count=int(message.num_media or 0),
    )
