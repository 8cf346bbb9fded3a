"""Web: one person's consent: the whole ledger, what may be recorded, an open decision, and the proof to print."""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import Conflict, InvalidInput
from foster_bond.rules import scans
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState
from foster_bond.steps.keeping.decide_hold import decide_hold
from foster_bond.steps.keeping.record_consent import Recorded, ask_by_text, record_consent, record_stop
from foster_bond.steps.reading.read_ledger import read_ledger, read_proof, read_scan
from foster_bond.web.forms import typed, what_was_typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("ledger_pages", __name__, url_prefix="/people/members")

_REST_OF_THE_FORM = 64 * 1024  # bytes beside the scan
_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


@room.url_value_preprocessor
def _let_a_scan_in(endpoint: str | None, _values: dict[str, str] | None) -> None:
    """This one form may be as large as a scan; it runs before anything reads the form."""
    if endpoint == f"{room.name}.record":
        request.max_content_length = scans.LARGEST + _REST_OF_THE_FORM


@room.get("/<member_id>")
@signed_in
def show(member_id: str) -> ResponseReturnValue:
    """Where this person's number stands, and everything that led there."""
    return _page(member_id)


@room.get("/<member_id>/proof")
@signed_in
def proof(member_id: str) -> ResponseReturnValue:
    """The ledger as a sheet to print; that it was made is on the record."""
    page = read_proof(runtime().store, viewer(), member_id, now())
    return render_template("pages/people/proof.html", page=page)


@room.get("/<member_id>/scans/<scan_id>")
@signed_in
def scan(member_id: str, scan_id: str) -> ResponseReturnValue:
    """A scan as it was uploaded, as a file to save: a browser never runs it inside our pages."""
    media_type, content = read_scan(runtime().store, viewer(), member_id, scan_id, now())
    answer = make_response(content)
    answer.headers["Content-Type"] = media_type
    answer.headers["Content-Disposition"] = f'attachment; filename="consent.{_ENDINGS[media_type]}"'
    return answer


@room.post("/<member_id>/consent")
@signed_in
def record(member_id: str) -> ResponseReturnValue:
    """Write down a consent that was given on paper or in a talk."""

    def keep() -> None:
        upload = request.files.get("scan")
        recorded = Recorded(
            how=typed("how"), given_on=_day(typed("given_on")), wording=typed("wording"),
            scan=None if upload is None else scans.read_scan(upload.read()),
        )  # fmt: skip
        record_consent(runtime().store, viewer(), member_id, recorded, now())

    return _kept(member_id, keep, _("The consent is in the ledger."))


@room.post("/<member_id>/ask")
@signed_in
def ask(member_id: str) -> ResponseReturnValue:
    """Ask by text, once ever."""
    return _kept(
        member_id,
        lambda: ask_by_text(runtime().store, viewer(), member_id, now()),
        _("The question leaves at the next polite hour."),
    )


@room.post("/<member_id>/stop")
@signed_in
def stop(member_id: str) -> ResponseReturnValue:
    """Write down that they asked a person to stop; it holds at once."""
    return _kept(
        member_id,
        lambda: record_stop(runtime().store, viewer(), member_id, typed("words"), now()),
        _("Stopped. No text leaves to this number any more."),
        stops=True,
    )


@room.post("/<member_id>/hold")
@signed_in
def decide(member_id: str) -> ResponseReturnValue:
    """Decide what an unclear text meant: `decision` is stop or go_on."""
    stops = typed("decision") != "go_on"  # whatever else was pressed is a stop: the side that texts nobody
    return _kept(
        member_id,
        lambda: decide_hold(runtime().store, viewer(), member_id, now(), stop=stops),
        _("Stopped. No text leaves to this number any more.") if stops else _("The texts go on."),
    )


def _kept(member_id: str, keep: Callable[[], None], done: str, *, stops: bool = False) -> ResponseReturnValue:
    try:
        keep()
    except InvalidInput as error:
        typed_in = what_was_typed(error)
        status = 409 if isinstance(error, Conflict) else 422
        return _page(member_id, stop_form=typed_in, status=status) if stops else _page(member_id, typed_in, status)
    flash(done, "done")
    return redirect(url_for("ledger_pages.show", member_id=member_id), code=303)


def _page(
    member_id: str, form: FormState = NOTHING_TYPED, status: int = 200, *, stop_form: FormState = NOTHING_TYPED
) -> Response:
    page = read_ledger(runtime().store, viewer(), member_id, now(), form=form, stop_form=stop_form)
    return make_response(render_template("pages/people/member.html", page=page), status)


def _day(typed_in: str) -> date | None:
    try:
        return date.fromisoformat(typed_in)
    except ValueError:
        return None
