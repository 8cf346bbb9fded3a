"""Departure → N3 once, when staff have confirmed it, and N4 a week later where they chose aftercare."""

from datetime import datetime

from foster_bond.rules.departure import AFTERCARE_FROM, AFTERCARE_UNTIL, CLOSING_WITHIN
from foster_bond.rules.family_calendar import EMPTY
from foster_bond.steps.asking._noting import may_leave, write_note
from foster_bond.store import agencies, consents, departures, families
from foster_bond.store.agencies import Agency
from foster_bond.store.departures import Departure
from foster_bond.store.families import Family, Member
from foster_bond.store.notes_due import Noted
from foster_bond.store.number_facts import facts_of
from foster_bond.store.open_store import Session, Store

LOOKED_BACK = CLOSING_WITHIN + AFTERCARE_UNTIL


def say_farewell(store: Store, now: datetime) -> dict[str, int]:
    """How many closing notes and words of aftercare were written."""
    tally = {"N3": 0, "N4": 0}
    with store.read() as session:
        due = [(one.agency_id, one.id) for one in departures.with_notes_due(session, now - LOOKED_BACK)]
    for agency_id, departure_id in due:
        with store.write() as session:
            row = departures.that_stands(session, agency_id, departure_id)
            if row is not None:
                _say(session, store, row, tally, now)
    return tally


def _say(session: Session, store: Store, row: Departure, tally: dict[str, int], now: datetime) -> None:
    agency = agencies.by_id(session, row.agency_id)
    phone = office_line(session, store, agency)
    family = families.of_agency(session, row.agency_id, row.family_id)
    people = departures.whose_questions_end(session, row)
    keys = [f"{note}:{row.id}:{one.to_bidx}" for one in people for note in ("N3", "N4")]
    said = departures.said_at(session, agency.id, keys)
    for member in people if phone else ():
        note = _due_note(row, said, member, now)
        if note is not None:
            tally[note] += _write(session, store, agency, row, family, member, note, phone, now)


def _due_note(row: Departure, said: dict[str, datetime | None], member: Member, now: datetime) -> str | None:
    closing, after = f"N3:{row.id}:{member.to_bidx}", f"N4:{row.id}:{member.to_bidx}"
    if closing not in said:
        assert row.decided_at is not None  # `with_notes_due` names no other
        return "N3" if now < row.decided_at + CLOSING_WITHIN else None
    left = said[closing]
    if not row.aftercare or left is None or after in said:
        return None
    return "N4" if left + AFTERCARE_FROM <= now < left + AFTERCARE_UNTIL else None


def _write(
    session: Session, store: Store, agency: Agency, row: Departure, family: Family, member: Member, note: str,
    phone: str, now: datetime,
) -> bool:  # fmt: skip
    stands = consents.of_number(session, agency.id, member.to_bidx)
    if stands is None:
        return False
    one = Noted(stands, member, family)
    facts = facts_of(session, [(agency.id, member.to_bidx)], now, leaving=False)[agency.id, member.to_bidx]
    if not may_leave(agency, one, facts, EMPTY, now, farewell=True):
        return False
    key = f"{note}:{row.id}:{member.to_bidx}"
    return write_note(session, store, agency, one, note, key, now, phone=phone) is not None


def office_line(session: Session, store: Store, agency: Agency) -> str:
    """The line that both notes name; empty where the agency has none, and then neither is sent."""
    numbers = (agencies.number_of(session, store.vault, agency, which) for which in ("phone", "oncall"))
    return next((number for number in numbers if number), "")
