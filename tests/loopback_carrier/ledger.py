"""What the loopback carrier has taken, in its own hand: the witness in every argument about "sent once"."""

import json
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

_DONE = {"sent", "delivered", "undelivered", "received"}


@dataclass(frozen=True, slots=True)
class Record:
    """One text at the carrier, either way. Times are ISO 8601 UTC; `ref` is read from the status callback address."""

    sid: str
    direction: str
    to: str
    sender: str | None
    service: str | None
    body: str
    status: str
    created_at: str
    sent_at: str | None = None
    error_code: int | None = None
    status_callback: str | None = None
    validity: int | None = None
    ref: str | None = None
    media: int = 0

    def resource(self, account_sid: str) -> dict[str, Any]:
        """The text as Twilio's Message resource."""
        base = f"/2010-04-01/Accounts/{account_sid}/Messages/{self.sid}"
        created = _rfc2822(self.created_at)
        return {
            "body": self.body,
            "num_segments": "0" if self.status == "accepted" else "1",
            "direction": self.direction,
            "from": self.sender,
            "to": self.to,
            "date_updated": created,
            "price": None,
            "error_message": None,
            "uri": f"{base}.json",
            "account_sid": account_sid,
            "num_media": str(self.media),
            "status": self.status,
            "messaging_service_sid": self.service,
            "sid": self.sid,
            "date_sent": _rfc2822(self.sent_at) if self.sent_at else None,
            "date_created": created,
            "error_code": self.error_code,
            "price_unit": "USD",
            "api_version": "2010-04-01",
            "subresource_uris": {"media": f"{base}/Media.json"},
        }


class Ledger:
    """Every text in the order it was taken. With a `path`, each change is a line of JSON there, read back at start."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._by_sid: dict[str, Record] = {}
        self._sids_to: dict[str, list[str]] = defaultdict(list)
        self._file: TextIO | None = None
        if path is not None:
            for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
                self._keep(Record(**json.loads(line)))
            self._file = path.open("a", encoding="utf-8", buffering=1)

    def accept(self, form: dict[str, str], at: datetime) -> Record:
        """Take a text to send. One through a messaging service has no sender yet."""
        callback = form.get("StatusCallback")
        service = form.get("MessagingServiceSid")
        return self._write(
            Record(
                sid=new_sid(),
                direction="outbound-api",
                to=form["To"],
                sender=form.get("From"),
                service=service,
                body=form["Body"],
                status="accepted" if service else "queued",
                created_at=at.isoformat(),
                status_callback=callback,
                validity=int(form["ValidityPeriod"]) if "ValidityPeriod" in form else None,
                ref=parse_qs(urlsplit(callback).query).get("ref", [None])[0] if callback else None,
            )
        )

    def receive(self, sender: str, to: str, body: str, at: datetime, media: int = 0) -> Record:
        """Take a text that somebody sent to one of our numbers."""
        when = at.isoformat()
        return self._write(
            Record(new_sid(), "inbound", to, sender, None, body, "received", when, sent_at=when, media=media)
        )

    def move(self, sid: str, status: str, at: datetime, error_code: int | None = None) -> Record:
        """Give a text its next status."""
        old = self._by_sid[sid]
        sent_at = old.sent_at or (at.isoformat() if status in _DONE else None)
        return self._write(replace(old, status=status, error_code=error_code, sent_at=sent_at))

    def get(self, sid: str) -> Record | None:
        return self._by_sid.get(sid)

    def to(self, number: str) -> list[Record]:
        """Both ways, newest first, as Twilio lists them."""
        with self._lock:
            return [self._by_sid[sid] for sid in reversed(self._sids_to.get(number, ()))]

    def all(self) -> list[Record]:
        with self._lock:
            return list(self._by_sid.values())

    @property
    def sent(self) -> list[Record]:
        """The texts taken from us, oldest first."""
        return [r for r in self.all() if r.direction != "inbound"]

    def doubled_refs(self) -> list[str]:
        """Refs that were taken more than once: texts that somebody got twice."""
        refs = [r.ref for r in self.sent if r.ref]
        return sorted({ref for ref in refs if refs.count(ref) > 1}) if len(refs) != len(set(refs)) else []

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, record: Record) -> Record:
        with self._lock:
            self._keep(record)
            if self._file is not None:
                self._file.write(json.dumps(asdict(record)) + "\n")
        return record

    def _keep(self, record: Record) -> None:
        if record.sid not in self._by_sid:
            self._sids_to[record.to].append(record.sid)
        self._by_sid[record.sid] = record


def read_ledger(path: Path) -> Iterable[Record]:
    """The last state of every text in a ledger file, oldest first, without disturbing the process that writes it."""
    last: dict[str, Record] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.endswith("}"):
            record = Record(**json.loads(line))
            last[record.sid] = record
    return list(last.values())


def new_sid() -> str:
    return "SM" + uuid4().hex


def _rfc2822(at: str) -> str:
    return format_datetime(datetime.fromisoformat(at))
