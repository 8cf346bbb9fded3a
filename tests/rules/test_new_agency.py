"""What an agency is told at set-up is judged whole, before anything is touched."""

import pytest

from foster_bond.errors import InvalidInput
from foster_bond.rules.new_agency import email_address, name_in_texts, read_new_agency


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_new_agency(
            name=" ", slug="Harbor County", zone="Mars/Base", admin="ada", text_name="Familias São João",
            sender="12", phone="911", oncall="555-0101", hotline="303 555 0101 x2",
        )  # fmt: skip
    said = refused.value.problems
    assert len(said) == 9
    for word in ("agency:", "Harbor County", "Mars/Base", '"ada"', "ã", '"12"', '"911"', '"555-0101"', "extension"):
        assert any(word in sentence for sentence in said), word


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Harbor", "Harbor"),
        ("Harbor County Foster Care", "Harbor County"),  # 17 septets end inside "Foster"
        ("Kindred\u2014Homes", "Kindred-Homes"),  # a long dash is made plain
        ("Supercalifragilisticexpialidocious", "Supercalifragilis"),
        ("Casa de niños", "Casa de niños"),  # ñ is GSM-7
        ("São João", None),  # ã is not, and accents are never stripped
        ("\u5bb6", None),
    ],
)
def test_the_name_in_texts_fits_every_shipped_text(name: str, short: str | None) -> None:
    assert name_in_texts(name) == short


@pytest.mark.parametrize(
    "typed", ["a@b", "a b@c.example", "@c.example", "a@c.example, b@c.example", "a@@c.example", ""]
)
def test_an_address_has_a_shape(typed: str) -> None:
    with pytest.raises(InvalidInput, match="e-mail"):
        email_address(typed)


def test_an_address_is_kept_in_lower_case() -> None:
    assert email_address(" Ada.Vale@Harbor.Example ") == "ada.vale@harbor.example"
