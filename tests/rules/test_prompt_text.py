"""May these words be a prompt's text, and what does its author hear about them?"""

import pytest

from foster_bond.rules.prompt_text import check_prompt_text


def test_a_good_text_has_nothing_to_say() -> None:
    check = check_prompt_text("What did {child} do today?", "en")
    assert (check.problems, check.notes, check.cost.parts) == ((), (), 1)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "the text is empty"),
        (" \u00a0 ", "the text is empty"),
        ("Call {phone}", "{phone} is not a fill that a prompt may hold, only {child}"),
        ("What did {name} do?", "{name} is not a fill that a prompt may hold, only {child}"),
        ("What did {child do?", "a brace stands alone; the only fill is {child}"),
        ("What did {{child}} do?", "a brace stands alone; the only fill is {child}"),
        ("Hello\x00you", "the text holds a control sign"),
        ("a" * 460, "the text takes 4 segments; the most is 3"),
        ("á" * 202, "the text takes 4 segments; the most is 3"),
    ],
)
def test_what_forbids_a_text(typed: str, said: str) -> None:
    assert check_prompt_text(typed, "en").problems == (said,)


@pytest.mark.parametrize(
    ("typed", "notes"),
    [
        ("It’s late", ("curly apostrophes became '",)),
        ("¿Cómo está?", ("ó á cut the room of a segment from 160 signs to 70",)),
        ("a" * 200, ("the text takes 2 segments",)),
        ("a" * 155 + "{child}", ("the text takes 2 segments",)),  # measured with the longest child word
    ],
)
def test_what_its_author_should_know(typed: str, notes: tuple[str, ...]) -> None:
    check = check_prompt_text(typed, "es")
    assert (check.problems, check.notes) == ((), notes)


def test_the_kept_text_is_the_plain_one() -> None:
    assert check_prompt_text("  It’s late…\n", "en").text == "It's late..."
