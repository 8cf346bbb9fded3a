"""Drives the product by its contract alone: nothing of it is imported, everything is asked as a stranger asks it."""

import base64
import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import uuid4

import psycopg
from psycopg.rows import dict_row

from tests.loopback_carrier import ACCOUNT_SID, AUTH_TOKEN, Record, post_form
from tests.loopback_carrier.ledger import read_ledger

ROOT = Path(__file__).resolve().parents[2]
SERVICE = "MG" + "0" * 31 + "1"
PASSWORD = "seven calm otters swim home"
PATIENCE = 25.0  # seconds; what is due is acted on within 5 s, the rest is for a busy machine

_WITHOUT_INSTALLING = "import sys; from foster_bond.cli import main; sys.argv[0] = 'foster-bond'; main()"
_T = TypeVar("_T")
Row = dict[str, Any]


def command() -> list[str]:
    """How `foster-bond` is typed here: the installed command, or the same door of a checkout."""
    installed = Path(sys.executable).with_name("foster-bond")
    return [str(installed)] if installed.exists() else [sys.executable, "-c", _WITHOUT_INSTALLING]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(ask: Callable[[], _T], what: str, within: float = PATIENCE) -> _T:
    """The first true answer; a failure that says what was waited for and what was there at last."""
    until = time.monotonic() + within
    while True:
        found = ask()
        if found:
            return found
        if time.monotonic() > until:
            raise AssertionError(f"waited {within:.0f} s in vain: {what}; at last it was {found!r}")
        time.sleep(0.1)


def instant(value: Any) -> datetime:
    """An instant of a view: text on SQLite, timestamptz on PostgreSQL."""
    if isinstance(value, str):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", value), value
        return datetime.fromisoformat(value)
    assert isinstance(value, datetime) and value.utcoffset() == timedelta(0), value
    return value


@dataclass(frozen=True, slots=True)
class Said:
    """What a command did: its exit code and words."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return [line for line in self.err.splitlines() if line]

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Page:
    """What an address answered."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def location(self) -> str:
        return self.headers.get("location", "")


class Running:
    """A process that we started, with all that it ever said in a file."""

    def __init__(self, words: Sequence[str], *, folder: Path, env: Mapping[str, str], log: Path) -> None:
        self.log = log
        self.may_end = False
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                words, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )

    @property
    def words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self, within: float = 20.0) -> float:
        """Ask it to end; how many seconds it took."""
        self.may_end = True
        begun = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(within)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"it did not end within {within:.0f} s of SIGTERM: {self.words[-2000:]}") from None
        return time.monotonic() - begun

    def kill(self) -> None:
        """kill -9, with every worker it has."""
        self.may_end = True
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


@dataclass
class LoopbackProcess:
    """The loopback carrier in a process of its own, and the ledger that it keeps."""

    running: Running
    url: str
    path: Path

    def sent(self, to: str | None = None) -> list[Record]:
        """What it has taken from us, oldest first."""
        return [one for one in read_ledger(self.path) if one.direction != "inbound" and to in (None, one.to)]

    def bodies(self, to: str) -> list[str]:
        return [one.body for one in self.sent(to)]

    def by_ref(self, ref: str) -> Record:
        found = [one for one in self.sent() if one.ref == ref]
        assert len(found) == 1, f"the carrier has this ref {len(found)} times"
        return found[0]

    def violations(self) -> list[str]:
        """Every way in which our requests broke the carrier's own description."""
        return list(self._control("ledger")["violations"])

    def report(self, sid: str, status: str, error_code: int | None = None) -> int | None:
        """Move a text on and knock with its callback; the door's answer."""
        answered: int | None = self._control("report", {"sid": sid, "status": status, "error_code": error_code})[
            "status"
        ]
        return answered

    def report_by_itself(self, *statuses: str, delay: float = 0.05) -> None:
        self._control("callbacks", {"statuses": statuses, "delay": delay})

    def misbehave(self, **script: Any) -> None:
        self._control("script", script)

    def _control(self, what: str, told: Any = None) -> Any:
        host, _, port = self.url.removeprefix("http://").partition(":")
        with closing(http.client.HTTPConnection(host, int(port), timeout=20)) as connection:
            body = None if told is None else json.dumps(told)
            connection.request("GET" if told is None else "POST", f"/_control/{what}", body)
            return json.loads(connection.getresponse().read())


class Browser:
    """A person at a browser: it keeps cookies and sends each form's own token."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> Page:
        return self._ask("GET", path)

    def post(self, path: str, fields: Mapping[str, str]) -> Page:
        return self._ask("POST", path, fields)

    def sign_in(self, email: str, password: str = PASSWORD) -> Page:
        """Send the first form of the sign-in page, with the fields that the contract names."""
        door = self.get("/sign-in")
        form = first_form(door.text)
        assert {"email", "password", "csrf_token"} <= set(form), form
        return self.post("/sign-in", form | {"email": email, "password": password})

    def _ask(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> Page:
        headers = {"Host": f"127.0.0.1:{self._port}", "Referer": f"http://127.0.0.1:{self._port}/sign-in"}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)) as connection:
            connection.request(method, path, None if fields is None else urlencode(fields), headers)
            answer = connection.getresponse()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    key, _, rest = value.partition("=")
                    self._cookies[key] = rest.partition(";")[0]
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Page(answer.status, named, answer.read().decode("utf-8", "replace"))


def first_form(html: str) -> dict[str, str]:
    """The fields of the first form on a page, with the values that it comes with."""
    found = re.search(r"<form\b.*?</form>", html, re.DOTALL | re.IGNORECASE)
    assert found, "the page has no form"
    fields = {}
    for tag in re.findall(r"<input\b[^>]*>", found[0], re.IGNORECASE):
        named = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if "name" in named:
            fields[named["name"]] = unescape(named.get("value", ""))
    return fields


@dataclass
class Product:
    """One installation: a folder, its settings, a database, a clock file, and whatever runs of it."""

    folder: Path
    database_url: str
    carrier: str = "twilio"
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    running: list[Running] = field(default_factory=list)
    loopback: LoopbackProcess | None = None
    said: list[Said] = field(default_factory=list)
    numbers: Mapping[str, str] = field(default_factory=dict)  # agency slug -> the number it texts from

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.clock_file = self.folder / "clock"
        if not self.clock_file.exists():
            self.clock_file.write_text("0\n", encoding="ascii")
        self.settings = self._own_settings() | self.settings

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        plain = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
        return plain | self.settings

    def _own_settings(self) -> dict[str, str]:
        return {
            "FOSTER_BOND_DATABASE_URL": self.database_url,
            "FOSTER_BOND_SECRET_KEY": "a secret of a stranger, 32 characters",
            "FOSTER_BOND_MASTER_KEYS": base64.urlsafe_b64encode(b"master key of a stranger, 32 by.").decode(),
            "FOSTER_BOND_INDEX_KEY": base64.urlsafe_b64encode(b"index key of a stranger, 32 byte").decode(),
            "FOSTER_BOND_PUBLIC_URL": self.url,
            "FOSTER_BOND_CLOCK_FILE": str(self.clock_file),
            "FOSTER_BOND_CARRIER": self.carrier,
            "FOSTER_BOND_LOG_FORMAT": "json",
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        }

    def change(self, **settings: str) -> None:
        self.settings |= settings

    # What is typed

    def run(
        self, *words: str, stdin: str | None = None, env: Mapping[str, str] | None = None, within: float = 90
    ) -> Said:
        """Type one command and wait for its end."""
        done = subprocess.run(
            [*command(), *words], cwd=self.folder, env=self.env if env is None else dict(env), input=stdin or "",
            capture_output=True, text=True, timeout=within, check=False,
        )  # fmt: skip
        said = Said(done.returncode, done.stdout, done.stderr)
        self.said.append(said)
        return said

    def does(self, *words: str, stdin: str | None = None) -> Said:
        """Type one command that has to succeed."""
        said = self.run(*words, stdin=stdin)
        assert said.code == 0, f"foster-bond {' '.join(words)} -> {said.code}: {said.err[-3000:]}"
        return said

    def refuses(self, *words: str, stdin: str | None = None, env: Mapping[str, str] | None = None) -> list[str]:
        """Type one command that has to be refused; the plain lines that say why."""
        said = self.run(*words, stdin=stdin, env=env)
        assert said.code == 2, f"foster-bond {' '.join(words)} -> {said.code}: {said.out} {said.err[-3000:]}"
        assert "Traceback" not in said.err and said.lines, said.err
        return said.lines

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def once(self) -> dict[str, dict[str, int]]:
        """Every job once."""
        tallies: dict[str, dict[str, int]] = self.does("clock", "--once").json
        return tallies

    # What runs

    def start(self, *words: str) -> Running:
        log = self.folder / f"{words[0]}-{len(self.running)}.log"
        one = Running([*command(), *words], folder=self.folder, env=self.env, log=log)
        self.running.append(one)
        return one

    def open_doors(self, *words: str, workers: int = 1) -> Running:
        """Start `web` (or `serve`) and wait until it answers."""
        words = words or ("web", "--workers", str(workers))
        one = self.start(*words, "--port", str(self.port))
        self.wait_until_up(one)
        return one

    def wait_until_up(self, one: Running) -> None:
        def up() -> bool:
            assert one.process.poll() is None, f"it ended by itself: {one.words[-3000:]}"
            with suppress(OSError, http.client.HTTPException):
                return self.browser().get("/healthz").status == 200
            return False

        wait_for(up, "the pages answer")

    def start_carrier(self) -> LoopbackProcess:
        """The loopback carrier, and the settings that make the product use it."""
        ledger = self.folder / "carrier.jsonl"
        words = [sys.executable, "-m", "tests.loopback_carrier", "--ledger", str(ledger)]
        words += ["--clock-file", str(self.clock_file)]
        one = Running(words, folder=ROOT, env=self.env, log=self.folder / "carrier.log")
        self.running.append(one)
        said = wait_for(lambda: re.search(r"listening on (\S+)", one.words), "the loopback carrier listens")
        self.loopback = LoopbackProcess(one, said[1], ledger)
        self.change(
            TWILIO_ACCOUNT_SID=ACCOUNT_SID, TWILIO_MESSAGING_SERVICE_SID=SERVICE, FOSTER_BOND_TWILIO_API_URL=said[1]
        )
        return self.loopback

    @property
    def carried(self) -> LoopbackProcess:
        assert self.loopback is not None
        return self.loopback

    def end(self) -> None:
        """Kill whatever of this installation still runs."""
        for one in reversed(self.running):
            one.kill()
        self.running.clear()

    # The clock on the wall

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(self.clock_file.read_text(encoding="ascii")))

    def go_to(self, when: datetime) -> None:
        """Set the outside clock, in one step that no reader can see half done."""
        shift = (when - datetime.now(UTC)).total_seconds()
        new = self.clock_file.with_suffix(".new")
        new.write_text(f"{shift:.6f}\n", encoding="ascii")
        new.replace(self.clock_file)

    def go_on(self, by: timedelta) -> None:
        self.go_to(self.now() + by)

    # The webhooks

    def text_in(self, sender: str, body: str, *, to: str | None = None, sid: str | None = None, **more: str) -> str:
        """Somebody's text, as the carrier posts it; taken, or the test fails. Its carrier id."""
        sid = sid or new_sid()
        answered = self.post_inbound(inbound(sender, to or self.numbers["harbor"], body, sid) | more)
        assert answered == 200, f"the inbound door answered {answered}"
        return sid

    def post_inbound(self, form: Mapping[str, str], *, token: str = AUTH_TOKEN) -> int | None:
        return post_form(f"{self.url}/hooks/twilio/inbound", form, token)

    def post_status(self, ref: str, form: Mapping[str, str], *, token: str = AUTH_TOKEN) -> int | None:
        return post_form(f"{self.url}/hooks/twilio/status?ref={ref}", form, token)

    # The pages

    def browser(self) -> Browser:
        return Browser(self.port)

    # The reporting views

    def rows(self, query: str, *values: Any) -> list[Row]:
        """What a view holds; `?` stands for a value on both engines."""
        for one in self.running:
            assert one.may_end or one.process.poll() is None, f"{one.log.name}: it ended by itself: {one.words[-3000:]}"
        if self.is_sqlite:
            path = self.database_url.removeprefix("sqlite:///")
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
                connection.row_factory = sqlite3.Row
                return [dict(row) for row in connection.execute(query, values)]
        plain = self.database_url.replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True, row_factory=dict_row, options="-c timezone=UTC") as server:
            return list(server.execute(query.replace("?", "%s"), values))

    def one(self, query: str, *values: Any) -> Row:
        found = self.rows(query, *values)
        assert len(found) == 1, f"{query} {values} -> {len(found)} rows"
        return found[0]

    def columns(self, view: str) -> list[str]:
        if self.is_sqlite:
            return [row["name"] for row in self.rows(f"PRAGMA table_info({view})")]
        asked = "SELECT column_name FROM information_schema.columns WHERE table_name = ? ORDER BY ordinal_position"
        return [row["column_name"] for row in self.rows(asked, view)]

    def member(self, ref: str) -> Row:
        return self.one("SELECT * FROM v_member WHERE ref = ?", ref)

    def outbound(self, ref: str, kind: str | None = None) -> list[Row]:
        """What was written for one member, oldest first."""
        member = self.member(ref)
        texts = self.rows("SELECT * FROM v_outbound WHERE to_bidx = ? ORDER BY created_at, id", member["to_bidx"])
        return [text for text in texts if kind is None or text["kind"] == kind]

    def settle(self) -> None:
        """Wait until all that is due has left."""

        def done() -> bool:
            now = self.now()
            open_rows = "SELECT state, reason, due_at FROM v_outbound WHERE state IN ('scheduled', 'sending')"
            rows = [row for row in self.rows(open_rows) if row["reason"] is None or row["state"] == "sending"]
            return not [row for row in rows if row["state"] == "sending" or instant(row["due_at"]) <= now]

        wait_for(done, "all that is due has left")

    # What must be nowhere

    def everything_said(self) -> bytes:
        """All that the product ever printed or logged here; the carrier's own words are not ours."""
        logs = [one.log.read_bytes() for one in self.running if one.log.name != "carrier.log"]
        older = [path.read_bytes() for path in self.folder.glob("*.log") if path.name != "carrier.log"]
        return b"\n".join([*logs, *older, *((one.out + one.err).encode() for one in self.said)])

    def stored_bytes(self) -> bytes:
        """The database as it lies on the disk: file, WAL and all; on PostgreSQL every row of every table."""
        if self.is_sqlite:
            path = Path(self.database_url.removeprefix("sqlite:///"))
            return b"\n".join(one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}*")))
        tables = self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = [row for table in tables for row in self.rows(f'SELECT t::text AS row FROM "{table["tablename"]}" t')]
        return "\n".join(row["row"] for row in found).encode()


def new_sid() -> str:
    return "SM" + uuid4().hex


def inbound(sender: str, to: str, body: str, sid: str) -> dict[str, str]:
    """The fields of a text that came in."""
    return {
        "MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": ACCOUNT_SID, "From": sender, "To": to,
        "Body": body, "NumMedia": "0", "NumSegments": "1", "SmsStatus": "received", "ApiVersion": "2010-04-01",
    }  # fmt: skip


def callback(sid: str, status: str, to: str, error_code: int | None = None) -> dict[str, str]:
    """The fields of a status callback."""
    form = {
        "MessageSid": sid, "SmsSid": sid, "MessageStatus": status, "SmsStatus": status, "To": to,
        "AccountSid": ACCOUNT_SID, "ApiVersion": "2010-04-01",
    }  # fmt: skip
    return form | ({"ErrorCode": str(error_code)} if error_code is not None else {})


def copy_sqlite(source: str, target: str) -> None:
    """A database as another one left it, with its WAL folded in."""
    path, new = source.removeprefix("sqlite:///"), target.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(path, new)
