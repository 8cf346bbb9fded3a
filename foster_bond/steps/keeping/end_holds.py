"""The clock → stop: an unclear wish that nobody has decided within one working day counts as a stop."""

from datetime import datetime

from foster_bond.rules.states import Consent
from foster_bond.steps.office_days import decide_by
from foster_bond.steps.stopping import settle_hold, suppress_waiting
from foster_bond.store import agencies, consents
from foster_bond.store.open_store import Store


def end_holds(store: Store, now: datetime) -> dict[str, int]:
    """How many numbers were stopped because their working day had passed."""
    with store.read() as session:
        every = {agency.id: agency for agency in agencies.every(session)}
        due = [
            (row.agency_id, row.to_bidx)
            for row in consents.on_hold(session)
            if decide_by(every[row.agency_id], row.since) <= now
        ]
    return {"stopped": sum(_stop(store, agency_id, to_bidx, now) for agency_id, to_bidx in due)}


def _stop(store: Store, agency_id: str, to_bidx: str, now: datetime) -> bool:
    with store.write() as session:
        consents.lock(session, agency_id, to_bidx)  # a person may be deciding in this moment
        unclear = consents.newest_event(session, agency_id, to_bidx)
        if unclear is None or unclear.to_state != Consent.HOLD.value:
            return False
        consents.change(
            session, store.vault, agency_id=agency_id, to_bidx=to_bidx, to=Consent.STOPPED, at=now, how="silence",
            evidence_id=unclear.evidence_id, family_id=unclear.family_id, member_id=unclear.member_id,
        )  # fmt: skip
        suppress_waiting(session, agency_id, to_bidx, now)
        settle_hold(session, agency_id, to_bidx, now, "stopped after one working day")
        return True
