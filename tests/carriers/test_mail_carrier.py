"""Mail through a server of this machine: what it says 250 to has been told, everything else is tried again or not."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from foster_bond.carriers.mail_carrier import Letter, SmtpCarrier
from foster_bond.errors import SetupWrong
from tests.mail_server import Server, listening

NOW = datetime(2026, 11, 9, 3, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[Server]:
    with listening() as known:
        yield known


def letter(to: str = "mina@harbor.example") -> Letter:
    return Letter("01", to, "Harbor: ahora, señora", "A message needs a person now.", NOW)


def carrier(server: Server) -> SmtpCarrier:
    return SmtpCarrier(server.url(), "alerts@bond.example", timeout=5)


def test_what_the_server_takes_is_accepted(server: Server) -> None:
    (posted,) = carrier(server).post([letter()])
    assert posted.accepted
    (mail,) = server.taken
    assert "Message-ID: <01@bond.example>" in mail and "Auto-Submitted: auto-generated" in mail


@pytest.mark.parametrize(("code", "final"), [(550, True), (451, False)])
def test_a_refused_address_stops_no_other(server: Server, code: int, final: bool) -> None:
    server.refuses["gone@"] = code
    first, second = carrier(server).post([letter("gone@harbor.example"), letter()])
    assert (first.accepted, first.final) == (False, final) and str(code) in first.why
    assert second.accepted


def test_a_server_that_is_away_takes_nothing_and_raises_nothing(server: Server) -> None:
    away = SmtpCarrier("smtp://127.0.0.1:9", "alerts@bond.example", timeout=1)
    first, second = away.post([letter(), letter()])
    assert not first.accepted and not first.final and not second.accepted


def test_another_kind_of_address_is_refused() -> None:
    with pytest.raises(SetupWrong):
        SmtpCarrier("https://mail.example", "alerts@bond.example")


def test_nothing_that_is_shown_holds_the_address() -> None:
    assert "mina" not in repr(letter())
