"""Web: which language a page is in, and its words: the reader's own, else the browser's, else English."""

from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from flask_babel import Babel, Domain, get_locale

from foster_bond.web.sentences import Sentences
from foster_bond.web.threshold import visitor

LANGUAGES = ("en", "es")
CATALOGUES = Path(__file__).parents[1] / "translations"


class Words(Domain):  # type: ignore[misc]  # Flask-Babel ships no types
    """One catalogue a language, read as its translators write it: nothing has to be compiled before the start."""

    def __init__(self) -> None:
        super().__init__()
        self._sentences: dict[str, Sentences] = {}

    def get_translations(self) -> NullTranslations:
        """The words of the reader's language; English is what stands in the code."""
        tag = language()
        if tag not in self.cache:
            self.cache[tag] = read(tag)
        return self.cache[tag]  # type: ignore[no-any-return]  # as above

    def tell(self, sentence: Any) -> Any:
        """A sentence that the rules made in English, in the reader's language; what is not in the catalogue stays."""
        tag = language()
        if not isinstance(sentence, str) or tag == "en":
            return sentence
        if tag not in self._sentences:
            words = self.get_translations()
            known = getattr(words, "_catalog", {})
            self._sentences[tag] = Sentences({one: known[one] for one in known if isinstance(one, str) and one})
        return self._sentences[tag].tell(sentence)


def speak(app: Flask) -> None:
    """Mark `_()` and `ngettext()` in templates with the reader's language, and `|told` what the rules have said."""
    words = Words()
    Babel(app, default_locale="en", default_timezone="UTC", locale_selector=_choose).domain_instance = words
    app.jinja_env.filters["told"] = words.tell


def language() -> str:
    """The language of this answer."""
    return str(get_locale() or "en")


def read(tag: str) -> NullTranslations:
    """The catalogue of one language; nothing but English where there is none."""
    path = CATALOGUES / tag / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as written:
        write_mo(compiled, read_po(written, locale=tag))
    compiled.seek(0)
    return Translations(compiled)


def _choose() -> str:
    # A page about a broken database must not ask that database who is reading.
    who = None if g.get("broken") else visitor()
    if who is not None and who.viewer.language in LANGUAGES:
        return who.viewer.language
    # In the reader's own order; Werkzeug's best match would give "en" for "es-MX, en;q=0.5".
    wished = (tag.partition("-")[0].lower() for tag, _quality in request.accept_languages)
    return next((tag for tag in wished if tag in LANGUAGES), "en")
