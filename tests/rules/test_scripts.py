"""A text in other letters than English and Spanish have is marked, and nothing else is."""

import pytest

from foster_bond.rules.scripts import is_foreign_script


@pytest.mark.parametrize(
    "text", ["Она сегодня смеялась", "اليوم كان جيدا", "今天她笑了两次", "오늘은 좋았어요", "Ok, сегодня было трудно"]
)
def test_another_script_is_marked(text: str) -> None:
    assert is_foreign_script(text)


@pytest.mark.parametrize(
    "text",
    ["She laughed at dinner.", "¿Cómo estuvo el niño? Bien, señora.", "", "4", "❤️😀👍", "да", "Elle a ri ce soir",
     "Ｆｕｌｌ ｗｉｄｔｈ", "She said привет and laughed out loud"],
)  # fmt: skip
def test_latin_letters_signs_and_short_words_are_not(text: str) -> None:
    assert not is_foreign_script(text)
