"""occurrence → outbox: at most ten minutes before its time, choose the prompt, ask the gate and write the text down."""

from datetime import datetime

from foster_bond.steps.asking._deciding import Act, decide
from foster_bond.steps.asking._writing import Pen, carry_out, gather, number_of, with_one_more
from foster_bond.store import due_slots
from foster_bond.store.family_calendars import with_calendars
from foster_bond.store.open_store import Store

BATCH = 500


def fill_outbox(store: Store, now: datetime) -> dict[str, int]:
    """How many texts were written, and how many slots were held, left out or had their window pass."""
    tally = {"written": 0, "held": 0, "dropped": 0, "expired": 0}
    while _fill_batch(store, now, tally) == BATCH:
        pass
    return tally


def _fill_batch(store: Store, now: datetime, tally: dict[str, int]) -> int:
    with store.write() as session:
        due = due_slots.to_look_at(session, now, BATCH)
        slots = with_calendars(session, due.slots, now)
        facts, desk = gather(session, store, slots, now)
        pen = Pen(session, store.vault, now)
        for slot in slots:
            number = number_of(slot)
            decision = decide(slot, facts[number], desk, now)
            tally[carry_out(pen, slot, decision, desk)] += 1
            if decision.act is Act.WRITE:  # the next slot of this number in the same batch must see this one
                facts[number] = with_one_more(facts[number], slot, decision)
        due.keep(session)
        pen.lay_down()
        return len(slots)
