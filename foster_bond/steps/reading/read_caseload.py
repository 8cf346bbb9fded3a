"""Store → home page: the families that the viewer holds, those that need somebody first."""

from datetime import datetime

from foster_bond.rules.access import Viewer
from foster_bond.rules.folding import fold
from foster_bond.rules.local_time import zone_of
from foster_bond.rules.page_values.caseload import CaseloadPage, FamilyRow, Need
from foster_bond.store import agencies, alerts, families, staff
from foster_bond.store.families import Family
from foster_bond.store.open_store import Store
from foster_bond.store.session import Session


def read_caseload(store: Store, viewer: Viewer, now: datetime, *, search: str = "") -> CaseloadPage:
    """Every open family that the viewer holds, in a constant number of queries; names are unsealed here only."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        held = families.open_held(session, viewer)
        rows = _rows(session, store, viewer, held)
    hour = now.astimezone(zone_of(agency.zone)).hour
    shown = [row for row in rows if not search or _is_called(row, fold(search))]
    alerted = sum(1 for row in rows if row.needs)
    return CaseloadPage(
        part_of_day="morning" if hour < 12 else "afternoon" if hour < 18 else "evening",
        scope="agency" if viewer.sees_all_families else "mine",
        total=len(rows),
        needing=alerted,
        alerts=alerted,
        quiet=0,
        hard_days=0,
        unread_families=0,
        rows=tuple(sorted(shown, key=lambda row: (not row.needs, fold(row.name)))),
        search=search,
        may_import=viewer.runs_people,
    )


def _is_called(row: FamilyRow, folded: str) -> bool:
    """True where the family or somebody in it has a name like this; what folds to nothing is nobody's name."""
    return bool(folded) and folded in fold(" ".join((row.name, *row.member_names)))


def _rows(session: Session, store: Store, viewer: Viewer, held: list[Family]) -> list[FamilyRow]:
    ids = [family.id for family in held]
    store.vault.warm_families(session, viewer.agency_id, ids)
    members = families.present_in(session, viewer.agency_id, ids)
    alerted = alerts.open_families(session, viewer.agency_id, ids)
    names = {one.id: one.name for one in staff.of_agency(session, viewer.agency_id)}
    return [
        FamilyRow(
            family_id=family.id,
            name=families.name_of(session, store.vault, family),
            member_names=tuple(families.member_name(session, store.vault, one) for one in members[family.id]),
            caring_for="",
            needs=(Need("alert", ""),) if family.id in alerted else (),
            last_words="",
            worker=names.get(family.caseworker_id or "", "") if viewer.sees_all_families else "",
        )
        for family in held
    ]
