"""Carriers: the simulated carrier's way back to us. Receipts and replies knock at the same signed doors as Twilio's."""

import http.client
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from foster_bond.carriers.carrier import FINAL, CarrierInbound, CarrierUnreachable
from foster_bond.carriers.simulated_carrier import UNREACHABLE, new_sid
from foster_bond.carriers.simulated_ledger import Ledger, SimulatedText
from foster_bond.carriers.twilio_signature import sign

INBOUND_PATH = "/hooks/twilio/inbound"
ACCOUNT_SID = "AC" + "0" * 32
_RECEIPTS_AT_ONCE = 500
_NOBODY = 0

Post = Callable[[str, Mapping[str, str], str], int]
"""`post(path_with_query, form, signature)`: the HTTP status of our own door, or 0 where nobody answered."""


class HttpPost:
    """Posts over HTTP to where the product listens; the default way of a simulated carrier. `timeout` is seconds."""

    def __init__(self, base_url: str, timeout: float = 15.0) -> None:
        self._base = urlsplit(base_url)
        self._timeout = timeout

    def __call__(self, path: str, form: Mapping[str, str], signature: str) -> int:
        over = http.client.HTTPSConnection if self._base.scheme == "https" else http.client.HTTPConnection
        connection = over(self._base.hostname or "", self._base.port, timeout=self._timeout)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
        try:
            connection.request("POST", self._base.path + path, urlencode(form), headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return _NOBODY
        finally:
            connection.close()


class SimulatedNetwork:
    """Carries receipts and replies to our webhooks, signed with `token` for `public_url`."""

    def __init__(self, ledger: Ledger, *, public_url: str, token: str, post: Post | None = None) -> None:
        self._ledger = ledger
        self._public_url = public_url.rstrip("/")
        self._token = token
        self._post = post or HttpPost(self._public_url)

    def deliver_receipts(self, now: datetime) -> int:
        """Report `sent` and then how it ended, for every text up to `now` that is not yet reported.

        How many are now reported to the end. One that our door could not take (5xx, nobody there) is tried again at the
        next call, from where it stopped.
        """
        waiting = [text for text in self._ledger.unreported(_RECEIPTS_AT_ONCE) if text.created_at <= now]
        return sum(self._report(text) for text in waiting)

    def reply(self, phone: str, to: str, body: str, at: datetime, *, media_count: int = 0) -> str:
        """Somebody texts our number `to` from a simulated phone. The carrier's id of the text.

        Raises: CarrierUnreachable where our own door did not take it; the text is kept, and `received_at` lists it.
        """
        text = CarrierInbound(new_sid(), phone, to, body, at, media_count)
        self._ledger.add_received(text)
        answered = self._knock(self._public_url + INBOUND_PATH, _inbound_form(text))
        if not 200 <= answered < 300:
            raise CarrierUnreachable(f"our own door answered {answered or 'nothing'}", permanent=400 <= answered < 500)
        return text.sid

    def _report(self, text: SimulatedText) -> bool:
        for status, code in _life_of(text):
            answered = self._knock(text.callback_url, _status_form(text, status, code))
            if answered == _NOBODY or answered >= 500:
                return False
            self._ledger.set_status(text.sid, status, code, reported=status in FINAL)
        return True

    def _knock(self, url: str, form: Mapping[str, str]) -> int:
        return self._post(url.removeprefix(self._public_url), form, sign(url, form, self._token))


def _life_of(text: SimulatedText) -> list[tuple[str, int | None]]:
    end = ("undelivered", 30003) if text.to.endswith(UNREACHABLE) else ("delivered", None)
    return [end] if text.status == "sent" else [("sent", None), end]


def _status_form(text: SimulatedText, status: str, code: int | None) -> dict[str, str]:
    service = text.sender.startswith("MG")
    form = {
        "MessageSid": text.sid,
        "SmsSid": text.sid,
        "MessageStatus": status,
        "SmsStatus": status,
        "To": text.to,
        "From": "" if service else text.sender,
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
    }
    if service:
        form["MessagingServiceSid"] = text.sender
    return form | ({"ErrorCode": str(code)} if code is not None else {})


def _inbound_form(text: CarrierInbound) -> dict[str, str]:
    places = {f"{who}{part}": "" for who in ("From", "To") for part in ("City", "State", "Zip")}
    media = {f"MediaUrl{n}": f"https://api.twilio.com/simulated/{text.sid}/{n}" for n in range(text.media_count)}
    kinds = {f"MediaContentType{n}": "image/jpeg" for n in range(text.media_count)}
    return {
        "MessageSid": text.sid,
        "SmsSid": text.sid,
        "SmsMessageSid": text.sid,
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "From": text.sender,
        "To": text.to,
        "Body": text.body,
        "NumMedia": str(text.media_count),
        "NumSegments": "1",
        "SmsStatus": "received",
        "FromCountry": "US",
        "ToCountry": "US",
        **places,
        **media,
        **kinds,
    }
