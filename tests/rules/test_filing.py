"""Filing: reactions are no replies, ratings are read only beyond doubt, and a reply joins the prompt it answers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.rules.filing import (
    LastReflection,
    OpenPrompt,
    Place,
    Reaction,
    choose_place,
    rating,
    strip_reaction,
)

OURS = "Think of one thing the child did today. What might they have felt? Give two guesses, not one."


@pytest.mark.parametrize(
    ("text", "kind", "removed"),
    [
        ("Liked “Reply STOP to end”", "like", False),
        ('Liked "Reply STOP to end"', "like", False),
        ("Loved “Reply STOP to end”", "love", False),
        ("Disliked “Reply STOP to end”", "dislike", False),
        ("Laughed at “Reply STOP to end”", "laugh", False),
        ("Emphasized “Reply STOP to end”", "emphasize", False),
        ("Emphasised “Reply STOP to end”", "emphasize", False),
        ("Questioned “Reply STOP to end”", "question", False),
        ("Removed a like from “Reply STOP to end”", "like", True),
        ("Removed a heart from “Reply STOP to end”", "love", True),
        ("Removed an exclamation from “Reply STOP to end”", "emphasize", True),
        ("Removed a question mark from “Reply STOP to end”", "question", True),
        ("Reacted 👍 to “Reply STOP to end”", "👍", False),
        ("Reacted ❤️ to “Reply STOP to end”", "❤️", False),
        ("Removed 👍 from “Reply STOP to end”", "👍", True),
        ("\u200a\u200b👍\u200b to “\u200aReply STOP to end\u200a”", "👍", False),  # an Android phone
        ("👩‍👧 to “Reply STOP to end”", "👩‍👧", False),  # an emoji of several parts
        ("Le gustó “Reply STOP to end”", "like", False),
        ("Le encantó “Reply STOP to end”", "love", False),
        ("No le gustó “Reply STOP to end”", "dislike", False),
        ("Se rió de “Reply STOP to end”", "laugh", False),
        ("Enfatizó “Reply STOP to end”", "emphasize", False),
        ("Le encantó «Reply STOP to end»", "love", False),
        ("Reaccionó con ❤️ a “Reply STOP to end”", "❤️", False),
        ("Quitó un corazón de “Reply STOP to end”", "love", True),
        ("Eliminó un “Me gusta” de “Reply STOP to end”", "like", True),
        ("👍 a “Reply STOP to end”", "👍", False),
    ],
)
def test_a_reaction_has_no_words_of_its_own(text: str, kind: str, removed: bool) -> None:
    stripped = strip_reaction(text)
    assert stripped.own_words == ""
    assert stripped.reaction == Reaction(kind, "Reply STOP to end", removed)


@pytest.mark.parametrize(
    "text",
    [
        "Loved the movie",
        "Loved it!",
        "Liked him",
        "Le gustó la sopa",
        "He liked “Coco” a lot",
        "Loved “Coco” and danced after",
        "Emphasized",
        "She laughed at “me” and then we both laughed",
        "“Stop”",
        "👍",
        "👍 to that",
        "",
        "Removed a splinter from his foot",
        "Questioned everything today",
        "to “you”",
    ],
)
def test_without_a_quoted_text_it_stays_a_reply(text: str) -> None:
    assert strip_reaction(text).reaction is None
    assert strip_reaction(text).own_words == text


def test_the_quoted_words_are_compared_with_ours() -> None:
    cut = strip_reaction("Liked “Think of one thing the child did today. What might…”").reaction
    whole = strip_reaction(f"Liked “{OURS}”").reaction
    film = strip_reaction("Loved “Coco”").reaction
    assert cut and cut.quotes(OURS)
    assert whole and whole.quotes(OURS)
    assert film and not film.quotes(OURS)  # so the caller keeps it as a reply


def test_a_forwarded_text_counts_for_nothing() -> None:
    assert strip_reaction("Fwd: Reply STOP to end").own_words == ""
    stripped = strip_reaction("This is what she wrote\n> stop texting me\nHelp me answer")
    assert stripped.own_words == "This is what she wrote\nHelp me answer"
    assert stripped.quoted == "> stop texting me"
    assert strip_reaction("Look at this\nRV: STOP").own_words == "Look at this"


@given(st.text(max_size=200))
def test_taking_quotes_out_never_raises_and_adds_nothing(text: str) -> None:
    stripped = strip_reaction(text)
    assert len(stripped.own_words) <= len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4", 4),
        (" 4. ", 4),
        ("4!", 4),
        ("4️⃣", 4),
        ("４", 4),
        ("a 4", 4),
        ("A 4 today", 4),
        ("4, she hugged me", 4),
        ("4 - she hugged me", 4),
        ("4\nshe hugged me", 4),
        ("4: she hugged me", 4),
        ("4 because she hugged me", 4),
        ("4 she hugged me", 4),
        ("I'd say 4", 4),
        ("about a 3 I think", 3),
        ("maybe a 3", 3),
        ("4/5", 4),
        ("4 out of 5", 4),
        ("4 de 5", 4),
        ("cuatro", 4),
        ("Cuatro, me abrazó", 4),
        ("un 4", 4),
        ("hoy un 2 porque no durmió", 2),
        ("four", 4),
        ("two, long night", 2),
        ("Long day. 3", 3),
        ("Battery: 2", 2),
        ("5 ❤️", 5),
        ("1", 1),
        # not a rating
        ("4 times she asked for me", None),
        ("4 or 5", None),
        ("3-4", None),
        ("4.5", None),
        ("4 and a half", None),
        ("4 y medio", None),
        ("4/10", None),
        ("4 out of 10", None),
        ("4 de la tarde", None),
        ("4pm", None),
        ("4:30", None),
        ("7", None),
        ("0", None),
        ("44", None),
        ("-", None),
        ("", None),
        ("One good thing happened", None),
        ("Two kids, one bath", None),
        ("I was at 4 different stores", None),
        ("3 meltdowns before lunch", None),
        ("She is 4", None),
        ("We ate at 5", None),
        ("4th time this week", None),
        ("4 no wait 5", None),
        ("1 2 3 4 5", None),
        ("Dos veces lloró", None),
        ("Una buena noche", None),
        ("He is 3. She is 5", None),
    ],
)
def test_a_rating_is_read_only_beyond_doubt(text: str, expected: int | None) -> None:
    assert rating(text, 1, 5) == expected


def test_a_scale_has_its_own_ends() -> None:
    assert rating("0", 0, 10) == 0
    assert rating("cero", 0, 10) == 0
    assert rating("10", 0, 10) == 10
    assert rating("10/10", 0, 10) == 10
    assert rating("7, very close", 1, 7) == 7
    assert rating("8", 1, 7) is None


@given(st.text(max_size=300), st.integers(0, 3), st.integers(4, 10))
def test_a_rating_lies_on_its_scale(text: str, low: int, high: int) -> None:
    found = rating(text, low, high)
    assert found is None or low <= found <= high


NOW = datetime(2026, 11, 3, 19, 0, tzinfo=UTC)


def prompt(name: str, hours_ago: float, answered_hours_ago: float | None = None) -> OpenPrompt:
    answered = None if answered_hours_ago is None else NOW - timedelta(hours=answered_hours_ago)
    return OpenPrompt(name, "S2", NOW - timedelta(hours=hours_ago), answered_at=answered)


def test_a_reply_joins_the_open_prompt() -> None:
    assert choose_place([prompt("a", 1)], NOW) == Place("a", why="the open prompt")


def test_with_two_open_it_joins_the_newest_and_says_so() -> None:
    place = choose_place([prompt("a", 30), prompt("b", 2), prompt("c", 40)], NOW)
    assert (place.occurrence_id, place.maybe_other, place.late) == ("b", ("a", "c"), False)


@pytest.mark.parametrize(("minutes", "joins"), [(0, True), (15, True), (15.1, False), (-3, True)])
def test_a_further_part_joins_for_fifteen_minutes(minutes: float, joins: bool) -> None:
    last = LastReflection("r", "a", NOW - timedelta(minutes=minutes))
    place = choose_place([prompt("a", 1, 0.5)], NOW, last)
    assert (place.reflection_id == "r") is joins
    assert joins or place == Place(maybe_other=("a",), why="more on an answered prompt, or something new")


def test_a_newer_prompt_in_between_takes_the_reply() -> None:
    last = LastReflection("r", "a", NOW - timedelta(minutes=10))
    assert choose_place([prompt("a", 1, 0.2), prompt("b", 0.1)], NOW, last).occurrence_id == "b"


def test_a_further_part_of_an_unprompted_text_joins_it() -> None:
    last = LastReflection("r", None, NOW - timedelta(minutes=5))
    assert choose_place([], NOW, last) == Place(None, "r", why="a further part of the same answer")


def test_a_late_answer_joins_the_prompt_it_is_late_for() -> None:
    place = choose_place([prompt("a", 60), prompt("b", 200)], NOW)
    assert (place.occurrence_id, place.late, place.maybe_other) == ("a", True, ("b",))
    assert choose_place([prompt("a", 48)], NOW).late  # the 48th hour is the first late one
    assert not choose_place([prompt("a", 47.9)], NOW).late


def test_after_a_newer_answer_an_old_prompt_is_only_a_maybe() -> None:
    place = choose_place([prompt("old", 100), prompt("new", 5, 4)], NOW)
    assert (place.occurrence_id, place.maybe_other) == (None, ("new", "old"))


def test_what_fits_nothing_stands_for_itself() -> None:
    assert choose_place([], NOW) == Place()
    assert choose_place([prompt("a", 24 * 30)], NOW) == Place()
    assert choose_place([prompt("future", -1)], NOW) == Place()


def test_a_closing_time_of_its_own_counts() -> None:
    short = OpenPrompt("a", "D1", NOW - timedelta(hours=3), closes_at=NOW - timedelta(hours=1))
    assert choose_place([short], NOW).late


_MOMENTS = st.floats(-100, 400)


@given(st.lists(st.tuples(_MOMENTS, st.none() | st.floats(0, 100)), max_size=6), st.none() | st.floats(-1, 1))
def test_a_place_is_one_that_was_offered(drawn: list[tuple[float, float | None]], last_hours: float | None) -> None:
    prompts = [prompt(str(number), sent, answered) for number, (sent, answered) in enumerate(drawn)]
    last = None if last_hours is None else LastReflection("r", "0", NOW - timedelta(hours=last_hours))
    place = choose_place(prompts, NOW, last)
    offered = {p.occurrence_id for p in prompts if p.sent_at <= NOW}
    assert place.reflection_id == "r" or place.occurrence_id is None or place.occurrence_id in offered
    assert place.occurrence_id not in place.maybe_other
    assert set(place.maybe_other) <= offered
