"""The price of one part of a text, as an admin types it."""

import pytest

from foster_bond.rules.agency_form import OffFields, read_agency_form

PLAIN = {
    "polite_from": "09:00", "polite_until": "20:00", "polite_sunday_from": "12:00", "prompts_a_day": "1",
    "prompts_a_week": "4", "texts_a_week": "6", "sender_tier": "long_code",
}  # fmt: skip


@pytest.mark.parametrize(("words", "price"), [("", None), ("0.0083", 83), ("1", 10_000), (" 0.05 ", 500)])
def test_a_price_is_read_in_ten_thousandths(words: str, price: int | None) -> None:
    assert read_agency_form(PLAIN | {"segment_price": words}, country="US").segment_price == price


@pytest.mark.parametrize("words", ["0", "0.0000", "-1", "1,5", "0.00831", "free", "1e3"])
def test_what_is_no_price_is_said_beside_its_field(words: str) -> None:
    with pytest.raises(OffFields) as off:
        read_agency_form(PLAIN | {"segment_price": words}, country="US")
    assert "write it like 0.0083" in off.value.by_field["segment_price"][0]
