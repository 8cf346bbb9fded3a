"""Web: the simulated phones and the virtual clock. This room exists in the demo only."""

from datetime import timedelta

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from foster_bond.errors import Conflict, InvalidInput, NotYours
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState
from foster_bond.rules.page_values.phones import PhonesPage
from foster_bond.steps.hearing.answer_as import answer_as
from foster_bond.steps.reading.read_phones import next_text, read_phones
from foster_bond.web.forms import what_was_typed
from foster_bond.web.running import demo_clock, now, runtime
from foster_bond.web.threshold import poll, signed_in, viewer

room = Blueprint("phones_pages", __name__, url_prefix="/phones")

SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


@room.get("")
@signed_in
def show() -> ResponseReturnValue:
    """The phones of the viewer's families."""
    return _whole()


@room.get("/threads")
@signed_in
@poll
def threads() -> ResponseReturnValue:
    """What is new on the phones since the page's own cursor; 204 where nothing is."""
    page = _page()
    if request.args.get("seen") == page.seen:
        return Response(status=204)
    return render_template("pages/phones/threads.html", page=page)


@room.post("/<phone_id>/answer")
@signed_in
def answer(phone_id: str) -> ResponseReturnValue:
    """A text from this phone, through the same signed webhook as a real one."""
    network = runtime().network
    if network is None:
        raise NotYours("phone")
    body = request.form.get("body", "").replace("\r\n", "\n").strip()
    try:
        answer_as(runtime().store, network, viewer=viewer(), phone_id=phone_id, body=body, now=now())
    except InvalidInput as error:
        form = what_was_typed(errors={"body": error.problems})
        return _shown(form, phone_id, status=409 if isinstance(error, Conflict) else 422)
    return _shown()


@room.post("/move")
@signed_in
def move() -> ResponseReturnValue:
    """Set the virtual clock going: by an hour, by a day, or to the next text."""
    by = request.form.get("by", "")
    target = next_text(runtime().store, viewer(), now()) if by == "next" else None
    if by in SPANS:
        target = now() + SPANS[by]
    if target is not None:
        demo_clock().move_to(target)
    return _shown()


def _shown(form: FormState = NOTHING_TYPED, phone_id: str = "", *, status: int = 200) -> ResponseReturnValue:
    if "HX-Request" in request.headers:
        fragment = render_template("pages/phones/threads.html", page=_page(form, phone_id))
        return make_response(fragment, status)
    if status == 200:
        return redirect(url_for("phones_pages.show"), code=303)
    return _whole(form, phone_id, status=status)


def _whole(form: FormState = NOTHING_TYPED, phone_id: str = "", *, status: int = 200) -> Response:
    return make_response(render_template("pages/phones/phones.html", page=_page(form, phone_id)), status)


def _page(form: FormState = NOTHING_TYPED, phone_id: str = "") -> PhonesPage:
    instant = runtime().clock.now()  # asked again: the clock may have moved under this very request
    return read_phones(
        runtime().store, viewer(), instant, public_url=runtime().settings.public_url, moving=demo_clock().moving,
        form=form, form_phone=phone_id,
    )  # fmt: skip
