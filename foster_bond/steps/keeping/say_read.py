"""Viewer → reading: "I read this", told to the family by one fixed text within their hours, and not often."""

from datetime import datetime
from enum import StrEnum

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.message_text import system_text
from foster_bond.rules.staff_reply import may_be_told
from foster_bond.steps.staff_texts import ways_to, write_to
from foster_bond.store import agencies, audit, families, inbound, opened, readings, staff_texts
from foster_bond.store.families import Family, Member
from foster_bond.store.inbound import Reflection
from foster_bond.store.open_store import Session, Store


class Told(StrEnum):
    """What became of it."""

    TOLD = "told"  # a text says so, at once or when their hours begin
    LATELY = "lately"  # they heard it a few days ago: written down, not texted
    CLOSED = "closed"  # no text may go to them: written down only
    BEFORE = "before"  # this person had said so already


def say_read(store: Store, viewer: Viewer, family_id: str, reflection_id: str, now: datetime) -> Told:
    """Write down that this person has read a reply, and tell its writer. Raises: NotYours."""
    with store.write() as session:
        family = opened.opened(session, viewer, family_id)
        reply = inbound.reflections_by_id(session, viewer.agency_id, [reflection_id]).get(reflection_id)
        if reply is None or reply.family_id != family.id:
            raise NotYours("reply")
        reading = readings.say(
            session, agency_id=viewer.agency_id, staff_id=viewer.staff_id, family_id=family.id,
            member_id=reply.member_id, reflection_id=reply.id, at=now,
        )  # fmt: skip
        if reading is None:
            return Told.BEFORE
        audit.write(session, viewer.agency_id, "say_read", now, staff_id=viewer.by, subject=("family", family.id))
        member = families.members_by_ids(session, viewer.agency_id, [reply.member_id])[reply.member_id]
        return _tell(session, store, viewer, family, member, reply, reading, now)


def _tell(
    session: Session, store: Store, viewer: Viewer, family: Family, member: Member, reply: Reflection, reading: str,
    now: datetime,
) -> Told:  # fmt: skip
    if not may_be_told(staff_texts.last_told_read(session, viewer.agency_id, member.to_bidx), now):
        return Told.LATELY
    agency = agencies.by_id(session, viewer.agency_id)
    leaves_at = ways_to(session, agency, family, [member], now)[member.id].leaves_at
    part = staff_texts.last_part(session, viewer.agency_id, reply.id)
    if leaves_at is None or member.left_at is not None or part is None:
        return Told.CLOSED
    written = write_to(
        session, store.vault, agency=agency, family=family, member=member, leaves_at=leaves_at, now=now,
        body=system_text(staff_texts.READ_TEXT, member.language, {}, country=agency.country), staff_id=viewer.by,
        once_key=f"read:{reply.id}", answers=part.id, text_id=staff_texts.READ_TEXT,
    )  # fmt: skip
    if written is None:
        return Told.LATELY
    readings.told_by(session, viewer.agency_id, reading, written.id)
    return Told.TOLD
