"""The examples of the keyword table, word by word."""

from datetime import time

import pytest

from foster_bond.rules.keywords import Meaning, OpenQuestions, Reading, read

NOTHING = OpenQuestions()


def reading(text: str, asked: OpenQuestions = NOTHING, names: tuple[str, ...] = ()) -> Reading:
    return read(text, asked=asked, names=names)


@pytest.mark.parametrize(
    "text",
    [
        '" Ｓｔｏｐ. "',
        "¡ALTO!",
        "No más, gracias",
        "Stop. Thank you",
        "STOP - Ben",
        "s.t.o.p.",
        "Opt-out",
        "please stop now",
        "st\u200bop",
        "Please don't text me any more",
        "ya no me escriban",
        "don't text me",
        "stop texting me",
        "no more texts please",
        "take me off this",
        "leave me alone",
        "unsubscribe me please",
        "no me escriban",
        "no me manden mensajes",
        "dejen de escribirme",
        "quiteme de la lista",
        "Quíteme de la lista",
        "PAUSE. STOP",
    ],
)
def test_these_stop_at_once(text: str) -> None:
    assert reading(text).meaning is Meaning.STOP


@pytest.mark.parametrize("text", ["Stop, Ben!", "Stop it", "I think I am done with these, can we end it", "🛑", "✋🏽"])
def test_these_may_be_a_wish_to_stop(text: str) -> None:
    assert reading(text).meaning is Meaning.UNCLEAR_STOP


@pytest.mark.parametrize(
    "text",
    [
        "Stop and think is what I did when he slammed the door",
        "I told him to stop hitting",
        "Más",
        "No gracias",
        "YES",
        "",
        "gracias",
        "🙂",
    ],
)
def test_these_are_replies(text: str) -> None:
    assert reading(text) == Reading(Meaning.REPLY)


@pytest.mark.parametrize(
    ("asked", "meaning", "question"),
    [
        (OpenQuestions(consent_ask=True), Meaning.YES, "consent_ask"),
        (OpenQuestions(reconfirm=True), Meaning.YES, "reconfirm"),
        (OpenQuestions(hold=True), Meaning.STOP, "hold"),
        (OpenQuestions(hold=True, consent_ask=True, reconfirm=True), Meaning.STOP, "hold"),  # K11, then W0, then N1
        (OpenQuestions(consent_ask=True, reconfirm=True), Meaning.YES, "consent_ask"),
    ],
)
def test_yes_is_live_only_while_we_ask(asked: OpenQuestions, meaning: Meaning, question: str) -> None:
    said = reading("YES", asked)
    assert (said.meaning, said.answers, said.said_in) == (meaning, question, "en")


@pytest.mark.parametrize(
    ("text", "days"), [("PAUSA 3 DÍAS", 3), ("pause two weeks pls", 14), ("Pause", 7), ("PAUSE 1 MONTH", 30)]
)
def test_a_pause_has_a_length(text: str, days: int) -> None:
    assert (reading(text).meaning, reading(text).days, reading(text).note) == (Meaning.PAUSE, days, None)


@pytest.mark.parametrize(
    ("text", "meaning", "rest"),
    [
        ("Time 7:30 pm", Meaning.TIME, {"hour": time(19, 30)}),
        ("hora 7pm por favor", Meaning.TIME, {"hour": time(19)}),
        ("Español", Meaning.LANGUAGE, {"language": "es"}),
        ("¿Por qué?", Meaning.WHY, {}),
        ("No, más tarde", Meaning.LATER, {}),
        ("Grace: skip", Meaning.SKIP, {"signed": "Grace"}),
        ("Sorry, wrong number", Meaning.WRONG_NUMBER, {}),
    ],
)
def test_other_words(text: str, meaning: Meaning, rest: dict[str, object]) -> None:
    said = reading(text, names=("Grace", "Ben"))
    assert said.meaning is meaning
    assert {name: getattr(said, name) for name in rest} == rest
