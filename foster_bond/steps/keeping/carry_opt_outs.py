"""A list of opt-outs → stopped numbers, all of them or none; and the agency's own list, handed out on the record."""

from dataclasses import dataclass
from datetime import UTC, datetime

from foster_bond.errors import NotAllowed
from foster_bond.rules.access import Viewer
from foster_bond.rules.opt_out_rows import OptOut, StoppedNumber, read_opt_outs, write_opt_outs
from foster_bond.rules.states import Consent
from foster_bond.steps.keeping._undoing import Undo
from foster_bond.steps.stopping import settle_hold, suppress_waiting
from foster_bond.store import agencies, audit, consents, families, inbound
from foster_bond.store.agencies import Agency
from foster_bond.store.consents import NumberConsent
from foster_bond.store.inbound import InboundText
from foster_bond.store.open_store import Session, Store
from foster_bond.store.sealing import SealBroken


@dataclass(slots=True)
class Carried:
    """What a list did, or would do."""

    stopped: int = 0
    before: int = 0  # had stopped already
    unknown: int = 0  # of the stopped, numbers of nobody here: they are kept stopped for the day somebody has them


def may_carry(viewer: Viewer) -> None:
    """Lists of numbers are for admins and programme leads. Raises: NotAllowed."""
    if not viewer.runs_schedules:
        raise NotAllowed("opt-outs")


def import_opt_outs(store: Store, viewer: Viewer, content: bytes, now: datetime, *, dry_run: bool = False) -> Carried:
    """Stop every number of the list, or of a bad list none. A list never opens a number.

    Raises: NotAllowed, InvalidInput with one sentence per bad row.
    """
    may_carry(viewer)
    done = Carried()
    with Undo.of(dry_run), store.write() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        for row in read_opt_outs(content, country=agency.country):
            _stop(session, store, agency, viewer, row, now, done)
        counts = f"{done.stopped} stopped, {done.before} had stopped before"
        audit.write(session, agency.id, "opt_outs_imported", now, staff_id=viewer.by, detail=counts)
        if dry_run:
            raise Undo
    return done


def _stop(
    session: Session, store: Store, agency: Agency, viewer: Viewer, row: OptOut, now: datetime, done: Carried
) -> None:
    to_bidx = store.vault.blind_index(agency.id, row.number)
    consents.lock(session, agency.id, to_bidx)
    members = families.members_with_number(session, agency.id, to_bidx)
    event = None
    if consents.state_of(session, agency.id, to_bidx) is not Consent.STOPPED:
        event = consents.change(
            session, store.vault, agency_id=agency.id, to_bidx=to_bidx, to=Consent.STOPPED, at=now, how="list",
            family_id=members[0].family_id if members else None, member_id=members[0].id if members else None,
            staff_id=viewer.by,
        )  # fmt: skip
    if event is None:
        done.before += 1
        return
    done.stopped += 1
    done.unknown += not members
    if not members:
        consents.keep_number(session, store.vault, agency.id, to_bidx, row.number)
    suppress_waiting(session, agency.id, to_bidx, now)
    settle_hold(session, agency.id, to_bidx, now, "stopped", by=viewer.by)


def export_opt_outs(store: Store, viewer: Viewer, now: datetime) -> str:
    """Every stopped number of the agency as CSV; that it was handed out is on the record. Raises: NotAllowed."""
    may_carry(viewer)
    with store.write() as session:
        rows = [_listed(session, store, one) for one in consents.stopped_of(session, viewer.agency_id)]
        detail = f"{len(rows)} numbers"
        audit.write(session, viewer.agency_id, "opt_outs_exported", now, staff_id=viewer.by, detail=detail)
    return write_opt_outs(rows)


def _listed(session: Session, store: Store, row: NumberConsent) -> StoppedNumber:
    event = consents.newest_event(session, row.agency_id, row.to_bidx)
    return StoppedNumber(
        number=_number(session, store, row, None if event is None else event.evidence_id),
        stopped_at=row.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        how="" if event is None else event.how,
        held_by_carrier=row.carrier_stopped,
    )


def _number(session: Session, store: Store, row: NumberConsent, evidence_id: str | None) -> str:
    """The number in the clear: from the list that named it, a member who has it, or the text that stopped it."""
    members = families.members_with_number(session, row.agency_id, row.to_bidx)
    text = None if evidence_id is None else session.get(InboundText, evidence_id)
    try:
        if row.number is not None:
            return consents.number_of(session, store.vault, row)
        if members:
            return families.member_phone(session, store.vault, members[0])
        ours = text is not None and text.agency_id == row.agency_id
        return inbound.sender(session, store.vault, text) if ours and text is not None else ""
    except SealBroken:  # erased with its family: the stop stays, the number is gone
        return ""
