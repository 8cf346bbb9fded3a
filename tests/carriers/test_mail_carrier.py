"""Mail through a server of this machine: what it says 250 to has been told, everything else is tried again or not."""

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from foster_bond.carriers.mail_carrier import Letter, SmtpCarrier
from foster_bond.errors import SetupWrong

NOW = datetime(2026, 11, 9, 3, 0, tzinfo=UTC)


@dataclass
class Server:
    """A mail server that keeps what it takes and refuses the addresses it is told to."""

    port: int = 0
    refuses: dict[str, int] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)

    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


def _talk(server: Server) -> type[socketserver.StreamRequestHandler]:
    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 here")
            while line := self.rfile.readline().decode().strip():
                word = line.upper()
                if word.startswith("QUIT"):
                    return self._say("221 bye")
                if word.startswith("RCPT"):
                    code = next((code for to, code in server.refuses.items() if to in line), 250)
                    self._say(f"{code} recipient")
                elif word == "DATA":
                    self._say("354 go on")
                    server.taken.append(self._read())
                    self._say("250 taken")
                else:
                    self._say("250 fine")
            return None

        def _read(self) -> str:
            lines = []
            while (line := self.rfile.readline().decode()) != ".\r\n":
                lines.append(line)
            return "".join(lines)

        def _say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    return Talk


@pytest.fixture
def server() -> Iterator[Server]:
    known = Server()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _talk(known)) as listening:
        listening.daemon_threads = True
        known.port = listening.server_address[1]
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
        thread.start()
        yield known
        listening.shutdown()
        thread.join()


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
