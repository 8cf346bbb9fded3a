"""The worker behind the pages on SQLite: one request at a time, and only a client that has begun to speak holds it."""

import os
import select
import socket
import time
from dataclasses import dataclass
from typing import Any

from gunicorn.workers.sync import SyncWorker

MOST_SILENT = 200  # connections that have said nothing yet; of more the oldest is left
SILENT_FOR = 10.0  # seconds until a client that says nothing is left
HALTS_FOR = 10.0  # seconds that a client may halt in the middle of its words, or of ours
HALTS_AT_THE_END = 0.5  # seconds; the same once we have been told to end ...
LAST_WORDS = 3.0  # ... and how long all of them are heard, so that ten half-spoken ones do not keep us for minutes
_AT_ONCE = 0.01  # seconds in which the first word of an honest client has followed it
_LOOKS_EVERY = 1.0  # seconds, at who has been silent for too long


@dataclass(frozen=True, slots=True)
class _Caller:
    listener: socket.socket
    address: Any
    until: float  # monotonic


class AttentiveWorker(SyncWorker):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's own waits for the first word of whoever connects, and meanwhile hears nobody else, nor SIGTERM.

    Browsers connect ahead and say nothing: two of them kept both workers, and with them the carrier's texts, outside
    for half a minute.
    """

    def init_process(self) -> None:
        self._silent: dict[socket.socket, _Caller] = {}
        super().init_process()

    def accept(self, listener: socket.socket) -> None:
        """Take one connection, and answer whoever has begun to speak. Raises: OSError where nobody connects."""
        client, address = listener.accept()
        client.settimeout(HALTS_FOR)
        if len(self._silent) >= MOST_SILENT:
            self._leave(next(iter(self._silent)))
        self._silent[client] = _Caller(listener, address, time.monotonic() + SILENT_FOR)
        select.select([client], [], [], _AT_ONCE)  # else another worker would sit idle while it waited for us
        self._hear()

    def wait(self, timeout: float) -> list[Any]:
        """The listeners where somebody connects; whoever begins to speak meanwhile has been answered."""
        self.notify()
        until = min(timeout, _LOOKS_EVERY) if self._silent else timeout
        ready, _, _ = select.select([*self.wait_fds, *self._silent], [], [], until)
        if self.PIPE[0] in ready:
            os.read(self.PIPE[0], 1)
        self._hear()
        return [one for one in ready if one in self.sockets]

    def run(self) -> None:
        """Until told to end; what had arrived with that word is answered, too."""
        super().run()
        for client in self._silent:
            client.settimeout(HALTS_AT_THE_END)
        self._hear(at_the_end=True)
        for client in list(self._silent):
            self._leave(client)

    def _hear(self, *, at_the_end: bool = False) -> None:
        until = time.monotonic() + LAST_WORDS
        for client in select.select(list(self._silent), [], [], 0)[0]:
            if not self.alive and (not at_the_end or time.monotonic() > until):
                return  # told to end while one of them halted: `run` hears the others, for a moment
            caller = self._silent.pop(client)
            self.notify()
            self.handle(caller.listener, client, caller.address)
        now = time.monotonic()
        for client in [client for client, caller in self._silent.items() if caller.until <= now]:
            self._leave(client)

    def _leave(self, client: socket.socket) -> None:
        del self._silent[client]
        client.close()
