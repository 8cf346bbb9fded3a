"""`setup` makes an agency that may send at once, and touches nothing where its words clash with what is there."""

import pytest

from foster_bond import library
from foster_bond.errors import Conflict, InvalidInput
from foster_bond.rules.new_agency import read_new_agency
from foster_bond.steps.keeping.set_up_agency import AgencyMade, set_up_agency
from foster_bond.steps.keeping.sign_in import SignedIn, sign_in
from foster_bond.store import agencies, prompts
from foster_bond.store.open_store import Store
from tests.steps.keeping.conftest import NOW, PASSWORD


def make(
    store: Store,
    slug: str,
    *,
    zone: str = "America/Denver",
    admin: str | None = None,
    sender: str | None = None,
    password: str | None = PASSWORD,
    carrier_sender: str | None = None,
    simulated: bool = True,
) -> AgencyMade:
    agency = read_new_agency(
        name="Harbor County", slug=slug, zone=zone, admin=admin or f"ada@{slug}.example", sender=sender,
        phone="(303) 555-0190",
    )  # fmt: skip
    return set_up_agency(
        store, agency=agency, now=NOW, password=password, carrier_sender=carrier_sender, simulated=simulated
    )


def test_an_agency_its_admin_and_the_shipped_library(store: Store) -> None:
    made = make(store, "harbor", sender="303 555 0100")
    with store.read() as session:
        agency = agencies.by_slug(session, "harbor")
        assert agency is not None and agency.id == made.agency_id
        assert (agency.text_name, agency.zone, agency.country) == ("Harbor County", "America/Denver", "US")
        assert agencies.number_of(session, store.vault, agency, "sender") == "+13035550100"
        assert agencies.number_of(session, store.vault, agency, "phone") == "+13035550190"
        assert agencies.by_sender(session, store.vault, "+13035550100") is not None
        own = prompts.prompts_of(session, agency.id)
        assert own.keys() == library.prompts().keys() and {row.state for row in own.values()} == {"approved"}
        twelve = prompts.programmes_of(session, agency.id)["first-twelve-weeks"]
        assert (twelve.kind, len(twelve.slots)) == ("ladder", len(twelve.prompt_keys))
        assert twelve.facts["reviewed"] is False
    assert made.password is None
    signed = sign_in(store, email="ADA@harbor.example ", password=PASSWORD, source="10.0.0.1", now=NOW)
    assert isinstance(signed, SignedIn) and signed.viewer.runs_people


def test_a_password_made_here_opens_the_door(store: Store) -> None:
    made = make(store, "harbor", password=None)
    assert made.password is not None and len(made.password) >= 12
    signed = sign_in(store, email=made.admin_email, password=made.password, source="10.0.0.1", now=NOW)
    assert isinstance(signed, SignedIn)


def test_the_same_slug_again_changes_nothing(store: Store) -> None:
    first = make(store, "harbor", admin="ada@harbor.example")
    with pytest.raises(Conflict, match="harbor"):
        make(store, "harbor", admin="eve@harbor.example")
    with store.read() as session:
        assert [row.id for row in agencies.every(session)] == [first.agency_id]


def test_another_slug_is_another_agency_with_a_number_of_its_own(store: Store) -> None:
    first, second = make(store, "harbor"), make(store, "elsewhere")
    assert first.agency_id != second.agency_id and first.sender != second.sender
    with pytest.raises(Conflict, match="another agency"):
        make(store, "third", sender=first.sender)
    with pytest.raises(Conflict, match="signs in to an agency here already"):
        make(store, "third", admin="ada@harbor.example")


def test_the_settings_number_is_the_first_agencys(store: Store) -> None:
    first = make(store, "harbor", carrier_sender="+13035550177", simulated=False)
    assert first.sender == "+13035550177"
    with pytest.raises(InvalidInput, match="--sender"):
        make(store, "elsewhere", carrier_sender="+13035550177", simulated=False)


def test_london_is_a_uk_agency(store: Store) -> None:
    made = set_up_agency(
        store,
        agency=read_new_agency(name="Quay", slug="quay", zone="Europe/London", admin="a@quay.example"),
        now=NOW, password=PASSWORD, simulated=True,
    )  # fmt: skip
    with store.read() as session:
        assert agencies.by_id(session, made.agency_id).country == "GB"


def test_a_short_password_makes_no_agency(store: Store) -> None:
    with pytest.raises(InvalidInput, match="at least 12"):
        make(store, "harbor", password="too short")
    with store.read() as session:
        assert agencies.every(session) == []
