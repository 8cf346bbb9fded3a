"""Store → numbers page and duties page: what our texts name, who called it last, and what staff have to do."""

from dataclasses import replace
from datetime import datetime

from foster_bond.rules.access import Viewer
from foster_bond.rules.duties import LONGEST, duty
from foster_bond.rules.message_text import CRISIS_CATEGORIES
from foster_bond.rules.number_checks import OWN_LINES, is_due, last_checked
from foster_bond.rules.own_numbers import in_duties, texts_naming
from foster_bond.rules.page_values.frame import FormState
from foster_bond.rules.page_values.numbers import DutiesPage, DutyRow, NumberRow, NumbersPage
from foster_bond.rules.phone_numbers import spoken_number
from foster_bond.rules.public_lines import public_lines
from foster_bond.rules.spoken_time import when
from foster_bond.store import agencies, agency_numbers, staff
from foster_bond.store.agencies import Agency
from foster_bond.store.agency_numbers import AgencyNumber
from foster_bond.store.open_store import Session, Store


def read_numbers(
    store: Store, viewer: Viewer, now: datetime, *, typed: tuple[str, FormState] | None = None
) -> NumbersPage:
    """Everybody at the agency may read it. `typed` = the name of a number and what was off about its new value."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        known = agency_numbers.of_agency(session, agency.id)
        names = {one.id: one.name for one in staff.of_agency(session, agency.id)}
        rows = [
            _checked(row, known.get(row.name), agency, viewer, names, now)
            for row in (*_own_lines(session, store, agency), *_public(session, store, agency))
        ]
    if typed is not None:
        rows = [replace(row, form=typed[1]) if row.name == typed[0] else row for row in rows]
    return NumbersPage(
        lines=tuple(row for row in rows if not row.ours),
        public=tuple(row for row in rows if row.ours),
        due=sum(row.due for row in rows),
        may_check=viewer.sees_all_families,
        may_change=viewer.runs_people,
    )


def _own_lines(session: Session, store: Store, agency: Agency) -> list[NumberRow]:
    return [
        NumberRow(name, what, spoken_number(agencies.number_of(session, store.vault, agency, name) or ""))
        for name, what in OWN_LINES.items()
    ]


def _public(session: Session, store: Store, agency: Agency) -> list[NumberRow]:
    own = agency_numbers.own_values(session, store.vault, agency.id)
    return [
        NumberRow(
            line.name, line.what, own.get(line.name, line.number), ours=line.number, own=line.name in own,
            texts=len(texts_naming(line, agency.country)), duties=in_duties(line, agency.country),
            form=FormState(values={"number": own.get(line.name, "")}),
        )
        for line in public_lines(agency.country)
    ]  # fmt: skip


def _checked(
    row: NumberRow, known: AgencyNumber | None, agency: Agency, viewer: Viewer, names: dict[str, str], now: datetime
) -> NumberRow:
    changed_at = None if known is None else known.changed_at
    at = last_checked(None if known is None else known.checked_at, changed_at, agency.numbers_checked_on)
    return replace(
        row,
        checked=None if at is None else when(at, agency.zone, language=viewer.language, place=False, now=now),
        checked_by=names.get(known.checked_by or "", "") if known is not None else "",
        due=bool(row.number) and (at is None or is_due(at, changed_at, agency.created_at, now)),
    )


def read_duties_page(store: Store, viewer: Viewer, *, form: FormState | None = None) -> DutiesPage:
    """What stands beside an alert of each kind; everybody at the agency may read it."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        numbers = agency_numbers.own_values(session, store.vault, agency.id)
        rows = tuple(
            DutyRow(name, duty(name, agency.duties, numbers, agency.country), name not in agency.duties)
            for name in CRISIS_CATEGORIES
        )
    return DutiesPage(
        rows=rows, may_change=viewer.runs_people, longest=LONGEST,
        form=form or FormState(values={row.category: row.words for row in rows}),
    )  # fmt: skip
