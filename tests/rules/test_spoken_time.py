"""A moment as people say it."""

from datetime import UTC, datetime

import pytest

from foster_bond.rules.spoken_time import city, iso, when

SEVEN_IN_DENVER = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "zone", "language", "words"),
    [
        (SEVEN_IN_DENVER, "America/Denver", "en", "Tue 3 Nov, 7:00 pm in Denver"),
        (SEVEN_IN_DENVER, "America/New_York", "en", "Tue 3 Nov, 9:00 pm in New York"),
        (SEVEN_IN_DENVER, "America/Denver", "es", "mar 3 nov, 19:00 en Denver"),
        (datetime(2026, 11, 4, 7, 5, tzinfo=UTC), "America/Denver", "en", "Wed 4 Nov, 12:05 am in Denver"),  # midnight
        (datetime(2026, 11, 4, 19, 5, tzinfo=UTC), "America/Denver", "en", "Wed 4 Nov, 12:05 pm in Denver"),  # noon
        (SEVEN_IN_DENVER, "America/Denver", "fr", "Tue 3 Nov, 7:00 pm in Denver"),  # a language we do not speak
    ],
)
def test_a_moment_is_said_on_the_wall_of_its_place(at: datetime, zone: str, language: str, words: str) -> None:
    assert when(at, zone, language=language).words == words


def test_the_year_is_said_only_when_it_is_another_one() -> None:
    said = when(SEVEN_IN_DENVER, "America/Denver", now=datetime(2027, 1, 5, tzinfo=UTC), place=False)
    assert said.words == "Tue 3 Nov 2026, 7:00 pm"
    # New Year's Eve in Denver is already the new year in UTC: the family's wall decides
    assert " 20" not in when(SEVEN_IN_DENVER, "America/Denver", now=datetime(2027, 1, 1, 3, tzinfo=UTC)).words


def test_the_instant_behind_it_is_utc() -> None:
    assert when(SEVEN_IN_DENVER, "America/Denver").iso == iso(SEVEN_IN_DENVER) == "2026-11-04T02:00:00Z"
    assert city("America/Argentina/Buenos_Aires") == "Buenos Aires"
