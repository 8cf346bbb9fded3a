"""A mail server of this machine, for the tests: it keeps what it takes, refuses whom it is told to, and may hang."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Server:
    """What it took, whole letters in order, and how it behaves."""

    port: int = 0
    refuses: dict[str, int] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    answers: threading.Event = field(default_factory=threading.Event)  # cleared: it takes a letter and says nothing

    def __post_init__(self) -> None:
        self.answers.set()

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
                    server.answers.wait()
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


@contextmanager
def listening() -> Iterator[Server]:
    """The server, on a free loopback port."""
    known = Server()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _talk(known)) as open_port:
        open_port.daemon_threads = True
        known.port = open_port.server_address[1]
        thread = threading.Thread(target=open_port.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield known
        finally:
            known.answers.set()
            open_port.shutdown()
            thread.join()
