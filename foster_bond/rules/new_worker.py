"""Rules, beside the river: what a family hears when another worker reads now, where its agency wants it told."""

_TEXTS = {
    "en": (
        "{agency}: you have a new worker, who can read what you wrote here. Nothing else changes. Questions? "
        "Ask your team."
    ),
    "es": (
        "{agency}: otra persona le acompaña desde hoy y puede leer lo que ha escrito. Todo sigue igual. "
        "Si tiene preguntas, llame a su equipo."
    ),
}
TEXT_ID = "NEW-WORKER"


def new_worker_text(language: str, agency: str) -> str:
    """The one text, in the person's language; it names nobody."""
    return _TEXTS.get(language, _TEXTS["en"]).format(agency=agency)
