"""The whole keyword table, its precedence, its arguments, and that odd texts never trip it."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.library.keywords import keyword_words
from foster_bond.rules.folding import fold, unsigned
from foster_bond.rules.keywords import Meaning, OpenQuestions, Reading, read, stop_set_off_at_start

NOTHING = OpenQuestions()
EVERYTHING = OpenQuestions(consent_ask=True, flow=True, prompt=True)

TABLE = [
    (word, Meaning(meaning))
    for meaning, languages in keyword_words()["meanings"].items()
    for words in languages.values()
    for word in words
]


def meaning(text: str, asked: OpenQuestions = NOTHING) -> Meaning:
    return read(text, asked=asked).meaning


@pytest.mark.parametrize(("word", "expected"), TABLE)
def test_every_word_of_the_table_is_heard_in_any_dress(word: str, expected: Meaning) -> None:
    for said in (word, word.lower(), f" «{word.title()}!» ", f"{word} 🙂", f"please {word}", f"{word}, gracias"):
        assert meaning(said, EVERYTHING) is expected, said


@pytest.mark.parametrize(
    "word", ["YES", "Y", "SI", "SÍ", "NO", "N", "GO", "SIGO", "DONE", "LISTO", "WRONG", "EQUIVOCADO", "1"]
)
def test_words_that_are_live_only_while_we_ask_are_replies_otherwise(word: str) -> None:
    assert read(word, asked=NOTHING) == Reading(Meaning.REPLY)


@pytest.mark.parametrize("word", ["MORE", "MÁS", "más"])
def test_more_right_after_a_bare_no_may_be_a_stop(word: str) -> None:
    assert meaning(word, OpenQuestions(after_no=True)) is Meaning.UNCLEAR_STOP
    assert meaning(word) is (Meaning.MORE if word == "MORE" else Meaning.REPLY)


def test_terminar_ends_a_flow_and_is_an_unclear_wish_without_one() -> None:
    assert meaning("terminar", OpenQuestions(flow=True)) is Meaning.DONE
    assert meaning("terminar") is Meaning.UNCLEAR_STOP


@pytest.mark.parametrize(
    "word", ["ALTA", "SALTO", "SUBIR", "PASAR", "BAJAR", "STOPS", "stopped", "HELLO", "PAUSED", "pauses"]
)
def test_near_words_are_kept_apart(word: str) -> None:
    assert meaning(word) is Meaning.REPLY


def test_only_a_staff_number_with_an_alert_takes_one() -> None:
    asked = OpenQuestions(staff_alert=True)
    assert [meaning(text, asked) for text in ("1", " 1. ", "１", "1️⃣")] == [Meaning.TAKE_ALERT] * 4
    assert meaning("10", asked) is Meaning.REPLY


@pytest.mark.parametrize(
    ("text", "expected", "also"),
    [
        ("PAUSE. STOP", Meaning.STOP, (Meaning.PAUSE,)),
        ("stop help", Meaning.STOP, (Meaning.HELP,)),
        ("Wrong number. Stop", Meaning.STOP, (Meaning.WRONG_NUMBER,)),
        ("Wrong number. Please stop texting me", Meaning.STOP, (Meaning.WRONG_NUMBER,)),
        ("base, pause 2 weeks", Meaning.BASE, (Meaning.PAUSE,)),
        ("skip later", Meaning.SKIP, (Meaning.LATER,)),
        ("stop stop stop", Meaning.STOP, ()),
    ],
)
def test_of_several_keywords_the_highest_is_answered(text: str, expected: Meaning, also: tuple[Meaning, ...]) -> None:
    said = read(text, asked=NOTHING)
    assert (said.meaning, said.also) == (expected, also)


@pytest.mark.parametrize(
    ("text", "days", "note"),
    [
        ("PAUSE", 7, None),
        ("pausa", 7, None),
        ("PAUSE 10 DAYS", 10, None),
        ("pause 10", 10, None),
        ("pause ten days", 10, None),
        ("PAUSE 2 WEEKS", 14, None),
        ("pausa 2 semanas", 14, None),
        ("pausa una semana", 7, None),
        ("pause for 3 weeks", 21, None),
        ("PAUSA 1 MES", 30, None),
        ("pause 3 months", 90, None),
        ("pause 2weeks", 14, None),
        ("pause 91", 90, "pause_too_long"),
        ("PAUSA 6 MESES", 90, "pause_too_long"),
        ("pause until Monday", 7, "pause_until"),
        ("PAUSA HASTA EL LUNES", 7, "pause_until"),
        ("pause 5 days - Grace", 5, None),
    ],
)
def test_a_pause_lasts_as_long_as_said(text: str, days: int, note: str | None) -> None:
    said = read(text, asked=NOTHING)
    assert (said.meaning, said.days, said.note) == (Meaning.PAUSE, days, note)


@pytest.mark.parametrize(
    "text", ["pause 0", "pause and breathe", "pause button", "pause 2 weeks ago we met", "pausa para comer"]
)
def test_a_near_pause_is_a_reply(text: str) -> None:
    assert meaning(text) is Meaning.REPLY


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("TIME 7PM", time(19)),
        ("time 7 p.m.", time(19)),
        ("TIME 19:30", time(19, 30)),
        ("hora 19.30", time(19, 30)),
        ("time 730pm", time(19, 30)),
        ("hora 7 de la noche", time(19)),
        ("hora 9 de la mañana", time(9)),
        ("time 12pm", time(12)),
        ("time 12am", time(0)),
        ("TIME 7", time(19)),  # 7 in the morning is outside the hours
        ("TIME 9", time(9)),
        ("TIME", None),
        ("time 25", None),
        ("time 13pm", None),
        ("time 7:75", None),
    ],
)
def test_an_hour_is_read_or_asked_for(text: str, hour: time | None) -> None:
    said = read(text, asked=NOTHING)
    assert (said.meaning, said.hour) == (Meaning.TIME, hour)


def test_an_hour_that_fits_twice_is_asked_for() -> None:
    assert read("time 8", asked=NOTHING, hours=(time(8), time(21))).hour is None


@pytest.mark.parametrize("text", ["time out", "time flies", "Time 4 us to start over with bedtime again"])
def test_a_near_time_is_a_reply(text: str) -> None:
    assert meaning(text) is Meaning.REPLY


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("LANGUAGE", None),
        ("idioma", None),
        ("LANGUAGE SPANISH", "es"),
        ("idioma inglés", "en"),
        ("English", "en"),
        ("español", "es"),
    ],
)
def test_a_language_is_named_or_the_other_one(text: str, language: str | None) -> None:
    said = read(text, asked=NOTHING)
    assert (said.meaning, said.language) == (Meaning.LANGUAGE, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("STOP", None),
        ("Unsubscribe", "en"),
        ("alto", "es"),
        ("HELP", "en"),
        ("ayuda", "es"),
        ("ya no me escriban", "es"),
    ],
)
def test_an_unknown_number_gets_the_language_of_its_word(text: str, language: str | None) -> None:
    assert read(text, asked=NOTHING).said_in == language


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("STOP - Ben", "Ben"),
        ("stop -ben", "ben"),
        ("STOP — Grace Okafor", "Grace Okafor"),
        ("Stop\nBen", "Ben"),
        ("Grace: stop", "Grace"),
        ("grace okafor: stop", "grace okafor"),
    ],
)
def test_a_signature_is_set_aside_and_kept(text: str, signed: str) -> None:
    said = read(text, asked=NOTHING, names=("Grace Okafor", "Ben"))
    assert (said.meaning, said.signed) == (Meaning.STOP, signed)


@pytest.mark.parametrize("text", ["Stop, Ben", "stop: ben", "Mom: stop", "well - ben", "STOP - he said it three times"])
def test_what_is_no_signature_stays_in_the_text(text: str) -> None:
    assert meaning(text) is not Meaning.STOP


def test_a_known_name_under_a_reply_is_told() -> None:
    said = read("A calm day, he slept well\nBen", asked=NOTHING, names=("Ben",))
    assert (said.meaning, said.signed) == (Meaning.REPLY, "Ben")
    assert unsigned("A calm day\nThank God", ("Ben",)).known is False


def test_wishes_to_remove_everything_go_to_a_person() -> None:
    assert read("Delete everything", asked=NOTHING) == Reading(Meaning.REPLY, note="records_request")
    assert meaning("DELETE") is Meaning.DELETE
    assert meaning("delete me") is Meaning.STOP


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sorry, you have the wrong number", Meaning.WRONG_NUMBER),
        ("I think you have the wrong person", Meaning.WRONG_NUMBER),
        ("Disculpe, tiene el número equivocado", Meaning.WRONG_NUMBER),
        ("se equivocó de número", Meaning.WRONG_NUMBER),
        ("He called the wrong number and laughed", Meaning.REPLY),
        ("wrong", Meaning.REPLY),
    ],
)
def test_a_wrong_number_is_more_than_the_word(text: str, expected: Meaning) -> None:
    assert meaning(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Stop. I want to die", True),
        ("STOP!!! he is not breathing", True),
        ("Stop texting me\nI can't go on", True),
        ("Alto. Me quiero morir", True),
        ("Stop, he is hurting me", False),
        ("I want to die. Stop", False),
        ('"Stop!" he yelled', False),
        ("Stop and think is what I did", False),
        ("", False),
    ],
)
def test_a_stop_set_off_at_the_start(text: str, expected: bool) -> None:
    assert stop_set_off_at_start(text) is expected


@given(st.text(max_size=200))
def test_folding_is_settled_after_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=200), st.lists(st.text(max_size=12), max_size=3))
def test_no_text_trips_the_reader(text: str, names: list[str]) -> None:
    said = read(text, asked=EVERYTHING, names=names)
    assert said.days is None or 1 <= said.days <= 90
    stop_set_off_at_start(text)


# Marks, blanks and invisible characters that a phone may put around or into a word.
_NOISE = st.text(alphabet=' .!¡¿?"“”«»()*\u200b\u2060\ufeff\u00ad\u00a0\t\n🙂🛑', max_size=6)


@given(_NOISE, st.sampled_from(["STOP", "alto", "no más", "opt out"]), _NOISE)
def test_marks_around_a_stop_change_nothing(before: str, word: str, behind: str) -> None:
    assert meaning(f"{before}{word}{behind}") is Meaning.STOP


@given(st.lists(st.sampled_from(["\u200b", "\u00ad", "\u2060", "\ufe0f"]), max_size=4))
def test_invisible_characters_inside_a_stop_change_nothing(hidden: list[str]) -> None:
    assert meaning("st" + "".join(hidden) + "op") is Meaning.STOP


def test_long_texts_are_read_in_no_time_worth_measuring() -> None:
    for piece in ("stop ", "no more ", "- Ben ", "a ", "stop. ", "\n> stop"):
        assert meaning((piece * 65_536)[:65_536]) in Meaning
