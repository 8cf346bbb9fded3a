"""Every stop, start and help word of the carriers' and vendors' own lists, and of our table, however it is typed."""

import pytest

from foster_bond.rules.keywords import Meaning, OpenQuestions, read

# 47 CFR 64.1200(a)(10) per se words; Twilio's default and Advanced Opt-Out words; AWS and Bandwidth lists beside them.
LAW = ("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe")
VENDORS = (
    "STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "OPT-OUT", "OPT OUT", "REVOKE",
    "REMOVE", "ARRET", "ARRÊT", "TD",
)  # fmt: skip
OURS = (
    "REMOVE ME", "DELETE ME", "NO MORE", "NO MORE TEXTS", "STPO", "SOTP", "STOPP", "ALTO", "PARE", "PAREN", "PARAR",
    "CANCELAR", "BAJA", "DARME DE BAJA", "SALIR", "QUITAR", "QUÍTEME", "BÓRREME", "NO MÁS", "NO MÁS MENSAJES", "YA NO",
    "YA NO MÁS", "FIN", "DETENER",
)  # fmt: skip
STOPS = tuple(dict.fromkeys((*LAW, *VENDORS, *OURS)))
FORMS = (
    "{}",
    "{}.",
    "  {}!! ",
    "“{}”",
    "¡{}!",
    "{} please",
    "Please {}",
    "{}. Thank you",
    "{} gracias",
    "{}\n",
    "{}\u200b",
)


def meaning(text: str) -> Meaning:
    return read(text, asked=OpenQuestions()).meaning


@pytest.mark.parametrize("word", STOPS)
def test_a_stop_word_stops_however_it_is_typed(word: str) -> None:
    for form in FORMS:
        for typed in (word, word.lower(), word.capitalize()):
            assert meaning(form.format(typed)) is Meaning.STOP, form.format(typed)


@pytest.mark.parametrize(
    "text", ["Ｓｔｏｐ", "s.t.o.p.", "S T O P", "st\u200bop", "STOP - Ben", "𝐒𝐓𝐎𝐏", "sto\u00adp", "STOP 🙏"]
)
def test_width_dots_signatures_and_invisible_signs_hide_nothing(text: str) -> None:
    assert meaning(text) is Meaning.STOP


@pytest.mark.parametrize("word", ["START", "UNSTOP", "INICIAR", "VOLVER"])
def test_a_start_word_starts(word: str) -> None:
    assert meaning(word.lower()) is Meaning.START


@pytest.mark.parametrize("word", ["HELP", "INFO", "AYUDA", "INFORMACIÓN"])
def test_a_help_word_asks_for_help(word: str) -> None:
    assert meaning(word.lower()) is Meaning.HELP


@pytest.mark.parametrize("word", ["YES", "SI", "STOPS", "ENDING", "CANCELED", "ALTA", "SALTO", "SUBIR", "PASAR", "MAS"])
def test_what_only_looks_like_one_is_a_reply(word: str) -> None:
    assert meaning(word) is Meaning.REPLY
