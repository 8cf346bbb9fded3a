"""Store → leaving page: what has stopped in a family, what staff decided, and who is still texted."""

from datetime import datetime

from foster_bond.rules.access import Viewer
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState
from foster_bond.rules.page_values.leaving import DepartureLine, LeavingMember, LeavingPage
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.spoken_time import when
from foster_bond.store import agencies, departures, families, staff
from foster_bond.store.departures import Departure
from foster_bond.store.families import Family, Member, MemberRole
from foster_bond.store.open_store import Session, Store


def read_leaving(
    store: Store, viewer: Viewer, family_id: str, now: datetime, *, form: FormState = NOTHING_TYPED
) -> LeavingPage:
    """Who has left a family that the viewer holds, and what was decided. Raises: NotYours."""
    with store.read() as session:
        family = families.held(session, viewer, family_id)
        store.vault.warm_families(session, viewer.agency_id, [family.id])
        everybody = families.members_of(session, viewer.agency_id, family.id)
        names = {one.id: plain_name(families.member_name(session, store.vault, one)) for one in everybody}
        agency = agencies.by_id(session, viewer.agency_id)
        lines = departures.standing(session, viewer.agency_id, [family.id])
        return LeavingPage(
            family_id=family.id,
            name=plain_name(families.name_of(session, store.vault, family)),
            closed=family.closed_at is not None,
            departures=tuple(_line(session, viewer, family, row, everybody, names, now) for row in lines),
            members=tuple(
                LeavingMember(
                    one.id, names[one.id], one.role, one.role == MemberRole.TEEN.value,
                    "" if one.turns_18 is None else f"{one.turns_18:%Y-%m}",
                )
                for one in everybody
                if one.left_at is None
            ),
            has_phone=agency.phone is not None or agency.oncall is not None,
            form=form,
        )  # fmt: skip


def any_undecided(store: Store, viewer: Viewer, family_id: str) -> bool:
    """Whether texts have stopped and nobody has said what should happen. Raises: NotYours."""
    with store.read() as session:
        family = families.held(session, viewer, family_id)
        return any(one.decided_at is None for one in departures.standing(session, viewer.agency_id, [family.id]))


def _line(
    session: Session, viewer: Viewer, family: Family, row: Departure, everybody: list[Member], names: dict[str, str],
    now: datetime,
) -> DepartureLine:  # fmt: skip
    staff_names = {one.id: one.name for one in staff.of_agency(session, viewer.agency_id)}
    told = departures.whose_questions_end(session, row)
    present = [one for one in everybody if one.id == row.member_id or (row.member_id is None and one.left_at is None)]
    spared = {one.to_bidx for one in present} - {one.to_bidx for one in told}
    keys = {f"{note}:{row.id}:{one.to_bidx}": note for one in told for note in ("N3", "N4")}
    said = departures.said_at(session, viewer.agency_id, list(keys))
    return DepartureLine(
        departure_id=row.id,
        who=names.get(row.member_id or "", ""),
        why=row.why,
        when=when(row.at, family.zone, language=viewer.language, place=False, now=now),
        by=staff_names.get(row.by_id or "", ""),
        decided=row.decided_at is not None,
        closing_note=row.closing_note,
        aftercare=row.aftercare,
        said=tuple(
            (keys[key], None if at is None else when(at, family.zone, language=viewer.language, place=False, now=now))
            for key, at in sorted(said.items())
        ),
        whom=tuple(names[one.id] for one in told),
        going_on=tuple(names[one.id] for one in present if one.to_bidx in spared),
    )
