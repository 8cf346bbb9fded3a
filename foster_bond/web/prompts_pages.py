"""Web: the prompt desk: what may be asked, written, signed by a clinician, and retired."""

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import Conflict
from foster_bond.rules.access import Role
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.page_values.frame import FormState
from foster_bond.steps.asking.write_prompt import (
    bring_back,
    drop_words,
    new_form,
    retire_prompt,
    sign_prompt,
    write_prompt,
)
from foster_bond.steps.reading.read_prompt import read_prompt, read_prompt_editor
from foster_bond.steps.reading.read_prompts import read_prompts
from foster_bond.web.forms import typed, what_was_typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import roles, signed_in, viewer

room = Blueprint("prompts_pages", __name__, url_prefix="/prompts")

_LONGEST = 1000  # characters of one field


@room.get("")
@signed_in
def show() -> ResponseReturnValue:
    """What may be asked, by technique, in both languages."""
    return render_template("pages/prompts/prompts.html", page=read_prompts(runtime().store, viewer(), now()))


@room.get("/new")
@roles(Role.LEAD, Role.ADMIN)
def new() -> ResponseReturnValue:
    """An empty prompt to write."""
    return render_template(
        "pages/prompts/edit.html", page=read_prompt_editor(runtime().store, viewer(), None, new_id=new_form())
    )


@room.post("/new")
@roles(Role.LEAD, Role.ADMIN)
def make() -> ResponseReturnValue:
    """Check or keep a new prompt; it waits for a signature."""
    return _write(None)


@room.post("/look")
@roles(Role.LEAD, Role.ADMIN)
def look_new() -> ResponseReturnValue:
    """How a new prompt's texts look while they are typed."""
    return _look(None)


@room.get("/<prompt_id>")
@signed_in
def one(prompt_id: str) -> ResponseReturnValue:
    """One prompt: its words on a phone, who signed it, where it is used, and every version."""
    return _page(prompt_id)


@room.get("/<prompt_id>/edit")
@roles(Role.LEAD, Role.ADMIN)
def edit(prompt_id: str) -> ResponseReturnValue:
    """The words that wait, or those in force, to write the next version."""
    return render_template("pages/prompts/edit.html", page=read_prompt_editor(runtime().store, viewer(), prompt_id))


@room.post("/<prompt_id>/edit")
@roles(Role.LEAD, Role.ADMIN)
def change(prompt_id: str) -> ResponseReturnValue:
    """Check the words, or keep them as the version that waits for a signature."""
    return _write(prompt_id)


@room.post("/<prompt_id>/look")
@roles(Role.LEAD, Role.ADMIN)
def look(prompt_id: str) -> ResponseReturnValue:
    """How the texts of a change look while they are typed."""
    return _look(prompt_id)


@room.post("/<prompt_id>/sign")
@roles(Role.LEAD, Role.ADMIN)
def sign(prompt_id: str) -> ResponseReturnValue:
    """Write a clinician's signature down: what waits takes force."""
    try:
        sign_prompt(
            runtime().store, viewer=viewer(), prompt_id=prompt_id, typed=request.form, seen=typed("seen"), now=now()
        )
    except OffFields as wrong:
        return _page(prompt_id, form=what_was_typed(errors=wrong.by_field), status=422)
    except Conflict as clash:
        return _page(prompt_id, form=what_was_typed(clash), status=409)
    flash(_("The signature is written down. These words hold from the next text on."), "done")
    return _back_to(prompt_id)


@room.post("/<prompt_id>/retire")
@roles(Role.LEAD, Role.ADMIN)
def retire(prompt_id: str) -> ResponseReturnValue:
    """Ask it of nobody any more."""
    return _do(
        prompt_id, lambda: retire_prompt(
            runtime().store, viewer=viewer(), prompt_id=prompt_id, seen=typed("seen"), now=now()
        ), _("It is retired. What was written before leaves as it is."),
    )  # fmt: skip


@room.post("/<prompt_id>/back")
@roles(Role.LEAD, Role.ADMIN)
def back(prompt_id: str) -> ResponseReturnValue:
    """Bring a retired prompt back."""
    return _do(
        prompt_id, lambda: bring_back(runtime().store, viewer=viewer(), prompt_id=prompt_id, now=now()),
        _("It is back, as it was before it was retired."),
    )  # fmt: skip


@room.post("/<prompt_id>/drop")
@roles(Role.LEAD, Role.ADMIN)
def drop(prompt_id: str) -> ResponseReturnValue:
    """Throw away the words that wait."""
    return _do(
        prompt_id, lambda: drop_words(
            runtime().store, viewer=viewer(), prompt_id=prompt_id, seen=typed("seen"), now=now()
        ), _("The waiting words are gone. What families get has not changed."),
    )  # fmt: skip


def _fields() -> dict[str, str]:
    return {name: value.strip()[:_LONGEST] for name, value in request.form.items() if name != "csrf_token"}


def _write(prompt_id: str | None) -> ResponseReturnValue:
    fields, seen = _fields(), typed("seen")
    page = read_prompt_editor(runtime().store, viewer(), prompt_id, new_id=seen, typed=fields)
    if typed("act") != "keep":
        return render_template("pages/prompts/edit.html", page=page)
    try:
        made = write_prompt(runtime().store, viewer=viewer(), prompt_id=prompt_id, typed=fields, seen=seen, now=now())
    except OffFields as wrong:
        form = FormState(values=fields, errors=wrong.by_field)
        return make_response(render_template("pages/prompts/edit.html", page=replace(page, form=form)), 422)
    except Conflict as clash:
        form = FormState(values=fields, problem=" ".join(clash.problems))
        return make_response(render_template("pages/prompts/edit.html", page=replace(page, form=form)), 409)
    flash(_("Kept. It waits for a clinician’s signature; nobody is asked it before."), "done")
    return _back_to(made)


def _look(prompt_id: str | None) -> ResponseReturnValue:
    page = read_prompt_editor(runtime().store, viewer(), prompt_id, typed=_fields())
    return render_template("pages/prompts/live.html", page=page)


def _page(prompt_id: str, *, form: FormState | None = None, status: int = 200) -> Response:
    page = read_prompt(runtime().store, viewer(), prompt_id, now())
    shown = replace(page, form=form or FormState(values={"signed_on": page.today}))
    return make_response(render_template("pages/prompts/one.html", page=shown), status)


def _do(prompt_id: str, act: Callable[[], None], said: str) -> ResponseReturnValue:
    try:
        act()
    except Conflict as clash:
        return _page(prompt_id, form=FormState(problem=" ".join(clash.problems)), status=409)
    flash(said, "done")
    return _back_to(prompt_id)


def _back_to(prompt_id: str) -> ResponseReturnValue:
    return redirect(url_for("prompts_pages.one", prompt_id=prompt_id), code=303)
