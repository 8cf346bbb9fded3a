"""Beside the river: a named worker switches relationship prompts on for a family, with a reason, or off again."""

from datetime import datetime

from foster_bond.rules.access import Viewer
from foster_bond.rules.ladder_overrides import LONGEST_REASON, Refusal, Refused
from foster_bond.store import audit, families, practice
from foster_bond.store.open_store import Store


def switch_relationship(
    store: Store, viewer: Viewer, family_id: str, *, is_on: bool, reason: str, now: datetime
) -> None:
    """Relationship prompts may go to the adults of this family from now on, where every gate is open; or no longer.

    Raises: NotYours, Refused.
    """
    with store.write() as session:
        family = families.held(session, viewer, family_id)
        if is_on and not reason:
            raise Refused(Refusal.REASON)
        if len(reason) > LONGEST_REASON:
            raise Refused(Refusal.TOO_LONG)
        if practice.is_on(session, viewer.agency_id, family.id) is is_on:
            raise Refused(Refusal.NO_CHANGE)
        practice.switch(
            session, store.vault, agency_id=viewer.agency_id, family_id=family.id, is_on=is_on, reason=reason,
            by=viewer.staff_id, at=now,
        )  # fmt: skip
        audit.write(
            session, viewer.agency_id, "relationship_switched", now, staff_id=viewer.by, subject=("family", family.id),
            detail="on" if is_on else "off",
        )  # fmt: skip
