"""Store → the demo's clock: when something happens next, and what has just arrived on the phones."""

from dataclasses import dataclass
from datetime import datetime

from foster_bond.steps.rhythms import PLAN_AHEAD
from foster_bond.store import coming, pulses, simulated_texts
from foster_bond.store.open_store import Store

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Arrived:
    """A text of ours on a simulated phone. `id` is where the next reading goes on."""

    id: str
    phone: str
    body: str
    at: datetime


def next_instant(store: Store, now: datetime) -> datetime | None:
    """When the first job has something to do; None where nothing is planned."""
    with store.read() as session:
        return coming.next_instant(session, now, PLAN_AHEAD)


def arrived_after(store: Store, last_id: str) -> list[Arrived]:
    """The texts that arrived on any simulated phone after this one, in order."""
    with store.read() as session:
        return [
            Arrived(
                row.id,
                simulated_texts.phone_of(session, store.vault, row),
                simulated_texts.words_of(session, store.vault, row),
                row.at,
            )
            for row in simulated_texts.arrived_after(session, last_id, AT_ONCE)
        ]


def last_beat(store: Store) -> datetime | None:
    """The instant of the newest pulse: where the clock stood when it was last running."""
    with store.read() as session:
        return pulses.latest(session)
