"""Ground: what the operator decided, read once; every problem is named at once, never its value."""

import hashlib
import hmac
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import SecretStr

from foster_bond.errors import SetupWrong
from foster_bond.settings.environment import (
    LEAST_GRACE,
    SETTING_NAMES,
    TWILIO_API_URL,
    Environment,
    clashes,
    find_database,
    is_loopback,
    malformed,
    read_environment,
)
from foster_bond.settings.keys import create_local_keys, find_keys, malformed_keys, missing_keys, parse_key, parse_keys

__all__ = [
    "LEAST_GRACE",
    "SETTING_NAMES",
    "TWILIO_API_URL",
    "Settings",
    "create_local_keys",
    "is_loopback",
    "load_settings",
    "parse_key",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an operator can decide, checked and typed. Secrets have no repr."""

    database_url: str = field(repr=False)
    is_sqlite: bool
    secret_key: SecretStr
    master_keys: tuple[bytes, ...] = field(repr=False)
    index_key: bytes = field(repr=False)
    public_url: str
    cookies_are_secure: bool
    proxy_hops: int
    carrier: Literal["simulated", "twilio"]
    twilio_account_sid: str | None
    twilio_auth_token: SecretStr | None
    twilio_messaging_service_sid: str | None
    twilio_from_number: str | None = field(repr=False)
    twilio_api_url: str
    send_lease: timedelta
    lookup_grace: timedelta
    http_timeout: timedelta
    senders: int
    clock_file: Path | None
    second_factor: Literal["optional", "required"]
    smtp_url: SecretStr | None
    mail_from: str | None
    log_format: Literal["console", "json"]
    instance: Path
    webhook_token: SecretStr

    @property
    def health_token(self) -> SecretStr:
        """What shows the details of `/readyz` and `/metrics` from another machine: `Authorization: Bearer …`."""
        return _derived(self.secret_key.get_secret_value(), "health token")


def load_settings(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """The operator's decisions: `environ` (this process's by default) over `.env` over keys kept in `instance/`.

    Raises: SetupWrong, which names every missing or malformed setting at once, never a value.
    """
    folder = (folder or Path.cwd()).absolute()
    read, problems = read_environment(environ, folder)
    database_url = find_database(read.database_url, folder)
    is_sqlite = database_url is None or database_url.startswith("sqlite")
    keys = find_keys(read, folder / "instance" if is_sqlite else None)
    problems += malformed(read, database_url) + missing_keys(keys, is_sqlite) + malformed_keys(keys)
    problems += clashes(read)
    if problems or database_url is None:
        raise SetupWrong(tuple(dict.fromkeys(problems)))
    return _settle(read, database_url, keys, folder)


def _settle(read: Environment, database_url: str, keys: Mapping[str, str], folder: Path) -> Settings:
    secret = keys["FOSTER_BOND_SECRET_KEY"]
    return Settings(
        database_url=database_url,
        is_sqlite=database_url.startswith("sqlite"),
        secret_key=SecretStr(secret),
        master_keys=parse_keys("FOSTER_BOND_MASTER_KEYS", keys),
        index_key=parse_keys("FOSTER_BOND_INDEX_KEY", keys)[0],
        public_url=read.public_url.rstrip("/"),
        cookies_are_secure=urlsplit(read.public_url).scheme == "https",
        proxy_hops=read.proxy_hops,
        carrier=read.carrier,
        twilio_account_sid=read.account_sid,
        twilio_auth_token=read.auth_token,
        twilio_messaging_service_sid=read.messaging_service_sid,
        twilio_from_number=read.from_number,
        twilio_api_url=read.api_url.rstrip("/"),
        send_lease=timedelta(seconds=read.send_lease),
        lookup_grace=timedelta(seconds=read.lookup_grace),
        http_timeout=timedelta(seconds=read.http_timeout),
        senders=read.senders,
        clock_file=None if read.clock_file is None else folder / read.clock_file,
        second_factor=read.second_factor,
        smtp_url=read.smtp_url,
        mail_from=read.mail_from,
        log_format=read.log_format or ("console" if sys.stderr.isatty() else "json"),
        instance=folder / "instance",
        webhook_token=read.auth_token or _derived(secret, "webhook token"),
    )


def _derived(secret: str, name: str) -> SecretStr:
    return SecretStr(hmac.new(secret.encode(), f"foster-bond {name}".encode(), hashlib.sha256).hexdigest())
