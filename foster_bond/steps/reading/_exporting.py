"""What the reading steps share: a family's record as a value, and what a file that leaves is called."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from foster_bond.errors import InvalidInput
from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.record.values import Entry, EntryKind, Person, Record
from foster_bond.rules.states import Consent
from foster_bond.steps.reading._recording import Ledger, in_time, ledger_of
from foster_bond.store import agencies, consents, covers, departures, families, record_facts
from foster_bond.store.families import Family, Member, MemberRole
from foster_bond.store.open_store import Session, Store

MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json", "pdf": "application/pdf"}
TOOK_OUT, MADE_SUMMARY = "family_exported", "summary_exported"
SEEN_BY = ("open_family", TOOK_OUT, MADE_SUMMARY)


@dataclass(frozen=True, slots=True)
class Exported:
    """One file that is about to leave."""

    name: str
    media_type: str
    content: bytes


def digest(content: bytes) -> str:
    """The fingerprint by which a file is known again."""
    return sha256(content).hexdigest()


def file_name(family: Family, kind: str, now: datetime, form: str, *, redacted: bool = False) -> str:
    """A name that any file system takes."""
    plain = "redacted" if redacted else re.sub(r"[^A-Za-z0-9_-]+", "-", family.ref).strip("-")[:60] or "family"
    return f"{plain}-{kind}-{local_day(now, family.zone):%Y-%m-%d}.{form}"


def record_of(
    session: Session, store: Store, viewer: Viewer, family: Family, now: datetime, members: Sequence[str] = ()
) -> Record:
    """A family's record as a value, for a caller that has been let through to it. Raises: InvalidInput."""
    everybody = families.members_of(session, viewer.agency_id, family.id)
    named = {one.id for one in everybody if one.ref in members}
    unknown = sorted(set(members) - {one.ref for one in everybody})
    if unknown:
        raise InvalidInput(f'There is no member "{unknown[0][:80]}" in this family.')
    people = [one for one in everybody if not members or one.id in named]
    silent = frozenset(one.id for one in everybody if one.role == MemberRole.TEEN.value and one.id not in named)
    ledger = ledger_of(session, store.vault, family, silent)
    lines = _lines(session, ledger, everybody)
    agency = agencies.by_id(session, viewer.agency_id)
    return Record(
        agency=agency.name, family_id=family.id, family_ref=family.ref,
        family_name=plain_name(families.name_of(session, store.vault, family)), zone=family.zone,
        worker=ledger.names.get(family.caseworker_id or "", ""), opened_at=family.created_at,
        closed_at=family.closed_at, made_at=now, made_by=viewer.name, language=viewer.language,
        people=_people(session, ledger, people, lines), whole=not members,
        household=tuple((_name(session, ledger, one), one.ref) for one in everybody),
        family=in_time(lines.get(None, []) if not members else _events(session, ledger)),
        seen=in_time(_seen(session, ledger)),
    )  # fmt: skip


def _people(
    session: Session, ledger: Ledger, people: Sequence[Member], lines: dict[str | None, list[Entry]]
) -> tuple[Person, ...]:
    standing = consents.of_numbers(session, ledger.family.agency_id, [one.to_bidx for one in people])
    told = []
    for one in people:
        stands = standing.get(one.to_bidx)
        phone = families.member_phone(session, ledger.vault, one)
        told.append(
            Person(
                id=one.id, ref=one.ref, name=_name(session, ledger, one),
                role=one.role, language=one.language, phone_end=phone[-4:],
                consent=Consent.NONE.value if stands is None else stands.state,
                consent_since=None if stands is None else stands.since, left_at=one.left_at,
                words_in=one.id not in ledger.silent, entries=in_time(lines.get(one.id, [])),
            )
        )  # fmt: skip
    return tuple(told)


def _name(session: Session, ledger: Ledger, member: Member) -> str:
    return plain_name(families.member_name(session, ledger.vault, member))


def _lines(session: Session, ledger: Ledger, everybody: Sequence[Member]) -> dict[str | None, list[Entry]]:
    """Every line, by the member it is about; None: the family."""
    found: dict[str | None, list[Entry]] = {None: _events(session, ledger)}
    family, by_number = ledger.family, {one.to_bidx: one for one in everybody}
    for sent in record_facts.texts_out(session, family):
        found.setdefault(sent.member_id, []).append(ledger.text_out(sent))
    for said in record_facts.texts_in(session, family):
        found.setdefault(said.member_id, []).append(ledger.text_in(said))
    for slot in record_facts.not_sent(session, family):
        found.setdefault(slot.member_id, []).append(ledger.not_sent(slot))
    for change in record_facts.consents(session, family, sorted(by_number)):
        member = next((one for one in everybody if one.id == change.member_id), by_number.get(change.to_bidx))
        key = None if member is None else member.id
        found.setdefault(key, []).append(ledger.consent(change, member))
    for alert in record_facts.alerts(session, family):
        found.setdefault(alert.member_id, []).append(ledger.alert(alert))
    for call in record_facts.calls(session, family):
        found.setdefault(call.member_id, []).append(ledger.call(call))
    found[None] += [ledger.note(one) for one in record_facts.notes(session, family)]
    return found


def _events(session: Session, ledger: Ledger) -> list[Entry]:
    """What happened to the family itself."""
    family = ledger.family
    told = [ledger.placement(one) for one in record_facts.placements(session, family)]
    told += [ledger.departure(one) for one in departures.every_of(session, family.agency_id, family.id)]
    return told + [ledger.hand_over(one) for one in covers.hand_overs_of(session, family.agency_id, family.id)]


def _seen(session: Session, ledger: Ledger) -> list[Entry]:
    rows = record_facts.openings(session, ledger.family.agency_id, ledger.family.id, SEEN_BY)
    return [
        Entry(
            id=row.id, kind=EntryKind.VIEWED if row.act == "open_family" else EntryKind.EXPORTED, at=row.at,
            what="" if row.act == "open_family" else row.act, by=ledger.who(row.staff_id), why=row.detail or "",
        )
        for row in rows
    ]  # fmt: skip
