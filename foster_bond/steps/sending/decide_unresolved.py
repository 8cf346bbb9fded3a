"""person → outbox: what a person does about a text of which nobody knows whether it arrived.

Ask the carrier again, send it again as a new text, or let it go. Each is for those who hold the family, and audited.
"""

import asyncio
from datetime import datetime, timedelta

from foster_bond.carriers.carrier import Carrier
from foster_bond.clock import Clock
from foster_bond.errors import Conflict, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.kinds import MANNERS, Kind
from foster_bond.rules.send_gate import Drop
from foster_bond.rules.states import Outbound
from foster_bond.steps.sending import _gate as gate
from foster_bond.steps.sending._looking import look_up_one
from foster_bond.store import agencies, alerts, audit, families, outbox, outbox_claims
from foster_bond.store.number_facts import facts_of
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import OutboxMessage

LIVES = timedelta(hours=24)  # "again" leaves in the next polite hour within a day, or not at all
SENT_AGAIN = "Nobody knows whether it arrived. A person had it sent again."
LET_GO = "Nobody knows whether it arrived. A person let it go."
NOT_OPEN = "This text is not in doubt any more."
ONCE_ONLY = {
    Kind.STAFF_ALERT: "A notice to staff is not sent again by hand: the alert itself keeps calling.",
    Kind.CONSENT_ASK: "Whether they want texts is asked once only. Ask them in another way.",
    Kind.AGAIN: "It has been sent again already. Reach them in another way.",
}


def ask_again(store: Store, carrier: Carrier, clock: Clock, viewer: Viewer, message_id: str) -> str:
    """What the carrier says now: "found" (it has it, the doubt is over), "absent" or "unreachable".

    Raises: NotYours, Conflict where it is no longer in doubt.
    """
    with store.write() as session:
        message = _in_doubt(session, viewer, message_id)
        to = outbox.number_of(session, store.vault, message)
        _note(session, viewer, message, "asked_carrier", clock.now())
    return asyncio.run(_asked(store, carrier, clock, message_id, to))


async def _asked(store: Store, carrier: Carrier, clock: Clock, message_id: str, to: str) -> str:
    try:
        return await look_up_one(store, carrier, clock, message_id, to)
    finally:
        await carrier.aclose()  # its connections belong to this event loop


def send_again(store: Store, viewer: Viewer, message_id: str, now: datetime) -> str:
    """The id of the new text, of kind `again`, linked to the first; it asks the gate like any other.

    Raises: NotYours; Conflict where it is no longer in doubt, or the gate would never let it go.
    """
    with store.write() as session:
        message = _in_doubt(session, viewer, message_id)
        if Kind(message.kind) in ONCE_ONLY:
            raise Conflict(ONCE_ONLY[Kind(message.kind)])
        _end(session, viewer, message, "sent_again", SENT_AGAIN, now)
        kind = Kind.AGAIN if MANNERS[Kind(message.kind)].consent else Kind(message.kind)
        new = outbox.compose(
            session, store.vault, agency_id=message.agency_id, kind=kind, family_id=message.family_id,
            member_id=message.member_id, to=outbox.number_of(session, store.vault, message), to_bidx=message.to_bidx,
            body=outbox.body_of(session, store.vault, message), now=now, due_at=now, not_after=now + LIVES,
            zone=message.zone, again_of=message.id, once_key=f"again:{message.id}", parts=message.parts,
            enrolment_id=message.enrolment_id, occurrence_id=message.occurrence_id, prompt_key=message.prompt_key,
            text_id=message.text_id, language=message.language, staff_id=message.staff_id,
            inbound_id=message.inbound_id,
        )  # fmt: skip
        if new is None:
            raise Conflict(ONCE_ONLY[Kind.AGAIN])
        _ask_gate(session, new, now)
        return new.id


def let_go(store: Store, viewer: Viewer, message_id: str, now: datetime) -> None:
    """End the doubt without sending anything. Raises: NotYours, Conflict where it is no longer in doubt."""
    with store.write() as session:
        _end(session, viewer, _in_doubt(session, viewer, message_id), "let_go", LET_GO, now)


def _in_doubt(session: Session, viewer: Viewer, message_id: str) -> OutboxMessage:
    """The text, locked. Raises: NotYours, Conflict."""
    message = outbox_claims.locked(session, message_id)
    if message is None or message.agency_id != viewer.agency_id:
        raise NotYours("message")
    if message.family_id is not None:
        families.held(session, viewer, message.family_id)
    elif not viewer.sees_all_families:
        raise NotYours("message")
    if message.state != Outbound.UNRESOLVED.value:
        raise Conflict(NOT_OPEN)
    return message


def _end(session: Session, viewer: Viewer, message: OutboxMessage, act: str, why: str, now: datetime) -> None:
    moved = outbox.move(session, message.id, message.agency_id, Outbound.UNRESOLVED, Outbound.CANCELLED, now, why=why)
    assert moved  # the row is locked
    alerts.close_tasks_about(session, message.id, now, why, by=viewer.by)
    _note(session, viewer, message, act, now)


def _note(session: Session, viewer: Viewer, message: OutboxMessage, act: str, now: datetime) -> None:
    audit.write(session, message.agency_id, act, now, staff_id=viewer.by, subject=("message", message.id))


def _ask_gate(session: Session, message: outbox.Composed, now: datetime) -> None:
    """Say at once what would only be dropped later. Raises: Conflict, so that nothing of it is kept."""
    number = (message.agency_id, message.to_bidx)
    facts = facts_of(session, [number], now, leaving=True)[number]
    agency = agencies.by_id(session, message.agency_id)
    due = outbox_claims.as_due(session, message.id)
    verdict = gate.ask(agency, due, facts, False, now, gate.around(session, [due], now))
    if isinstance(verdict, Drop):
        raise Conflict(verdict.why)
