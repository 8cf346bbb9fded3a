"""Timeline: the first page of a family with a long past beside one with a short past, and beside a plain template.

Figures to reach (stack.md section 12): the long family's page ≤ 1.5 × the short one's; the step, unsealing included,
≤ 2 × rows and a plain template of the same moments; as many queries for the one as for the other, and no `count(*)`.
"""

import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from jinja2 import Environment
from sqlalchemy import event, insert, select
from sqlmodel import col

from benchmarks.hand_over import postgres, sqlite
from foster_bond.app import create_app
from foster_bond.runtime import build, open_store
from foster_bond.steps.reading.read_timeline import read_family
from foster_bond.store import families
from foster_bond.store.ids import new_id
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.open_store import Session, Store
from foster_bond.store.sealing import Place
from tests.cast import GRACE, MONDAY, ZONE, Browser, House, gather, settings_for

SHORT, LONG, LARGE, PAGE, ROUNDS, CHUNK = 100, 10_000, 100_000, 50, 15, 5_000
EVERY = timedelta(hours=7)  # three or four moments a day, over years
BODY = "She laughed at dinner today and then we talked about the phone for a while."
PLAIN = Environment(autoescape=True).from_string(
    "<ol>{% for row in rows %}<li id='{{ row[0] }}'><time>{{ row[1] }}</time> <p>{{ words }}</p></li>{% endfor %}</ol>"
)


def grow(store: Store, house: House, name: str, count: int) -> str:
    """A family of Mina's with so many reflections of one text each; its id."""
    agency_id, vault = house.agency_id, store.vault
    with store.write() as session:
        family = families.new_family(
            session, vault, agency_id=agency_id, ref=name, name=name, zone=ZONE,
            caseworker_id=house.people["Mina"].staff_id, at=MONDAY - timedelta(days=40_000),
        )  # fmt: skip
        member = families.Member(
            id=new_id(), agency_id=agency_id, family_id=family.id, ref=name, name=b"", role="foster_parent", phone=b"",
            to_bidx="", created_at=MONDAY - timedelta(days=40_000), tags=[],
        )  # fmt: skip
        families.give_words(session, vault, member, "name", "Ana")
        families.give_words(session, vault, member, "phone", GRACE)
        session.add(member)
    for first in range(0, count, CHUNK):
        with store.write() as session:
            _reflect(session, store, member, range(first, min(first + CHUNK, count)))
    return str(family.id)


def _reflect(session: Session, store: Store, member: families.Member, numbers: range) -> None:
    owned = {"agency_id": member.agency_id, "family_id": member.family_id, "member_id": member.id}
    reflections: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    for number in numbers:
        at = MONDAY - EVERY * (number + 1)
        reflection_id, text_id = new_id(), new_id()
        reflections.append(owned | {"id": reflection_id, "first_at": at, "last_at": at})
        sealed = {
            column: store.vault.seal(
                session, words, Place("inbound_texts", column, text_id),
                agency_id=member.agency_id, family_id=member.family_id,
            )
            for column, words in (("body", BODY), ("from_sealed", GRACE))
        }  # fmt: skip
        texts.append(
            owned | sealed
            | {"id": text_id, "reflection_id": reflection_id, "carrier_sid": f"SM{text_id}", "kind": "reply",
               "from_bidx": member.to_bidx, "received_at": at}
        )  # fmt: skip
    session.execute(insert(Reflection.__table__), reflections)  # type: ignore[attr-defined]
    session.execute(insert(InboundText.__table__), texts)  # type: ignore[attr-defined]


def _ms(*works: Callable[[], object]) -> list[float]:
    """The median of each, taking turns, so that a busy moment of the machine meets them all."""
    took: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, times in zip(works, took, strict=True):
            before = time.perf_counter()
            work()
            times.append(time.perf_counter() - before)
    return [statistics.median(times) * 1e3 for times in took]


def _queries(store: Store, work: Callable[[], object]) -> list[str]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(store.database.engine, "before_cursor_execute", note)
    work()
    event.remove(store.database.engine, "before_cursor_execute", note)
    return [one for one in seen if one.lstrip().upper().startswith("SELECT")]


def _plain(store: Store, family_id: str) -> str:
    """The rival: rows and the plainest template; nothing is unsealed, no rule is asked."""
    with store.read() as session:
        rows = session.connection().execute(
            select(col(Reflection.id), col(Reflection.first_at), col(InboundText.body))
            .join(InboundText, col(InboundText.reflection_id) == col(Reflection.id))
            .where(col(Reflection.family_id) == family_id)
            .order_by(col(Reflection.first_at).desc(), col(Reflection.id).desc())
            .limit(PAGE)
        )
        return PLAIN.render(rows=rows.all(), words=BODY)


def main() -> None:
    """Print milliseconds and ratios for both engines."""
    long = LARGE if "--large" in sys.argv else LONG
    print(f"timeline, first page of a family with {long:,} moments beside one with {SHORT}, median of {ROUNDS}")
    for name, database in (("SQLite", sqlite), ("PostgreSQL", postgres)):
        with database() as url:
            _one(name, url, long)


def _one(name: str, url: str, long: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    settings = settings_for(Path(tempfile.gettempdir()), url)
    store = open_store(settings)
    house = gather(store).harbor
    mina = house.people["Mina"]
    old, young = grow(store, house, "Long", long), grow(store, house, "Short", SHORT)
    runtime = build(settings)
    browser = Browser(create_app(runtime))
    browser.sign_in(mina)
    long_step, short_step, long_page, short_page, plain = _ms(
        lambda: read_family(store, mina.viewer, old, MONDAY),
        lambda: read_family(store, mina.viewer, young, MONDAY),
        lambda: browser.get(f"/families/{old}"),
        lambda: browser.get(f"/families/{young}"),
        lambda: _plain(store, old),
    )
    asked = {one: _queries(store, lambda one=one: read_family(store, mina.viewer, one, MONDAY)) for one in (old, young)}
    counts = sum("count(*)" in one.lower() for one in asked[old])
    print(f"  {name:12} the step {long_step:5.1f} ms, {long_step / short_step:.2f} of the short family's (aim 1.5)")
    print(f"  {'':12} the whole page {long_page:5.1f} ms, {long_page / short_page:.2f} of the short family's (aim 1.5)")
    print(f"  {'':12} rows and a plain template {plain:.1f} ms: the step is {long_step / plain:.1f} of it (aim 2)")
    print(f"  {'':12} queries {len(asked[old])} and {len(asked[young])}, {counts} of them count(*)")
    runtime.close()
    store.close()
