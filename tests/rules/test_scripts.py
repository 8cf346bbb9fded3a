"""A text in another language than English and Spanish is marked, and nothing else is."""

import csv
import io

import pytest

from foster_bond.library.labelled_lines import labelled_lines
from foster_bond.rules.scripts import is_foreign_script, is_other_language, language_of


@pytest.mark.parametrize(
    "text", ["Она сегодня смеялась", "اليوم كان جيدا", "今天她笑了两次", "오늘은 좋았어요", "Ok, сегодня было трудно"]
)
def test_another_script_is_marked(text: str) -> None:
    assert is_foreign_script(text) and is_other_language(text)


@pytest.mark.parametrize(
    "text",
    ["She laughed at dinner.", "¿Cómo estuvo el niño? Bien, señora.", "", "4", "❤️😀👍", "да",
     "Ｆｕｌｌ ｗｉｄｔｈ", "𝐒𝐓𝐎𝐏", "She said привет and laughed out loud"],
)  # fmt: skip
def test_latin_letters_signs_and_short_words_are_not(text: str) -> None:
    assert not is_foreign_script(text) and not is_other_language(text)


@pytest.mark.parametrize(
    "text",
    [
        "Elle a ri ce soir", "Aujourd’hui c’était difficile à l’école", "Je ne sais pas quoi faire avec lui",
        "Obrigada, foi um bom dia", "Ela ainda não quer falar sobre isso", "HOJE NAO FOI FACIL MAS CONVERSAMOS MUITO",
        "Li te kontan jodi a", "Mwen fatige anpil", "Pitit la ap jwe ak zanmi l yo",
        "Hindi siya makatulog", "Umiyak ang bata kanina", "Masungit siya buong araw",
        "Er will nicht schlafen", "Wir haben zusammen gegessen", "Mtoto hataki kulala", "Tulikula pamoja jioni",
        "Hôm nay bé rất vui", "Hom nay be khong vui", "Tôi không biết nói gì",
    ],
)  # fmt: skip
def test_another_language_in_latin_letters_is_marked(text: str) -> None:
    assert is_other_language(text)


@pytest.mark.parametrize(
    "text",
    ["Merci, she said", "Mon and Elle went to the nest", "Minh and Lan played outside", "Ella ríe y yo también",
     "We sang Frère Jacques and she laughed and laughed until it was time for bed", "OK pues nos vemos mañana thanks"],
)  # fmt: skip
def test_a_name_a_word_or_a_song_is_not(text: str) -> None:
    assert not is_other_language(text)


@pytest.mark.parametrize("name", ["stop_words", "warning_signs"])
def test_no_labelled_line_is_marked(name: str) -> None:
    lines = labelled_lines(name)
    assert lines is not None
    rows = list(csv.DictReader(io.StringIO(lines.decode())))
    assert len(rows) > 400
    assert [row["text"] for row in rows if is_other_language(row["text"])] == []


@pytest.mark.parametrize(
    ("text", "language"),
    [("That she set the table for four", "en"), ("Hoy se rio en la mesa", "es"), ("4", "es"), ("Ok", "en"),
     ("Cansada", "es"), ("Elle a ri ce soir", "")],
)  # fmt: skip
def test_the_language_of_a_reply_is_that_of_its_words(text: str, language: str) -> None:
    """It is the person's own only where the words do not say."""
    assert language_of(text, "es") == language


@pytest.mark.parametrize("name", ["stop_words", "warning_signs"])
def test_labelled_lines_are_in_the_language_they_are_in(name: str) -> None:
    lines = labelled_lines(name)
    assert lines is not None
    rows = list(csv.DictReader(io.StringIO(lines.decode())))
    wrong = [row["text"] for row in rows if language_of(row["text"], row["language"]) != row["language"]]
    assert len(wrong) * 200 < len(rows), wrong  # one in two hundred
