"""Planning: 1,000 due among N enrolments, beside a raw claim and beside objects that commit one by one.

Figures to reach (stack.md section 12): the whole plan step ≤ 5 × raw, and its time at the largest N ≤ 1.3 × its time at
10,000. Every enrolment belongs to one of 1,000 people; N grows by schedules.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, insert, text, update
from sqlmodel import col

from benchmarks.hand_over import postgres, sqlite
from foster_bond.rules.states import Consent
from foster_bond.runtime import open_store
from foster_bond.steps.asking.fill_outbox import fill_outbox
from foster_bond.steps.asking.plan_occurrences import plan_occurrences
from foster_bond.store import consents, families
from foster_bond.store.enrolments import Enrolment
from foster_bond.store.ids import new_id
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.open_store import Session
from foster_bond.store.prompts import Schedule
from tests.cast import MONDAY, ZONE, Cast, gather, settings_for

DUE, SIZES, LARGE = 1_000, (10_000, 100_000), 1_000_000
SLOT = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)  # Tuesday, 19:00 in Denver
NEXT = "2026-11-11 02:00:00.000000"
FAR = SLOT + timedelta(days=60)
ROUNDS, ONE_BY_ONE = 5, 100


class House:
    """Harbor with 1,000 people, who take part in ever more schedules; in one of them a slot is due."""

    def __init__(self, url: str) -> None:
        self.store = open_store(settings_for(Path(tempfile.gettempdir()), url))
        self._cast: Cast = gather(self.store)
        with self.store.write() as session:
            self._people = [self._person(session, index) for index in range(DUE)]
        self._schedules = [self._cast.harbor.ids["schedule_id"]]
        self._enrol(self._schedules[0], SLOT)

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

    def grow(self, size: int) -> None:
        """Up to `size` enrolments."""
        while len(self._schedules) * DUE < size:
            with self.store.write() as session:
                found = session.get(Schedule, self._schedules[0])
                assert found is not None
                more = found.model_dump() | {"id": new_id(), "key": f"more-{len(self._schedules)}"}
                session.execute(insert(Schedule.__table__), [more])  # type: ignore[attr-defined]
            self._schedules.append(more["id"])
            self._enrol(more["id"], FAR)
        with self.store.write() as session:
            session.execute(text("ANALYZE"))

    def again(self) -> None:
        """The slot is due once more, and nothing has been planned."""
        with self.store.write() as session:
            session.execute(delete(Occurrence).where(col(Occurrence.due_at) >= SLOT))
            session.execute(
                update(Enrolment)
                .where(col(Enrolment.schedule_id) == self._schedules[0], col(Enrolment.next_due_at).is_not(None))
                .values(next_due_at=SLOT, planned_until=None)
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

    def plan(self) -> None:
        """Ours: read every calendar, write the slots down, advance."""
        tally = plan_occurrences(self.store, MONDAY)
        assert tally["planned"] == DUE, tally

    def fill(self) -> None:
        """Ours: choose, ask the gate, compose, seal, write the texts down."""
        tally = fill_outbox(self.store, SLOT - timedelta(minutes=5))
        assert tally["written"] == DUE, tally


def _median(house: House, work: Callable[[], None], rounds: int = ROUNDS) -> float:
    took = []
    for _ in range(rounds):
        house.again()
        before = time.perf_counter()
        work()
        took.append(time.perf_counter() - before)
    return statistics.median(took) * 1e3


def main() -> None:
    """Print milliseconds and ratios to the raw claim, for every size and engine."""
    sizes = (*SIZES, LARGE) if "--large" in sys.argv else SIZES
    print(f"planning, {DUE} due among N enrolments, median of {ROUNDS}; ratio to a raw claim of the same run")
    for name, database in (("SQLite FULL", sqlite), ("PostgreSQL", postgres)):
        with database() as url:
            house, first = House(url), 0.0
            for size in sizes:
                house.grow(size)
                raw, plan = _median(house, house.raw), _median(house, house.plan)
                naive = _median(house, house.one_by_one, 1) * DUE / ONE_BY_ONE
                first = first or plan
                told = (
                    f"plan step {plan:5.0f} ms = {plan / raw:.1f} (aim 5), {plan / first:.2f} of the first N (aim 1.3)"
                )
                print(f"  {name:12} N = {size:9,}  raw claim {raw:4.0f} ms  {told}  commit a row {naive / raw:.0f}")
            house.again()
            house.plan()
            before = time.perf_counter()
            house.fill()
            took = (time.perf_counter() - before) * 1e3
            print(f"  {name:12} the same {DUE} chosen, asked at the gate, sealed and written: {took:.0f} ms")
            house.store.close()
