"""Task → done: a person has seen to it."""

from datetime import datetime

from foster_bond.errors import Conflict, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.store import audit, task_list
from foster_bond.store.open_store import Store


def finish_task(store: Store, viewer: Viewer, task_id: str, now: datetime) -> None:
    """Mark a task as done, once. Raises: NotYours; Conflict where it is done already, or only another act ends it."""
    with store.write() as session:
        task = task_list.seen(session, viewer, task_id)
        if task is None:
            raise NotYours("task")
        if task.kind in task_list.ENDED_BY_AN_ACT:
            raise Conflict("This task ends by itself once the text has been settled or placed.")
        if not task_list.finish(session, task, now, by=viewer.staff_id, outcome="done"):
            raise Conflict("A colleague has done this already.")
        audit.write(session, viewer.agency_id, "finish_task", now, staff_id=viewer.by, subject=("task", task.id))


def reopen_task(store: Store, viewer: Viewer, task_id: str, now: datetime) -> None:
    """It is not done after all. Raises: NotYours; Conflict where it is open, or ended by an act of its own."""
    with store.write() as session:
        task = task_list.seen(session, viewer, task_id)
        if task is None:
            raise NotYours("task")
        if task.kind in task_list.ENDED_BY_AN_ACT or not task_list.reopen(session, task):
            raise Conflict("A colleague has opened this again already, or it ended by an act of its own.")
        audit.write(session, viewer.agency_id, "reopen_task", now, staff_id=viewer.by, subject=("task", task.id))
