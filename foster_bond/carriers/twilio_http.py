"""Carriers: the wire under the official Twilio client; where its requests go, how long they may take, how many at once.

The client's own asynchronous transport has no working timeout (it passes `timeout=None` with every request, which
switches aiohttp's off), writes numbers to the log, and signs in by a way that aiohttp has deprecated. Hence this one.
"""

import logging
from base64 import b64encode
from datetime import timedelta
from typing import Any

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response

TWILIO = "https://api.twilio.com"
_IDLE_SECONDS = 4.0
"""A pooled connection is dropped after this. Shorter than any server's own limit: a POST that meets a connection which
the far side is just closing ends as `unknown`, and a family waits out the whole look-up grace for it."""
_LOOKUP_CONNECTIONS = 4

logging.getLogger("twilio").setLevel(logging.WARNING)  # at INFO it writes the numbers that we look up


class SlowDown(Exception):
    """The carrier answered 429. `retry_after` is its own wish, where it stated one."""

    def __init__(self, retry_after: timedelta | None) -> None:
        super().__init__("429")
        self.retry_after = retry_after


class TwilioHttp(AsyncTwilioHttpClient):  # type: ignore[misc]  # the client is not typed
    """Twilio's transport with a base address, a timeout in seconds and a pool that fits its senders. Never retries.

    Must be built inside the event loop that will use it.
    """

    def __init__(self, api_url: str | None, timeout: float, in_flight: int) -> None:
        super().__init__(pool_connections=False)
        self._api_url = (api_url or TWILIO).rstrip("/")
        # Connecting gets half: if it alone used up the whole time, "nothing left" would look like "no answer".
        limits = ClientTimeout(total=timeout, connect=timeout / 2, sock_connect=timeout / 2)
        pool = TCPConnector(limit=in_flight + _LOOKUP_CONNECTIONS, keepalive_timeout=_IDLE_SECONDS)
        self.session = ClientSession(connector=pool, timeout=limits, cookie_jar=DummyCookieJar())

    async def request(
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request, one answer.

        Raises: SlowDown on 429; aiohttp's own errors and TimeoutError for what the network does.
        """
        signed = dict(headers or {})
        if auth is not None:
            signed["Authorization"] = "Basic " + b64encode(":".join(auth).encode("utf-8")).decode("ascii")
        address = self._api_url + url.removeprefix(TWILIO)
        async with self.session.request(
            method.upper(), address, params=params, data=data, headers=signed, allow_redirects=False
        ) as answer:
            if answer.status == 429:
                raise SlowDown(_seconds(answer.headers.get("Retry-After")))
            return Response(answer.status, await answer.text(), answer.headers)


def _seconds(retry_after: str | None) -> timedelta | None:
    # The header may also be a date; Twilio sends seconds, and our own back-off covers the rest.
    if retry_after is None or not retry_after.isdigit():
        return None
    return timedelta(seconds=min(int(retry_after), 86_400))
