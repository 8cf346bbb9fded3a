"""Web: which language a page is in: the reader's own, else the browser's, else English."""

from flask import Flask, g, request
from flask_babel import Babel, get_locale

from foster_bond.web.threshold import visitor

LANGUAGES = ("en", "es")


def speak(app: Flask) -> None:
    """Mark `_()` and `ngettext()` in templates with the reader's language."""
    Babel(app, default_locale="en", default_timezone="UTC", locale_selector=_choose)


def language() -> str:
    """The language of this answer."""
    return str(get_locale() or "en")


def _choose() -> str:
    # A page about a broken database must not ask that database who is reading.
    who = None if g.get("broken") else visitor()
    if who is not None and who.viewer.language in LANGUAGES:
        return who.viewer.language
    # In the reader's own order; Werkzeug's best match would give "en" for "es-MX, en;q=0.5".
    wished = (tag.partition("-")[0].lower() for tag, _quality in request.accept_languages)
    return next((tag for tag in wished if tag in LANGUAGES), "en")
