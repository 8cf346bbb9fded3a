"""Promises of the ground: settings are named all at once and never shown; keys are made once and kept."""

import base64
import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from foster_bond.errors import SetupWrong
from foster_bond.settings import create_local_keys, is_loopback, load_settings, parse_key

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.urlsafe_b64encode(bytes(range(32, 64))).decode()
SECRET = "a-canary-secret-of-at-least-32-characters"
KEYS = {"FOSTER_BOND_SECRET_KEY": SECRET, "FOSTER_BOND_MASTER_KEYS": KEY, "FOSTER_BOND_INDEX_KEY": OTHER_KEY}
TWILIO = {
    "FOSTER_BOND_CARRIER": "twilio",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "canary-auth-token",
    "TWILIO_MESSAGING_SERVICE_SID": "MG" + "0" * 32,
}


def problems_of(environ: dict[str, str], folder: Path) -> tuple[str, ...]:
    with pytest.raises(SetupWrong) as wrong:
        load_settings(environ, folder)
    return wrong.value.problems


def test_defaults_are_those_of_the_contract(tmp_path: Path) -> None:
    settings = load_settings(KEYS, tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/instance/foster_bond.db"
    assert settings.is_sqlite
    assert settings.public_url == "http://127.0.0.1:8000"
    assert not settings.cookies_are_secure
    assert settings.proxy_hops == 0
    assert settings.carrier == "simulated"
    assert settings.twilio_api_url == "https://api.twilio.com"
    assert (settings.send_lease, settings.lookup_grace, settings.http_timeout) == (
        timedelta(seconds=60),
        timedelta(seconds=300),
        timedelta(seconds=10),
    )
    assert settings.senders == 64
    assert settings.clock_file is None
    assert settings.second_factor == "optional"
    assert settings.smtp_url is None
    assert settings.mail_from is None
    assert settings.master_keys == (bytes(range(32)),)
    assert settings.index_key == bytes(range(32, 64))


def test_every_missing_and_malformed_setting_is_named_at_once_and_never_its_value(tmp_path: Path) -> None:
    environ = {
        "FOSTER_BOND_DATABASE_URL": "postgres://canary-user:canary-password@db/name",
        "FOSTER_BOND_SECRET_KEY": "canary-short",
        "FOSTER_BOND_INDEX_KEY": "canary-key",
        "FOSTER_BOND_SENDERS": "canary-many",
        "FOSTER_BOND_PROXY_HOPS": "-1",
        "FOSTER_BOND_CARRIER": "twilio",
        "TWILIO_FROM_NUMBER": "canary-number",
        "FOSTER_BOND_PUBLIC_URL": "http://canary.example",
        "FOSTER_BOND_LOG_FORMAT": "canary-format",
        "FOSTER_BOND_SMTP_URL": "canary-smtp",
        "FOSTER_BOND_LOOKUP_GRACE_SECONDS": "nan",
    }
    said = " ".join(problems_of(environ, tmp_path))
    right = {"FOSTER_BOND_DATABASE_URL"}
    for name in (set(environ) - right) | {"FOSTER_BOND_MASTER_KEYS", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"}:
        assert name in said
    assert "canary" not in said
    assert "FOSTER_BOND_MAIL_FROM" in said


def test_secrets_have_no_repr(tmp_path: Path) -> None:
    environ = KEYS | TWILIO | {"FOSTER_BOND_DATABASE_URL": "postgresql://mina:canary-password@db/name"}
    shown = repr(load_settings(environ, tmp_path))
    for secret in (SECRET, "canary", str(bytes(range(32))), KEY):
        assert secret not in shown


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            "postgres://u:p%40x@db:5433/name?sslmode=require",
            "postgresql+psycopg://u:p%40x@db:5433/name?sslmode=require",
        ),
        ("postgresql://u@db/name", "postgresql+psycopg://u@db/name"),
        ("postgresql+psycopg://u@db/name", "postgresql+psycopg://u@db/name"),
        ("sqlite:////var/lib/foster/bond.db", "sqlite:////var/lib/foster/bond.db"),
    ],
)
def test_a_database_address_is_read(tmp_path: Path, written: str, read: str) -> None:
    assert load_settings(KEYS | {"FOSTER_BOND_DATABASE_URL": written}, tmp_path).database_url == read


@pytest.mark.parametrize(
    "written",
    ["mysql://u@db/name", "sqlite://", "sqlite:///:memory:", "postgresql://", "postgresql+asyncpg://u@db/n", "x"],
)
def test_another_database_is_refused(tmp_path: Path, written: str) -> None:
    assert "FOSTER_BOND_DATABASE_URL" in problems_of(KEYS | {"FOSTER_BOND_DATABASE_URL": written}, tmp_path)[0]


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"FOSTER_BOND_PUBLIC_URL": "http://bond.example.org"}, "FOSTER_BOND_PUBLIC_URL"),  # http off this machine
        ({"FOSTER_BOND_PUBLIC_URL": "https://bond.example.org/?a=1"}, "FOSTER_BOND_PUBLIC_URL"),  # not a base address
        ({"FOSTER_BOND_PUBLIC_URL": "https://bond.example.org:99999"}, "FOSTER_BOND_PUBLIC_URL"),
        ({"FOSTER_BOND_PUBLIC_URL": "https://[::1"}, "FOSTER_BOND_PUBLIC_URL"),
        ({"FOSTER_BOND_SEND_LEASE_SECONDS": "10"}, "FOSTER_BOND_SEND_LEASE_SECONDS"),  # not longer than the timeout
        ({"FOSTER_BOND_HTTP_TIMEOUT_SECONDS": "60"}, "FOSTER_BOND_SEND_LEASE_SECONDS"),
        (TWILIO | {"FOSTER_BOND_LOOKUP_GRACE_SECONDS": "299"}, "FOSTER_BOND_LOOKUP_GRACE_SECONDS"),
        ({"FOSTER_BOND_SECOND_FACTOR": "required"}, "FOSTER_BOND_SECOND_FACTOR"),
        ({"FOSTER_BOND_TWILIO_API_URL": "https://twilio.com.elsewhere.example"}, "FOSTER_BOND_TWILIO_API_URL"),
        ({"FOSTER_BOND_TWILIO_API_URL": "http://api.twilio.com"}, "FOSTER_BOND_TWILIO_API_URL"),
        (TWILIO | {"FOSTER_BOND_CLOCK_FILE": "shift"}, "FOSTER_BOND_CLOCK_FILE"),
        (TWILIO | {"TWILIO_AUTH_TOKEN": ""}, "TWILIO_AUTH_TOKEN"),
        (TWILIO | {"TWILIO_MESSAGING_SERVICE_SID": ""}, "TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM_NUMBER"),
        ({"FOSTER_BOND_SECOND_FACTOR": "sometimes"}, "FOSTER_BOND_SECOND_FACTOR"),
        ({"FOSTER_BOND_SMTP_URL": "smtp://mail.example.org"}, "FOSTER_BOND_MAIL_FROM"),
        ({"FOSTER_BOND_MAIL_FROM": "nobody"}, "FOSTER_BOND_MAIL_FROM"),
        ({"FOSTER_BOND_MASTER_KEYS": f"{KEY},"}, "FOSTER_BOND_MASTER_KEYS"),
        ({"FOSTER_BOND_INDEX_KEY": f"{KEY},{OTHER_KEY}"}, "FOSTER_BOND_INDEX_KEY"),
        ({"FOSTER_BOND_INDEX_KEY": KEY[:-4]}, "FOSTER_BOND_INDEX_KEY"),  # 29 bytes
    ],
)
def test_one_wrong_value_is_one_named_problem(tmp_path: Path, environ: dict[str, str], named: str) -> None:
    (problem,) = problems_of(KEYS | environ, tmp_path)
    assert problem.startswith(named)


def test_a_loopback_carrier_may_have_a_short_grace_and_a_clock_file(tmp_path: Path) -> None:
    environ = {
        "FOSTER_BOND_TWILIO_API_URL": "http://127.0.0.1:9000/",
        "FOSTER_BOND_LOOKUP_GRACE_SECONDS": "2.5",
        "FOSTER_BOND_CLOCK_FILE": "shift",
    }
    settings = load_settings(KEYS | TWILIO | environ, tmp_path)
    assert settings.lookup_grace == timedelta(seconds=2.5)
    assert settings.clock_file == tmp_path / "shift"
    assert settings.twilio_api_url == "http://127.0.0.1:9000"
    assert settings.webhook_token.get_secret_value() == "canary-auth-token"


def test_the_simulated_carrier_takes_a_clock_file(tmp_path: Path) -> None:
    settings = load_settings(KEYS | {"FOSTER_BOND_CLOCK_FILE": "/tmp/shift"}, tmp_path)
    assert settings.clock_file == Path("/tmp/shift")


def test_without_twilio_the_webhook_token_comes_from_the_secret_key_alone(tmp_path: Path) -> None:
    token = load_settings(KEYS, tmp_path).webhook_token.get_secret_value()
    again = load_settings(KEYS | {"FOSTER_BOND_MASTER_KEYS": OTHER_KEY}, tmp_path).webhook_token.get_secret_value()
    other = load_settings(KEYS | {"FOSTER_BOND_SECRET_KEY": SECRET + "!"}, tmp_path).webhook_token.get_secret_value()
    assert token == again != other
    assert len(token) == 64


def test_https_makes_cookies_secure(tmp_path: Path) -> None:
    settings = load_settings(KEYS | {"FOSTER_BOND_PUBLIC_URL": "https://bond.example.org/base/"}, tmp_path)
    assert settings.cookies_are_secure
    assert settings.public_url == "https://bond.example.org/base"


def test_the_first_master_key_seals_and_the_rest_are_kept(tmp_path: Path) -> None:
    unpadded = KEY.rstrip("=")
    settings = load_settings(KEYS | {"FOSTER_BOND_MASTER_KEYS": f"{OTHER_KEY}, {unpadded}"}, tmp_path)
    assert settings.master_keys == (bytes(range(32, 64)), bytes(range(32)))


def test_the_environment_stands_over_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("FOSTER_BOND_SENDERS=8\nFOSTER_BOND_PROXY_HOPS='1'\nUNKNOWN=1\n")
    settings = load_settings(KEYS | {"FOSTER_BOND_SENDERS": "9"}, tmp_path)
    assert (settings.senders, settings.proxy_hops) == (9, 1)


def test_an_unreadable_env_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"FOSTER_BOND_SENDERS=\xff\xfe")
    assert problems_of(KEYS, tmp_path) == (".env in the current folder cannot be read as UTF-8 text",)


def test_a_malformed_line_of_the_env_file_is_named_once(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("FOSTER_BOND_SENDERS=canary\n")
    (problem,) = problems_of(KEYS, tmp_path)
    assert problem == "FOSTER_BOND_SENDERS must be a whole number from 1 to 1000"


def test_local_keys_are_made_once_for_this_user_only_and_read_later(tmp_path: Path) -> None:
    assert "FOSTER_BOND_MASTER_KEYS" in " ".join(problems_of({}, tmp_path))
    made = create_local_keys(tmp_path, {})
    assert [path.name for path in made] == ["secret_key", "master_keys", "index_key"]
    for path in made:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = load_settings({}, tmp_path)
    assert create_local_keys(tmp_path, {}) == ()
    assert load_settings({}, tmp_path).master_keys == first.master_keys
    assert first.index_key != first.master_keys[0]


def test_a_key_in_the_environment_is_not_made_again(tmp_path: Path) -> None:
    made = create_local_keys(tmp_path, {"FOSTER_BOND_MASTER_KEYS": KEY})
    assert [path.name for path in made] == ["secret_key", "index_key"]


def test_postgresql_neither_makes_nor_reads_local_keys(tmp_path: Path) -> None:
    create_local_keys(tmp_path, {})
    environ = {"FOSTER_BOND_DATABASE_URL": "postgresql://u@db/name"}
    assert create_local_keys(tmp_path / "other", environ) == ()
    assert len(problems_of(environ, tmp_path)) == 3


def test_lost_keys_of_a_live_database_are_not_replaced(tmp_path: Path) -> None:
    create_local_keys(tmp_path, {})
    (tmp_path / "instance" / "foster_bond.db").write_bytes(b"rows")
    (tmp_path / "instance" / "master_keys").unlink()
    with pytest.raises(SetupWrong, match="FOSTER_BOND_MASTER_KEYS"):
        create_local_keys(tmp_path, {})
    assert not (tmp_path / "instance" / "master_keys").exists()


def test_a_broken_key_file_is_named_and_left_alone(tmp_path: Path) -> None:
    create_local_keys(tmp_path, {})
    (tmp_path / "instance" / "index_key").write_text("canary\n")
    (problem,) = problems_of({}, tmp_path)
    assert problem == "FOSTER_BOND_INDEX_KEY must be url-safe base64 of 32 bytes"
    create_local_keys(tmp_path, {})
    assert (tmp_path / "instance" / "index_key").read_text() == "canary\n"


def test_nothing_given_means_this_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FOSTER_BOND_SENDERS", "7")
    settings = load_settings()
    assert (settings.senders, settings.instance) == (7, Path(os.getcwd()) / "instance")


@pytest.mark.parametrize("text", ["", "x", KEY[:-2], KEY + KEY, "+" * 43, "é" * 43])
def test_a_key_that_is_none_is_refused_without_its_text(text: str) -> None:
    with pytest.raises(ValueError, match="not url-safe base64 of 32 bytes"):
        parse_key(text)


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:80", True),
        ("http://localhost", True),
        ("http://bond.localhost", True),
        ("http://localhost.example.org", False),
        ("http://0.0.0.0", False),
        ("https://api.twilio.com", False),
    ],
)
def test_loopback_is_told_apart(url: str, is_local: bool) -> None:
    assert is_loopback(url) is is_local
