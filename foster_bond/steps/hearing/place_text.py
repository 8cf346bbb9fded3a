"""Unplaced text → reflection: a person says whose it is, and it moves to that family, under that family's key."""

from datetime import datetime

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.ladder_state import after_answer, from_json, to_json
from foster_bond.steps.hearing._heard import is_open
from foster_bond.store import alerts, audit, families, hearing_facts, inbound, task_list
from foster_bond.store.families import Member
from foster_bond.store.hearing_facts import AskedPrompt
from foster_bond.store.ids import new_id
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.open_store import Session, Store
from foster_bond.store.sealing import Place


def place_text(store: Store, viewer: Viewer, inbound_id: str, member_id: str, now: datetime) -> str:
    """The family that the text now belongs to. It keeps its time, and answers the prompt that was open then.

    Raises: NotYours for a text or a member that the viewer may not see; InvalidInput where nobody was chosen;
    Conflict where somebody has placed it already.
    """
    with store.write() as session:
        found = task_list.waiting_text(session, viewer, inbound_id)
        if found is None:
            raise _gone(session, viewer, inbound_id)
        if not member_id:
            raise InvalidInput("Say whose text this is.")
        text, task = found
        member = families.held_member(session, viewer, member_id)
        if member is None:
            raise NotYours("member")
        _reseal(session, store, text, member, viewer)
        _file(session, text, member)
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
        found = task_list.waiting_text(session, viewer, inbound_id)
        if found is None:
            raise _gone(session, viewer, inbound_id)
        text, task = found
        if not task_list.finish(session, task, now, by=viewer.staff_id, outcome="set aside"):
            raise Conflict("Somebody has seen to this text already.")
        audit.write(session, viewer.agency_id, "set_aside", now, staff_id=viewer.by, subject=("inbound", text.id))


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


def _file(session: Session, text: InboundText, member: Member) -> None:
    """Join the question that was open when it came, or begin a reflection of its own."""
    at = text.received_at
    asked = hearing_facts.asked_prompts(session, text.agency_id, member.to_bidx, at)
    mine = next((one for one in asked if one.member_id == member.id and is_open(one, at)), None)
    known = None
    if mine is not None and mine.reflection_id is not None:
        known = hearing_facts.reflection(session, text.agency_id, mine.reflection_id)
    if known is not None:
        known.parts += 1
        known.first_at, known.last_at = min(known.first_at, at), max(known.last_at, at)
        text.reflection_id = known.id
        return
    text.reflection_id = _begin(session, text, member, mine)


def _begin(session: Session, text: InboundText, member: Member, asked: AskedPrompt | None) -> str:
    at = text.received_at
    reflection = Reflection(
        id=new_id(), agency_id=text.agency_id, family_id=member.family_id, member_id=member.id,
        occurrence_id=None if asked is None else asked.occurrence_id,
        prompt_key=None if asked is None else asked.prompt_key, first_at=at, last_at=at,
    )  # fmt: skip
    session.add(reflection)
    session.flush()
    if asked is not None:
        member.past = to_json(after_answer(from_json(member.past), asked.prompt_key, at))
    return reflection.id


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
