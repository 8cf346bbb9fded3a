"""outbox: what nobody settles by itself: claims whose lease has run out, and texts whose time to leave is over."""

from datetime import timedelta

from foster_bond.clock import Clock
from foster_bond.rules.states import Outbound
from foster_bond.store import outbox, outbox_claims
from foster_bond.store.open_store import Store

BATCH = 200
DIED = "The sending process stopped before it could say what happened."
TOO_LATE = "Its time to leave has passed."


def settle_outbox(store: Store, clock: Clock, grace: timedelta) -> dict[str, int]:
    """How many claims had outlived their lease and became unknown, and how many texts expired unsent.

    Texts expire here even while sending rests, so that nothing stays open past its window.
    """
    return {"let_go": _let_go(store, clock, grace), "expired": _expire(store, clock)}


def _let_go(store: Store, clock: Clock, grace: timedelta) -> int:
    with store.write() as session:
        now, real = clock.now(), clock.real()
        gone = outbox_claims.lapsed(session, real, BATCH)
        for message in gone:
            outbox.move(
                session, message.id, message.agency_id, Outbound.SENDING, Outbound.UNKNOWN, now, why=DIED, token=None,
                lease_until=None, look_up_at=(message.claimed_real or real) + grace,
            )  # fmt: skip
        return len(gone)


def _expire(store: Store, clock: Clock) -> int:
    expired = 0
    while True:
        with store.write() as session:
            now = clock.now()
            found = outbox_claims.past_window(session, now, BATCH)
            if not found:
                return expired
            outbox.move_all(session, found, Outbound.SCHEDULED, Outbound.EXPIRED, now, why=TOO_LATE)
            expired += len(found)
