"""carrier's list → inbound: texts that our door missed while it was down, filed as late as they are."""

from datetime import datetime, timedelta

from foster_bond.carriers.carrier import Carrier, CarrierUnreachable
from foster_bond.clock import Clock
from foster_bond.errors import NotYours
from foster_bond.steps.hearing._receiving import Post, receive
from foster_bond.store import agencies, inbound
from foster_bond.store.open_store import Store

LOOK_BACK = timedelta(hours=1)  # past the newest text we have: the carrier's list and our door may disagree on order
FIRST_LOOK = timedelta(days=1)
SETTLE = timedelta(minutes=1)  # a younger text may still be on its way to our door


async def recover_missed(store: Store, carrier: Carrier, clock: Clock) -> dict[str, int]:
    """How many texts the carrier lists that we looked at, and how many of them were new to us."""
    tally = {"listed": 0, "recovered": 0}
    now = clock.now()
    for number, since in _lines(store, clock):
        try:
            listed = await carrier.received_at(number, since)
        except CarrierUnreachable:
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
    return tally


def _lines(store: Store, clock: Clock) -> list[tuple[str, datetime]]:
    with store.read() as session:
        lines = []
        for agency in agencies.every(session):
            number = agencies.number_of(session, store.vault, agency, "sender")
            last = inbound.newest(session, agency.id)
            if number is not None:
                lines.append((number, (last or clock.now() - FIRST_LOOK) - LOOK_BACK))
        return lines


def _known(store: Store, sid: str) -> bool:
    with store.read() as session:
        return inbound.by_sid(session, sid) is not None
