"""reflection → reflection: a person moves a reply to the prompt it belongs to, and can take that back; both stay."""

from collections.abc import Sequence
from datetime import datetime

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.steps.hearing._moving import Mover
from foster_bond.store import audit, corrections, families, hearing_facts, inbound, refiling_facts
from foster_bond.store.corrections import Correction
from foster_bond.store.hearing_facts import AskedPrompt
from foster_bond.store.ids import new_id
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.open_store import Session, Store

OWN = "own"  # the place of a reply that answers no prompt
ALREADY = "It stands there already."
GONE = "Somebody has moved this reply already."


def refile_reply(
    store: Store, viewer: Viewer, family_id: str, reflection_id: str, now: datetime, *, to: str, part: str = ""
) -> str:
    """The id of the move, for whoever takes it back.

    `to`: the slot of the prompt that it answers, or `OWN`; `part`: only this text of it. Late mark, rating, ladder and
    what is new follow; the thank-you that went out stays with its text.
    Raises: NotYours, InvalidInput where nothing was chosen or it stands there already.
    """
    with store.write() as session:
        source, mover = _source(session, store, viewer, family_id, reflection_id, now)
        texts = _chosen(inbound.parts_of(session, viewer.agency_id, [source.id]), part)
        asked = _wanted(session, source, texts, to)
        if (None if asked is None else asked.occurrence_id) == source.occurrence_id and len(texts) == source.parts:
            raise InvalidInput(ALREADY)
        correction = _note(viewer, source, texts, now)
        target = mover.move(source, texts, asked)
        _keep(session, viewer, correction, target, "reply_moved")
        return correction.id


def undo_refile(store: Store, viewer: Viewer, family_id: str, correction_id: str, now: datetime) -> None:
    """Put a moved reply back where it stood. Raises: NotYours, Conflict where it has been moved again."""
    with store.write() as session:
        families.held(session, viewer, family_id)
        first = corrections.one(session, viewer.agency_id, correction_id)
        if first is None or first.family_id != family_id or first.undoes is not None:
            raise NotYours("move")
        if corrections.undone(session, viewer.agency_id, first.id):
            raise Conflict(GONE)
        texts = refiling_facts.texts(session, viewer.agency_id, first.text_ids)
        if {text.reflection_id for text in texts} != {first.to_reflection_id}:
            raise Conflict(GONE)
        source, mover = _source(session, store, viewer, family_id, first.to_reflection_id, now)
        if source.occurrence_id != first.to_occurrence_id:
            raise Conflict(GONE)
        asked = None
        if first.from_occurrence_id is not None:
            asked = refiling_facts.asked_slot(session, viewer.agency_id, first.from_occurrence_id)
        back = _note(viewer, source, texts, now)
        back.undoes = first.id
        target = mover.move(source, texts, asked, named=first.from_reflection_id, doubtful=first.was_doubtful)
        _keep(session, viewer, back, target, "reply_moved_back")


def _source(
    session: Session, store: Store, viewer: Viewer, family_id: str, reflection_id: str, now: datetime
) -> tuple[Reflection, Mover]:
    """The reply with its family, and the number kept from texts that come in meanwhile."""
    family = families.held(session, viewer, family_id)
    seen = refiling_facts.held_reflection(session, viewer, family_id, reflection_id)
    if seen is None:
        raise NotYours("reply")
    member = refiling_facts.member_of(session, viewer.agency_id, seen.member_id)
    hearing_facts.lock_number(session, viewer.agency_id, member.to_bidx)  # before the rows, as every text in does
    source = refiling_facts.held_reflection(session, viewer, family_id, reflection_id, locked=True)
    if source is None:
        raise Conflict(GONE)
    return source, Mover(session, store.vault, family, now)


def _chosen(parts: Sequence[InboundText], part: str) -> list[InboundText]:
    if not part:
        return list(parts)
    chosen = [text for text in parts if text.id == part]
    if not chosen:
        raise NotYours("text")
    return chosen


def _wanted(session: Session, source: Reflection, texts: Sequence[InboundText], to: str) -> AskedPrompt | None:
    """The prompt that was chosen: one that had left for this family when the words were said."""
    if to == OWN:
        return None
    if not to:
        raise InvalidInput("Say which prompt it answers.")
    asked = refiling_facts.asked_slot(session, source.agency_id, to)
    if asked is None or asked.family_id != source.family_id:
        raise NotYours("slot")
    if asked.sent_at > texts[0].received_at:
        raise InvalidInput("That prompt was asked after these words were said.")
    return asked


def _note(viewer: Viewer, source: Reflection, texts: Sequence[InboundText], now: datetime) -> Correction:
    """The move, as it stands before it is made."""
    return Correction(
        id=new_id(), agency_id=source.agency_id, family_id=source.family_id, member_id=source.member_id,
        from_reflection_id=source.id, from_occurrence_id=source.occurrence_id, to_reflection_id=source.id,
        text_ids=[text.id for text in texts], was_doubtful=source.maybe_other, at=now, by=viewer.by,
    )  # fmt: skip


def _keep(session: Session, viewer: Viewer, correction: Correction, target: Reflection, act: str) -> None:
    correction.to_reflection_id, correction.to_occurrence_id = target.id, target.occurrence_id
    corrections.keep(session, correction)
    audit.write(
        session, viewer.agency_id, act, correction.at, staff_id=viewer.by, subject=("reflection", target.id),
        detail=f"from {correction.from_occurrence_id or OWN} to {correction.to_occurrence_id or OWN}",
    )  # fmt: skip
