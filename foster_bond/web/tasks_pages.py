"""Web: tasks. What waits for a person in the working day."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import Conflict
from foster_bond.steps.keeping.finish_task import finish_task
from foster_bond.steps.reading.read_tasks import read_tasks
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("tasks_pages", __name__, url_prefix="/tasks")


@room.get("")
@signed_in
def show() -> ResponseReturnValue:
    """What is open, the oldest first, and what was done last."""
    return _tasks()


@room.post("/<task_id>/finish")
@signed_in
def finish(task_id: str) -> ResponseReturnValue:
    """Mark a task as done."""
    try:
        finish_task(runtime().store, viewer(), task_id, now())
    except Conflict as error:
        flash(" ".join(error.problems), "problem")
        return _tasks(), 409
    flash(_("Done."), "done")
    return redirect(url_for("tasks_pages.show"), code=303)


def _tasks() -> str:
    return render_template("pages/tasks/tasks.html", page=read_tasks(runtime().store, viewer(), now()))
