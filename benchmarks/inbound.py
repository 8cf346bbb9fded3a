"""Inbound: texts a second through the whole pipeline, as a ratio to a bare signed endpoint in the same run.

Figures to reach (stack.md section 12): ≥ 0.30 of the bare endpoint on SQLite with `synchronous=FULL` and on PostgreSQL;
at 50 texts a second with 50 callbacks a second beside them p99 < 100 ms and ≤ 4 × p50.

Half of the texts are the first answer to a prompt, which is thanked for; half go on from it. Other work on the machine
changes the rates more than the CPU a text.
"""

import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks._callers import as_fast_as_they_go, at_a_rate
from benchmarks._door import INBOUND, STATUS, Open, door, written
from benchmarks.hand_over import postgres, sqlite
from foster_bond.rules.kinds import Kind
from foster_bond.rules.states import Consent, Outbound
from foster_bond.runtime import open_store
from foster_bond.steps.hearing.receive_text import Post, receive
from foster_bond.store import consents, families, outbox
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.ids import new_id
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.open_store import Session, Store
from tests.cast import HARBOR_NUMBER, ZONE, Cast, gather, settings_for

TEXTS, ROUNDS, RATE, SECONDS = 200, 5, 50, 6
WARM, ALONE = 100, 200
PEOPLE = (2 * WARM + ROUNDS * TEXTS + RATE * SECONDS + ALONE) // 2 + 1  # each writes twice, and one knocks
WORDS = "She laughed at dinner today and then we talked about the phone for a while."


@dataclass(frozen=True, slots=True)
class Sent:
    """A prompt that has reached somebody: what its callback names."""

    ref: str
    sid: str


def people(store: Store, cast: Cast, count: int = PEOPLE) -> list[tuple[str, Sent]]:
    """Numbers that agreed, each with a family of its own and a prompt an hour old that waits for its answer."""
    now = datetime.now(UTC)
    with store.write() as session:
        return [_person(session, store, cast, f"+1720{5550000 + index}", now) for index in range(count)]


def _person(session: Session, store: Store, cast: Cast, number: str, now: datetime) -> tuple[str, Sent]:
    agency_id, vault, asked = cast.harbor.agency_id, store.vault, now - timedelta(hours=1)
    family = families.new_family(
        session, vault, agency_id=agency_id, ref=f"F{number}", name="Reyes", zone=ZONE, caseworker_id=None, at=now
    )
    member = families.Member(
        id=new_id(), agency_id=agency_id, family_id=family.id, ref=f"M{number}", name=b"", role="foster_parent",
        phone=b"", to_bidx="", created_at=now, tags=[],
    )  # fmt: skip
    families.give_words(session, vault, member, "name", "Ana")
    families.give_words(session, vault, member, "phone", number)
    session.add(member)
    session.flush()
    consents.change(
        session, vault, agency_id=agency_id, to_bidx=member.to_bidx, to=Consent.ACTIVE, at=now, how="recorded"
    )
    owned = {"agency_id": agency_id, "family_id": family.id, "member_id": member.id}
    enrolment = Enrolment(
        id=new_id(), **owned, schedule_id=cast.harbor.ids["schedule_id"], started_on=date(2026, 11, 2), created_at=now
    )
    session.add(enrolment)
    session.flush()
    occurrence = Occurrence(
        id=new_id(), **owned, enrolment_id=enrolment.id, local_date=asked.date(), slot=0, due_at=asked,
        closes_at=now + timedelta(days=1), look_at=asked, state="written", prompt_key="own-1",
    )  # fmt: skip
    session.add(occurrence)
    message = outbox.compose(
        session, vault, **owned, kind=Kind.PROMPT, to=number, to_bidx=member.to_bidx, body="How was today?", now=asked,
        due_at=asked, not_after=now, zone=ZONE, occurrence_id=occurrence.id, prompt_key="own-1",
    )  # fmt: skip
    assert message is not None
    sid = "SM" + new_id().replace("-", "")
    outbox.move(session, message.id, agency_id, Outbound.SCHEDULED, Outbound.SENDING, asked, claimed_at=asked)
    outbox.move(
        session, message.id, agency_id, Outbound.SENDING, Outbound.ACCEPTED, asked, accepted_at=asked, carrier_sid=sid
    )
    row = session.get(outbox.OutboxMessage, message.id)
    assert row is not None
    return number, Sent(row.ref, sid)


class Contender:
    """One database with its people, and the posts that have been written for it."""

    def __init__(self, url: str) -> None:
        self.url, self._settings = url, settings_for(Path(tempfile.gettempdir()), url)
        store = open_store(self._settings)
        self._people = people(store, gather(store))
        self._next = iter(self._people)
        if not store.database.is_sqlite:
            with store.database.engine.connect() as connection:
                connection.exec_driver_sql("ANALYZE")  # what autovacuum does within its first minute
                connection.commit()
        store.close()

    def numbers(self, count: int) -> list[str]:
        """Who writes: people who have not written yet, and then the same again."""
        fresh = [next(self._next)[0] for _ in range(max(count // 2, 1))]
        return (fresh + fresh)[:count]

    def texts(self, count: int) -> list[bytes]:
        made = []
        for number in self.numbers(count):
            sid = "SM" + new_id().replace("-", "")
            fields = {"MessageSid": sid, "SmsSid": sid, "From": number, "To": HARBOR_NUMBER, "Body": WORDS,
                      "NumMedia": "0", "AccountSid": "AC" + "0" * 32, "ApiVersion": "2010-04-01"}  # fmt: skip
            made.append(written(self._settings, INBOUND, fields))
        return made

    def callbacks(self, count: int) -> list[bytes]:
        made = []
        for index in range(count):
            sent = self._people[index // 2][1]
            fields = {"MessageSid": sent.sid, "MessageStatus": ("sent", "delivered")[index % 2]}
            made.append(written(self._settings, f"{STATUS}?ref={sent.ref}", fields))
        return made


def in_process(ours: Contender) -> tuple[float, float]:
    """CPU and wall milliseconds a text inside one process, without HTTP: where the rest of the time goes."""
    store = open_store(settings_for(Path(tempfile.gettempdir()), ours.url))

    def hear(count: int) -> None:
        for number in ours.numbers(count):
            receive(store, Post("SM" + new_id().replace("-", ""), number, HARBOR_NUMBER, WORDS), datetime.now(UTC))

    hear(WARM)
    began, cpu = time.perf_counter(), time.process_time()
    hear(ALONE)
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    store.close()
    return cpu / ALONE * 1e3, wall / ALONE * 1e3


@dataclass(frozen=True, slots=True)
class Rates:
    """Medians over rounds in which both take turns: texts a second, CPU milliseconds a text, and their ratio."""

    bare: tuple[float, float]
    ours: tuple[float, float]
    ratio: float


def _rates(bare: Open, whole: Open, ours: Contender, knocks: list[bytes]) -> Rates:
    limit, reached = [], []
    for _ in range(ROUNDS):
        limit.append(_round(bare, knocks))
        reached.append(_round(whole, ours.texts(TEXTS)))
    ratio = statistics.median(one[0] / other[0] for one, other in zip(reached, limit, strict=True))
    return Rates(_medians(limit), _medians(reached), ratio)


def _round(one: Open, posts: list[bytes]) -> tuple[float, float]:
    before = one.cpu()
    rate = as_fast_as_they_go(one.port, posts)
    return rate, (one.cpu() - before) / len(posts) * 1e3


def _medians(rounds: list[tuple[float, float]]) -> tuple[float, float]:
    rates, used = zip(*rounds, strict=True)
    return statistics.median(rates), statistics.median(used)


def _tail(port: int, contender: Contender) -> tuple[float, float]:
    """p50 and p99 in milliseconds of texts and callbacks that take turns."""
    half = RATE * SECONDS
    pairs = zip(contender.texts(half), contender.callbacks(half), strict=True)
    took = sorted(at_a_rate(port, [one for pair in pairs for one in pair], RATE * 2.0))
    return took[len(took) // 2] * 1e3, took[int(len(took) * 0.99)] * 1e3


def measure(url: str) -> tuple[Rates, tuple[float, float], tuple[float, float]]:
    """Rates and CPU beside the limit's, p50 and p99 at the set rate, CPU and wall milliseconds of the step alone."""
    ours = Contender(url)
    knock = ours.texts(1)[0]
    with door("bare", url, knock) as bare, door("ours", url, knock) as whole:
        knocks = [knock] * (TEXTS * 5)  # it is quick: fewer would be over before they can be counted
        as_fast_as_they_go(whole.port, ours.texts(WARM))
        rates = _rates(bare, whole, ours, knocks)
        tail = _tail(whole.port, ours)
    return rates, tail, in_process(ours)


def main() -> None:
    """Print texts a second, CPU a text, the ratio to the bare endpoint, and the tail at a set rate."""
    print(f"inbound, gunicorn with 2 sync workers, 8 callers, medians of {ROUNDS} rounds;")
    print("  the limit: a bare endpoint that checks the signature with the carrier's own client")
    for name, database in (("SQLite FULL", sqlite), ("PostgreSQL", postgres)):
        with database() as url:
            rates, (p50, p99), (cpu, wall) = measure(url)
        print(f"  {name}")
        print(f"    bare    {rates.bare[0]:6.0f}/s   1.00              CPU {rates.bare[1]:.2f} ms")
        print(f"    ours    {rates.ours[0]:6.0f}/s   {rates.ratio:.2f} (aim 0.30)   CPU {rates.ours[1]:.2f} ms")
        print(f"    the step alone, warm: CPU {cpu:.2f} ms a text, {wall:.2f} ms in all")
        print(
            f"    at {RATE}/s + {RATE} callbacks/s: p50 {p50:.0f} ms, p99 {p99:.0f} ms (aim < 100)"
            f" = {p99 / p50:.1f} x p50 (aim 4)"
        )


if __name__ == "__main__":
    main()
