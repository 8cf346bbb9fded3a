"""The app: pages and webhooks over one runtime."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog
from flask import Blueprint, Flask, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from foster_bond.rules.warning_lists import warning_lists
from foster_bond.runtime import Runtime
from foster_bond.settings import Settings
from foster_bond.web import (
    activities_pages,
    agency_calendar_pages,
    agency_pages,
    alerts_pages,
    audit_pages,
    calendar_pages,
    carrier_hooks,
    caseload_pages,
    clearances_pages,
    consent_pages,
    delivery_pages,
    family_pages,
    frame_pages,
    hand_over_pages,
    health_pages,
    held_pages,
    leaving_pages,
    ledger_pages,
    members_pages,
    numbers_pages,
    people_pages,
    phones_pages,
    pictures_pages,
    practice_pages,
    programmes_pages,
    prompts_pages,
    record_pages,
    rota_pages,
    schedules_pages,
    search_pages,
    sign_in_pages,
    static_files,
    tasks_pages,
    texts_pages,
    unplaced_pages,
    visits_pages,
    writing_pages,
)
from foster_bond.web.frame_pages import frame_every_page
from foster_bond.web.headers import say_headers
from foster_bond.web.languages import speak
from foster_bond.web.plain_input import refuse_what_is_no_text
from foster_bond.web.request_log import keep_log
from foster_bond.web.running import DemoClock, keep_runtime
from foster_bond.web.threshold import stand_guard
from foster_bond.web.trouble_pages import answer_trouble

# Every room of addresses. A new one is a line here; the menu finds it in frame_pages.PLACES.
ROOMS: tuple[Blueprint, ...] = (
    static_files.room,
    health_pages.room,
    carrier_hooks.room,
    sign_in_pages.room,
    frame_pages.room,
    caseload_pages.room,
    family_pages.room,
    writing_pages.room,
    search_pages.room,
    visits_pages.room,
    calendar_pages.room,
    leaving_pages.room,
    record_pages.room,
    hand_over_pages.room,
    texts_pages.room,
    practice_pages.room,
    activities_pages.room,
    pictures_pages.room,
    alerts_pages.room,
    tasks_pages.room,
    unplaced_pages.room,
    held_pages.room,
    schedules_pages.room,
    members_pages.room,
    prompts_pages.room,
    programmes_pages.room,
    people_pages.room,
    ledger_pages.room,
    clearances_pages.room,
    consent_pages.room,
    delivery_pages.room,
    agency_pages.room,
    agency_calendar_pages.room,
    rota_pages.room,
    numbers_pages.room,
    audit_pages.room,
)
LARGEST = 256 * 1024  # bytes of a request; the longest text is 6.4 KB, a note 16 KB

_log = structlog.stdlib.get_logger(__name__)


class FosterBond(Flask):
    """Flask, with its own words about errors kept out of the log: they hold the address, which may hold a secret."""

    def log_exception(self, exc_info: Any) -> None:
        _log.error("request_broke", endpoint=request.endpoint, ref=g.get("ref"), exc_info=exc_info)


def create_app(
    runtime: Runtime, *, demo_doors: Sequence[tuple[str, str]] = (), demo_clock: DemoClock | None = None
) -> Flask:
    """The pages and webhooks of this runtime.

    `demo_doors`: e-mail and password of the demo's made-up staff, shown on the sign-in page. Empty outside the demo.
    `demo_clock`: with it, and with the simulated carrier, there is the phones page.
    """
    app = FosterBond("foster_bond", static_folder=None, template_folder=str(_templates()))
    app.config.from_mapping(_configuration(runtime.settings))
    keep_runtime(app, runtime, tuple(demo_doors), demo_clock)
    keep_log(app)
    stand_guard(app)
    CSRFProtect(app).exempt(carrier_hooks.room)
    refuse_what_is_no_text(app, but_not=carrier_hooks.room.name)
    speak(app)
    frame_every_page(app)
    answer_trouble(app)
    say_headers(app)
    warning_lists()  # read now: the first text of the day must not wait for it (0.4 s)
    for room in ROOMS:
        app.register_blueprint(room)
    if demo_clock is not None and runtime.network is not None:
        app.register_blueprint(phones_pages.room)
    if hops := runtime.settings.proxy_hops:
        behind = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_port=hops)
        app.wsgi_app = behind  # type: ignore[method-assign]  # Flask's own documented way to add a layer
    return app


def _configuration(settings: Settings) -> dict[str, Any]:
    https = settings.cookies_are_secure
    return {
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "MAX_CONTENT_LENGTH": LARGEST,
        "SESSION_COOKIE_NAME": "__Host-foster_bond" if https else "foster_bond",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as its session, however long somebody writes
        "TEMPLATES_AUTO_RELOAD": False,
    }


def _templates() -> Path:
    """The pages: inside the package where it was installed, beside it in a checkout."""
    here = Path(__file__).parent
    inside = here / "templates"
    return inside if inside.is_dir() else here.parent / "templates"
