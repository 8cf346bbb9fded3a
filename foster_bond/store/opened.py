"""Store: the families whose page a viewer may open: their own, and while they have an alert of it, that one's."""

from typing import cast

from sqlalchemy import Select, or_, select
from sqlmodel import Session, col

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.states import AlertState
from foster_bond.store.alerts import Alert
from foster_bond.store.families import Family


def opened_by(viewer: Viewer) -> Select[Family]:
    """The families whose page this viewer may read and write notes on: theirs, and for as long as it is open and in
    their hands, the family of an alert that they took. Whoever is on call tonight may hold none of the families."""
    query = select(Family).where(col(Family.agency_id) == viewer.agency_id)
    if viewer.sees_all_families:
        return query
    taken = select(col(Alert.family_id)).where(
        col(Alert.agency_id) == viewer.agency_id,
        col(Alert.acknowledged_by) == viewer.staff_id,
        col(Alert.state) == AlertState.ACKNOWLEDGED.value,
    )
    return query.where(or_(col(Family.caseworker_id).in_(viewer.holds_as), col(Family.id).in_(taken)))


def opened(session: Session, viewer: Viewer, family_id: str) -> Family:
    """One family whose page the viewer may open. Raises: NotYours for a foreign one and for none at all, alike."""
    family = session.execute(opened_by(viewer).where(col(Family.id) == family_id)).scalar_one_or_none()
    if family is None:
        raise NotYours("family")
    return cast(Family, family)


def which_opened(session: Session, viewer: Viewer, family_ids: list[str]) -> set[str]:
    """Those of these families that this viewer may open: whoever is called for an alert may hold none of them."""
    query = opened_by(viewer).with_only_columns(col(Family.id)).where(col(Family.id).in_(family_ids))
    return set(session.execute(query).scalars())
