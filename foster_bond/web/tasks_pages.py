"""Web: tasks. What waits for a person in the working day."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import Conflict
from foster_bond.steps.keeping import follow_up
from foster_bond.steps.keeping.finish_task import finish_task, reopen_task
from foster_bond.steps.reading.read_tasks import read_tasks
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("tasks_pages", __name__, url_prefix="/tasks")


@room.get("")
@signed_in
def show() -> ResponseReturnValue:
    """What is open, what is due first at the top, and what was done last."""
    return _tasks()


@room.post("/<task_id>/finish")
@signed_in
def finish(task_id: str) -> ResponseReturnValue:
    """Mark a task as done."""
    return _acted(lambda: finish_task(runtime().store, viewer(), task_id, now()), _("Done."))


@room.post("/<task_id>/reopen")
@signed_in
def reopen(task_id: str) -> ResponseReturnValue:
    """A task is not done after all."""
    return _acted(lambda: reopen_task(runtime().store, viewer(), task_id, now()), _("It is open again."))


@room.post("/follow-ups/<follow_up_id>/finish")
@signed_in
def finish_follow_up(follow_up_id: str) -> ResponseReturnValue:
    """Something that a colleague wanted done on a day is done."""
    return _acted(lambda: follow_up.finish_follow_up(runtime().store, viewer(), follow_up_id, now()), _("Done."))


@room.post("/follow-ups/<follow_up_id>/reopen")
@signed_in
def reopen_follow_up(follow_up_id: str) -> ResponseReturnValue:
    """It is not done after all."""
    return _acted(
        lambda: follow_up.reopen_follow_up(runtime().store, viewer(), follow_up_id, now()), _("It is open again.")
    )


def _acted(act: Callable[[], None], done: str) -> ResponseReturnValue:
    try:
        act()
    except Conflict as error:
        flash(" ".join(error.problems), "problem")
        return _tasks(), 409
    flash(done, "done")
    return redirect(url_for("tasks_pages.show"), code=303)


def _tasks() -> str:
    return render_template("pages/tasks/tasks.html", page=read_tasks(runtime().store, viewer(), now()))
