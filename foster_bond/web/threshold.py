"""Web: who may enter. Every address says so itself; one that does not lets nobody in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from flask import Flask, Request, Response, current_app, make_response, redirect, request, session, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import LoginManager, current_user, login_user

from foster_bond.errors import FosterBondError, NotAllowed
from foster_bond.rules.access import Role, Viewer
from foster_bond.steps.keeping import sign_in
from foster_bond.web.running import now, runtime

View = TypeVar("View", bound=Callable[..., Any])
HAD_A_SESSION = "had_a_session"


class Undeclared(FosterBondError):
    """A view that does not say who may enter: a defect, and nobody gets in."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Who may enter one address. `roles` None: every role. A poll is not activity: it keeps no session alive."""

    to_all: bool = False
    roles: frozenset[Role] | None = None
    poll: bool = False


@dataclass(frozen=True, slots=True)
class Visitor:
    """A member of staff whose session is good, in the shape that Flask-Login asks for."""

    token: str
    viewer: Viewer

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.token


def open_to_all(view: View) -> View:
    """Anybody may enter, signed in or not."""
    return _declare(view, Entry(to_all=True))


def signed_in(view: View) -> View:
    """Any member of staff may enter; the steps decide what they see."""
    return _declare(view, Entry())


def roles(*may: Role) -> Callable[[View], View]:
    """Only staff of these roles may enter; the others are told that their role does not allow it."""
    return lambda view: _declare(view, Entry(roles=frozenset(may)))


def poll(view: View) -> View:
    """A small live part asks here by itself; that is not activity. Stands above or under the word for who may enter."""
    view.__dict__["polls"] = True
    known = entry_of(view)
    return view if known is None else _declare(view, known)


def _declare(view: View, entry: Entry) -> View:
    view.__dict__["entry"] = replace(entry, poll=view.__dict__.get("polls", False))
    return view


def entry_of(view: Callable[..., Any]) -> Entry | None:
    """What a view says about who may enter; None where it says nothing."""
    return cast("Entry | None", getattr(view, "entry", None))


def may_enter(endpoint: str, viewer: Viewer) -> bool:
    """True where there is such an address and this viewer's role may enter it."""
    view = current_app.view_functions.get(endpoint)
    entry = entry_of(view) if view else None
    return entry is not None and (entry.to_all or entry.roles is None or viewer.role in entry.roles)


def visitor() -> Visitor | None:
    """Who is signed in, or None."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def viewer() -> Viewer:
    """Who is looking; only for addresses that signed-in staff alone may enter."""
    who = visitor()
    if who is None:
        raise Undeclared("a view asked for its viewer and lets in people who are not signed in")
    return who.viewer


def begin_session(token: str) -> None:
    """Take the visitor in: nothing of the session before survives, so that a planted one is worth nothing."""
    session.clear()
    who = _recognise(token)
    if who is None:
        raise Undeclared("a session that was just begun is not known")
    login_user(who)


class Sessions(SecureCookieSessionInterface):
    """Flask's own signed cookie; whoever brings none, as every carrier does, costs no key derivation."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return super().open_session(app, request) if "Cookie" in request.headers else self.session_class()


def stand_guard(app: Flask) -> None:
    """Ask every request who it is, before anything else looks at it."""
    app.session_interface = Sessions()
    manager = LoginManager()
    # No tie to address and browser: phones change both in a car park, and the token is looked up every time.
    manager.session_protection = None
    manager.user_loader(_recognise)
    manager.init_app(app, add_context_processor=False)
    app.before_request(_check)


def _recognise(token: str) -> Visitor | None:
    view = current_app.view_functions.get(request.endpoint or "")
    entry = entry_of(view) if view else None
    idle = entry is not None and entry.poll and "HX-Request" in request.headers
    found = sign_in.session_of(runtime().store, token, now(), active=not idle)
    return None if found is None else Visitor(token=token, viewer=found)


def _check() -> Response | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None  # no such address, or not with this method: Flask answers that itself
    entry = entry_of(view)
    if entry is None:
        raise Undeclared(f"{request.endpoint} does not say who may enter")
    if entry.to_all:
        return None
    who = visitor()
    if who is None:
        return _to_the_door()
    if entry.roles is not None and who.viewer.role not in entry.roles:
        raise NotAllowed("role")
    return None


def _to_the_door() -> Response:
    """The sign-in page, with a word that the session ended where there was one."""
    if session.pop("_user_id", None) is not None:
        session[HAD_A_SESSION] = True
    door = url_for("sign_in_pages.show")
    if "HX-Request" not in request.headers:
        return cast(Response, redirect(door, code=303))
    answer = make_response("", 401)  # followed, a redirect would put the sign-in page inside a fragment
    answer.headers["HX-Redirect"] = door
    return answer
