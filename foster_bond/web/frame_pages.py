"""Web: what stands around every signed-in page: where to go, the pulse of the clock, the one loud banner."""

from datetime import timedelta
from math import ceil
from typing import Any, cast
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.local import LocalProxy

from foster_bond.rules.access import Viewer
from foster_bond.rules.page_values.frame import Flash, Frame, NavLink
from foster_bond.steps.keeping.choose_language import choose_language
from foster_bond.steps.keeping.sign_in import left_of
from foster_bond.steps.reading.read_frame import Surroundings, read_frame
from foster_bond.web.forms import typed
from foster_bond.web.languages import language
from foster_bond.web.running import now, runtime
from foster_bond.web.static_files import asset
from foster_bond.web.threshold import may_enter, poll, signed_in, viewer, visitor

room = Blueprint("frame_pages", __name__)

ENDS_SOON, ONE_MINUTE = timedelta(minutes=2), timedelta(minutes=1)

# (room, its first page, kept in the menu "More"). A room shows up here as soon as its address exists, for those who
# may enter it.
PLACES = (
    ("families", "caseload_pages.show", False),
    ("alerts", "alerts_pages.show", False),
    ("tasks", "tasks_pages.show", False),
    ("unplaced", "unplaced_pages.show", False),
    ("schedules", "schedules_pages.show", False),
    ("prompts", "prompts_pages.show", False),
    ("people", "people_pages.show", True),
    ("delivery", "delivery_pages.show", True),
    ("agency", "agency_pages.show", True),
    ("audit", "audit_pages.show", True),
    ("phones", "phones_pages.show", False),
)
_SAME_ROOM = {
    "family_pages": "caseload_pages",
    "writing_pages": "caseload_pages",
    "search_pages": "caseload_pages",
    "calendar_pages": "caseload_pages",
    "leaving_pages": "caseload_pages",
    "record_pages": "caseload_pages",
    "hand_over_pages": "caseload_pages",
    "texts_pages": "caseload_pages",
    "held_pages": "schedules_pages",
    "members_pages": "schedules_pages",
    "programmes_pages": "prompts_pages",
    "agency_calendar_pages": "agency_pages",
}


def frame_every_page(app: Flask) -> None:
    """Give every template `frame` and `asset()`."""
    app.jinja_env.globals["asset"] = asset
    app.context_processor(_surround)


@room.get("/frame/live")
@signed_in
@poll
def live() -> Response:
    """The pulse, the banner, the number of alerts, and a word before the session ends; the page asks by itself."""
    return make_response(render_template("pages/frame/live.html", ending=_ending()))


@room.post("/frame/stay")
@signed_in
def stay() -> ResponseReturnValue:
    """Somebody pressed "Stay signed in": the press itself keeps the session."""
    if "HX-Request" not in request.headers:
        return redirect(url_for("caseload_pages.show"), code=303)
    return make_response(render_template("pages/frame/live.html", ending=0))


def _ending() -> int:
    """In how many minutes the session ends where that is soon; else 0."""
    who = visitor()
    left = None if who is None else left_of(runtime().store, who.token, now())
    return 0 if left is None or left > ENDS_SOON else max(1, ceil(left / ONE_MINUTE))


@room.post("/language")
@signed_in
def speak() -> ResponseReturnValue:
    """The pages in the other language, from the one they were on."""
    choose_language(runtime().store, viewer(), typed("language", longest=8))
    came_from = urlsplit(request.referrer or "")
    back = came_from._replace(scheme="", netloc="", fragment="").geturl() if came_from.netloc == request.host else ""
    return redirect(back if back.startswith("/") and not back.startswith("//") else "/", code=303)


def _surround() -> dict[str, Any]:
    return {"frame": LocalProxy(_frame)}  # read only where a template asks for it: most polls do not


def _frame() -> Frame:
    if "frame" not in g or g.get("broken"):
        g.frame = frame_of_page()
    return cast(Frame, g.frame)


def frame_of_page() -> Frame:
    """The surroundings of the page that is being made; a signed-out or broken one has neither person nor links."""
    simulated = runtime().settings.carrier == "simulated"
    who = None if g.get("broken") else visitor()
    if who is None:
        return Frame(simulated=simulated, flashes=_flashes(), language=language(), live=False)
    around = read_frame(runtime().store, who.viewer, now(), language=language())
    return Frame(
        person=who.viewer.name.split(" ")[0],
        role=who.viewer.role.value,
        agency=around.agency,
        nav=_nav(who.viewer, around),
        pulse_seconds=None if around.pulse_age is None else int(around.pulse_age.total_seconds()),
        pulse_late=around.pulse_late,
        simulated=simulated,
        banner=around.banner,
        unwatched=around.unwatched,
        stopped=around.stopped,
        mailed=around.mailed,
        flashes=_flashes(),
        language=language(),
    )


def _nav(viewer: Viewer, around: Surroundings) -> tuple[NavLink, ...]:
    here = _SAME_ROOM.get(request.blueprint or "", request.blueprint)
    return tuple(
        NavLink(
            room=name,
            href=url_for(endpoint),
            current=endpoint.partition(".")[0] == here,
            count=(around.open_alerts or around.looks) if name == "alerts" else 0,
            loud=name == "alerts" and around.open_alerts > 0,
            more=more,
        )
        for name, endpoint, more in PLACES
        if endpoint in current_app.view_functions and may_enter(endpoint, viewer)
    )


def _flashes() -> tuple[Flash, ...]:
    said = cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))
    return tuple(Flash(words=words, kind="problem" if kind == "problem" else "done") for kind, words in said)
