"""Hand-over: how fast due texts reach a carrier, with claim and settle in the database, beside its limits and rivals.

Figures to reach (stack.md section 12): at 50 ms a text ≥ 0.7 of raw streams on PostgreSQL with two clocks, ≥ 0.4 on
SQLite with `synchronous=FULL`; CPU a text ≤ 1.5 ms; a paced sender at 0.97-1.00 of its rate, counted in segments.
"""

import asyncio
import json
import multiprocessing
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from benchmarks._carrier import ACCOUNT, PATH, serve
from foster_bond.carriers.twilio_carrier import TwilioCarrier
from foster_bond.clock import SystemClock
from foster_bond.migrations import upgrade
from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import Consent
from foster_bond.steps.sending.send_outbox import Sender, Sending
from foster_bond.store import consents, outbox
from foster_bond.store.agencies import Agency, give_number
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Store
from foster_bond.store.sealing import Vault
from foster_bond.store.session import Database
from tests import databases

TEXTS, AGENCIES, IN_FLIGHT, LATENCY = 2_000, 8, 64, 0.05
PACED_RATE, PACED_SECONDS = 50.0, 8
KEYS = (b"m" * 32,), b"i" * 32
TOKEN = "benchmark"
BODY = "Harbor: What is one small thing that went well with the child this week?"
CONTEXT = multiprocessing.get_context("forkserver")


class Carrier:
    """The carrier's process."""

    def __init__(self, latency: float) -> None:
        self._pipe, theirs = CONTEXT.Pipe()
        self._process = CONTEXT.Process(target=serve, args=(latency, theirs), daemon=True)
        self._process.start()
        self.port = int(self._pipe.recv())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._pipe.send("stop")
        self._process.join(5)


async def _raw(port: int, count: int) -> None:
    """The limit: bytes that were made beforehand, no client, no database."""
    body = f"To=%2B13035550101&From=%2B13035550100&Body={'x' * len(BODY)}".encode()
    request = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    left = iter(range(count))

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in left:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
        writer.close()

    await asyncio.gather(*(one() for _ in range(IN_FLIGHT)))


def raw_rate(carrier: Carrier) -> float:
    before = time.perf_counter()
    asyncio.run(_raw(carrier.port, TEXTS))
    return TEXTS / (time.perf_counter() - before)


def one_at_a_time_rate(carrier: Carrier, count: int = 60) -> float:
    """The naive way: the client's ordinary form in a loop, no database."""

    class Here(TwilioHttpClient):  # type: ignore[misc]
        def request(self, method: str, url: str, *rest: Any, **named: Any) -> Any:
            return super().request(method, url.replace("https://api.twilio.com", carrier.url), *rest, **named)

    client = Client(ACCOUNT, TOKEN, http_client=Here(timeout=10))
    before = time.perf_counter()
    for _ in range(count):
        client.messages.create(to="+13035550101", from_="+13035550100", body=BODY)
    return count / (time.perf_counter() - before)


def fill(store: Store, texts: int = TEXTS, *, rate: float = 1e6, parts: int = 1) -> None:
    """Agencies with people who agreed, each with one prompt that is due."""
    now = datetime.now(UTC)
    with store.write() as session:
        store.vault.adopt(session)
        for index in range(AGENCIES):
            agency = Agency(
                id=new_id(), slug=f"a{index}", name=f"A{index}", text_name=f"A{index}", zone="UTC", created_at=now,
                closed_days=[], texts_per_second=rate,
            )  # fmt: skip
            session.add(agency)
            session.flush()
            store.vault.new_key(session, agency.id)
            give_number(session, store.vault, agency, "sender", f"+1303555{index:04d}")
            for number in range(texts // AGENCIES):
                _one(session, store.vault, agency.id, f"+1{3035560000 + index * 10_000 + number}", now, parts)


def _one(session: Any, vault: Vault, agency_id: str, to: str, now: datetime, parts: int) -> None:
    bidx = vault.blind_index(agency_id, to)
    consents.change(session, vault, agency_id=agency_id, to_bidx=bidx, to=Consent.ACTIVE, at=now, how="recorded")
    outbox.compose(
        session, vault, agency_id=agency_id, kind=Kind.FLOW_STEP, to=to, to_bidx=bidx, body=BODY, now=now, due_at=now,
        not_after=now + timedelta(hours=1), zone="UTC", parts=parts,
    )  # fmt: skip


def clock(url: str, api_url: str, start_at: float, *, paced: bool = False) -> None:
    """One clock's sender, as a process: prints how many it sent, how long that took and what it cost."""
    store = Store(Database(url), Vault(*KEYS))
    carrier = TwilioCarrier(ACCOUNT, TOKEN, api_url=api_url, in_flight=IN_FLIGHT)
    sender = Sender(store, carrier, _Noon(), Sending("http://127.0.0.1:8000", in_flight=IN_FLIGHT, paced=paced))
    time.sleep(max(start_at - time.time(), 0))
    used, before = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    sent = sender.send_due().get("accepted", 0)
    seconds, after = time.perf_counter() - before, resource.getrusage(resource.RUSAGE_SELF)
    sender.close()
    store.close()
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    print(json.dumps({"sent": sent, "seconds": seconds, "cpu": cpu}))


class _Noon(SystemClock):
    """The machine's clock, set so that it is noon when we start: polite hours are not what is measured."""

    def __init__(self) -> None:
        super().__init__()
        now = super().real()
        self._to_noon = now.replace(hour=12, minute=0, second=0, microsecond=0) - now

    def now(self) -> datetime:
        return self.real() + self._to_noon


def our_rate(url: str, carrier: Carrier, clocks: int) -> tuple[float, float]:
    """Texts a second and CPU milliseconds a text, over all clocks."""
    start_at = time.time() + 3.0 + clocks
    words = [sys.executable, "-m", "benchmarks.hand_over", url, carrier.url, str(start_at)]
    running = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(clocks)]
    told = [json.loads(one.communicate(timeout=120)[0]) for one in running]
    sent = sum(one["sent"] for one in told)
    return sent / max(one["seconds"] for one in told), sum(one["cpu"] for one in told) / sent * 1e3


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL that keeps its word, on a disk: the tests' own server has its syncs off and may lie in memory."""
    binaries = databases.postgres_binaries()
    assert binaries is not None, "this machine lacks PostgreSQL"
    databases._IN_MEMORY = Path("no folder in memory")
    databases._SETTINGS.update(
        fsync="on", synchronous_commit="on", full_page_writes="on", autovacuum="on", max_wal_size="1GB"
    )
    server = databases.PostgresServer(binaries)
    try:
        yield server.url(server.create())
    finally:
        server.stop()


@contextmanager
def sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        upgrade(url)
        yield url


def filled(url: str, **how: Any) -> str:
    store = Store(Database(url), Vault(*KEYS))
    moved = _Noon().now() - datetime.now(UTC)
    fill(store, **how)
    with store.write() as session:
        for column in ("due_at", "not_before", "next_try_at", "created_at", "not_after"):
            if store.database.is_sqlite:
                change = f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '{moved.total_seconds():+.3f} seconds')"
            else:
                change = f"{column} + interval '{moved.total_seconds():.3f} seconds'"
            session.execute(text(f"UPDATE outbox_messages SET {column} = {change}"))
    store.close()
    return url


def main() -> None:
    """Print rates, ratios to raw streams, and CPU a text."""
    carrier = Carrier(LATENCY)
    limit = statistics.median(raw_rate(carrier) for _ in range(3))
    naive = one_at_a_time_rate(carrier)
    print(f"hand-over, carrier at {LATENCY * 1000:.0f} ms, {TEXTS} texts of {AGENCIES} agencies")
    print(f"  {'raw streams, 64 in flight (limit)':42} {limit:8.0f}/s   1.00")
    print(f"  {'client in a loop, no database':42} {naive:8.0f}/s   {naive / limit:.2f}")
    rows = (("SQLite FULL, one clock", sqlite, 1, 0.4), ("PostgreSQL, one clock", postgres, 1, None),
            ("PostgreSQL, two clocks", postgres, 2, 0.7))  # fmt: skip
    for name, database, clocks, aim in rows:
        with database() as url:
            rate, cpu = our_rate(filled(url), carrier, clocks)
        told = "" if aim is None else f"   aim {aim}"
        print(f"  {'ours: ' + name:42} {rate:8.0f}/s   {rate / limit:.2f}{told}   CPU {cpu:.2f} ms a text (aim 1.5)")
    name = f"ours, {AGENCIES} senders at {PACED_RATE:.0f} segments/s each"
    print(f"  {name:42} {paced(carrier):10.3f} of the set rate (aim 0.97-1.00)")
    carrier.stop()


def paced(carrier: Carrier) -> float:
    """The measured rate over the set one, in segments, of eight senders of two-part texts at once.

    By the instants of the claims: when a text reaches the carrier also hangs on when its connection was opened.
    """
    texts = int(AGENCIES * PACED_RATE * PACED_SECONDS / 2)
    with sqlite() as url:
        filled(url, texts=texts, rate=PACED_RATE, parts=2)
        words = [sys.executable, "-m", "benchmarks.hand_over", url, carrier.url, str(time.time() + 3), "paced"]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, timeout=120)
        asked = text("SELECT min(claimed_at), max(claimed_at), count(*) FROM v_outbound GROUP BY agency_id")
        with Database(url).read() as session:
            rows = [
                (datetime.fromisoformat(row[0]), datetime.fromisoformat(row[1]), row[2])
                for row in session.execute(asked)
            ]
    # The last text's own two segments come after its claim.
    return statistics.fmean((many - 1) * 2 / (last - first).total_seconds() / PACED_RATE for first, last, many in rows)


if __name__ == "__main__":
    clock(sys.argv[1], sys.argv[2], float(sys.argv[3]), paced=len(sys.argv) > 4)
