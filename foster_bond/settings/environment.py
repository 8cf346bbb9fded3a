"""Ground: the settings as they are written: what each must be, and which are wrong alone or wrong together."""

import ipaddress
import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

TWILIO_API_URL = "https://api.twilio.com"
LEAST_GRACE = timedelta(seconds=300)  # a look-up sooner than the carrier's latest acceptance doubled 13 of 300 texts
_A_DAY = 86_400


def _setting(name: str, must_be: str, default: object = None, **limits: Any) -> Any:
    return Field(default=default, alias=name, description=must_be, **limits)


def _seconds(name: str, default: float) -> Any:
    must_be = "a number of seconds above 0 and at most a day"
    return _setting(name, must_be, default, gt=0, le=_A_DAY, allow_inf_nan=False)


class Environment(BaseSettings):
    """The settings as they are written; a field's description says what its value must be."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", case_sensitive=True, hide_input_in_errors=True)

    database_url: str = _setting(
        "FOSTER_BOND_DATABASE_URL",
        "sqlite:///path/to/file or postgresql+psycopg://user:password@host/name",
        "sqlite:///instance/foster_bond.db",
    )
    secret_key: SecretStr | None = _setting("FOSTER_BOND_SECRET_KEY", "32 characters or more")
    master_keys: SecretStr | None = _setting(
        "FOSTER_BOND_MASTER_KEYS", "url-safe base64 of 32 bytes; more than one is separated by commas"
    )
    index_key: SecretStr | None = _setting("FOSTER_BOND_INDEX_KEY", "url-safe base64 of 32 bytes")
    public_url: str = _setting(
        "FOSTER_BOND_PUBLIC_URL",
        "an https address without query (http for this machine only)",
        "http://127.0.0.1:8000",
    )
    proxy_hops: int = _setting("FOSTER_BOND_PROXY_HOPS", "a whole number from 0 to 10", 0, ge=0, le=10)
    carrier: Literal["simulated", "twilio"] = _setting("FOSTER_BOND_CARRIER", "simulated or twilio", "simulated")
    account_sid: str | None = _setting(
        "TWILIO_ACCOUNT_SID", "an account SID, AC followed by letters and digits", pattern=r"^AC[0-9A-Za-z]+$"
    )
    auth_token: SecretStr | None = _setting("TWILIO_AUTH_TOKEN", "the account's auth token")
    messaging_service_sid: str | None = _setting(
        "TWILIO_MESSAGING_SERVICE_SID",
        "a Messaging Service SID, MG followed by letters and digits",
        pattern=r"^MG[0-9A-Za-z]+$",
    )
    from_number: str | None = _setting(
        "TWILIO_FROM_NUMBER", "a number such as +13035550100, or a short code", pattern=r"^(\+[1-9]\d{6,14}|\d{5,6})$"
    )
    api_url: str = _setting(
        "FOSTER_BOND_TWILIO_API_URL", "an https address of twilio.com, or an address of this machine", TWILIO_API_URL
    )
    send_lease: float = _seconds("FOSTER_BOND_SEND_LEASE_SECONDS", 60)
    lookup_grace: float = _seconds("FOSTER_BOND_LOOKUP_GRACE_SECONDS", 300)
    http_timeout: float = _seconds("FOSTER_BOND_HTTP_TIMEOUT_SECONDS", 10)
    senders: int = _setting("FOSTER_BOND_SENDERS", "a whole number from 1 to 1000", 64, ge=1, le=1000)
    clock_file: Path | None = _setting("FOSTER_BOND_CLOCK_FILE", "the path of a file")
    second_factor: Literal["optional", "required"] = _setting(
        "FOSTER_BOND_SECOND_FACTOR", "optional or required", "optional"
    )
    smtp_url: SecretStr | None = _setting("FOSTER_BOND_SMTP_URL", "smtp://user:password@host:587 or smtps://…")
    mail_from: str | None = _setting(
        "FOSTER_BOND_MAIL_FROM", "an e-mail address", pattern=r"^[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+$"
    )
    log_format: Literal["console", "json"] | None = _setting("FOSTER_BOND_LOG_FORMAT", "console or json")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, dotenv_settings  # the environment comes in as an argument, so that tests can give one


SETTING_NAMES: tuple[str, ...] = tuple(str(one.alias) for one in Environment.model_fields.values())
_MUST_BE = {str(one.alias): str(one.description) for one in Environment.model_fields.values()}


def read_environment(environ: Mapping[str, str] | None, folder: Path) -> tuple[Environment, list[str]]:
    """What is written, with every malformed value set back to its default so that the rest can be checked too."""
    source = os.environ if environ is None else environ
    given: dict[str, Any] = {name: source[name] for name in SETTING_NAMES if source.get(name)}
    problems: list[str] = []
    options: dict[str, Any] = {"_env_file": folder / ".env", "_env_ignore_empty": True}
    while True:
        try:
            return Environment(**options, **given), problems
        except ValidationError as wrong:
            off = {str(error["loc"][0]) for error in wrong.errors(include_input=False, include_url=False)}
            problems += [says_off(name) for name in SETTING_NAMES if name in off]
            given |= {name: _default(name) for name in off}
        except (OSError, UnicodeDecodeError):
            problems.append(".env in the current folder cannot be read as UTF-8 text")
            options["_env_file"] = None


def _default(name: str) -> Any:
    return next(one.default for one in Environment.model_fields.values() if one.alias == name)


def says_off(name: str) -> str:
    return f"{name} must be {_MUST_BE[name]}"


def find_database(written: str, folder: Path) -> str | None:
    """The address with its driver named and a SQLite path made absolute; None when it is neither database."""
    scheme, _, rest = written.partition("://")
    if scheme in ("postgres", "postgresql", "postgresql+psycopg") and rest.strip("/"):
        return f"postgresql+psycopg://{rest}"
    path, mark, query = rest.removeprefix("/").partition("?")
    if scheme not in ("sqlite", "sqlite+pysqlite") or not rest.startswith("/") or path in ("", ":memory:"):
        return None
    return f"sqlite:///{folder / path}{mark}{query}"


def malformed(read: Environment, database_url: str | None) -> list[str]:
    api = _split(read.api_url)
    api_host = (api.hostname or "").lower() if api else ""
    at_twilio = api is not None and api.scheme == "https" and re.fullmatch(r"(.+\.)?twilio\.com", api_host) is not None
    smtp = _split(read.smtp_url.get_secret_value()) if read.smtp_url else None
    checks = {
        "FOSTER_BOND_DATABASE_URL": database_url is not None,
        "FOSTER_BOND_PUBLIC_URL": _is_base_address(read.public_url),
        "FOSTER_BOND_TWILIO_API_URL": _is_base_address(read.api_url) and (at_twilio or is_loopback(read.api_url)),
        "FOSTER_BOND_SMTP_URL": read.smtp_url is None
        or (smtp is not None and smtp.scheme in ("smtp", "smtps") and bool(smtp.hostname)),
    }
    return [says_off(name) for name, holds in checks.items() if not holds]


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # a port beyond 65535 is refused here, not at the first request
    except ValueError:
        return None
    return parts


def _is_base_address(url: str) -> bool:
    parts = _split(url)
    if parts is None or not parts.hostname or parts.query or parts.fragment or parts.username or re.search(r"\s", url):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url))


def clashes(read: Environment) -> list[str]:
    """Values that are right alone and wrong together."""
    problems = []
    if read.send_lease <= read.http_timeout:
        problems.append("FOSTER_BOND_SEND_LEASE_SECONDS must be longer than FOSTER_BOND_HTTP_TIMEOUT_SECONDS")
    loopback_carrier = read.carrier == "simulated" or (_split(read.api_url) is not None and is_loopback(read.api_url))
    if read.lookup_grace < LEAST_GRACE.total_seconds() and not loopback_carrier:
        problems.append("FOSTER_BOND_LOOKUP_GRACE_SECONDS under 300 is for a carrier on this machine only")
    if read.second_factor == "required":
        problems.append("FOSTER_BOND_SECOND_FACTOR=required asks for what this release has not got; leave it optional")
    if read.smtp_url is not None and read.mail_from is None:
        problems.append("FOSTER_BOND_MAIL_FROM is missing: FOSTER_BOND_SMTP_URL needs it")
    if read.carrier == "twilio":
        if read.clock_file is not None and not loopback_carrier:
            problems.append(
                "FOSTER_BOND_CLOCK_FILE is refused with Twilio's own address: real texts need the real time"
            )
        needed = {"TWILIO_ACCOUNT_SID": read.account_sid, "TWILIO_AUTH_TOKEN": read.auth_token}
        sender = "TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM_NUMBER"
        needed[sender] = read.messaging_service_sid or read.from_number
        problems += [
            f"{name} is missing: FOSTER_BOND_CARRIER=twilio needs it" for name, has in needed.items() if not has
        ]
    return problems


def is_loopback(url: str) -> bool:
    """True when the address can only be this machine."""
    host = (urlsplit(url).hostname or "").lower()
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
