"""Unclear wish → stop or go on: a person has read the words and decides what they meant."""

from datetime import datetime

from foster_bond.errors import Conflict
from foster_bond.rules.access import Viewer
from foster_bond.rules.states import Consent
from foster_bond.steps.keeping._ledger_desk import person_of
from foster_bond.steps.stopping import settle_hold, suppress_waiting
from foster_bond.store import audit, consents
from foster_bond.store.open_store import Store


def decide_hold(store: Store, viewer: Viewer, member_id: str, now: datetime, *, stop: bool) -> None:
    """Stop the number or let its texts go on, once; the text that was unclear stays the evidence.

    Raises: NotYours; Conflict where somebody, the person or one working day has decided already.
    """
    with store.write() as session:
        person = person_of(session, viewer, member_id)
        if person.stands is None or person.stands.state != Consent.HOLD.value:
            raise Conflict("This has been decided already.")
        agency_id, to_bidx = viewer.agency_id, person.member.to_bidx
        unclear = consents.newest_event(session, agency_id, to_bidx)
        consents.change(
            session, store.vault, agency_id=agency_id, to_bidx=to_bidx, at=now, how="staff",
            to=Consent.STOPPED if stop else Consent.ACTIVE,
            evidence_id=None if unclear is None else unclear.evidence_id,
            family_id=person.family.id, member_id=person.member.id, staff_id=viewer.by,
        )  # fmt: skip
        if stop:
            suppress_waiting(session, agency_id, to_bidx, now)
        outcome = "stopped" if stop else "texts go on"
        settle_hold(session, agency_id, to_bidx, now, outcome, by=viewer.by)
        audit.write(
            session, agency_id, "hold_decided", now, staff_id=viewer.by, subject=("member", member_id), detail=outcome
        )
