"""Rules of the record: the record as CSV that no spreadsheet runs, and as JSON that holds every word."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from foster_bond.rules.local_time import zone_of
from foster_bond.rules.opt_out_rows import plain_cell
from foster_bond.rules.record.values import Entry, Person, Record
from foster_bond.rules.record.words import caveat, word
from foster_bond.rules.spoken_time import iso

FORMAT = "foster-bond record 1"
COLUMNS = (
    "family_ref", "member_ref", "member_name", "role", "at_utc", "at_local", "kind", "what", "words", "asked",
    "asked_at", "prompt_id", "technique", "level", "guess", "rating", "state_before", "state", "state_at", "why",
    "marks", "by", "language", "parts", "id",
)  # fmt: skip


def as_csv(record: Record) -> str:
    """One line an entry, the oldest first; a cell that could be a formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for person, entry in sorted(_lines(record), key=lambda line: (line[1].at, line[1].id)):
        writer.writerow([_safe(cell) for cell in _cells(record, person, entry)])
    return out.getvalue()


def as_json(record: Record) -> str:
    """The whole record with the log of every text, and every sign as it was written."""
    return json.dumps(
        {
            "format": FORMAT,
            "agency": record.agency,
            "family": {
                "id": record.family_id, "ref": record.family_ref, "name": record.family_name, "zone": record.zone,
                "worker": record.worker, "opened_at": iso(record.opened_at), "closed_at": _at(record.closed_at),
            },
            "made_at": iso(record.made_at),
            "made_by": record.made_by,
            "whole_family": record.whole,
            "redacted": record.redacted,
            "caveat": caveat(record.language),
            "members": [_person(record, one) for one in record.people],
            "family_entries": [_entry(record, one) for one in record.family],
            "seen": [_entry(record, one) for one in record.seen],
        },
        ensure_ascii=False,
        indent=2,
    )  # fmt: skip


def shown(entry: Entry, language: str) -> str:
    """The words of an entry, or why they are not there."""
    return word(entry.kept_back.value, language) if entry.kept_back else entry.words


def local(at: datetime, zone: str) -> str:
    """The moment on the family's wall, to the minute, with the offset that held."""
    return at.astimezone(zone_of(zone)).isoformat(sep=" ", timespec="minutes")


def _lines(record: Record) -> Iterator[tuple[Person | None, Entry]]:
    for person in record.people:
        yield from ((person, entry) for entry in person.entries)
    yield from ((None, entry) for entry in (*record.family, *record.seen))


def _cells(record: Record, person: Person | None, entry: Entry) -> tuple[str, ...]:
    return (
        record.family_ref, person.ref if person else "", person.name if person else "", person.role if person else "",
        iso(entry.at), local(entry.at, record.zone), entry.kind.value, entry.what, shown(entry, record.language),
        entry.asked, _at(entry.asked_at) or "", entry.prompt_id, entry.technique, _number(entry.level),
        "yes" if entry.guess else "", _number(entry.rating), entry.state_before, entry.state,
        _at(entry.state_at) or "", entry.why, "; ".join(entry.marks), entry.by, entry.language, _number(entry.parts),
        entry.id,
    )  # fmt: skip


def _safe(cell: str) -> str:
    """Also behind blanks: some spreadsheets take those away before they look."""
    return plain_cell(cell) if cell[:1] == cell.lstrip()[:1] else plain_cell(cell.lstrip())


def _number(number: int | None) -> str:
    return "" if number is None else str(number)


def _at(at: datetime | None) -> str | None:
    return None if at is None else iso(at)


def _person(record: Record, one: Person) -> dict[str, Any]:
    return {
        "ref": one.ref, "name": one.name, "role": one.role, "language": one.language, "phone_end": one.phone_end,
        "consent": one.consent, "consent_since": _at(one.consent_since), "left_at": _at(one.left_at),
        "words_included": one.words_in, "entries": [_entry(record, entry) for entry in one.entries],
    }  # fmt: skip


def _entry(record: Record, one: Entry) -> dict[str, Any]:
    said = {
        "id": one.id, "kind": one.kind.value, "at": iso(one.at), "at_local": local(one.at, record.zone),
        "what": one.what, "words": None if one.kept_back else one.words,
        "words_left_out": one.kept_back.value if one.kept_back else None, "asked": one.asked,
        "asked_at": _at(one.asked_at), "prompt_id": one.prompt_id, "technique": one.technique, "level": one.level,
        "guess": one.guess, "rating": one.rating, "state_before": one.state_before, "state": one.state,
        "state_at": _at(one.state_at), "why": one.why, "marks": list(one.marks), "by": one.by,
        "language": one.language, "parts": one.parts,
        "log": [{"state": move.state, "at": iso(move.at), "why": move.why} for move in one.moves],
    }  # fmt: skip
    return {name: value for name, value in said.items() if value not in (None, "", [], False)}
