"""Phones page → carrier's door (demo only): what somebody types on a simulated phone comes in as a signed webhook."""

from datetime import datetime

from foster_bond.carriers.carrier import CarrierUnreachable
from foster_bond.carriers.simulated_network import SimulatedNetwork
from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.steps.simulated_phones import phones_held
from foster_bond.store import agencies
from foster_bond.store.open_store import Store

LONGEST = 1600  # signs; what a carrier joins into one text


def answer_as(
    store: Store, network: SimulatedNetwork, *, viewer: Viewer, phone_id: str, body: str, now: datetime
) -> None:
    """Text the agency from one of the viewer's simulated phones; it is stored when this returns.

    Raises: NotYours, InvalidInput, Conflict where our own door did not take it.
    """
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        phone = next((one for one in phones_held(session, store.vault, viewer) if one.id == phone_id), None)
        ours = agencies.number_of(session, store.vault, agency, "sender")
    if phone is None or ours is None:
        raise NotYours("phone")
    if not body.strip():
        raise InvalidInput("Type something first.")
    if len(body) > LONGEST:
        raise InvalidInput(f"An answer holds at most {LONGEST:,} characters; this has {len(body):,}.")
    try:
        network.reply(phone.number, ours, body, now)
    except CarrierUnreachable:
        raise Conflict("Our own webhook did not take the text; it will be fetched from the carrier's list.") from None
