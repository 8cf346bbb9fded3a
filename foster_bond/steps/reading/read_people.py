"""Store → people page: who works here, what each may do, and who has not come in yet."""

from datetime import datetime

from foster_bond.errors import NotAllowed
from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState
from foster_bond.rules.page_values.people import OneTimeLink, PeoplePage, PersonRow
from foster_bond.rules.spoken_time import when
from foster_bond.store import agencies, families, staff
from foster_bond.store.open_store import Store


def read_people(
    store: Store, viewer: Viewer, now: datetime, *, form: FormState = NOTHING_TYPED, link: OneTimeLink | None = None
) -> PeoplePage:
    """Everybody of the viewer's agency, those who may no longer sign in last. Raises: NotAllowed."""
    if not viewer.runs_people:
        raise NotAllowed("people")
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        people = staff.of_agency(session, agency.id)
        held = families.held_counts(session, agency.id)
        seen = staff.last_seen(session, agency.id)
        invited = staff.invited(session, agency.id, now)
    rows = [
        PersonRow(
            staff_id=one.id,
            name=one.name,
            email=one.email,
            role=one.role,
            families=held.get(one.id, 0),
            on_call=one.on_call,
            last_seen=(
                when(seen[one.id], agency.zone, language=viewer.language, place=False, now=now)
                if one.id in seen
                else None
            ),
            disabled=one.disabled_at is not None,
            me=one.id == viewer.staff_id,
            invited=one.password_hash is None and one.id in invited,
        )
        for one in people
    ]
    rows.sort(key=lambda row: row.disabled)
    return PeoplePage(rows=tuple(rows), roles=tuple(role.value for role in Role), form=form, link=link)


def zone_of_agency(store: Store, viewer: Viewer) -> str:
    """The zone in which the viewer's agency reads the clock."""
    with store.read() as session:
        return agencies.by_id(session, viewer.agency_id).zone
