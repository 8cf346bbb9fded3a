"""A schedule as one paragraph, in both languages."""

from datetime import date, time, timedelta

import pytest

from foster_bond.rules.recurrence import Rhythm, parse_rhythm
from foster_bond.rules.schedule_words import sentence

RHYTHM: Rhythm = parse_rhythm(
    "FREQ=WEEKLY;BYDAY=MO,WE,FR", at=time(19), between=None, starts=date(2026, 8, 26), ends=None
)


def said(language: str = "en", **changed: object) -> str:
    facts: dict[str, object] = {
        "roles": ["foster_parent", "kin_carer"],
        "tags": [],
        "programme": "First twelve weeks",
        "nudge_after": timedelta(hours=20),
        "closes_after": timedelta(hours=48),
    }
    return "".join(piece.words for piece in sentence(RHYTHM, language=language, **(facts | changed)))  # type: ignore[arg-type]


def test_the_whole_paragraph() -> None:
    assert said() == (
        "Ask foster parents and kin carers: Mondays, Wednesdays and Fridays at 7 pm, where each of them lives, from "
        "the programme First twelve weeks. If nothing comes back, one gentle reminder comes after 20 hours. "
        "Each question stays open 48 hours."
    )


def test_the_same_in_spanish() -> None:
    assert said("es").startswith("Preguntar a familias de crianza y familiares que cuidan: lunes, miércoles y viernes")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"nudge_after": None}, "If nothing comes back, no reminder follows. Each"),
        ({"roles": []}, "Ask everybody: "),
        ({"roles": ["teen"], "tags": ["pilot", "north"]}, "Ask teens tagged pilot, north: "),
        ({"roles": ["teen", "other", "kin_carer"]}, "Ask teens, others and kin carers: "),
        ({"closes_after": timedelta(minutes=90)}, "stays open 90 minutes."),
        ({"closes_after": timedelta(hours=1)}, "stays open 1 hour."),
        ({"by_visits": True}, "the evening before and after each family visit at 7 pm, where each of them lives"),
    ],
)
def test_what_is_different_is_said_differently(changed: dict[str, object], words: str) -> None:
    assert words in said(**changed)


def test_what_could_be_chosen_otherwise_is_marked() -> None:
    pieces = sentence(
        RHYTHM, roles=["teen"], tags=[], programme="Own", nudge_after=None, closes_after=timedelta(hours=48)
    )  # fmt: skip
    assert [piece.words for piece in pieces if piece.pick][:1] == ["teens"]
    assert sum(piece.pick for piece in pieces) == 5
