"""Web: a family's ladder: where each person stands and why, a worker's own choice, the switch for level five."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.rules.ladder_overrides import LONGEST_REASON, Refusal, Refused
from foster_bond.steps.asking import override_prompt
from foster_bond.steps.asking.preview_schedule import preview_family
from foster_bond.steps.asking.switch_relationship import switch_relationship
from foster_bond.steps.reading.read_practice import read_practice
from foster_bond.web.forms import typed, what_was_typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("practice_pages", __name__, url_prefix="/families")

WEEKS = 4  # how far the page looks ahead for room for challenging
_ABOUT_REASON = (Refusal.REASON, Refusal.TOO_LONG)


@room.get("/<family_id>/practice")
@signed_in
def show(family_id: str) -> ResponseReturnValue:
    """The rungs of everybody in the family, what goes out next and what holds the rest."""
    return _practice(family_id)


@room.post("/<family_id>/practice/<member_id>/next")
@signed_in
def choose(family_id: str, member_id: str) -> ResponseReturnValue:
    """Ask this person another prompt next than the rules would; up needs a reason."""
    return _done(
        family_id,
        lambda: override_prompt.choose_instead(
            runtime().store, viewer(), family_id, member_id=member_id, prompt_key=typed("prompt"),
            reason=typed("reason"), now=now(),
        ),
        _("It goes out next. Until then you can take it back."),
        form_of=member_id,
    )  # fmt: skip


@room.post("/<family_id>/practice/overrides/<override_id>/take-back")
@signed_in
def take_back(family_id: str, override_id: str) -> ResponseReturnValue:
    """Let the rules choose the next prompt again."""
    return _done(
        family_id,
        lambda: override_prompt.take_back(runtime().store, viewer(), family_id, override_id, now()),
        _("Taken back. The rules choose again."),
    )


@room.post("/<family_id>/practice/relationship")
@signed_in
def relationship(family_id: str) -> ResponseReturnValue:
    """Switch relationship prompts on for this family, with a reason, or off."""
    is_on = typed("on") == "1"
    return _done(
        family_id,
        lambda: switch_relationship(
            runtime().store, viewer(), family_id, is_on=is_on, reason=typed("reason"), now=now()
        ),
        _("Relationship prompts are on.") if is_on else _("Relationship prompts are off."),
    )


def _done(family_id: str, act: Callable[[], None], done: str, *, form_of: str = "") -> ResponseReturnValue:
    try:
        act()
    except Refused as refused:
        return _refused(family_id, refused.why, form_of)
    flash(done, "done")
    return redirect(url_for("practice_pages.show", family_id=family_id), code=303)


def _refused(family_id: str, why: Refusal, form_of: str) -> Response:
    field = "reason" if why in _ABOUT_REASON else "prompt"
    form = what_was_typed(errors={field: (_sentence(why),)})
    if why in (Refusal.STANDS, Refusal.NO_CHANGE, Refusal.OVER):
        flash(_sentence(why), "problem")
        return _practice(family_id, status=409)
    coming = preview_family(runtime().store, viewer(), family_id, weeks=WEEKS, now=now())
    page = read_practice(runtime().store, viewer(), family_id, now(), coming=coming, form=form, form_of=form_of)
    return make_response(render_template("pages/practice/practice.html", page=page), 422)


def _sentence(why: Refusal) -> str:
    said: dict[Refusal, str] = {
        Refusal.REASON: _("Say why: this needs a reason."),
        Refusal.TOO_LONG: _("Keep the reason under %(n)s characters.", n=LONGEST_REASON),
        Refusal.ALERT: _("An alert is open: nothing goes out until a person clears it."),
        Refusal.MINOR: _("Challenging and relationship prompts never go to anyone under 18."),
        Refusal.DATE: _("A date on the calendar is too near for this question."),
        Refusal.NOT_ON: _("Relationship prompts are not switched on for this family."),
        Refusal.UNFIT: _("Choose a prompt from the list."),
        Refusal.STANDS: _("Another choice stands already. Take it back first."),
        Refusal.NO_CHANGE: _("It stands like that already."),
        Refusal.OVER: _("It was used or taken back meanwhile."),
        Refusal.LEFT: _("This person has left."),
    }
    return said[why]


def _practice(family_id: str, *, status: int = 200) -> Response:
    coming = preview_family(runtime().store, viewer(), family_id, weeks=WEEKS, now=now())
    page = read_practice(runtime().store, viewer(), family_id, now(), coming=coming)
    return make_response(render_template("pages/practice/practice.html", page=page), status)
