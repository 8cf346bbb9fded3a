"""Rules of the river, prompt → outbox message: fills go into fixed texts once, and the right fixed text is chosen."""

import re
from collections.abc import Mapping
from datetime import datetime, time
from types import MappingProxyType

from foster_bond.errors import InvalidInput
from foster_bond.library import LANGUAGES, system_texts
from foster_bond.rules.public_lines import names, public_lines, with_own_numbers
from foster_bond.rules.segments import foreign_signs, is_gsm, measure

# Septets each fill may take, so that every shipped text stays one segment. `when` is ours, never typed: its longest is
# the span `10:30 am to 10:30 pm`; the three texts that hold it have 36 septets to spare. UK numbers are one longer.
SAMPLES = {
    "agency": 17,
    "phone": 12,
    "oncall": 12,
    "hotline": 12,
    "max": 1,
    "days": 2,
    "when": 20,
    "language": 7,
    "code": 6,
    "child": 10,
}
UK_SAMPLES = SAMPLES | {"agency": 18, "phone": 13, "oncall": 13}

NONE: Mapping[str, str] = MappingProxyType({})
LANGUAGE_NAMES = {"en": "English", "es": "español"}
CHILD_WORDS = {"en": ("the child", "the teen", "kiddo", "little one"), "es": ("su niño/a", "su joven", "su peque")}
CRISIS_CATEGORIES = ("suicide", "abuse", "missing", "violence", "medical", "unclassified")

_FILL = re.compile(r"\{(\w+)\}")
_CHILD_IN_ANOTHER = {
    "the child": "su niño/a",
    "the teen": "su joven",
    "kiddo": "su peque",
    "little one": "su peque",
    "su niño/a": "the child",
    "su joven": "the teen",
    "su peque": "little one",
}
# Spanish has no short Saturday in GSM-7, so it goes without weekdays; strftime would follow the machine's locale.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
}
# Only two crisis texts exist for the UK; each category takes the one whose words fit it. Medical: both say 999, but
# only the first says nothing about a child.
# Unclassified: "if you or someone may be hurt" fits whatever it was.
_US_CRISIS = {"unclassified": "SUICIDE"}
_UK_CRISIS = {
    "unclassified": "SUICIDE",
    "suicide": "SUICIDE",
    "medical": "SUICIDE",
    "abuse": "ABUSE",
    "missing": "ABUSE",
    "violence": "ABUSE",
}


def fills_in(text: str) -> tuple[str, ...]:
    """The names of the fills that a text holds, each once, in order."""
    return tuple(dict.fromkeys(_FILL.findall(text)))


def check_fill(name: str, value: str, *, country: str = "US") -> str | None:
    """What is wrong with a fill's value, as a plain sentence for whoever typed it; None when it may be used."""
    samples = UK_SAMPLES if country == "GB" else SAMPLES
    if name not in samples:
        return f"{name} is not a fill that our texts know."
    if not value.strip():
        return f"{name} is empty."
    if name == "child":
        return None if _child_word(value) else f"{value!r} is not a word we use for the child: {_known_child_words()}."
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in value):
        return f"{name} holds a line break or another control sign."
    if not is_gsm(value):
        return f"{name} holds {' '.join(foreign_signs(value))}, which would more than double the cost of every text."
    units = measure(value).units
    if units > samples[name]:
        return f"{name} is {units} signs long; our texts have room for {samples[name]}."
    return None


def render(text: str, fills: Mapping[str, str]) -> str:
    """The text with every {name} filled, each place once: a fill that itself holds `{phone}` stays as it is.

    Raises: InvalidInput when the text names an unknown fill, or a fill is missing or empty.
    """
    names = fills_in(text)
    unknown = [f"The text names {{{name}}}, which is no fill of ours." for name in names if name not in SAMPLES]
    empty = [f"{name} is missing." for name in names if name in SAMPLES and not fills.get(name, "").strip()]
    if unknown or empty:
        raise InvalidInput("This text cannot be filled: " + " ".join(unknown + empty), tuple(unknown + empty))
    return _FILL.sub(lambda found: _filled(text, found, fills[found[1]]), text)


def child_word(text: str, language: str, word: str | None = None) -> str:
    """The text with {child} filled by the member's child word in that language; the other fills stay untouched.

    Raises: InvalidInput when the word is none of ours; a real name never goes into a text.
    """
    chosen = child_word_in(language, word)
    return _FILL.sub(lambda found: _filled(text, found, chosen) if found[1] == "child" else found[0], text)


def child_word_in(language: str, word: str | None = None) -> str:
    """The child word as this language says it: the same one, its sister in the other language, or the default.

    Raises: InvalidInput when the word is none of ours.
    """
    if word is None or not word.strip():
        return CHILD_WORDS[language][0]
    known = _child_word(word)
    if known is None:
        raise InvalidInput(check_fill("child", word) or "")
    return known if known in CHILD_WORDS[language] else _CHILD_IN_ANOTHER[known]


def system_text(
    text_id: str, language: str, fills: Mapping[str, str], *, country: str = "US", numbers: Mapping[str, str] = NONE
) -> str:
    """One fixed text, filled, in the person's language (UK texts exist in English only).

    `numbers` = the agency's own values of public lines, by their name.
    Raises: InvalidInput when a fill is missing or empty; choose the text without it (`-N`, `-NU`) instead.
    """
    texts = system_texts()[system_text_id(text_id, country=country)].texts
    return render(with_own_numbers(texts.get(language, texts["en"]), numbers, country), fills)


def says_public_line(text_id: str, *, country: str = "US") -> bool:
    """Whether this text says a public number, so that the agency's own values matter to it."""
    texts = system_texts()[system_text_id(text_id, country=country)].texts.values()
    return any(names(text, line) for text in texts for line in public_lines(country))


def longest(text: str, country: str = "US") -> str:
    """A fixed text with the longest value in each fill: what must still be one segment."""
    samples = UK_SAMPLES if country == "GB" else SAMPLES
    return _FILL.sub(lambda found: "x" * samples[found[1]], text)


def system_text_id(text_id: str, *, country: str = "US") -> str:
    """The country's own form of a fixed text where it has one (`W1` in GB is `UK-W1`), else the same id."""
    own = f"UK-{text_id}"
    return own if country == "GB" and own in system_texts() else text_id


def crisis_text_id(
    category: str,
    *,
    told: bool,
    hotline: bool,
    oncall: bool,
    neutral: bool = False,
    stopped_now: bool = False,
    country: str = "US",
) -> str:
    """The one answer to a warning sign. It promises only what is true and never holds an empty fill.

    `told` = an alert row exists and someone is on the rota; `hotline`, `oncall` = the agency has set them;
    `neutral` = a shared or watched phone; `stopped_now` = the same text asks to stop, or comes from a stopped number.
    A UK stop is answered by the UK crisis text alone, because X3 names American numbers. The neutral text is the same
    everywhere: it gives nothing away, and that weighs more.
    Raises: InvalidInput for a category that is none of CRISIS_CATEGORIES.
    """
    if category not in CRISIS_CATEGORIES:
        raise InvalidInput(f"{category!r} is not a kind of warning sign: {', '.join(CRISIS_CATEGORIES)}.")
    untold = "" if told else "U"
    if neutral:
        return _joined("X4", untold)
    if stopped_now and country != "GB":
        return _joined("X3", untold)
    base = f"CRISIS-{_US_CRISIS.get(category, category.upper())}"
    if country == "GB":
        base = f"UK-CRISIS-{_UK_CRISIS[category]}"
    needed = fills_in(system_texts()[base].texts["en"])
    lacking = ("hotline" in needed and not hotline) or ("oncall" in needed and not oncall)
    return _joined(base, ("N" if lacking else "") + untold)


def pause_text_id(days: int) -> str:
    """The answer to PAUSE: one day has its own text."""
    return "PAUSE-1" if days == 1 else "PAUSE"


def when_words(local: datetime, language: str) -> str:
    """A moment on the person's own clock: `Thu 12 Nov 7:00 pm`, in Spanish `12 nov, 7:00 pm`; pure GSM-7."""
    month = _MONTHS[language][local.month - 1]
    if language == "es":
        return f"{local.day} {month}, {hour_words(local.time())}"
    return f"{_WEEKDAYS[local.weekday()]} {local.day} {month} {hour_words(local.time())}"


def hour_words(clock: time) -> str:
    """An hour of the day as both languages read it: `7:00 pm`."""
    return f"{clock.hour % 12 or 12}:{clock.minute:02d} {'am' if clock.hour < 12 else 'pm'}"


def span_words(first: time, last: time, language: str) -> str:
    """A stretch of the day, whole hours without minutes: `9 am to 8 pm`, `9 am a 8 pm`."""
    between = " a " if language == "es" else " to "
    return between.join(hour_words(clock).replace(":00", "") for clock in (first, last))


def _joined(base: str, suffix: str) -> str:
    return f"{base}-{suffix}" if suffix else base


def _filled(text: str, found: re.Match[str], value: str) -> str:
    if found[1] != "child":
        return value
    before = text[: found.start()].rstrip("¿¡\"'(").rstrip()
    opens_sentence = not before or before[-1] in ".!?"
    return value[0].upper() + value[1:] if opens_sentence else value


def _child_word(typed: str) -> str | None:
    folded = " ".join(typed.split()).casefold()
    return folded if any(folded in words for words in CHILD_WORDS.values()) else None


def _known_child_words() -> str:
    return ", ".join(word for language in LANGUAGES for word in CHILD_WORDS[language])
