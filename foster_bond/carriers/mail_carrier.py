"""Carriers: mail to staff through a mail server, the second channel beside texts. Only this file speaks SMTP."""

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import unquote, urlsplit

from foster_bond.errors import SetupWrong

SUBMISSION, IMPLICIT_TLS = 587, 465
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. `id` is ours and becomes the Message-ID, so that a mail that arrives twice is shown once."""

    id: str
    to: str = field(repr=False)
    subject: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of one letter. `accepted`: the server said 250. `final`: it never will."""

    accepted: bool
    final: bool = False
    why: str = ""


class MailCarrier(Protocol):
    """Takes letters."""

    def post(self, letters: Sequence[Letter]) -> list[Posted]:
        """What became of each, in order; never raises for a server that is away."""


class KeptMail:
    """Keeps every letter on this machine, as the demo does: what was written shows on its page, and nothing leaves."""

    def post(self, letters: Sequence[Letter]) -> list[Posted]:
        return [Posted(True)] * len(letters)


class SmtpCarrier:
    """A mail server by its address: smtp://user:password@host:587 (STARTTLS) or smtps://… (TLS from the start).

    Without TLS only a server on this machine is spoken to. Raises: SetupWrong for an address of another kind.
    """

    def __init__(self, url: str, sender: str, *, timeout: float = 10) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise SetupWrong(("FOSTER_BOND_SMTP_URL is neither smtp:// nor smtps://.",))
        self._tls_at_once = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (IMPLICIT_TLS if self._tls_at_once else SUBMISSION)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender, self._timeout = sender, timeout

    def post(self, letters: Sequence[Letter]) -> list[Posted]:
        done: list[Posted] = []
        try:
            with self._connected() as server:
                for letter in letters:
                    done.append(self._hand_over(server, letter))
        except (OSError, smtplib.SMTPException) as away:
            why = Posted(False, why=f"The mail server did not answer ({type(away).__name__}).")
            return [*done, *[why] * (len(letters) - len(done))]
        return done

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context()
        if self._tls_at_once:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        with server:
            if not self._tls_at_once and self._host not in _THIS_MACHINE:
                server.starttls(context=context)
            if self._user:
                server.login(self._user, self._password)
            yield server

    def _hand_over(self, server: smtplib.SMTP, letter: Letter) -> Posted:
        try:
            server.send_message(self._message(letter), self._sender, [letter.to])
        except smtplib.SMTPRecipientsRefused as refused:
            return _refused(next(iter(refused.recipients.values()))[0])
        except smtplib.SMTPNotSupportedError:
            return Posted(False, final=True, why="The mail server cannot write to this address.")
        except smtplib.SMTPResponseException as refused:
            server.rset()
            return _refused(refused.smtp_code)
        return Posted(True)

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, letter.to, letter.subject
        message["Date"] = format_datetime(letter.at)
        message["Message-ID"] = f"<{letter.id}@{self._sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers to us
        message.set_content(letter.body)
        return message


def _refused(code: int) -> Posted:
    """4xx: the server asks to be tried again; 5xx: it never will take it (RFC 5321, 4.2.1)."""
    return Posted(False, final=code >= 500, why=f"The mail server refused it (SMTP {code}).")
