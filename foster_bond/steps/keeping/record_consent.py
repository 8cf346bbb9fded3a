"""Paper or spoken words → the ledger: consent that a person records, and a stop that was said to a person."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn

from foster_bond.errors import Conflict, InvalidInput
from foster_bond.rules.access import Viewer
from foster_bond.rules.consent_wording import RECORDED, versions
from foster_bond.rules.local_time import local_day
from foster_bond.rules.scans import Scan
from foster_bond.rules.states import Consent
from foster_bond.steps.enrolling import is_cleared
from foster_bond.steps.keeping._consenting import ask_number
from foster_bond.steps.keeping._ledger_desk import Person, person_of
from foster_bond.steps.stopping import settle_hold, suppress_waiting
from foster_bond.steps.welcoming import welcome
from foster_bond.store import audit, consent_scans, consents, families
from foster_bond.store.consents import ConsentEvent
from foster_bond.store.families import MemberRole
from foster_bond.store.open_store import Session, Store

HOW = ("paper", "spoken")
LONGEST_WORDING = 500
OLDEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What somebody writes down about a consent: on paper or spoken, when it was given, and to which wording."""

    how: str
    given_on: date | None
    wording: str
    scan: Scan | None = None


def record_consent(store: Store, viewer: Viewer, member_id: str, recorded: Recorded, now: datetime) -> None:
    """Turn the number active, or write a fresh consent beside the one it has.

    The way back from stopped, where the carrier itself holds no stop and the consent is not older than the stop.
    Raises: NotYours, InvalidInput with every problem, Conflict where the number's state does not allow it.
    """
    with store.write() as session:
        person = person_of(session, viewer, member_id)
        _check(person, recorded, now)
        event = _write_down(session, store, viewer, person, recorded, now)
        if recorded.scan is not None:
            consent_scans.keep(session, store.vault, event, recorded.scan, now, staff_id=viewer.by)
        audit.write(
            session, viewer.agency_id, "consent_recorded", now, staff_id=viewer.by, subject=("member", member_id),
            detail=f"{recorded.how}{', with a scan' if recorded.scan else ''}",
        )  # fmt: skip


def record_stop(store: Store, viewer: Viewer, member_id: str, words: str, now: datetime) -> None:
    """Stop the number, as its owner asked of a person: in a call, a visit, a letter. Raises: NotYours, Conflict."""
    if not words.strip():
        raise InvalidInput("Write down what they said, and where they said it.")
    with store.write() as session:
        person = person_of(session, viewer, member_id)
        if _state(person) is Consent.STOPPED:
            raise Conflict("This number has stopped already.")
        to_bidx = person.member.to_bidx
        consents.change(
            session, store.vault, agency_id=viewer.agency_id, to_bidx=to_bidx, to=Consent.STOPPED, at=now, how="staff",
            said=words.strip(), family_id=person.family.id, member_id=member_id, staff_id=viewer.by,
        )  # fmt: skip
        suppress_waiting(session, viewer.agency_id, to_bidx, now)
        settle_hold(session, viewer.agency_id, to_bidx, now, "stopped", by=viewer.by)
        audit.write(session, viewer.agency_id, "stop_recorded", now, staff_id=viewer.by, subject=("member", member_id))


def ask_by_text(store: Store, viewer: Viewer, member_id: str, now: datetime) -> None:
    """Send the one opt-in text that a number ever gets. Raises: NotYours, Conflict where it was asked before."""
    with store.write() as session:
        person = person_of(session, viewer, member_id)
        if _state(person) is not Consent.NONE or (person.stands is not None and person.stands.asked_at is not None):
            raise Conflict("This number has been asked or has decided already; it is asked by text once ever.")
        _check_teen(person)
        ask_number(
            session, store.vault, person.agency, person.member, person.family, now, staff_id=viewer.by,
            to=families.member_phone(session, store.vault, person.member),
        )  # fmt: skip
        audit.write(session, viewer.agency_id, "consent_asked", now, staff_id=viewer.by, subject=("member", member_id))


def _state(person: Person) -> Consent:
    return Consent.NONE if person.stands is None else Consent(person.stands.state)


def _check(person: Person, recorded: Recorded, now: datetime) -> None:
    problems = []
    today = local_day(now, person.family.zone)
    if recorded.how not in HOW:
        problems.append("Say whether it was on paper or spoken.")
    if recorded.given_on is None or not OLDEST <= recorded.given_on <= today:
        problems.append("Write the day on which it was given; it cannot lie ahead.")
    if not 1 <= len(recorded.wording.strip()) <= LONGEST_WORDING:
        problems.append("Name the wording: which form and version they signed, or the words that were read to them.")
    if problems:
        raise InvalidInput(" ".join(problems), tuple(problems))
    _check_teen(person)
    _check_state(person, recorded)


def _check_teen(person: Person) -> None:
    if person.member.role == MemberRole.BIRTH_PARENT.value and not is_cleared(person.member):
        raise Conflict("First a named worker confirms here that no order forbids contact.")
    if person.member.role == MemberRole.TEEN.value and person.member.guardian_consent is None:
        raise Conflict("Whoever has custody of this teen has to agree first; the import of families records that.")
    if person.member.left_at is not None or person.family.closed_at is not None:
        raise Conflict("They have left; there is nothing to ask for.")


def _check_state(person: Person, recorded: Recorded) -> None:
    state, stands = _state(person), person.stands
    if state is Consent.HOLD:
        raise Conflict("They may have asked to stop: decide that first.")
    if state is not Consent.STOPPED or stands is None:
        return
    if stands.carrier_stopped:
        _carrier_holds_it()
    stopped_on = local_day(stands.since, person.family.zone)
    if recorded.given_on is not None and recorded.given_on < stopped_on:
        raise Conflict("They stopped after that day. Only consent that was given since then opens the number again.")


def _carrier_holds_it() -> NoReturn:
    raise Conflict("Their carrier itself holds the stop: only START from their own phone opens this number again.")


def _write_down(
    session: Session, store: Store, viewer: Viewer, person: Person, recorded: Recorded, now: datetime
) -> ConsentEvent:
    member, agency = person.member, person.agency
    told: dict[str, Any] = {
        "agency_id": agency.id, "to_bidx": member.to_bidx, "at": now, "how": recorded.how,
        "said": recorded.wording.strip(), "wording": versions(RECORDED, agency.country), "given_on": recorded.given_on,
        "language": member.language, "family_id": person.family.id, "member_id": member.id, "staff_id": viewer.by,
    }  # fmt: skip
    if _state(person) is Consent.ACTIVE:
        return consents.confirm(session, store.vault, **told)
    event = consents.change(session, store.vault, to=Consent.ACTIVE, **told)
    assert event is not None  # every state but active moves to active here
    welcome(
        session, store.vault, agency=agency, to=families.member_phone(session, store.vault, member),
        to_bidx=member.to_bidx, language=member.language, zone=member.zone or person.family.zone, now=now,
        event_id=event.id, family_id=person.family.id, member_id=member.id,
    )  # fmt: skip
    return event
