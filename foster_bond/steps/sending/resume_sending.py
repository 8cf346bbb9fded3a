"""person → outbox: the agency's number may send again, after somebody has put right what the carrier complained of."""

from datetime import datetime

from foster_bond.errors import Conflict, NotAllowed
from foster_bond.rules.access import Viewer
from foster_bond.store import alerts, audit, pauses
from foster_bond.store.open_store import Store

RESUMED = "A person let the number send again."


def resume_sending(store: Store, viewer: Viewer, now: datetime) -> None:
    """End the pause of the viewer's own agency; a refused account needs nobody, it is tried again by itself.

    Raises: NotAllowed but for admins, Conflict where its number is not paused.
    """
    if not viewer.runs_people:
        raise NotAllowed("resume sending")
    with store.write() as session:
        if not pauses.end(session, pauses.sender_key(viewer.agency_id)):
            raise Conflict("The number is not paused any more.")
        alerts.close_tasks_of_kind(session, viewer.agency_id, "sender", now, RESUMED, by=viewer.by)
        audit.write(session, viewer.agency_id, "sender_resumed", now, staff_id=viewer.by)
