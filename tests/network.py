"""Tests reach this machine only: a connection or a look-up that would leave it is refused at once."""

import ipaddress
import socket
from typing import Any


class LeftTheMachine(RuntimeError):
    """Not an OSError, so that no code under test can take it for a bad line and go on."""


def keep_inside() -> None:
    """Refuse every connection and look-up of this process that is not loopback; stays for the whole run."""
    connect, connect_ex, send, look_up = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.socket.sendto,
        socket.getaddrinfo,
    )

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _check(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _check(address)
        return connect_ex(self, address)

    def guarded_send(self: socket.socket, data: Any, *rest: Any) -> int:
        _check(rest[-1])
        return send(self, data, *rest)

    def guarded_look_up(host: Any, *rest: Any, **named: Any) -> Any:
        _check((host,))
        return look_up(host, *rest, **named)

    socket.socket.connect = guarded_connect  # type: ignore[method-assign]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[method-assign]
    socket.socket.sendto = guarded_send  # type: ignore[assignment,method-assign]
    socket.getaddrinfo = guarded_look_up


def _check(address: Any) -> None:
    host = address[0] if isinstance(address, tuple) else None  # a path is a Unix socket, which cannot leave
    if host is None or host in ("", "localhost") or str(host).endswith(".localhost"):
        return
    try:
        stays = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host)
    except ValueError:
        raise LeftTheMachine("a test looked up a name that is not this machine") from None
    if not (stays.is_loopback or stays.is_unspecified):
        raise LeftTheMachine("a test tried to reach another machine")
