"""Fills go in once and never empty; the answer to a warning sign promises only what is true."""

from datetime import datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.errors import InvalidInput
from foster_bond.library import system_texts
from foster_bond.rules.message_text import (
    CHILD_WORDS,
    CRISIS_CATEGORIES,
    SAMPLES,
    check_fill,
    child_word,
    child_word_in,
    crisis_text_id,
    fills_in,
    hour_words,
    pause_text_id,
    render,
    span_words,
    system_text,
    system_text_id,
    when_words,
)
from foster_bond.rules.segments import is_gsm, measure


def test_every_place_of_a_fill_is_filled() -> None:
    assert render("{agency}: call {phone}. {agency}", {"agency": "Harbor", "phone": "303-555-0101"}) == (
        "Harbor: call 303-555-0101. Harbor"
    )


def test_a_fill_that_looks_like_a_fill_stays_as_it_is() -> None:
    assert render("{agency}: {phone}", {"agency": "{phone}", "phone": "{agency}"}) == "{phone}: {agency}"


@given(st.text(min_size=1).filter(str.strip))
def test_whatever_a_fill_holds_goes_in_untouched(value: str) -> None:
    assert render("<{agency}>", {"agency": value}) == f"<{value}>"


@pytest.mark.parametrize(
    ("text", "fills", "said"),
    [
        ("Call {phone}", {}, "phone is missing."),
        ("Call {phone}", {"phone": " "}, "phone is missing."),
        ("Hello {name}", {"name": "Emma"}, "The text names {name}, which is no fill of ours."),
    ],
)
def test_an_empty_or_unknown_fill_is_refused(text: str, fills: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidInput) as off:
        render(text, fills)
    assert off.value.problems == (said,)


@pytest.mark.parametrize(
    ("name", "value", "country", "fits"),
    [
        ("agency", "Oak County Foster", "US", True),
        ("agency", "Oak County Fosters", "US", False),  # 18: one more than the texts were measured with
        ("agency", "Oak County Fosters", "GB", True),
        ("agency", "Oak [County] FC!!", "US", False),  # 17 signs, but brackets count twice
        ("agency", "Fundación", "US", False),
        ("agency", "Muñoz é", "US", True),
        ("agency", "", "US", False),
        ("agency", "   ", "US", False),
        ("agency", "Oak\nCounty", "US", False),
        ("phone", "303-555-0101", "US", True),
        ("phone", "+13035550101", "US", True),
        ("phone", "(303) 555-0101", "US", False),
        ("max", "9", "US", True),
        ("max", "10", "US", False),
        ("days", "90", "US", True),
        ("language", "español", "US", True),
        ("code", "123456", "US", True),
        ("child", "the child", "US", True),
        ("child", "Kiddo", "US", True),
        ("child", "su peque", "US", True),
        ("child", "Emma", "US", False),  # never a real name
        ("child", "bebé", "US", False),
        ("name", "Emma", "US", False),
    ],
)
def test_a_fill_is_judged_where_it_is_typed(name: str, value: str, country: str, fits: bool) -> None:
    problem = check_fill(name, value, country=country)
    assert (problem is None) is fits
    assert problem is None or problem.endswith(".")


@pytest.mark.parametrize(
    ("language", "word", "said"),
    [
        ("en", None, "the child"),
        ("es", "", "su niño/a"),
        ("es", "su joven", "su joven"),
        ("es", "the teen", "su joven"),  # the language was switched by text
        ("en", "su peque", "little one"),
        ("es", "kiddo", "su peque"),
        ("en", " Little  One ", "little one"),
    ],
)
def test_the_child_word_follows_the_language(language: str, word: str | None, said: str) -> None:
    assert child_word_in(language, word) == said


def test_a_name_is_no_child_word() -> None:
    with pytest.raises(InvalidInput, match="'Emma' is not a word we use for the child"):
        child_word("What did {child} do?", "en", "Emma")


def test_the_child_word_leaves_other_fills_alone() -> None:
    assert child_word("{agency}: what did {child} do?", "en", "kiddo") == "{agency}: what did kiddo do?"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{child}'s birthday", "The child's birthday"),
        ("Hello. {child} came in.", "Hello. The child came in."),
        ("When {child} came in", "When the child came in"),
        ("¿{child}?", "¿The child?"),
        ("Hoy, ¿{child}?", "Hoy, ¿the child?"),
    ],
)
def test_a_child_word_that_opens_a_sentence_has_a_capital(text: str, said: str) -> None:
    assert child_word(text, "en") == said
    assert render(text, {"child": "the child"}) == said


def test_every_child_word_fits_its_sample() -> None:
    assert max(measure(word).units for words in CHILD_WORDS.values() for word in words) == SAMPLES["child"]


@pytest.mark.parametrize(
    ("category", "told", "hotline", "oncall", "expected"),
    [
        ("suicide", True, False, False, "CRISIS-SUICIDE"),
        ("suicide", False, True, True, "CRISIS-SUICIDE-U"),
        ("abuse", True, True, False, "CRISIS-ABUSE"),
        ("abuse", True, False, True, "CRISIS-ABUSE-N"),
        ("abuse", False, True, False, "CRISIS-ABUSE-U"),
        ("abuse", False, False, True, "CRISIS-ABUSE-NU"),
        ("missing", True, False, True, "CRISIS-MISSING"),
        ("missing", True, True, False, "CRISIS-MISSING-N"),
        ("missing", False, False, True, "CRISIS-MISSING-U"),
        ("missing", False, True, False, "CRISIS-MISSING-NU"),
        ("violence", True, False, False, "CRISIS-VIOLENCE"),
        ("medical", False, False, False, "CRISIS-MEDICAL-U"),
        ("unclassified", True, False, False, "CRISIS-SUICIDE"),  # its words fit whatever it was
    ],
)
def test_the_crisis_text_promises_only_what_is_true(
    category: str, told: bool, hotline: bool, oncall: bool, expected: str
) -> None:
    assert crisis_text_id(category, told=told, hotline=hotline, oncall=oncall) == expected


@pytest.mark.parametrize(
    ("neutral", "stopped_now", "told", "expected"),
    [
        (True, False, True, "X4"),
        (True, True, False, "X4-U"),  # a watched phone: in place of X3 too
        (False, True, True, "X3"),
        (False, True, False, "X3-U"),
    ],
)
def test_a_watched_phone_and_a_stop_have_their_own_text(
    neutral: bool, stopped_now: bool, told: bool, expected: str
) -> None:
    chosen = crisis_text_id(
        "suicide", told=told, hotline=True, oncall=True, neutral=neutral, stopped_now=stopped_now, country="US"
    )
    assert chosen == expected


def test_uk_crisis_texts_are_chosen_in_the_uk() -> None:
    asked = {"told": True, "hotline": True, "country": "GB"}
    assert crisis_text_id("abuse", oncall=False, **asked) == "UK-CRISIS-ABUSE-N"  # type: ignore[arg-type]
    assert crisis_text_id("suicide", oncall=True, stopped_now=True, **asked) == "UK-CRISIS-SUICIDE"  # type: ignore[arg-type]


def test_every_choice_of_a_crisis_text_exists_and_holds_no_empty_fill() -> None:
    """All 384 combinations: the text exists, and names no line that the agency has not set."""
    flags = list(product([True, False], repeat=5))
    for category, country, (told, hotline, oncall, neutral, stopped) in product(CRISIS_CATEGORIES, ["US", "GB"], flags):
        chosen = crisis_text_id(
            category,
            told=told,
            hotline=hotline,
            oncall=oncall,
            neutral=neutral,
            stopped_now=stopped,
            country=country,
        )
        words = system_texts()[chosen].texts["en"]
        assert hotline or "hotline" not in fills_in(words)
        assert oncall or "oncall" not in fills_in(words)
        assert told or "being told" not in words
        assert told or "will call" not in words
        if country == "GB" and not neutral:
            assert "999" in words and "911" not in words


def test_an_unknown_kind_of_warning_sign_is_refused() -> None:
    with pytest.raises(InvalidInput, match="'weather' is not a kind of warning sign"):
        crisis_text_id("weather", told=True, hotline=True, oncall=True)


def test_a_system_text_is_filled_in_the_persons_language() -> None:
    assert system_text("K10", "es", {}).startswith("Ahora no hay nada abierto")
    fills = {"agency": "Harbor", "phone": "303-555-0101"}
    assert system_text("STOP", "en", fills) == (
        "Harbor: you are opted out and will get no more texts. Reply START to rejoin. Questions: 303-555-0101."
    )
    with pytest.raises(InvalidInput, match="phone is missing"):
        system_text("STOP", "en", {"agency": "Harbor"})


def test_the_country_chooses_its_own_form() -> None:
    assert system_text_id("W1", country="GB") == "UK-W1"
    assert system_text_id("K1", country="GB") == "K1"
    assert system_text_id("W1") == "W1"
    assert "999" in system_text("W1", "es", {"agency": "Harbor", "max": "4"}, country="GB")  # English only


def test_one_day_of_pause_has_its_own_text() -> None:
    assert [pause_text_id(days) for days in (1, 2, 90)] == ["PAUSE-1", "PAUSE", "PAUSE"]


@pytest.mark.parametrize(
    ("moment", "language", "said"),
    [
        (datetime(2026, 11, 12, 19, 0), "en", "Thu 12 Nov 7:00 pm"),  # noqa: DTZ001 - a wall clock
        (datetime(2026, 11, 12, 19, 0), "es", "12 nov, 7:00 pm"),  # noqa: DTZ001 - a wall clock
        (datetime(2026, 9, 5, 0, 5), "en", "Sat 5 Sep 12:05 am"),  # noqa: DTZ001 - a wall clock
        (datetime(2026, 9, 5, 12, 0, tzinfo=ZoneInfo("America/Denver")), "es", "5 sep, 12:00 pm"),
    ],
)
def test_a_moment_in_words(moment: datetime, language: str, said: str) -> None:
    assert when_words(moment, language) == said


def test_every_moment_of_a_year_fits_and_is_gsm() -> None:
    moment = datetime(2028, 1, 1, 0, 30)  # noqa: DTZ001 - a wall clock; a leap year
    while moment.year == 2028:
        for language in ("en", "es"):
            words = when_words(moment, language)
            assert is_gsm(words) and measure(words).units <= SAMPLES["when"]
        moment += timedelta(hours=7, minutes=30)


def test_hours_and_spans_in_words() -> None:
    assert hour_words(time(19, 0)) == "7:00 pm"
    assert span_words(time(9, 0), time(20, 0), "en") == "9 am to 8 pm"
    assert span_words(time(9, 0), time(20, 0), "es") == "9 am a 8 pm"
    assert span_words(time(10, 30), time(22, 30), "en") == "10:30 am to 10:30 pm"
    assert measure(span_words(time(10, 30), time(22, 30), "en")).units == SAMPLES["when"]
