"""What every contender of the hand-over talks to: a carrier that costs almost nothing, in a process of its own."""

import asyncio
import json
import os
from multiprocessing.connection import Connection
from urllib.parse import parse_qs

ACCOUNT = "AC" + "0" * 31 + "1"
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


class _Answering(asyncio.Protocol):
    """One connection: read a create, wait, name it."""

    def __init__(self, latency: float) -> None:
        self._latency, self._buffer = latency, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._buffer) < end + 4 + length:
                return
            body, self._buffer = self._buffer[end + 4 : end + 4 + length], self._buffer[end + 4 + length :]
            if self._latency:
                asyncio.get_running_loop().call_later(self._latency, self._answer, body)
            else:
                self._answer(body)

    def _answer(self, body: bytes) -> None:
        to = parse_qs(body.decode())["To"][0]
        payload = json.dumps(
            {"sid": "SM" + os.urandom(16).hex(), "to": to, "status": "queued", "direction": "outbound-api"}
        ).encode()
        self._transport.write(  # type: ignore[attr-defined]
            b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(payload)
            + payload
        )


def serve(latency: float, pipe: Connection) -> None:
    """Serve until told to stop; says its port first."""
    asyncio.run(_serve(latency, pipe))


async def _serve(latency: float, pipe: Connection) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Answering(latency), "127.0.0.1", 0, backlog=1024)
    pipe.send(server.sockets[0].getsockname()[1])
    await loop.run_in_executor(None, pipe.recv)
    server.close()
