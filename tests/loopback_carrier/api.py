"""What the loopback carrier answers when nothing is wrong with it: Twilio's Messages API, held to its description."""

from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from tests.loopback_carrier.description import Description
from tests.loopback_carrier.ledger import Ledger, Record
from tests.loopback_carrier.wire import Answer, Request

_CODES = {"To": 21211, "Body": 21617, "From": 21212, "ValidityPeriod": 90007, "StatusCallback": 21609}


class MessagesApi:
    """Create, fetch, list and account of one account. Every breach of the description is kept in `violations`."""

    def __init__(self, account_sid: str, auth_token: str, ledger: Ledger, now: Callable[[], datetime]) -> None:
        self.violations: list[str] = []
        self._sid = account_sid
        self._basic = "Basic " + b64encode(f"{account_sid}:{auth_token}".encode()).decode()
        self._ledger = ledger
        self._now = now
        self._description = Description()
        self._root = f"/2010-04-01/Accounts/{account_sid}"

    def is_create(self, request: Request) -> bool:
        return request.method == "POST" and request.path == f"{self._root}/Messages.json"

    def refusal(self, request: Request) -> Answer | None:
        """The answer to a request that Twilio would refuse; None where it is as it should be."""
        if request.headers.get("authorization") != self._basic:
            return error(401, 20003, "Authenticate")
        if not request.path.startswith(self._root):
            return error(404, 20404, "The requested resource was not found")
        if not self.is_create(request):
            return self._breach(self._description.problems_of_query(request.query)) if self._is_list(request) else None
        return self._breach(self._description.problems_of_form(request.form))

    def create(self, request: Request) -> Record:
        """Take the text into the ledger."""
        return self._ledger.accept({name: values[0] for name, values in request.form.items()}, self._now())

    def created(self, record: Record) -> Answer:
        return Answer(201, record.resource(self._sid))

    def look_up(self, request: Request) -> Answer:
        """The account, one text, or a page of texts."""
        if request.path == f"{self._root}.json":
            return Answer(200, {"sid": self._sid, "status": "active", "type": "Full", "friendly_name": "Loopback"})
        if self._is_list(request):
            return Answer(200, self._page(request))
        record = self._ledger.get(request.path.rsplit("/", 1)[-1].removesuffix(".json"))
        if record is None:
            return error(404, 20404, "The requested resource was not found")
        return Answer(200, record.resource(self._sid))

    def _is_list(self, request: Request) -> bool:
        return request.method == "GET" and request.path == f"{self._root}/Messages.json"

    def _breach(self, problems: list[str]) -> Answer | None:
        if not problems:
            return None
        self.violations.extend(problems)
        name = problems[0].split(":")[0]
        return error(400, _CODES.get(name, 21602 if "'Body' is a required" in problems[0] else 21603), problems[0])

    def _page(self, request: Request) -> dict[str, Any]:
        wanted = {name: values[0] for name, values in request.query.items()}
        size, page = int(wanted.pop("PageSize", 50)), int(wanted.pop("Page", 0))
        wanted.pop("PageToken", None)
        found = self._ledger.to(wanted["To"]) if "To" in wanted else self._ledger.all()[::-1]
        found = [r for r in found if _fits(r, wanted)]
        here = f"{self._root}/Messages.json?"
        more = (page + 1) * size < len(found)
        following = {**wanted, "PageSize": size, "Page": page + 1, "PageToken": "PA" + "0" * 32}
        return {
            "messages": [r.resource(self._sid) for r in found[page * size : (page + 1) * size]],
            "page": page,
            "page_size": size,
            "start": page * size,
            "end": min((page + 1) * size, len(found)) - 1,
            "first_page_uri": here + urlencode({**wanted, "PageSize": size, "Page": 0}),
            "next_page_uri": here + urlencode(following) if more else None,
            "previous_page_uri": None,
            "uri": here + urlencode({**wanted, "PageSize": size, "Page": page}),
        }


def _fits(record: Record, wanted: dict[str, str]) -> bool:
    if "From" in wanted and record.sender != wanted["From"]:
        return False
    bounds = [(op, wanted[f"DateSent{op}"]) for op in (">", "<") if f"DateSent{op}" in wanted]
    if not bounds:
        return True
    if record.sent_at is None:
        return False  # a queued text has no date_sent and falls out of every search by date
    sent = datetime.fromisoformat(record.sent_at)
    limits = [(op, datetime.fromisoformat(at)) for op, at in bounds]
    return all(sent >= at if op == ">" else sent <= at for op, at in limits)


def error(status: int, code: int, message: str, headers: dict[str, str] | None = None) -> Answer:
    """Twilio's own shape of a refusal."""
    info = f"https://www.twilio.com/docs/errors/{code}"
    return Answer(status, {"code": code, "message": message, "more_info": info, "status": status}, headers or {})
