"""The whole string is one valid number, or a sentence says why not."""

import pytest

from foster_bond.errors import InvalidInput
from foster_bond.rules.phone_numbers import phone_number, sender_number


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("+13035550101", "US"),
        ("(303) 555-0101", "US"),
        ("303.555.0101", "US"),
        ("1 303 555 0101", "US"),
        (" 303\u00a0555\u20110101 ", "US"),  # pasted from a web page: a no-break blank and a no-break dash
        ("0013035550101", "GB"),  # dialled from abroad
    ],
)
def test_however_people_write_it_the_number_is_e164(typed: str, country: str) -> None:
    assert phone_number(typed, country) == "+13035550101"


def test_a_number_is_read_as_one_dials_it_at_home() -> None:
    assert phone_number("020 7946 0018", "GB") == "+442079460018"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "missing"),
        ("   ", "missing"),
        ("303 555 0101 x5", "has an extension"),
        ("3035550101;ext=1", "has an extension"),
        ("303 555 0101 ext. 12", "has an extension"),
        ("+1 555 555 0100", "is not a valid phone number"),  # no such area code
        ("911", "is not a valid phone number"),
        ("5550101", "is not a valid phone number"),  # no area code
        ("call 303 555 0101", "is not a phone number"),  # the library alone would find a number in there
        ("1-800-FLOWERS", "is not a phone number"),
        ("+1 303 555 0101, +1 303 555 0102", "is not a phone number"),
        ("++13035550101", "is not a phone number"),
        ("３０３５５５０１０１", "is not a phone number"),  # full-width digits
        ("1" * 5000, "is not a phone number"),
    ],
)
def test_anything_else_is_refused_in_one_sentence(typed: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refused:
        phone_number(typed)
    assert len(str(refused.value)) < 130


def test_a_sender_may_be_a_short_code() -> None:
    assert sender_number("72345") == "72345"
    assert sender_number("303 555 0101") == "+13035550101"
    with pytest.raises(InvalidInput):
        sender_number("7234")
