"""The loopback carrier itself: one thread, one event loop, thousands of requests a second, and faults by script."""

import asyncio
import json
import threading
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from foster_bond.clock import SystemClock
from tests.loopback_carrier.api import MessagesApi, error
from tests.loopback_carrier.callbacks import Callbacks
from tests.loopback_carrier.faults import answer_with, write_answer
from tests.loopback_carrier.ledger import Ledger, Record
from tests.loopback_carrier.script import AFTER, Kind, Script
from tests.loopback_carrier.webhooks import inbound_form, post_form, status_form
from tests.loopback_carrier.wire import Answer, Request, read_request

ACCOUNT_SID = "AC" + "0" * 31 + "1"
_CLOCK = SystemClock()
AUTH_TOKEN = "loopback-token-for-tests-only"


class LoopbackCarrier:
    """A carrier at `url` with a `ledger`. `script` and `callbacks` may be replaced while it runs.

    `latency` is seconds before each answer; `retry_after` goes with every 429; `now` dates its texts.
    """

    def __init__(
        self,
        *,
        script: Script | None = None,
        callbacks: Callbacks | None = None,
        ledger_path: Path | None = None,
        port: int = 0,
        latency: float = 0.0,
        retry_after: int | None = 1,
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        now: Callable[[], datetime] = _CLOCK.now,
    ) -> None:
        self.script = script or Script()
        self.callbacks = callbacks
        self.ledger = Ledger(ledger_path)
        self.requests: deque[Request] = deque(maxlen=1000)
        self.counts: Counter[str] = Counter()
        self.port = port
        self._latency, self._retry_after, self._now = latency, retry_after, now
        self._account_sid, self._auth_token = account_sid, auth_token
        self._api = MessagesApi(account_sid, auth_token, self.ledger, now)
        self._loop = asyncio.new_event_loop()
        self._posts = ThreadPoolExecutor(16, "loopback-callbacks")
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="loopback-carrier", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def violations(self) -> list[str]:
        """Every way in which a request so far broke Twilio's description."""
        return self._api.violations

    def start(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the loopback carrier did not start")
        return self

    def stop(self) -> None:
        """Close every connection and stop. Safe to call twice."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(10)
        self._posts.shutdown(wait=True, cancel_futures=True)
        self.ledger.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, what: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def text_in(self, url: str, sender: str, to: str, body: str, *, media: int = 0) -> tuple[str, int | None]:
        """Somebody texts one of our numbers: kept, then posted to `url`. Gives the sid and the door's answer."""
        record = self.ledger.receive(sender, to, body, self._now(), media)
        return record.sid, self.post_inbound(url, record.sid)

    def post_inbound(self, url: str, sid: str) -> int | None:
        """Post a text that is already in the ledger, once more."""
        record = self.ledger.get(sid)
        if record is None:
            raise KeyError(sid)
        return post_form(url, inbound_form(record, self._account_sid), self._auth_token)

    def report(self, sid: str, status: str, error_code: int | None = None, *, url: str | None = None) -> int | None:
        """Move a text on and post the callback to its own address, or to `url`."""
        record = self.ledger.move(sid, status, self._now(), error_code)
        address = url or record.status_callback
        if not address:
            return None
        form = status_form(record, status, self._account_sid, error_code)
        answered = post_form(address, form, self._auth_token)
        self.counts[f"callback:{answered}"] += 1
        return answered

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._connection, "127.0.0.1", self.port, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while (request := await read_request(reader)) is not None:
                self.requests.append(request)
                if not await self._respond(request, writer):
                    break
        except (ConnectionError, asyncio.CancelledError):
            pass  # the far side has gone, or we are closing: either way there is nobody left to answer
        finally:
            self._tasks.discard(task)
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _respond(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False where the connection is done for."""
        if request.path.startswith("/_control/"):
            return await write_answer(writer, await asyncio.to_thread(self._control, request))
        if self._latency:
            await asyncio.sleep(self._latency)
        refusal = self._api.refusal(request)
        if refusal is not None:
            self.counts["refused"] += 1
            return await write_answer(writer, refusal)
        creating = self._api.is_create(request)
        fault = self.script.for_create(request.form["To"][0]) if creating else self.script.for_look_up()
        self.counts[("create:" if creating else "look_up:") + fault.kind] += 1
        record = None
        if creating and fault.kind in AFTER:
            record = self._accept(request)
        elif creating and fault.kind is Kind.ACCEPT_LATE:
            self._loop.call_later(fault.number or 1.0, self._accept, request)
        good = self._api.created(record) if record else None
        if good is None and not creating:
            good = self._api.look_up(request)
        return await answer_with(fault, good, writer, self._retry_after)

    def _accept(self, request: Request) -> Record:
        record = self._api.create(request)
        if self.callbacks is not None:
            task = self._loop.create_task(self._report_all(record, self.callbacks))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return record

    async def _report_all(self, record: Record, callbacks: Callbacks) -> None:
        for status, code in callbacks.for_number(record.to):
            await asyncio.sleep(callbacks.delay)
            await self._loop.run_in_executor(self._posts, self.report, record.sid, status, code)

    def _control(self, request: Request) -> Answer:
        """What a harness in another process asks: see, and change what happens next."""
        told: dict[str, Any] = json.loads(request.body) if request.body else {}
        match request.path.removeprefix("/_control/"):
            case "ledger":
                texts = [r.resource(self._account_sid) | {"ref": r.ref} for r in self.ledger.all()]
                return Answer(200, {"messages": texts, "violations": self.violations, "counts": dict(self.counts)})
            case "script":
                self.script = Script.from_json(told)
            case "callbacks":
                self.callbacks = Callbacks(**{**told, "statuses": tuple(told["statuses"])}) if told else None
            case "inbound":
                sid, answered = self.text_in(told["url"], told["from"], told["to"], told["body"])
                return Answer(200, {"sid": sid, "status": answered})
            case "report":
                answered = self.report(told["sid"], told["status"], told.get("error_code"), url=told.get("url"))
                return Answer(200, {"status": answered})
            case unknown:
                return error(404, 20404, f"no control named {unknown}")
        return Answer(200, {"done": True})
