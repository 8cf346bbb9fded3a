"""Web: who works here. An admin adds people, changes what they do, and ends their access at once."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import Conflict, InvalidInput
from foster_bond.rules.access import Role
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState
from foster_bond.rules.page_values.people import OneTimeLink
from foster_bond.rules.spoken_time import when
from foster_bond.steps.keeping.add_staff import add_staff, change_staff, disable_staff, enable_staff
from foster_bond.steps.keeping.hand_out_link import NewLink, make_link
from foster_bond.steps.reading.read_people import read_people, zone_of_agency
from foster_bond.web.forms import ticked, typed, what_was_typed
from foster_bond.web.languages import language
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import roles, viewer

room = Blueprint("people_pages", __name__, url_prefix="/people")


@room.get("")
@roles(Role.ADMIN)
def show() -> ResponseReturnValue:
    """Everybody of the agency."""
    return _people()


@room.post("/add")
@roles(Role.ADMIN)
def add() -> ResponseReturnValue:
    """A new person, and the link with which they choose a password; it is shown in this answer and never again."""
    try:
        added = add_staff(
            runtime().store,
            viewer=viewer(),
            email=typed("email"),
            name=typed("name"),
            role=typed("role"),
            phone=typed("phone") or None,
            on_call=ticked("on_call"),
            now=now(),
        )
    except InvalidInput as error:
        return _people(form=what_was_typed(error), status=409 if isinstance(error, Conflict) else 422)
    return _people(link=added.link)


@room.post("/<staff_id>/role")
@roles(Role.ADMIN)
def change_role(staff_id: str) -> ResponseReturnValue:
    """What this person does here from the next page on."""
    return _changed(
        lambda: change_staff(runtime().store, viewer=viewer(), staff_id=staff_id, role=typed("role"), now=now()),
        _("The role is changed."),
    )


@room.post("/<staff_id>/disable")
@roles(Role.ADMIN)
def disable(staff_id: str) -> ResponseReturnValue:
    """End this person's access now, wherever they are signed in."""
    return _changed(
        lambda: disable_staff(runtime().store, viewer=viewer(), staff_id=staff_id, now=now()),
        _("Their access has ended."),
    )


@room.post("/<staff_id>/enable")
@roles(Role.ADMIN)
def enable(staff_id: str) -> ResponseReturnValue:
    """Let this person in again, with a link for a new password."""
    return _linked(lambda: enable_staff(runtime().store, viewer=viewer(), staff_id=staff_id, now=now()))


@room.post("/<staff_id>/link")
@roles(Role.ADMIN)
def new_link(staff_id: str) -> ResponseReturnValue:
    """A fresh one-time link; links made before stop working."""
    return _linked(lambda: make_link(runtime().store, viewer=viewer(), staff_id=staff_id, now=now()))


def _changed(change: Callable[[], object], done: str) -> ResponseReturnValue:
    try:
        change()
    except InvalidInput as error:
        return _refused(error)
    flash(done, "done")
    return redirect(url_for("people_pages.show"), code=303)


def _linked(make: Callable[[], NewLink]) -> ResponseReturnValue:
    try:
        return _people(link=make())
    except InvalidInput as error:
        return _refused(error)


def _refused(error: InvalidInput) -> Response:
    for problem in error.problems:
        flash(problem, "problem")
    return _people(status=409 if isinstance(error, Conflict) else 422)


def _people(*, form: FormState = NOTHING_TYPED, link: NewLink | None = None, status: int = 200) -> Response:
    page = read_people(runtime().store, viewer(), now(), form=form, link=None if link is None else _shown(link))
    return make_response(render_template("pages/people/people.html", page=page), status)


def _shown(link: NewLink) -> OneTimeLink:
    # Built from the configured address, never from the request's Host header, which anybody may write.
    url = runtime().settings.public_url + url_for("sign_in_pages.new_password", token=link.token)
    zone = zone_of_agency(runtime().store, viewer())
    return OneTimeLink(name=link.name, url=url, until=when(link.until, zone, language=language(), now=now()))
