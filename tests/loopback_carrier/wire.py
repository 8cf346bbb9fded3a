"""Just enough HTTP/1.1 for a carrier on loopback: quick to read, and able to break off as a network does."""

import asyncio
import json
import socket
import struct
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

_REASONS = {200: "OK", 201: "Created", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}
_MAX_BODY = 1_000_000


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in; repeated fields stay repeated."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    form: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON answer, or `raw` in its place."""

    status: int
    payload: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None

    def head_and_body(self) -> tuple[bytes, bytes]:
        body = self.raw if self.raw is not None else json.dumps(self.payload).encode()
        lines = [f"HTTP/1.1 {self.status} {_REASONS.get(self.status, 'Answer')}", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode("ascii"), body


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request on this connection; None when the far side has gone."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}
        body = await reader.readexactly(min(int(headers.get("content-length", 0)), _MAX_BODY))
    except (asyncio.IncompleteReadError, ConnectionError, ValueError, asyncio.LimitOverrunError):
        return None
    split = urlsplit(target)
    query = parse_qs(split.query, keep_blank_values=True)
    form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return Request(method, split.path, query, headers, body, form)


def reset(writer: asyncio.StreamWriter) -> None:
    """Break off with a TCP reset, as a dead process or a firewall does."""
    raw = writer.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
