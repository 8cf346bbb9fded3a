"""carrier's list → inbound: texts that our door missed while it was down, filed as late as they are."""

from datetime import datetime, timedelta

from foster_bond.carriers.carrier import Carrier, CarrierUnreachable
from foster_bond.clock import Clock
from foster_bond.errors import NotYours
from foster_bond.steps.hearing._receiving import Post, receive
from foster_bond.store import agencies, inbound, pulses
from foster_bond.store.open_store import Store

LOOK_BACK = timedelta(hours=1)  # before the last look: the carrier's list may be a little behind itself
FIRST_LOOK = timedelta(days=1)
SETTLE = timedelta(minutes=1)  # a younger text may still be on its way to our door


async def recover_missed(store: Store, carrier: Carrier, clock: Clock) -> dict[str, int]:
    """How many texts the carrier lists that we looked at, and how many of them were new to us."""
    tally = {"listed": 0, "recovered": 0}
    now, whole = clock.now(), True
    for number, since in _lines(store, now):
        try:
            listed = await carrier.received_at(number, since)
        except CarrierUnreachable:
            whole = False
            continue
        for text in sorted(listed, key=lambda one: one.received_at):
            tally["listed"] += 1
            if text.received_at > now - SETTLE or _known(store, text.sid):
                continue
            post = Post(text.sid, text.sender, text.to, text.body, text.media_count)
            try:
                tally["recovered"] += not receive(store, post, now, came_at=text.received_at).copy
            except NotYours:  # the number was handed back between the list and now
                continue
    if whole:
        _keep(store, now)
    return tally


def _keep(store: Store, at: datetime) -> None:
    """Write down up to when every line has been looked through."""
    with store.write() as session:
        pulses.beat(session, pulses.LOOKED_THROUGH, at, {})


def _lines(store: Store, now: datetime) -> list[tuple[str, datetime]]:
    """Each of our numbers, and since when its list has to be read: an older text than the newest may lack."""
    with store.read() as session:
        before = pulses.of_job(session, pulses.LOOKED_THROUGH)
        since = min(before or now - FIRST_LOOK, now) - LOOK_BACK
        numbers = [agencies.number_of(session, store.vault, one, "sender") for one in agencies.every(session)]
        return [(number, since) for number in numbers if number is not None]


def _known(store: Store, sid: str) -> bool:
    with store.read() as session:
        return inbound.by_sid(session, sid) is not None
