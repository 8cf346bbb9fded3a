"""Rules of the pages: a whole schedule as one paragraph, with what could be chosen otherwise marked."""

from collections.abc import Sequence
from datetime import timedelta

from foster_bond.rules.page_values.schedules import SentencePiece
from foster_bond.rules.recurrence import Rhythm, words

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
        ". Each question stays open ", ".",
    ),
    "es": (
        "Preguntar a ", "todas las personas", " y ", " con la etiqueta {tags}", ": ",
        ", donde vive cada persona, del programa ", ". Si no llega respuesta, ", "no hay recordatorio",
        "un recordatorio amable llega después de {span}", ". Cada pregunta queda abierta ", ".",
    ),
}  # fmt: skip


def sentence(
    rhythm: Rhythm,
    *,
    roles: Sequence[str],
    tags: Sequence[str],
    programme: str,
    nudge_after: timedelta | None,
    closes_after: timedelta,
    language: str = "en",
) -> tuple[SentencePiece, ...]:
    """The paragraph: whom, on which rhythm, from which programme, with which reminder, and how long it stays open."""
    spanish = language == "es"
    said = _SAID["es" if spanish else "en"]
    nudge = said[7] if nudge_after is None else said[8].format(span=_span(nudge_after, spanish))
    rhythm_words = words(rhythm, language)
    return (
        SentencePiece(said[0]),
        SentencePiece(_audience(roles, tags, said, spanish), pick=True),
        SentencePiece(said[4]),
        SentencePiece(rhythm_words[0].lower() + rhythm_words[1:] if spanish else rhythm_words, pick=True),
        SentencePiece(said[5]),
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
