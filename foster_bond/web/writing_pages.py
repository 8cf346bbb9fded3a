"""Web: write to a family and take it back, drafts, "I read this", and who else has the page open."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import Conflict, InvalidInput
from foster_bond.rules.page_values.writing import Begun
from foster_bond.steps.keeping.keep_draft import keep_draft
from foster_bond.steps.keeping.say_read import Told, say_read
from foster_bond.steps.keeping.write_reply import Overtaken, Reply, take_back, write_reply
from foster_bond.steps.reading.read_writing import read_others, weigh_reply
from foster_bond.web.family_pages import family_page
from foster_bond.web.forms import typed, what_was_typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import poll, signed_in, viewer

room = Blueprint("writing_pages", __name__, url_prefix="/families")


@room.post("/<family_id>/write")
@signed_in
def write(family_id: str) -> ResponseReturnValue:
    """Send a text to somebody of the family within their hours; pressed twice, it is written once."""
    reply = Reply(
        to=typed("to", longest=36), words=typed("text"), once_key=typed("once"), seen=typed("seen", longest=36),
        about=typed("about", longest=36),
    )  # fmt: skip
    try:
        leaves_at = write_reply(runtime().store, viewer(), family_id, reply, now())
    except InvalidInput as error:
        field = "text" if reply.to else "to"
        form = what_was_typed(errors={field: error.problems})
        seen = error.seen if isinstance(error, Overtaken) else ""
        begun = Begun(open=True, about=reply.about, form=form, overtaken=seen)
        return family_page(family_id, begun=begun, status=409 if isinstance(error, Conflict) else 422)
    if leaves_at is not None:
        flash(
            _("Written. It stands under “Coming up” with the time it leaves; until then you can take it back."), "done"
        )
    return _back(family_id)


@room.post("/<family_id>/written/<message_id>/take-back")
@signed_in
def unsay(family_id: str, message_id: str) -> ResponseReturnValue:
    """Take a text back that has not left; its words become the draft of who wrote it."""
    try:
        take_back(runtime().store, viewer(), family_id, message_id, now())
    except Conflict as error:
        flash(" ".join(error.problems), "problem")
        return family_page(family_id, status=409)
    flash(_("Taken back. It will not be sent."), "done")
    return _back(family_id)


@room.post("/<family_id>/replies/<reflection_id>/read")
@signed_in
def read(family_id: str, reflection_id: str) -> ResponseReturnValue:
    """Say "I read this" to a reply: its writer is told by one fixed text, and not often."""
    said = say_read(runtime().store, viewer(), family_id, reflection_id, now())
    words = {
        Told.TOLD: _("They are told by text that you have read it, within their hours."),
        Told.LATELY: _("Written down. They heard it in the last seven days, so no text goes out."),
        Told.CLOSED: _("Written down. No text may go to them, so they are not told."),
        Told.BEFORE: _("You have said so before."),
    }
    flash(words[said], "done")
    return redirect(url_for("family_pages.show", family_id=family_id, at=reflection_id) + f"#m-{reflection_id}", 303)


@room.post("/<family_id>/drafts")
@signed_in
def draft(family_id: str) -> ResponseReturnValue:
    """Keep what is being typed, and say what it costs as a text."""
    kind = "reply" if typed("draft") == "reply" else "note"
    words = typed("text")
    to, about = typed("to", longest=36), typed("about", longest=36)
    keep_draft(runtime().store, viewer(), family_id, kind, words, now(), to=to, about=about)
    cost = weigh_reply(runtime().store, viewer(), words) if kind == "reply" else None
    return render_template("pages/family/kept.html", cost=cost, kept=bool(words), kind=kind)


@room.get("/<family_id>/here")
@signed_in
@poll
def here(family_id: str) -> ResponseReturnValue:
    """Colleagues who have this page open; it tells them of this one. 204 where nobody came or went."""
    others = read_others(runtime().store, viewer(), family_id, now())
    if "-".join(one.mark for one in others) == request.args.get("shown", ""):
        return "", 204
    return render_template("pages/family/here.html", others=others, family_id=family_id)


def _back(family_id: str) -> ResponseReturnValue:
    return redirect(url_for("family_pages.show", family_id=family_id), code=303)
