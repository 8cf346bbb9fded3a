"""Web: what leaves the house: a family's record as a file, and the summary with chosen quotes."""

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from foster_bond.errors import InvalidInput
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState
from foster_bond.rules.record.redacting import read_words
from foster_bond.steps.reading.export_family import Exported, export_family
from foster_bond.steps.reading.summarise import Chosen, make_summary, read_record, read_summary
from foster_bond.web.forms import ticked, typed, what_was_typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("record_pages", __name__, url_prefix="/families")

_BOM = b"\xef\xbb\xbf"  # by which a spreadsheet knows that accents are UTF-8


@room.get("/<family_id>/record")
@signed_in
def show(family_id: str) -> ResponseReturnValue:
    """What may be taken out, and what was."""
    return _record(family_id)


@room.post("/<family_id>/record")
@signed_in
def take(family_id: str) -> ResponseReturnValue:
    """The record as a file."""
    try:
        members = tuple(request.form.getlist("member"))
        made = export_family(
            runtime().store, viewer(), family_id, now(), form=typed("format"), members=members, take_out=_cut()
        )
    except InvalidInput as error:
        return _record(family_id, what_was_typed(error), 422)
    return _file(made)


@room.get("/<family_id>/summary")
@signed_in
def choose(family_id: str) -> ResponseReturnValue:
    """The replies of some days, to choose quotes from."""
    return _summary(family_id, request.args.get("since", ""), request.args.get("until", ""))


@room.post("/<family_id>/summary")
@signed_in
def summarise(family_id: str) -> ResponseReturnValue:
    """The paper with the chosen quotes."""
    try:
        chosen = Chosen(
            quotes=tuple(request.form.getlist("quote")), purpose=typed("purpose"), note=typed("note"),
            since=typed("since"), until=typed("until"), members=tuple(request.form.getlist("member")), take_out=_cut(),
        )  # fmt: skip
        made = make_summary(runtime().store, viewer(), family_id, chosen, now())
    except InvalidInput as error:
        return _summary(family_id, "", "", what_was_typed(error), 422)
    return _file(made)


def _cut() -> tuple[str, ...] | None:
    return read_words(request.form.get("take_out", "")) if ticked("redact") else None


def _file(made: Exported) -> Response:
    """A file to save: a browser never runs it inside our pages."""
    bom = _BOM if made.media_type.startswith("text/csv") else b""
    answer = make_response(bom + made.content)
    answer.headers["Content-Type"] = made.media_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer


def _record(family_id: str, form: FormState = NOTHING_TYPED, status: int = 200) -> Response:
    page = read_record(runtime().store, viewer(), family_id, now(), form=form)
    return make_response(render_template("pages/leaving/record.html", page=page), status)


def _summary(family_id: str, since: str, until: str, form: FormState = NOTHING_TYPED, status: int = 200) -> Response:
    members = tuple(request.args.getlist("member"))
    try:
        page = read_summary(
            runtime().store, viewer(), family_id, now(), since=since, until=until, members=members, form=form
        )
    except InvalidInput as error:
        page = read_summary(runtime().store, viewer(), family_id, now(), form=what_was_typed(error))
        status = 422
    return make_response(render_template("pages/leaving/summary.html", page=page), status)
