"""The loopback carrier's posts to us, signed as Twilio signs them: by the official validator, not by our own code."""

import http.client
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator

from tests.loopback_carrier.ledger import Record


def inbound_form(record: Record, account_sid: str) -> dict[str, str]:
    """Every field that Twilio posts with a text from somebody's phone."""
    media = {f"MediaUrl{n}": f"https://api.twilio.com/media/{record.sid}/{n}" for n in range(record.media)}
    kinds = {f"MediaContentType{n}": "image/jpeg" for n in range(record.media)}
    return {
        "ToCountry": "US",
        "ToState": "CO",
        "ToCity": "",
        "ToZip": "",
        "FromCountry": "US",
        "FromState": "CO",
        "FromCity": "",
        "FromZip": "",
        "MessageSid": record.sid,
        "SmsSid": record.sid,
        "SmsMessageSid": record.sid,
        "AccountSid": account_sid,
        "ApiVersion": "2010-04-01",
        "From": record.sender or "",
        "To": record.to,
        "Body": record.body,
        "NumMedia": str(record.media),
        "NumSegments": "1",
        "SmsStatus": "received",
        **media,
        **kinds,
    }


def status_form(record: Record, status: str, account_sid: str, error_code: int | None = None) -> dict[str, str]:
    """Every field of a status callback."""
    form = {
        "MessageSid": record.sid,
        "SmsSid": record.sid,
        "MessageStatus": status,
        "SmsStatus": status,
        "To": record.to,
        "From": record.sender or "",
        "AccountSid": account_sid,
        "ApiVersion": "2010-04-01",
    }
    if record.service:
        form["MessagingServiceSid"] = record.service
    if error_code is not None:
        form["ErrorCode"] = str(error_code)
    if status in {"delivered", "undelivered"}:
        form["RawDlrDoneDate"] = "2601311200"
    return form


def post_form(
    url: str, form: Mapping[str, str], token: str, *, address: str | None = None, timeout: float = 15.0
) -> int | None:
    """Post a form signed for `url`; the HTTP status, or None where nobody answered.

    `address` is where it really goes, when that differs from the public URL that is signed.
    """
    signature = RequestValidator(token).compute_signature(url, dict(form))
    target = urlsplit(address or url)
    over = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
    connection = over(target.hostname or "", target.port, timeout=timeout)
    path = target.path + (f"?{target.query}" if target.query else "")
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "User-Agent": "TwilioProxy/1.1",
        "X-Twilio-Signature": signature,
    }
    try:
        connection.request("POST", path, urlencode(form), headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
