"""Unplaced text → reflection: a person says whose it is, and it moves to that family, under that family's key."""

from datetime import datetime

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.filing import strip_reaction
from foster_bond.rules.phone_numbers import phone_number
from foster_bond.rules.states import Consent
from foster_bond.steps.enrolling import enrol_member
from foster_bond.steps.hearing import _filing
from foster_bond.steps.hearing._quarantine import quarantine
from foster_bond.steps.rhythms import zone_for
from foster_bond.steps.stopping import suppress_waiting
from foster_bond.store import agencies, alerts, audit, consents, families, hearing_facts, inbound, task_list
from foster_bond.store.alerts import Task
from foster_bond.store.families import Member
from foster_bond.store.inbound import InboundText
from foster_bond.store.open_store import Session, Store
from foster_bond.store.sealing import Place

NEW_NUMBER = "Their number has changed. Record their consent for the new one, or ask them for it by text."


def place_text(
    store: Store, viewer: Viewer, inbound_id: str, member_id: str, now: datetime, *, new_number: bool = False
) -> str:
    """The family that the text now belongs to. It keeps its time, and answers the prompt that was open then.

    `new_number`: the phone that wrote is this member's from now on; its consent has to be given anew.
    Raises: NotYours for a text or a member that the viewer may not see; InvalidInput where nobody was chosen, or no
    phone of a person's wrote; Conflict where somebody has placed it already.
    """
    with store.write() as session:
        text, task = _waiting(session, viewer, inbound_id)
        if not member_id:
            raise InvalidInput("Say whose text this is.")
        member = families.held_member(session, viewer, member_id)
        if member is None:
            raise NotYours("member")
        if new_number:
            _adopt(session, store, viewer, text, member, now)
        _reseal(session, store, text, member, viewer)
        _file(session, store, text, member, now)
        _move_alert(session, store, text, member)
        if not task_list.finish(session, task, now, by=viewer.staff_id, outcome="filed"):
            raise Conflict("Somebody has placed this text already.")
        task.family_id, task.member_id = member.family_id, member.id
        audit.write(
            session, viewer.agency_id, "place_text", now, staff_id=viewer.by, subject=("inbound", text.id),
            detail=f"member {member.id}",
        )  # fmt: skip
        return member.family_id


def set_aside(store: Store, viewer: Viewer, inbound_id: str, now: datetime) -> None:
    """Take a text off the list; it stays stored, and the audit says who did it. Raises: NotYours, Conflict."""
    with store.write() as session:
        text, task = _waiting(session, viewer, inbound_id)
        _leave_the_list(session, viewer, text, task, now, "set aside", "set_aside")


def wrong_number(store: Store, viewer: Viewer, inbound_id: str, now: datetime) -> None:
    """Somebody else has this number: nothing is sent to it any more, and who was to be reached is looked into.

    Raises: NotYours, Conflict.
    """
    with store.write() as session:
        text, task = _waiting(session, viewer, inbound_id)
        number = text.from_bidx
        hearing_facts.lock_number(session, viewer.agency_id, number)
        consents.change(
            session, store.vault, agency_id=viewer.agency_id, to_bidx=number, to=Consent.STOPPED, at=now, how="staff",
            evidence_id=text.id, staff_id=viewer.by,
        )  # fmt: skip
        suppress_waiting(session, viewer.agency_id, number, now)
        quarantine(session, viewer.agency_id, number, now, inbound_id=text.id)
        _leave_the_list(session, viewer, text, task, now, "wrong number", "wrong_number")


def _waiting(session: Session, viewer: Viewer, inbound_id: str) -> tuple[InboundText, Task]:
    found = task_list.waiting_text(session, viewer, inbound_id)
    if found is None:
        raise _gone(session, viewer, inbound_id)
    return found


def _leave_the_list(
    session: Session, viewer: Viewer, text: InboundText, task: Task, now: datetime, outcome: str, act: str
) -> None:
    if not task_list.finish(session, task, now, by=viewer.staff_id, outcome=outcome):
        raise Conflict("Somebody has seen to this text already.")
    audit.write(session, viewer.agency_id, act, now, staff_id=viewer.by, subject=("inbound", text.id))


def _gone(session: Session, viewer: Viewer, inbound_id: str) -> Exception:
    if task_list.was_waiting(session, viewer, inbound_id):
        return Conflict("Somebody has seen to this text already.")
    return NotYours("text")


def _reseal(session: Session, store: Store, text: InboundText, member: Member, viewer: Viewer) -> None:
    """From the agency's key to the family's: whoever erases the family erases this, too."""
    said, sender = inbound.said(session, store.vault, text), inbound.sender(session, store.vault, text)
    for column, words in (("body", said), ("from_sealed", sender)):
        place = Place("inbound_texts", column, text.id)
        sealed = store.vault.seal(session, words, place, agency_id=text.agency_id, family_id=member.family_id)
        setattr(text, column, sealed)
    text.family_id, text.member_id, text.filed_by, text.kind = member.family_id, member.id, viewer.by, "reply"


def _file(session: Session, store: Store, text: InboundText, member: Member, now: datetime) -> None:
    """Join what it would have joined when it came; a picture without words answers nothing."""
    own_words = strip_reaction(inbound.said(session, store.vault, text)).own_words
    if text.media_count and not own_words.strip():
        text.kind = "photo"
        return
    at, family = text.received_at, families.of_agency(session, text.agency_id, member.family_id)
    asked = hearing_facts.asked_prompts(session, text.agency_id, member.to_bidx, at)
    said = _filing.Said(session, member, asked, own_words, at, now, zone_for(member, family), text.hard_day)
    session.flush()
    text.reflection_id, _ = _filing.file_words(said)


def _adopt(session: Session, store: Store, viewer: Viewer, text: InboundText, member: Member, now: datetime) -> None:
    """The number that wrote is this member's new one. Consent went with the old one: they are asked anew."""
    number = inbound.sender(session, store.vault, text)
    if hearing_facts.everybody_with(session, viewer.agency_id, text.from_bidx):
        raise Conflict("Somebody has this number already: file the text with them.")
    agency = agencies.by_id(session, viewer.agency_id)
    phone_number(number, agency.country)  # a short code or a sender by name is nobody's phone
    if agencies.by_sender(session, store.vault, number) is not None:
        raise InvalidInput(f"{number} is the agency's own number to text from.")
    families.give_words(session, store.vault, member, "phone", number)
    member.number_bad_why, member.shared_phone = None, False
    session.flush()
    family = families.of_agency(session, viewer.agency_id, member.family_id)
    enrol_member(session, agency, member, family, now, replan=True)
    alerts.add_task(
        session, viewer.agency_id, "consent", NEW_NUMBER, now, once_key=f"new-number:{member.id}:{text.from_bidx}",
        family_id=member.family_id, member_id=member.id, inbound_id=text.id,
    )  # fmt: skip
    audit.write(session, viewer.agency_id, "new_number", now, staff_id=viewer.by, subject=("member", member.id))


def _move_alert(session: Session, store: Store, text: InboundText, member: Member) -> None:
    """The alert of this text goes with it, so that the family's own caseworker sees it."""
    alert = alerts.of_text(session, text.agency_id, text.id)
    if alert is None:
        return
    for column in ("spans", "outcome"):
        sealed = getattr(alert, column)
        if sealed:
            place = Place("alerts", column, alert.id)
            words = store.vault.open(session, sealed, place)
            setattr(
                alert,
                column,
                store.vault.seal(session, words, place, agency_id=alert.agency_id, family_id=member.family_id),
            )
    alert.family_id, alert.member_id = member.family_id, member.id
