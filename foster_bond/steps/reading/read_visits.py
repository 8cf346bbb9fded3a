"""Store → visits page: every visit that was made to a family, with what had been heard before it."""

from collections.abc import Sequence
from datetime import datetime

from foster_bond.rules.access import Viewer
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState
from foster_bond.rules.page_values.opening import PastVisit, PinLine, VisitsPage
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.since_visit import LATELY
from foster_bond.steps.reading import _opening
from foster_bond.steps.reading._opening import Desk, Past
from foster_bond.store import families, opened, pins, staff, visits
from foster_bond.store.families import Family
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Session, Store
from foster_bond.store.visits import Visit

SHOWN = 24  # two years of monthly visits


def read_visits(
    store: Store, viewer: Viewer, family_id: str, now: datetime, *, visit_form: FormState = NOTHING_TYPED,
    plan_form: FormState = NOTHING_TYPED, follow_form: FormState = NOTHING_TYPED,
) -> VisitsPage:  # fmt: skip
    """The visits of a family that the viewer may open, in a constant number of queries. Raises: NotYours.

    What stood then is read again from the texts themselves, so that what was taken back since is gone here, too.
    """
    with store.read() as session:
        family = opened.opened(session, viewer, family_id)
        store.vault.warm_families(session, viewer.agency_id, [family.id])
        desk = _desk(session, store, viewer, family, now)
        made = visits.of_family(session, family.agency_id, family.id, SHOWN + 1)
        past = _opening.past_of(desk, _opening.since_of(made[-1] if made else None, now) - LATELY)
        pinned = _pinned(desk, made)
        return VisitsPage(
            family_id=family.id,
            family_name=plain_name(families.name_of(session, store.vault, family)),
            visits=tuple(
                _visit(desk, visit, before, past, pinned.get(visit.id, ()))
                for visit, before in zip(made[:SHOWN], [*made[1:], None], strict=False)
            ),
            planned=tuple(
                _opening.line(desk, one) for one in visits.planned_of(session, family.agency_id, family.id)
            ),
            more=len(made) > SHOWN,
            may_act=desk.may_act,
            today=desk.today.isoformat(),
            visit_form=visit_form,
            plan_form=plan_form,
            follow_form=follow_form,
            key=new_id(),
        )  # fmt: skip


def _desk(session: Session, store: Store, viewer: Viewer, family: Family, now: datetime) -> Desk:
    members = families.members_of(session, viewer.agency_id, family.id)
    return Desk(
        session=session, vault=store.vault, viewer=viewer, family=family, now=now,
        names={one.id: plain_name(families.member_name(session, store.vault, one)) for one in members},
        staff_names={one.id: one.name for one in staff.of_agency(session, viewer.agency_id)},
        may_act=bool(families.which_held(session, viewer, [family.id])),
    )  # fmt: skip


def _pinned(desk: Desk, made: Sequence[Visit]) -> dict[str, tuple[PinLine, ...]]:
    """What each visit was opened with, read at once for all of them."""
    rows = pins.of_visits(desk.session, desk.family.agency_id, [one.id for one in made])
    lines = zip(rows, _opening.pin_lines(desk, rows), strict=True)
    found: dict[str, tuple[PinLine, ...]] = {}
    for row, line in lines:
        found[row.visit_id or ""] = (*found.get(row.visit_id or "", ()), line)
    return found


def _visit(desk: Desk, visit: Visit, before: Visit | None, past: Past, pinned: tuple[PinLine, ...]) -> PastVisit:
    until = visit.since_at or desk.now
    return PastVisit(
        visit=_opening.line(desk, visit),
        before=None if before is None else _opening.line(desk, before),
        reading=_opening.reading(desk, past, _opening.since_of(before, until), until),
        pins=pinned,
    )
