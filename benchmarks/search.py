"""Search: words in a long past, and in all families of a caseworker: everything is sealed, nothing is indexed.

Figure to reach (issue 8): p95 under 300 ms over 10,000 moments, for words that stand nowhere (so that all is opened)
and for words that stand in every text; the same rows read and not opened are the limit.
"""

import logging
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from benchmarks.hand_over import postgres, sqlite
from benchmarks.timeline import grow
from foster_bond.runtime import open_store
from foster_bond.steps.reading.read_search import read_search
from foster_bond.store import word_scan
from foster_bond.store.open_store import Store
from tests.cast import MONDAY, gather, settings_for

LONG, HOMES, EACH, ROUNDS = 10_000, 40, 250, 40
NOWHERE, EVERYWHERE = "zebra", "phone"


def main() -> None:
    """Print milliseconds for both engines."""
    print(
        f"search over {LONG:,} moments of one family, and over {HOMES} families of {EACH}; median and p95 of {ROUNDS}"
    )
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    for name, database in (("SQLite", sqlite), ("PostgreSQL", postgres)):
        with database() as url:
            _one(name, url)


def _one(name: str, url: str) -> None:
    store = open_store(settings_for(Path(tempfile.gettempdir()), url))
    house = gather(store).harbor
    mina = house.people["Mina"].viewer
    long = grow(store, house, "Long", LONG)

    def searched(words: str, family_id: str = "") -> Callable[[], object]:
        return lambda: read_search(store, mina, words, MONDAY, family_id=family_id)

    _say(name, "one family, words that stand nowhere", searched(NOWHERE, long))
    _say(name, "one family, words in every text", searched(EVERYWHERE, long))
    _say(name, "its rows read and not opened", lambda: _read(store, mina.agency_id, long))
    for number in range(HOMES):
        grow(store, house, f"Home {number}", EACH)
    _say(name, f"{HOMES + 2} families, words that stand nowhere", searched(NOWHERE))
    store.close()


def _read(store: Store, agency_id: str, family_id: str) -> object:
    with store.read() as session:
        return word_scan._rows(session, agency_id, [family_id], None)


def _say(name: str, what: str, work: Callable[[], object]) -> None:
    took, busy = [], []
    for _ in range(ROUNDS):
        before, used = time.perf_counter(), time.process_time()
        work()
        took.append((time.perf_counter() - before) * 1e3)
        busy.append((time.process_time() - used) * 1e3)
    p95, cpu = statistics.quantiles(took, n=20)[18], statistics.median(busy)
    print(f"  {name:12} {what:42} {statistics.median(took):6.1f} ms, p95 {p95:6.1f} ms; of our own {cpu:6.1f} ms")


if __name__ == "__main__":
    main()
