"""What the asking steps share: a note of the service is asked past the gate and written, or it waits."""

from datetime import datetime

from foster_bond.rules import polite_hours
from foster_bond.rules.blackout import holds_until
from foster_bond.rules.family_calendar import FamilyCalendar
from foster_bond.rules.kinds import Kind
from foster_bond.rules.message_text import system_text, system_text_id
from foster_bond.rules.segments import measure
from foster_bond.rules.send_gate import Ask, Go, judge
from foster_bond.store import outbox
from foster_bond.store.agencies import Agency
from foster_bond.store.families import member_phone
from foster_bond.store.notes_due import Noted
from foster_bond.store.number_facts import NumberFacts, caps_with, closed_day, hours_of, latest
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import Composed
from foster_bond.store.sealing import SealBroken


def may_leave(
    agency: Agency, one: Noted, facts: NumberFacts, calendar: FamilyCalendar, now: datetime, *, farewell: bool = False,
) -> bool:  # fmt: skip
    """Whether a note may be written for this moment: consent, polite hours, the weekly cap, no date too near.

    `farewell`: it is said because the placement is over, so neither that nor a date on its calendar holds it.
    """
    hours = hours_of(agency, facts.zones)
    verdict = judge(
        Ask(
            kind=Kind.NUDGE,
            at=now,
            zone=one.zone,
            hours=hours,
            consent=facts.consent,
            not_before=now,
            not_after=polite_hours.closes_at(hours, now, one.zone),
            paused_until=latest(one.member.paused_until, facts.paused_until),
            family_open=one.family.closed_at is None,
            present=one.member.left_at is None,
            rests=calendar.rests(one.zone, now),
            blackout_until=None if farewell else holds_until(calendar.stretches(one.zone, now), now),
            open_alert=facts.open_alert,
            reconfirming=facts.reconfirming,
            note=True,
            farewell=farewell,
            closed_day=closed_day(agency, now, one.zone),
            welcomed_at=facts.welcomed_at,
            caps=caps_with(agency, one.member.texts_a_week, facts.texts_a_week),
            used=facts.used,
        )
    )
    return isinstance(verdict, Go)


def write_note(
    session: Session, store: Store, agency: Agency, one: Noted, text_id: str, once_key: str, now: datetime, *,
    phone: str = "",
) -> Composed | None:  # fmt: skip
    """The note in the outbox, to leave before today's polite hours end; None where it was written before.

    `phone` fills the office line, in the notes that say one.
    """
    try:
        to = member_phone(session, store.vault, one.member)
    except SealBroken:  # erased: no batch of others may fail with it
        return None
    country, language = agency.country, one.member.language
    fills = {"agency": agency.text_name} | ({"phone": phone} if phone else {})
    body = system_text(text_id, language, fills, country=country)
    return outbox.compose(
        session, store.vault, agency_id=agency.id, kind=Kind.NUDGE, to=to, to_bidx=one.stands.to_bidx, body=body,
        now=now, due_at=now, not_after=polite_hours.closes_at(hours_of(agency), now, one.zone), zone=one.zone,
        family_id=one.family.id, member_id=one.member.id, language=language, parts=measure(body).parts,
        text_id=system_text_id(text_id, country=country), once_key=once_key,
    )  # fmt: skip
