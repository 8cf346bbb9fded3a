"""Viewer → outbox: a text from staff to somebody of a family, within their polite hours; taken back until it leaves."""

from dataclasses import dataclass
from datetime import datetime

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.staff_reply import checked
from foster_bond.rules.states import Outbound
from foster_bond.steps.staff_texts import ways_to, write_to
from foster_bond.store import agencies, audit, drafts, families, moment_facts, opened, outbox, staff, staff_texts
from foster_bond.store.families import Family, Member
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import OutboxMessage

TAKEN_BACK = "Taken back by staff before it left."


class Overtaken(Conflict):
    """A colleague wrote to the family meanwhile: read that first. `seen` is that text's id, to be sent along then."""

    def __init__(self, seen: str, by: str) -> None:
        super().__init__(f"{by} wrote to this family meanwhile. Read it, then send yours if it still fits.")
        self.seen = seen


@dataclass(frozen=True, slots=True)
class Reply:
    """A form as it was sent. `seen` is the newest text from staff that its page showed."""

    to: str
    words: str
    once_key: str
    seen: str = ""
    about: str = ""  # the moment that it answers


def write_reply(store: Store, viewer: Viewer, family_id: str, reply: Reply, now: datetime) -> datetime | None:
    """When it leaves; None where this very form was sent before.

    Raises: NotYours; InvalidInput with what is off; Conflict where it may not go to them; Overtaken.
    """
    weighed = checked(reply.words)
    with store.write() as session:
        family = opened.opened(session, viewer, family_id)
        member = _recipient(session, viewer, family, reply.to)
        agency = agencies.by_id(session, viewer.agency_id)
        once_key = f"reply:{viewer.staff_id}:{reply.once_key[:40]}"
        way = ways_to(session, agency, family, [member], now)[member.id]
        if way.leaves_at is None:
            raise Conflict(way.why)
        written = write_to(
            session, store.vault, agency=agency, family=family, member=member, body=weighed.text,
            leaves_at=way.leaves_at, now=now, staff_id=viewer.by, once_key=once_key,
            answers=_answered(session, viewer, family, reply.about),
        )  # fmt: skip
        if written is None:
            return None
        _look_out(session, viewer, family, reply.seen, written.id)
        drafts.forget(session, viewer.agency_id, viewer.staff_id, family.id, "reply")
        audit.write(session, agency.id, "write_reply", now, staff_id=viewer.by, subject=("family", family.id))
        return way.leaves_at


def _recipient(session: Session, viewer: Viewer, family: Family, member_id: str) -> Member:
    if not member_id:
        raise InvalidInput("Say to whom it goes.")
    found = families.members_by_ids(session, viewer.agency_id, [member_id]).get(member_id)
    if found is None or found.family_id != family.id:
        raise NotYours("member")
    if found.left_at is not None:
        raise Conflict("They have left the family.")
    return found


def _answered(session: Session, viewer: Viewer, family: Family, about: str) -> str | None:
    """The text in that it answers, where the page said which moment."""
    if not about:
        return None
    part = staff_texts.last_part(session, viewer.agency_id, about)
    text = part or moment_facts.texts_in(session, viewer.agency_id, [about]).get(about)
    return None if text is None or text.family_id != family.id else text.id


def _look_out(session: Session, viewer: Viewer, family: Family, seen: str, written: str) -> None:
    """Nobody writes past a colleague: what they wrote since the page was made has to be read first."""
    last = staff_texts.newest(session, viewer.agency_id, family.id, but=written)
    if last is None or last.id == seen or last.staff_id == viewer.by:
        return
    names = {one.id: one.name for one in staff.of_agency(session, viewer.agency_id)}
    raise Overtaken(last.id, plain_name(names.get(last.staff_id or "", "")) or "A colleague")


def take_back(store: Store, viewer: Viewer, family_id: str, message_id: str, now: datetime) -> str:
    """The words of a text that has not left and now never will; they are kept as a draft of who wrote it.

    Raises: NotYours; Conflict where it has left, or is a colleague's.
    """
    with store.write() as session:
        family = opened.opened(session, viewer, family_id)
        message = staff_texts.one(session, viewer.agency_id, family.id, message_id)
        if message is None:
            raise NotYours("text")
        if message.staff_id != viewer.by and not viewer.sees_all_families:
            raise Conflict("A colleague wrote this one: ask them to take it back.")
        if not outbox.move(
            session, message.id, message.agency_id, Outbound.SCHEDULED, Outbound.CANCELLED, now, why=TAKEN_BACK
        ):
            raise Conflict("It is on its way already.")
        audit.write(
            session, viewer.agency_id, "take_back_reply", now, staff_id=viewer.by, subject=("family", family.id)
        )
        words = outbox.body_of(session, store.vault, message)
        _keep_words(session, store, viewer, message, words, now)
        return words


def _keep_words(
    session: Session, store: Store, viewer: Viewer, message: OutboxMessage, words: str, now: datetime
) -> None:
    if message.text_id is not None or message.staff_id != viewer.by or message.family_id is None:
        return
    if "reply" in drafts.of_person(session, viewer.agency_id, viewer.staff_id, message.family_id):
        return  # they are writing something newer
    drafts.keep(
        session, store.vault, agency_id=viewer.agency_id, staff_id=viewer.staff_id, family_id=message.family_id,
        kind="reply", words=words, at=now, to_member=message.member_id,
    )  # fmt: skip
