"""A text that names a worker is read by somebody else first."""

import pytest

from foster_bond.rules.named_workers import named_in

WORKERS = {"m": "Mina Vale", "t": "Tom Ortiz", "w": "Will Park", "j": "José Luis Peña", "a": "Al Kim"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("MINA hit her in the car", "m"),
        ("I told ms. vale that he touches her", "m"),
        ("mina vale said so", "m"),
        ("tom and mina know", "tm"),
        ("jose le pega", "j"),
        ("José Luis le pega", "j"),
        ("the señora peña knows", "j"),
        ("will you call me he has a gun", ""),  # a word here
        ("I saw Will hit him", "w"),
        ("Will he hit her again", ""),  # the first word of a sentence always has its capital
        ("al kim hit him", "a"),
        ("al said he wants to die", ""),
        ("the vale behind the house", ""),
        ("minan", ""),
        ("", ""),
    ],
)
def test_who_is_named(text: str, named: str) -> None:
    assert named_in(text, WORKERS) == frozenset(named)


def test_a_name_of_somebody_at_home_says_nothing() -> None:
    assert named_in("Tom says he wants to die", WORKERS, ["Tom Okafor"]) == frozenset()
