"""Planning: 1,000 due among N enrolments, beside a raw claim, a scheduler's job per family, and a commit per row.

Figures to reach (stack.md section 12): claim and advance ≤ 1.3 × raw on PostgreSQL, ≤ 2 × on SQLite; the whole step
(choose, gate, compose, seal, write slot, text and log, advance) ≤ 5 × raw, ≥ 15 × faster than a job per family at the
largest N, and its time there ≤ 1.3 × its time at 10,000; none dropped. N grows by schedules: 1,000 people take part in
each, and every one of them has ten weeks of texts behind them.
"""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import create_engine, insert, text
from sqlmodel import col, delete, update

from benchmarks.hand_over import postgres, sqlite
from foster_bond.rules.states import Consent
from foster_bond.runtime import open_store
from foster_bond.steps.asking.fill_outbox import fill_outbox
from foster_bond.steps.asking.plan_occurrences import plan_occurrences
from foster_bond.steps.rhythms import PLAN_AHEAD
from foster_bond.store import consents, enrolments, families
from foster_bond.store.enrolments import Enrolment, Step
from foster_bond.store.ids import new_id
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.open_store import Session
from foster_bond.store.prompts import Schedule
from tests.cast import MONDAY, ZONE, Cast, gather, settings_for

DUE, SIZES, LARGE = 1_000, (10_000, 100_000), 1_000_000
SLOT = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)  # Tuesday, 19:00 in Denver
NEXT = "2026-11-11 02:00:00.000000"
FAR = SLOT + timedelta(days=60)
LONG_AGO = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
ROUNDS, ONE_BY_ONE, WEEKS = 5, 50, 10


class House:
    """Harbor with 1,000 people, who take part in ever more schedules; in one of them a slot is due."""

    def __init__(self, url: str) -> None:
        self.store = open_store(settings_for(Path(tempfile.gettempdir()), url))
        self._plain = create_engine(url)
        self._cast: Cast = gather(self.store)
        with self.store.write() as session:
            self._people = [self._person(session, index) for index in range(DUE)]
        self._schedules = [self._cast.harbor.ids["schedule_id"]]
        self._enrol(self._schedules[0], SLOT)
        self._live()

    def close(self) -> None:
        self._plain.dispose()
        self.store.close()

    def _person(self, session: Session, index: int) -> tuple[str, str]:
        agency_id, vault = self._cast.harbor.agency_id, self.store.vault
        family = families.new_family(
            session, vault, agency_id=agency_id, ref=f"F{index}", name="Reyes", zone=ZONE, caseworker_id=None, at=MONDAY
        )
        member = families.Member(
            id=new_id(), agency_id=agency_id, family_id=family.id, ref=f"M{index}", name=b"", role="foster_parent",
            phone=b"", to_bidx="", created_at=MONDAY, tags=[],
        )  # fmt: skip
        families.give_words(session, vault, member, "name", "Ana")
        families.give_words(session, vault, member, "phone", f"+1720{5550000 + index}")
        session.add(member)
        session.flush()
        consents.change(
            session, vault, agency_id=agency_id, to_bidx=member.to_bidx, to=Consent.ACTIVE, at=MONDAY, how="recorded"
        )
        return family.id, member.id

    def _enrol(self, schedule_id: str, due: datetime) -> None:
        rows = [
            {"id": new_id(), "agency_id": self._cast.harbor.agency_id, "schedule_id": schedule_id, "member_id": member,
             "family_id": family, "started_on": date(2026, 11, 2), "next_due_at": due, "created_at": MONDAY}
            for family, member in self._people
        ]  # fmt: skip
        with self.store.write() as session:
            session.execute(insert(Enrolment.__table__), rows)  # type: ignore[attr-defined]

    @contextmanager
    def _seeding(self) -> Iterator[Session]:
        """A transaction whose rows are known to hang together: with a look at every link a million take minutes."""
        with Session(self._plain) as session, session.begin():  # SQLite's links are off unless somebody turns them on
            if not self.store.database.is_sqlite:
                session.execute(text("SET LOCAL session_replication_role = replica"))
            yield session

    def _live(self) -> None:
        """Ten weeks of texts for everybody: an engine plans its reads by what its tables hold."""
        shared = "o.agency_id, o.family_id, o.member_id, o.enrolment_id"
        with self._seeding() as session:
            for week in range(WEEKS):
                given: dict[str, Any] = {"mark": f"old-{week:04}", "at": LONG_AGO - timedelta(days=7 * week)}
                given["day"] = given["at"].date()
                if self.store.database.is_sqlite:
                    given |= {"at": f"{given['at']:%Y-%m-%d %H:%M:%S}.000000", "day": given["day"].isoformat()}
                session.execute(
                    text(
                        "INSERT INTO occurrences (id, agency_id, family_id, member_id, enrolment_id, local_date, slot, "
                        "due_at, closes_at, look_at, state, rules) SELECT :mark || substr(o.id, 9), o.agency_id, "
                        "o.family_id, o.member_id, o.id, :day, 0, :at, :at, :at, 'written', '[]' "
                        "FROM enrolments o WHERE o.schedule_id = :schedule AND o.next_due_at IS NOT NULL"
                    ),
                    given | {"schedule": self._schedules[0]},
                )
            session.execute(
                text(
                    "INSERT INTO outbox_messages (id, agency_id, family_id, member_id, enrolment_id, occurrence_id, "
                    "once_key, kind, rank, language, zone, ref, to_sealed, to_bidx, body, parts, state, moves, due_at, "
                    f"not_before, not_after, next_try_at, created_at, attempts, backoffs) SELECT o.id, {shared}, o.id, "
                    "o.id, 'prompt', 6, 'en', :zone, substr(o.id, 5), m.phone, m.to_bidx, m.phone, 1, 'delivered', 1, "
                    "o.due_at, o.due_at, o.due_at, o.due_at, o.due_at, 1, 0 FROM occurrences o "
                    "JOIN members m ON m.id = o.member_id WHERE o.id LIKE 'old-%'"
                ),
                {"zone": ZONE},
            )
            session.execute(
                text(
                    "INSERT INTO state_log (message_id, seq, agency_id, to_state, at) "
                    "SELECT id, 1, agency_id, 'scheduled', due_at FROM outbox_messages WHERE id LIKE 'old-%'"
                )
            )

    def grow(self, size: int) -> None:
        """Up to `size` enrolments."""
        with self._seeding() as session:
            found = session.get(Schedule, self._schedules[0])
            assert found is not None
            while len(self._schedules) * DUE < size:
                number = len(self._schedules)
                more = found.model_dump() | {"id": new_id(), "key": f"more-{number}"}
                session.execute(insert(Schedule.__table__), [more])  # type: ignore[attr-defined]
                session.execute(
                    text(
                        "INSERT INTO enrolments (id, agency_id, schedule_id, member_id, family_id, state, started_on, "
                        "next_due_at, position, created_at) SELECT :mark || substr(id, 9), agency_id, :schedule, "
                        "member_id, family_id, state, started_on, :far, 0, created_at "
                        "FROM enrolments WHERE schedule_id = :first AND next_due_at IS NOT NULL"
                    ),
                    {"mark": f"{number:08}", "schedule": more["id"], "first": found.id, "far": self._said(FAR)},
                )
                self._schedules.append(more["id"])
        with self.store.write() as session:
            session.execute(text("ANALYZE"))

    def _said(self, at: datetime) -> Any:
        return f"{at:%Y-%m-%d %H:%M:%S}.000000" if self.store.database.is_sqlite else at

    def again(self) -> None:
        """The slot is due once more, and nothing has been planned or written."""
        with self._seeding() as session:
            ours = "SELECT id FROM outbox_messages WHERE once_key LIKE 'slot:%'"
            session.execute(text(f"DELETE FROM state_log WHERE message_id IN ({ours})"))
            session.execute(text("DELETE FROM outbox_messages WHERE once_key LIKE 'slot:%'"))
            session.execute(delete(Occurrence).where(col(Occurrence.due_at) >= SLOT))
            session.execute(text("UPDATE members SET past = '{}'"))
            session.execute(
                update(Enrolment)
                .where(col(Enrolment.schedule_id) == self._schedules[0], col(Enrolment.next_due_at).is_not(None))
                .values(next_due_at=SLOT, planned_until=None, position=0)
            )

    def raw(self) -> None:
        """The limit: claim and advance, by hand, in one batch."""
        connection = self.store.database.engine.raw_connection()
        mark, lock = ("?", "") if self.store.database.is_sqlite else ("%s", " FOR UPDATE SKIP LOCKED")
        try:
            cursor = connection.cursor()
            if self.store.database.is_sqlite:
                cursor.execute("BEGIN IMMEDIATE")
            cursor.execute(
                f"SELECT id FROM enrolments WHERE state = 'active' AND next_due_at <= {mark} "
                f"ORDER BY next_due_at LIMIT {DUE}{lock}",
                ("2026-11-09 16:00:00.000000",),
            )
            found = cursor.fetchall()
            assert len(found) == DUE
            cursor.executemany(
                f"UPDATE enrolments SET next_due_at = {mark} WHERE id = {mark}", [(NEXT, row[0]) for row in found]
            )
            connection.commit()
        finally:
            connection.close()

    def one_by_one(self) -> None:
        """The naive way: an object, a change and a commit each; for a tenth of what is due."""
        with self.store.read() as session:
            query = text("SELECT id FROM enrolments WHERE schedule_id = :schedule AND next_due_at IS NOT NULL LIMIT :n")
            ids = session.execute(query, {"schedule": self._schedules[0], "n": ONE_BY_ONE}).scalars().all()
        for one in ids:
            with self.store.write() as session:
                row = session.get(Enrolment, one)
                assert row is not None
                row.next_due_at = SLOT + timedelta(days=7)

    def claim(self) -> None:
        """Ours, the claim and the advance alone."""
        with self.store.write() as session:
            found = enrolments.due_before(session, MONDAY + PLAN_AHEAD, DUE)
            assert len(found) == DUE
            enrolments.advance(session, [Step(one.id, date(2026, 11, 9), SLOT + timedelta(days=7)) for one in found])

    def plan(self) -> None:
        """Ours: read every calendar, write the slots down, advance."""
        tally = plan_occurrences(self.store, MONDAY)
        assert tally["planned"] == DUE, tally

    def whole(self) -> None:
        """Ours, all of it: plan, then choose, ask the gate, compose, seal, write the texts and their log."""
        self.plan()
        tally = fill_outbox(self.store, SLOT - timedelta(minutes=5))
        assert tally["written"] == DUE, tally


class Jobs:
    """The rival: one job per family in a scheduler's own table, in the same database, and no work at all in them."""

    fired = 0
    done = threading.Event()

    def __init__(self, house: House) -> None:
        self._engine = house.store.database.engine
        self._size = 0
        self._new_scheduler()

    def _new_scheduler(self) -> None:
        self._kept = SQLAlchemyJobStore(engine=self._engine, tablename="rival_jobs")
        self._scheduler = BackgroundScheduler(
            jobstores={"default": self._kept}, executors={"default": ThreadPoolExecutor(10)},
            job_defaults={"misfire_grace_time": None}, timezone="UTC",
        )  # fmt: skip
        self._scheduler.start(paused=True)

    def grow(self, size: int) -> None:
        """Up to `size` jobs: those that are not due are copies that nobody opens."""
        if not self._size:
            far = self._scheduler.add_job(_nothing, "interval", weeks=1, id="far", next_run_time=_in_weeks(50))
            assert far is not None
            self._size = 1
        with self._engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO rival_jobs (id, next_run_time, job_state) "
                    "WITH RECURSIVE n(i) AS (SELECT CAST(:first AS INTEGER) UNION ALL SELECT i + 1 FROM n "
                    "WHERE i < :last) SELECT 'far' || i, next_run_time, job_state FROM n, rival_jobs WHERE id = 'far'"
                ),
                {"first": self._size, "last": size - DUE - 1},
            )
            self._size = size - DUE
            connection.execute(text("ANALYZE"))

    def fire(self) -> float:
        """Milliseconds until a thousand that are due have been handed over and have their next time."""
        past = datetime.now(UTC) - timedelta(seconds=1)
        for number in range(DUE):
            self._scheduler.add_job(
                _nothing, "interval", weeks=1, id=f"due{number}", next_run_time=past, replace_existing=True
            )
        Jobs.fired = 0
        Jobs.done.clear()
        before = time.perf_counter()
        self._scheduler.resume()
        assert Jobs.done.wait(120), Jobs.fired
        while self._kept.get_due_jobs(datetime.now(UTC)):
            time.sleep(0.005)
        took = (time.perf_counter() - before) * 1e3
        self._scheduler.pause()
        return took

    def stop(self) -> None:
        self._scheduler.shutdown()


def _in_weeks(weeks: int) -> datetime:
    return datetime.now(UTC) + timedelta(weeks=weeks)


def _nothing() -> None:
    Jobs.fired += 1
    if Jobs.fired >= DUE:
        Jobs.done.set()


def _medians(house: House, *works: Callable[[], None]) -> list[float]:
    """The median of each in milliseconds, taking turns, so that a busy moment of the machine meets them all."""
    took: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, times in zip(works, took, strict=True):
            house.again()
            before = time.perf_counter()
            work()
            times.append(time.perf_counter() - before)
    return [statistics.median(times) * 1e3 for times in took]


def main() -> None:
    """Print milliseconds and ratios to the raw claim, for every size and engine."""
    sizes = (*SIZES, LARGE) if "--large" in sys.argv else SIZES
    print(f"planning, {DUE} due among N enrolments, median of {ROUNDS}; x = times the raw claim of the same run")
    for name, database, aim in (("SQLite FULL", sqlite, 2.0), ("PostgreSQL", postgres, 1.3)):
        with database() as url:
            _engine(name, url, sizes, aim)


def _engine(name: str, url: str, sizes: tuple[int, ...], aim: float) -> None:
    house, first = House(url), 0.0
    jobs = Jobs(house)
    for size in sizes:
        house.grow(size)
        jobs.grow(size)
        raw, claim, plan, whole = _medians(house, house.raw, house.claim, house.plan, house.whole)
        rival = jobs.fire()
        first = first or whole
        print(f"  {name}, N = {size:,}")
        print(f"    raw claim and advance (limit)   {raw:7.1f} ms")
        print(f"    ours, claim and advance         {claim:7.1f} ms  {claim / raw:6.1f} x  (aim {aim})")
        print(f"    ours, slots written down        {plan:7.1f} ms  {plan / raw:6.1f} x")
        print(f"    ours, the whole step            {whole:7.1f} ms  {whole / raw:6.1f} x  (aim 5)")
        print(f"    a job per family, no work       {rival:7.1f} ms  {rival / raw:6.1f} x")
        print(f"    the whole step is {rival / whole:.1f} times as fast as a job per family (aim 15 at 1,000,000),")
        print(f"    and takes {whole / first:.2f} of its time at N = {sizes[0]:,} (aim 1.3)")
        if size == sizes[0]:
            house.again()
            before = time.perf_counter()
            house.one_by_one()
            naive = (time.perf_counter() - before) * 1e3 * DUE / ONE_BY_ONE
            print(f"    a commit per row, by objects    {naive:7.1f} ms  {naive / raw:6.1f} x")
    jobs.stop()
    house.close()
