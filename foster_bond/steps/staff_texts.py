"""Steps, shared floor: whether staff may text somebody of a family, when that would leave, and the one way to do it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from foster_bond.rules.family_calendar import EMPTY
from foster_bond.rules.kinds import Kind
from foster_bond.rules.placement_status import Rests
from foster_bond.rules.segments import measure
from foster_bond.rules.send_gate import Ask
from foster_bond.rules.staff_reply import LIVES, TAKE_BACK, Way, way_of
from foster_bond.store import outbox
from foster_bond.store.agencies import Agency
from foster_bond.store.families import Family, Member, member_phone
from foster_bond.store.family_calendars import calendars_of
from foster_bond.store.number_facts import NumberFacts, facts_of, hours_of
from foster_bond.store.outbox import Composed
from foster_bond.store.sealing import Vault
from foster_bond.store.session import Session


def ways_to(
    session: Session, agency: Agency, family: Family, members: Sequence[Member], now: datetime
) -> Mapping[str, Way]:
    """For each of these members whether a text from staff may leave, and when: in a constant number of reads."""
    facts = facts_of(session, [(agency.id, one.to_bidx) for one in members], now, leaving=True)
    calendar = calendars_of(session, [(agency.id, family.id)], now).get((agency.id, family.id), EMPTY)
    at = now + TAKE_BACK
    found = {}
    for one in members:
        zone = one.zone or family.zone
        rests = calendar.rests(zone, at)
        found[one.id] = way_of(_ask(agency, family, one, facts[agency.id, one.to_bidx], zone, at, rests))
    return found


def _ask(
    agency: Agency, family: Family, member: Member, facts: NumberFacts, zone: str, at: datetime, rests: Rests | None
) -> Ask:  # fmt: skip
    return Ask(
        kind=Kind.STAFF_REPLY,
        at=at,
        zone=zone,
        hours=hours_of(agency, facts.zones | {zone}),
        consent=facts.consent,
        not_before=at,
        not_after=at + LIVES,
        family_open=family.closed_at is None,
        present=member.left_at is None,
        rests=rests,
    )


def write_to(
    session: Session, vault: Vault, *, agency: Agency, family: Family, member: Member, body: str, leaves_at: datetime,
    now: datetime, staff_id: str | None, once_key: str, answers: str | None = None, text_id: str | None = None,
) -> Composed | None:  # fmt: skip
    """A text from staff in the outbox; None where this form was sent before. The gate is asked again when it leaves."""
    return outbox.compose(
        session, vault, agency_id=agency.id, family_id=family.id, member_id=member.id, kind=Kind.STAFF_REPLY,
        to=member_phone(session, vault, member), to_bidx=member.to_bidx, body=body, now=now, due_at=leaves_at,
        not_after=leaves_at + LIVES, zone=member.zone or family.zone, language=member.language,
        parts=measure(body).parts, staff_id=staff_id, inbound_id=answers, text_id=text_id, once_key=once_key,
    )  # fmt: skip
