"""Beside the river: passwords as Argon2id, and one-time tokens of which only a digest is kept."""

import hashlib
import secrets
import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from foster_bond.errors import InvalidInput

SHORTEST, LONGEST = 12, 200  # characters
AT_ONCE = 2  # 64 MiB and 0.22 s of a core each (stack.md section 1): more at once only starve the webhooks
_HASHER = PasswordHasher()  # the library's defaults are RFC 9106's second choice: 3 passes over 64 MiB
_ROOM = threading.BoundedSemaphore(AT_ONCE)


def check_password(password: str) -> None:
    """Nothing, where this may be a password. Raises: InvalidInput, which never quotes it."""
    if len(password) < SHORTEST:
        raise InvalidInput(f"The password is too short: at least {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise InvalidInput(f"The password is too long: at most {LONGEST} characters.")
    if len(set(password)) < 4:
        raise InvalidInput("The password is the same few characters over and over.")


def hash_password(password: str) -> str:
    """The Argon2id hash of a password that may be one. Raises: InvalidInput."""
    check_password(password)
    with _ROOM:
        return _HASHER.hash(_same(password))


def fits(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one; takes as long where there is no hash to compare with."""
    known = password_hash or _nobody()
    with _ROOM:
        try:
            return _HASHER.verify(known, _same(password[: LONGEST + 1])) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def is_dated(password_hash: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def new_password() -> str:
    """A password that a person can copy by hand: five groups of four letters and digits that look unlike each other."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(5))


def new_token() -> str:
    """A token of 256 bits for a cookie or a one-time link."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What the store keeps of a token: a stolen copy of the database signs nobody in."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _same(password: str) -> str:
    """One spelling for what two keyboards write differently; a lone surrogate cannot be hashed and becomes `?`."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))
