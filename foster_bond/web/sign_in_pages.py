"""Web: the door. In with an address and a password, out with one press, and a link that sets a password once."""

from datetime import timedelta
from math import ceil

from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import logout_user

from foster_bond.errors import InvalidInput, NotYours
from foster_bond.rules.page_values.agency import SignInPage
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState
from foster_bond.rules.page_values.people import PasswordPage
from foster_bond.steps.keeping.hand_out_link import holder_of_link, use_link
from foster_bond.steps.keeping.sign_in import NotSignedIn, sign_in, sign_out
from foster_bond.steps.passwords import SHORTEST
from foster_bond.web.forms import typed, what_was_typed
from foster_bond.web.running import demo_doors, now, runtime
from foster_bond.web.threshold import HAD_A_SESSION, begin_session, open_to_all, visitor

room = Blueprint("sign_in_pages", __name__)


@room.get("/sign-in")
@open_to_all
def show() -> ResponseReturnValue:
    """The door; who is in already goes on to their families."""
    if visitor() is not None:
        return redirect("/", code=303)
    return _door(SignInPage(ended=bool(session.get(HAD_A_SESSION))))


@room.post("/sign-in")
@open_to_all
def enter() -> ResponseReturnValue:
    """In, or the one sentence that says no more than it must."""
    email, password = typed("email", longest=254), request.form.get("password", "")
    held = visitor()
    answer = sign_in(
        runtime().store,
        email=email,
        password=password,
        source=request.remote_addr or "unknown",
        now=now(),
        replaces=None if held is None else held.token,
    )
    if isinstance(answer, NotSignedIn):
        return _refused(email, answer.wait)
    begin_session(answer.token)
    return redirect("/", code=303)


@room.post("/sign-out")
@open_to_all
def leave() -> ResponseReturnValue:
    """Out, for good: the row behind the cookie ends, so a copy of the cookie is worth nothing."""
    who = visitor()
    if who is not None:
        sign_out(runtime().store, token=who.token, now=now())
        logout_user()
    session.clear()
    return redirect(url_for("sign_in_pages.show"), code=303)


@room.get("/password/<token>")
@open_to_all
def new_password(token: str) -> ResponseReturnValue:
    """The landing page of a one-time link."""
    return _password_page(token, NOTHING_TYPED)


@room.post("/password/<token>")
@open_to_all
def choose_password(token: str) -> ResponseReturnValue:
    """Set the password and go in with it; a password that will not do leaves the link as it was."""
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _password_page(token, what_was_typed(errors={"again": (_("The two are not the same."),)}), 422)
    try:
        holder = use_link(runtime().store, token=token, password=password, now=now())
    except NotYours:
        return _password_page(token, NOTHING_TYPED)
    except InvalidInput as error:
        return _password_page(token, what_was_typed(errors={"password": error.problems}), 422)
    source = request.remote_addr or "unknown"
    answer = sign_in(runtime().store, email=holder.email, password=password, source=source, now=now())
    if isinstance(answer, NotSignedIn):
        return redirect(url_for("sign_in_pages.show"), code=303)
    begin_session(answer.token)
    return redirect("/", code=303)


def _refused(email: str, wait: timedelta | None) -> Response:
    if wait is None:
        problem = _("That e-mail address and password do not fit together.")
        return _door(SignInPage(email=email, problem=problem), 422)
    answer = _door(SignInPage(email=email, wait_minutes=max(1, ceil(wait.total_seconds() / 60))), 429)
    answer.headers["Retry-After"] = str(max(1, ceil(wait.total_seconds())))
    return answer


def _door(page: SignInPage, status: int = 200) -> Response:
    whole = SignInPage(
        email=page.email, problem=page.problem, wait_minutes=page.wait_minutes, ended=page.ended, demo=demo_doors()
    )
    return make_response(render_template("pages/sign_in/sign_in.html", page=whole), status)


def _password_page(token: str, form: FormState, status: int = 200) -> Response:
    holder = holder_of_link(runtime().store, token=token, now=now())
    page = PasswordPage(
        token=token,
        name="" if holder is None else holder.name,
        email="" if holder is None else holder.email,
        shortest=SHORTEST,
        form=form,
        gone=holder is None,
    )
    return make_response(
        render_template("pages/sign_in/set_password.html", page=page), 404 if holder is None else status
    )
