"""What the sending steps share: ask the carrier about one number, and about one text that a person has to decide."""

from collections.abc import Sequence

from foster_bond.carriers.carrier import Carrier, CarrierText, CarrierUnreachable
from foster_bond.clock import Clock
from foster_bond.rules.states import Outbound
from foster_bond.steps.sending import _matching as matching
from foster_bond.steps.sending import _settling as settling
from foster_bond.store import outbox_claims
from foster_bond.store.open_store import Store


async def look_up_one(store: Store, carrier: Carrier, clock: Clock, message_id: str, to: str) -> str:
    """What the carrier says about one unresolved text: "found", "absent" or "unreachable"."""
    known = await ask(carrier, to)
    if known is None:
        return "unreachable"
    with store.write() as session:
        message = outbox_claims.locked(session, message_id)
        if message is None or message.state != Outbound.UNRESOLVED.value:
            return "found"
        found = matching.match(session, store, message, known)
        if found is None:
            return "absent"
        settling.accept(session, message, found.sid, found.status, clock.now())
        return "found"


async def ask(carrier: Carrier, to: str) -> Sequence[CarrierText] | None:
    """What the carrier lists for a number; None where it gave no answer."""
    try:
        return await carrier.sent_to(to)
    except CarrierUnreachable:
        return None
