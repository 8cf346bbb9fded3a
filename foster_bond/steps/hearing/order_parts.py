"""carrier's list → reflection: the parts of an answer that has settled stand as they were sent, looked up once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from foster_bond.carriers.carrier import Carrier, CarrierInbound, CarrierUnreachable
from foster_bond.clock import Clock
from foster_bond.steps.hearing._moving import Mover
from foster_bond.store import agencies, families, inbound
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.open_store import Session, Store

SETTLED = timedelta(minutes=20)  # parts follow each other within 15: nothing joins it any more
TRIED_FOR = timedelta(days=2)  # an older answer stays as it came; the carrier's list was away all that time
MARGIN = timedelta(minutes=2)  # our clock and the carrier's may differ
BATCH = 50


async def order_parts(store: Store, carrier: Carrier, clock: Clock) -> dict[str, int]:
    """How many answers of several parts were compared with the carrier's list, and how many changed their order."""
    tally = {"looked_at": 0, "reordered": 0}
    now = clock.now()
    for agency_id, ids, number, since in _settled(store, now):
        try:
            listed = {one.sid: one for one in await carrier.received_at(number, since)}
        except CarrierUnreachable:
            continue
        with store.write() as session:
            for reflection in inbound.unordered_of(session, agency_id, ids):
                tally["looked_at"] += 1
                tally["reordered"] += _order(session, store, reflection, listed, now)
    return tally


def _settled(store: Store, now: datetime) -> list[tuple[str, list[str], str, datetime]]:
    """By agency: the answers to look at, the line they came to, and since when its list has to be read."""
    with store.read() as session:
        found = defaultdict(list)
        for one in inbound.unordered(session, now - TRIED_FOR, now - SETTLED, BATCH):
            found[one.agency_id].append(one)
        lines = []
        for agency_id, some in found.items():
            number = agencies.number_of(session, store.vault, agencies.by_id(session, agency_id), "sender")
            if number is not None:
                lines.append((agency_id, [one.id for one in some], number, min(one.first_at for one in some) - MARGIN))
        return lines


def _order(
    session: Session, store: Store, reflection: Reflection, listed: Mapping[str, CarrierInbound], now: datetime
) -> bool:
    """True where the parts stood in another order than the carrier's."""
    reflection.ordered_at = now
    parts = inbound.parts_of(session, reflection.agency_id, [reflection.id])
    if any(part.carrier_sid not in listed for part in parts):
        return False
    wanted = sorted(parts, key=lambda part: listed[part.carrier_sid].received_at)  # a tie keeps the order of arrival
    if wanted == parts:
        return False
    _write(wanted, listed)
    session.flush()
    family = families.of_agency(session, reflection.agency_id, reflection.family_id)
    Mover(session, store.vault, family, now).rate(reflection)
    return True


def _write(parts: Sequence[InboundText], listed: Mapping[str, CarrierInbound]) -> None:
    """The carrier's own times are whole seconds: what it lists in one second is kept apart by a millionth each."""
    for place, part in enumerate(parts):
        part.carrier_at = listed[part.carrier_sid].received_at + timedelta(microseconds=place)
