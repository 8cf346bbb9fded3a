"""Rules of the pages: a whole schedule as one paragraph, with what could be chosen otherwise marked."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from typing import Any

from foster_bond.rules.pack_values import PackSchedule
from foster_bond.rules.page_values.schedules import SentencePiece
from foster_bond.rules.recurrence import Rhythm, parse_rule, words
from foster_bond.rules.recurrence_words import clock_words, day_words, hour_words
from foster_bond.rules.spoken_time import spoken_day

_ROLES = {
    "en": {"foster_parent": "foster parents", "kin_carer": "kin carers", "teen": "teens",
           "birth_parent": "birth parents", "other": "others"},
    "es": {"foster_parent": "familias de crianza", "kin_carer": "familiares que cuidan", "teen": "jóvenes",
           "birth_parent": "madres y padres", "other": "otras personas"},
}  # fmt: skip
_SAID = {
    "en": (
        "Ask ", "everybody", " and ", " tagged {tags}", ": ", ", where each of them lives, from the programme ",
        ". If nothing comes back, ", "no reminder follows", "one gentle reminder comes after {span}",
        ". Each question stays open ", ".", ", where each of them lives, each time: ",
    ),
    "es": (
        "Preguntar a ", "todas las personas", " y ", " con la etiqueta {tags}", ": ",
        ", donde vive cada persona, del programa ", ". Si no llega respuesta, ", "no hay recordatorio",
        "un recordatorio amable llega después de {span}", ". Cada pregunta queda abierta ",
        ".", ", donde vive cada persona, cada vez: ",
    ),
}  # fmt: skip

_VISITS = {
    "en": "the evening before and after each family visit",
    "es": "la tarde anterior y posterior a cada visita familiar",
}


def sentence(
    rhythm: Rhythm,
    *,
    roles: Sequence[str],
    tags: Sequence[str],
    programme: str,
    nudge_after: timedelta | None,
    closes_after: timedelta,
    language: str = "en",
    question: bool = False,
    by_visits: bool = False,
) -> tuple[SentencePiece, ...]:
    """The paragraph: whom, on which rhythm, from which programme, with which reminder, and how long it stays open.

    `question`: the programme is one question that comes back every time, and `programme` its words.
    `by_visits`: it follows the family's visits, and only its hour is the rhythm's.
    """
    spanish = language == "es"
    said = _SAID["es" if spanish else "en"]
    nudge = said[7] if nudge_after is None else said[8].format(span=_span(nudge_after, spanish))
    rhythm_words = f"{_VISITS[language]} {hour_words(rhythm, language)}" if by_visits else words(rhythm, language)
    return (
        SentencePiece(said[0]),
        SentencePiece(_audience(roles, tags, said, spanish), pick=True),
        SentencePiece(said[4]),
        SentencePiece(rhythm_words[0].lower() + rhythm_words[1:] if spanish else rhythm_words, pick=True),
        SentencePiece(said[11 if question else 5]),
        SentencePiece(programme, pick=True),
        SentencePiece(said[6]),
        SentencePiece(nudge, pick=True),
        SentencePiece(said[9]),
        SentencePiece(_span(closes_after, spanish), pick=True),
        SentencePiece(said[10]),
    )


def _audience(roles: Sequence[str], tags: Sequence[str], said: Sequence[str], spanish: bool) -> str:
    names = [_ROLES["es" if spanish else "en"].get(role, role) for role in roles]
    people = said[2].join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names) or said[1]
    return people + (said[3].format(tags=", ".join(tags)) if tags else "")


def _span(span: timedelta, spanish: bool) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes % 60:
        return f"{minutes} minutos" if spanish else f"{minutes} minutes"
    hours = minutes // 60
    if hours == 1:
        return "1 hora" if spanish else "1 hour"
    return f"{hours} horas" if spanish else f"{hours} hours"


_PICKS = {
    "en": {
        "none": "no reminder follows", "one": "one gentle reminder comes after {span}", "at": " at {hour} or later",
        "until": ", until {hour} at the latest", "calendar": "on {day}", "joining": "when each of them joins",
        "placement": "on the day the child came", "never": "not at all", "on": "on {day}",
        "after": ("after {n} time", "after {n} times"), "within": "{n} minutes",
    },
    "es": {
        "none": "no hay recordatorio", "one": "un recordatorio amable llega después de {span}",
        "at": " a {hour} o más tarde", "until": ", a {hour} a más tardar", "calendar": "el {day}",
        "joining": "cuando entra cada persona", "placement": "el día en que llegó el niño/a", "never": "nunca",
        "on": "el {day}", "after": ("después de {n} vez", "después de {n} veces"), "within": "{n} minutos",
    },
}  # fmt: skip


_FIELDS = {
    "who": ("who", "tags"), "days": ("every", "days", "month_days", "rule", "count"),
    "hour": ("at", "between_from", "between_until"), "programme": ("programme",),
    "nudge": ("nudge_after", "nudge_from", "nudge_until"), "closes": ("closes_after",), "starts": ("starts",),
    "ends": ("ends", "count", "rule"), "within": ("send_within",),
}  # fmt: skip


def picks(
    words: PackSchedule,
    programme: str,
    today: date,
    language: str = "en",
    *,
    unread: Collection[str] = (),
    by_visits: bool = False,
) -> dict[str, str]:
    """What each pick of the sentence says: who, days, hour, programme, nudge, closes, starts, ends, within.

    `by_visits`: it follows the family's visits, whatever its days say. A pick of which a field is among the `unread`,
    because nobody can make out what it says, is empty.
    """
    spanish = language == "es"
    said: Any = _PICKS["es" if spanish else "en"]
    rhythm = Rhythm(parse_rule(words.rule), words.at, words.between, words.starts or today, words.ends)
    audience = _audience(words.audience.roles, words.audience.tags, _SAID["es" if spanish else "en"], spanish)
    ways: dict[str, Callable[[], str]] = {
        "who": lambda: audience,
        "days": lambda: _VISITS[language] if by_visits else day_words(rhythm, language),
        "hour": lambda: hour_words(rhythm, language),
        "programme": lambda: programme,
        "nudge": lambda: _nudge(words, said, language),
        "closes": lambda: _span(words.closes_after, spanish),
        "starts": lambda: said[words.counted_from].format(day=spoken_day(words.starts or today, language=language)),
        "ends": lambda: _ends(words, rhythm, said, language),
        "within": lambda: said["within"].format(n=int(words.send_within.total_seconds() // 60)),
    }
    return {name: "" if set(unread) & set(_FIELDS[name]) else say() for name, say in ways.items()}


def _nudge(words: PackSchedule, said: Any, language: str) -> str:
    if words.nudge_after is None:
        return str(said["none"])
    text: str = said["one"].format(span=_span(words.nudge_after, language == "es"))
    if words.nudge_from is not None:
        text += said["at"].format(hour=clock_words(words.nudge_from, language))
    if words.nudge_until is not None:
        text += said["until"].format(hour=clock_words(words.nudge_until, language))
    return text


def _ends(words: PackSchedule, rhythm: Rhythm, said: Any, language: str) -> str:
    if rhythm.rule.count is not None:
        one, many = said["after"]
        return str((one if rhythm.rule.count == 1 else many).format(n=rhythm.rule.count))
    if words.ends is not None:
        return str(said["on"].format(day=spoken_day(words.ends, language=language)))
    return str(said["never"])
