"""Rules of the record: the file's own words in both languages; a template has no part in a file."""

from collections.abc import Mapping

CAVEAT = {
    "en": (
        "These are people's own words, written by text message in answer to the prompt beside them, or unasked. They "
        "are moments, not an assessment: nobody has scored them, and a short text on a hard day says little about a "
        "person. What somebody wrote about another person's thoughts or feelings is their guess and is marked so. "
        "Replies were read in office hours and not watched. Words that a person took back are left out; the record "
        "says that something was removed."
    ),
    "es": (
        "Son palabras propias, escritas por mensaje de texto en respuesta a la pregunta que figura al lado, o sin que "
        "nadie preguntara. Son momentos, no una evaluación: nadie las ha puntuado, y un texto corto en un día difícil "
        "dice poco de una persona. Lo que alguien escribió sobre los pensamientos o sentimientos de otra persona es "
        "una suposición y se indica. Las respuestas se leyeron en horas de oficina, sin vigilancia. Las palabras que "
        "una persona retiró no figuran; consta que se quitó algo."
    ),
}

_WORDS: Mapping[str, tuple[str, str]] = {
    "record": ("Record of a family", "Expediente de una familia"),
    "summary_court": ("In their own words: for the court", "En sus propias palabras: para el juzgado"),
    "summary_visit": ("In their own words: for the visit", "En sus propias palabras: para la visita"),
    "family": ("Family", "Familia"),
    "agency": ("Agency", "Agencia"),
    "worker": ("Caseworker", "Trabajador/a social"),
    "open": ("With us since", "Con nosotros desde"),
    "closed": ("Closed", "Cerrado"),
    "made": ("Made", "Hecho"),
    "made_by": ("by", "por"),
    "times": ("All times are those of {zone}.", "Todas las horas son de {zone}."),
    "redacted_copy": (
        "Redacted copy. Marked words were taken out of this copy only; the original stays with the agency.",
        "Copia tachada. Las palabras marcadas se quitaron solo de esta copia; el original queda en la agencia.",
    ),
    "redacted": ("[redacted]", "[tachado]"),
    "removed": ("[removed by the person who wrote it]", "[retirado por quien lo escribió]"),
    "teen": (
        "[a teen's words; they are left out unless the teen is named for this file]",
        "[palabras de un/a adolescente; no figuran si no se le nombra para este archivo]",
    ),
    "erased": ("[erased]", "[borrado]"),
    "unasked": ("written unasked", "escrito sin pregunta"),
    "guess": ("their guess about another mind", "su suposición sobre otra mente"),
    "asked": ("Asked", "Pregunta"),
    "about_family": ("About the family", "Sobre la familia"),
    "seen": ("Who opened it, and what was taken out", "Quién lo abrió y qué se sacó"),
    "nothing": ("Nothing.", "Nada."),
    "phone": ("phone ends in", "teléfono termina en"),
    "left": ("took part until", "participó hasta"),
    "consent": ("Consent", "Consentimiento"),
    "signs": (
        "A sign that this paper cannot print stands by its name in square brackets; the JSON file has the sign.",
        "Un signo que este papel no puede imprimir figura por su nombre entre corchetes; el archivo JSON lo tiene.",
    ),
    "page": ("page {number}", "página {number}"),
    "none_chosen": ("No quote was chosen.", "No se eligió ninguna cita."),
    "text_out": ("Text to them", "Mensaje enviado"),
    "text_in": ("They wrote", "Escribió"),
    "not_sent": ("Not sent", "No enviado"),
    "alert": ("Alert", "Alerta"),
    "call": ("They called the text line", "Llamó a la línea de mensajes"),
    "note": ("Staff note", "Nota del equipo"),
    "placement": ("Placement", "Acogimiento"),
    "departure": ("Texts stopped", "Fin de los mensajes"),
    "hand_over": ("Handed over", "Cambio de trabajador/a"),
    "viewed": ("Opened", "Abierto"),
    "exported": ("Taken out", "Sacado"),
}


def word(key: str, language: str, **fills: object) -> str:
    """One of the file's own words, in the reader's language."""
    english, spanish = _WORDS[key]
    return (spanish if language == "es" else english).format(**fills)


def caveat(language: str) -> str:
    """What stands on every paper, word for word."""
    return CAVEAT["es" if language == "es" else "en"]
