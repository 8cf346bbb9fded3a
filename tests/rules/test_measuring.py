"""Our own labelled lines: the promises about recall and false alarms, and the table that the command prints."""

import csv
from collections.abc import Iterable
from pathlib import Path

import pytest

from foster_bond.rules.measuring import Figure, Measure, measure_stop_words, measure_warning_signs

DATA = Path(__file__).parent / "data"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


STOP_WORDS = rows("stop_words.csv")
WARNING_SIGNS = rows("warning_signs.csv")


def held_out(lines: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    return [line for line in lines if line["held_out"] == "yes"]


def by_strangers(lines: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Lines by somebody who had not read the patterns."""
    return [line for line in lines if line["written"].startswith("blind")]


def share(measure: Measure, name: str) -> float:
    found = measure.overall[name].share
    assert found is not None
    return found


def test_the_labelled_sets_are_as_large_as_promised() -> None:
    assert len(STOP_WORDS) >= 400 and len({line["text"] for line in STOP_WORDS}) == len(STOP_WORDS)
    assert len(WARNING_SIGNS) >= 600 and len({line["text"] for line in WARNING_SIGNS}) == len(WARNING_SIGNS)
    assert len(by_strangers(WARNING_SIGNS)) >= len(WARNING_SIGNS) // 5
    for line in (*STOP_WORDS, *WARNING_SIGNS):
        assert line["text"].strip() and line["language"] in ("en", "es") and line["held_out"] in ("yes", "no")


@pytest.mark.parametrize("lines", [STOP_WORDS, held_out(STOP_WORDS)], ids=["all", "held out"])
def test_a_stop_is_always_heard_and_never_made_up(lines: list[dict[str, str]]) -> None:
    measure = measure_stop_words(lines)
    assert share(measure, "stops heard") == 1
    assert share(measure, "stops at once") >= 0.98
    assert share(measure, "false stops") == 0
    assert share(measure, "false holds") <= 0.03
    assert share(measure, "unclear wishes stopped at once") == 0


def test_most_unclear_wishes_are_held() -> None:
    assert share(measure_stop_words(STOP_WORDS), "unclear wishes heard") >= 0.85
    # Blind lines that avoid every usual phrase: the rest stays a reply, which a caseworker reads.
    assert share(measure_stop_words(held_out(STOP_WORDS)), "unclear wishes heard") >= 0.4


def test_danger_is_found_and_ordinary_replies_wake_nobody() -> None:
    measure = measure_warning_signs([line for line in WARNING_SIGNS if line["held_out"] == "no"])
    assert share(measure, "recall") >= 0.95
    assert share(measure, "urgent lines found as now") >= 0.9
    assert share(measure, "ordinary replies that alarm now") <= 0.05
    assert share(measure, "hard days found") >= 0.85
    assert share(measure, "hard days that alarm now") == 0


def test_lines_of_strangers_that_were_held_out_are_read_as_well() -> None:
    measure = measure_warning_signs(held_out(WARNING_SIGNS))
    assert share(measure, "urgent lines with any alert") >= 0.95
    assert share(measure, "held out: urgent lines with any alert") >= 0.95
    assert share(measure, "held out: urgent lines that alarm now") >= 0.7
    assert share(measure, "held out: ordinary replies that alarm now") <= 0.05
    assert share(measure, "lines to be read that alarm now") <= 0.5  # jokes, tales, denials and the past


def test_the_table_names_what_was_missed() -> None:
    lines = [
        {"text": "I want to die", "language": "en", "category": "suicide", "expected": "now"},
        {"text": "we made soup", "language": "en", "category": "suicide", "expected": "now"},
        {"text": "He ran to me with a drawing", "language": "en", "category": "none", "expected": "none"},
        {"text": "I am going to take\nall my pills to die", "language": "en", "category": "suicide", "expected": "now"},
    ]
    measure = measure_warning_signs(lines)
    assert measure.overall["recall"] == Figure(2, 3)
    assert [miss.text for miss in measure.misses] == ["we made soup"]
    assert measure.rows[0][:4] == ("suicide", "en", "3", "2/3 (66.7%)")
    assert all(len(row) == len(measure.columns) for row in measure.rows)


def test_a_stop_table_names_what_was_missed() -> None:
    lines = [
        {"text": "STOP", "language": "en", "expected": "stop"},
        {"text": "he likes soup", "language": "en", "expected": "hold"},
    ]
    measure = measure_stop_words(lines)
    assert measure.overall["stops at once"] == Figure(1, 1)
    assert [(miss.expected, miss.found) for miss in measure.misses] == [("hold", "reply")]


def test_no_lines_give_no_shares() -> None:
    assert measure_warning_signs([]).overall["recall"].share is None
    assert str(measure_stop_words([]).overall["false stops"]) == "-"
