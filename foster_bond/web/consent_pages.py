"""Web: consent of the whole agency: the words of an opt-in, and lists of opt-outs in and out."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from foster_bond.errors import InvalidInput
from foster_bond.rules.access import Role
from foster_bond.rules.opt_out_rows import LARGEST
from foster_bond.rules.page_values.opt_outs import Preview
from foster_bond.steps.keeping.carry_opt_outs import export_opt_outs, import_opt_outs
from foster_bond.steps.reading.read_opt_outs import read_opt_outs_page
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import roles, viewer

room = Blueprint("consent_pages", __name__, url_prefix="/agency/consent")


@room.get("")
@roles(Role.LEAD, Role.ADMIN)
def show() -> ResponseReturnValue:
    """The words that people agree to, with their versions, and how many numbers have stopped."""
    return _page()


@room.post("/opt-outs.csv")
@roles(Role.LEAD, Role.ADMIN)
def export() -> ResponseReturnValue:
    """Every stopped number, as a file to save; that it was handed out is on the record."""
    headers = {"Content-Disposition": 'attachment; filename="opt-outs.csv"'}
    return Response(export_opt_outs(runtime().store, viewer(), now()), mimetype="text/csv", headers=headers)


@room.post("/check")
@roles(Role.LEAD, Role.ADMIN)
def check() -> ResponseReturnValue:
    """What a list would do; nothing is done yet."""
    upload = request.files.get("list")
    content = b"" if upload is None else upload.read(LARGEST + 1)
    try:
        done = import_opt_outs(runtime().store, viewer(), content, now(), dry_run=True)
        preview = Preview(content.decode("utf-8-sig"), done.stopped, done.before, done.unknown)
    except InvalidInput as error:
        return _page(problems=error.problems, status=422)
    return _page(preview)


@room.post("/stop")
@roles(Role.LEAD, Role.ADMIN)
def stop() -> ResponseReturnValue:
    """Stop every number of the list that was checked; all of them or none."""
    try:
        done = import_opt_outs(runtime().store, viewer(), request.form.get("content", "").encode(), now())
    except InvalidInput as error:
        return _page(problems=error.problems, status=422)
    flash(ngettext("%(num)s number has stopped.", "%(num)s numbers have stopped.", done.stopped), "done")
    return redirect(url_for("consent_pages.show"), code=303)


def _page(preview: Preview | None = None, *, problems: tuple[str, ...] = (), status: int = 200) -> Response:
    page = read_opt_outs_page(runtime().store, viewer(), preview=preview, problems=problems)
    return make_response(render_template("pages/agency/consent.html", page=page), status)
