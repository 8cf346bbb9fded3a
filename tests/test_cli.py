"""The foster-bond command: 0 done, 2 the words are off and nothing changed, 1 it failed; one plain line for each."""

import json
import logging
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from foster_bond.cli import run
from foster_bond.migrations import current
from foster_bond.settings.drives import network_drive
from foster_bond.store import pauses
from foster_bond.store.session import Database
from tests.steps.keeping.test_import_families import PACK, content, row

KEYS = {
    "FOSTER_BOND_SECRET_KEY": "a secret of the tests, 32 characters",
    "FOSTER_BOND_MASTER_KEYS": "bWFzdGVyIGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGU=",
    "FOSTER_BOND_INDEX_KEY": "aW5kZXgga2V5IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXM=",
}
OTHER_KEY = "b3RoZXIga2V5IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXM="
SETUP = [
    "setup", "--agency", "Harbor", "--slug", "harbor", "--zone", "America/Denver", "--admin", "ada@harbor.example",
    "--sender", "+13035550100",
]  # fmt: skip
COMMANDS = (
    *("add-staff", "audit", "clock", "doctor", "export-family", "import-families", "keys", "load"),
    *("migrate", "plan", "save-pack", "serve", "setup", "web"),
)


class Desk:
    """One operator at a terminal, in a folder of their own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        self.out, self.err = "", ""

    def does(self, *words: str) -> int:
        code = run(words)
        self.out, self.err = self._capsys.readouterr()
        return code

    def reads(self, *words: str) -> Any:
        assert self.does(*words) == 0, self.err
        return json.loads(self.out)

    def writes(self, name: str, words: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(words.encode() if isinstance(words, str) else words)
        return str(path)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    """A desk without any setting: SQLite in its own folder, keys made by setup."""
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    handlers = logging.getLogger().handlers
    yield Desk(folder, capsys)
    logging.getLogger().handlers = handlers
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture
def on_either(desk: Desk, empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with an empty database, once on SQLite and once on PostgreSQL."""
    for name, value in (KEYS | {"FOSTER_BOND_DATABASE_URL": empty_database_url}).items():
        monkeypatch.setenv(name, value)
    return desk


def test_help_names_every_command_and_is_light(desk: Desk) -> None:
    assert desk.does("--help") == 0
    assert all(command in desk.out for command in COMMANDS)
    light = (
        "import sys, foster_bond.cli; sys.exit(bool({'sqlalchemy', 'flask', 'twilio', 'pydantic'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", light], cwd=_root(), check=False).returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nonsense"], "No such command 'nonsense'."),
        (["setup"], "Missing option '--agency'."),
        (["load", "x.toml"], "Missing option '--agency'."),
        (["serve", "--port", "0"], "Invalid value for '--port'"),
        (["setup", "--colour", "blue"], "No such option"),
    ],
)
def test_words_that_are_no_command_are_exit_2(desk: Desk, words: list[str], said: str) -> None:
    assert desk.does(*words) == 2
    assert desk.err.startswith(said) and desk.err.count("\n") == 1
    assert list(desk.folder.iterdir()) == []


def test_setup_names_every_wrong_word_and_touches_nothing(desk: Desk) -> None:
    short = desk.writes("short", "abc\n")
    code = desk.does(
        "setup", "--agency", " ", "--slug", "A B", "--zone", "Mars/Base", "--admin", "ada", "--sender", "12",
        "--text-name", "São João", "--password-file", short,
    )  # fmt: skip
    assert code == 2 and len(desk.err.splitlines()) == 6, desk.err
    assert [path.name for path in desk.folder.iterdir()] == ["short"], "no keys and no database for wrong words"
    assert desk.does(*SETUP, "--password-file", short) == 2
    assert desk.err == "The password is too short: at least 12 characters.\n"
    assert desk.does(*SETUP, "--password-file", "nowhere") == 2
    assert desk.err.startswith("nowhere cannot be read")
    assert [path.name for path in desk.folder.iterdir()] == ["short"]


def test_a_first_day(on_either: Desk) -> None:
    desk = on_either
    made = desk.reads(*SETUP, "--json")
    assert (made["slug"], made["sender"], len(made["password"])) == ("harbor", "+13035550100", 24)
    assert desk.does(*SETUP) == 2 and "harbor" in desk.err and len(desk.err.splitlines()) == 1
    secret = desk.writes("password", "seven calm otters swim home\r\nsecond line\n")
    mina = ["add-staff", "--agency", "harbor", "--email", "mina@harbor.example", "--name", "Mina Vale"]
    assert desk.reads(*mina, "--role", "caseworker", "--password-file", secret, "--json")["link"] is None
    assert desk.does(*mina, "--role", "caseworker") == 2 and "mina@harbor.example" in desk.err
    tom = ["add-staff", "--agency", "harbor", "--email", "tom@harbor.example", "--name", "Tom", "--role", "supervisor"]
    assert desk.reads(*tom, "--on-call", "--json")["link"].startswith("http://127.0.0.1:8000/password/")
    assert desk.does("add-staff", "--agency", "harbr", *mina[3:], "--role", "lead") == 2
    assert desk.err == 'There is no agency "harbr"; they are harbor.\n'

    families = desk.writes("families.csv", content(row(caseworker_email="mina@harbor.example")))
    pack = desk.writes("pack.toml", PACK)
    dry = desk.reads("load", pack, "--agency", "harbor", "--dry-run", "--json")
    assert dry["schedules_new"] == ["tuesdays"] and dry["dry_run"] is True
    assert desk.does("load", pack, "--agency", "harbor") == 0 and "schedules: 1 new one, 0 changed" in desk.out
    done = desk.reads("import-families", families, "--agency", "harbor", "--json")
    assert (done["members_new"], done["active"], done["enrolled"]) == (1, 1, 1)
    assert desk.does("import-families", families, "--agency", "harbor") == 0
    assert "0 new families" in desk.out
    assert desk.does("save-pack", "--agency", "harbor") == 0 and 'id = "tuesdays"' in desk.out

    (first, *_) = desk.reads("plan", "--agency", "harbor", "--weeks", "2", "--json")
    assert (first["schedule_id"], first["prompt_id"], first["local_time"]) == ("tuesdays", "EVE1", "19:00")
    assert desk.does("plan", "--agency", "harbor", "--family", "nobody") == 2 and "nobody" in desk.err

    tallies = desk.reads("clock", "--once")
    assert tallies["plan"]["planned"] >= 1 and tallies["chain"]["chained"] >= 4
    reports = desk.reads("audit", "verify", "--json")["agencies"]
    assert [(one["slug"], one["broken_at"], one["unchained"]) for one in reports] == [("harbor", None, 0)]
    assert desk.does("keys", "rotate") == 0
    assert desk.does("doctor") == 0, desk.out


def test_a_record_is_taken_out_at_the_terminal(desk: Desk) -> None:
    assert desk.does(*SETUP) == 0
    file = desk.writes("f.csv", content(row(family_ref="okafor-1", member_ref="grace")))
    assert desk.does("import-families", file, "--agency", "harbor") == 0
    take = ("export-family", "okafor-1", "--agency", "harbor", "--format")
    assert desk.reads(*take, "json")["members"][0]["ref"] == "grace"
    assert desk.does(*take, "csv", "--member", "grace") == 0 and desk.out.startswith("family_ref,member_ref,")
    paper = desk.folder / "out.pdf"
    paper.touch(0o644)  # a file that was there before, for everybody to read
    assert desk.does(*take, "pdf", "--out", "out.pdf") == 0 and desk.out == ""
    assert paper.read_bytes().startswith(b"%PDF") and paper.stat().st_mode & 0o077 == 0
    assert desk.does(*take, "csv", "--member", "ivo") == 2 and "ivo" in desk.err
    assert desk.does("export-family", "novak", "--agency", "harbor", "--format", "csv") == 2
    left = [one["kind"] for one in desk.reads(*take, "json")["seen"]].count("exported")
    assert desk.does(*take, "xml") == 2 and desk.does(*take, "csv", "--out", "no/where.csv") == 1
    assert [one["kind"] for one in desk.reads(*take, "json")["seen"]].count("exported") == left + 1  # itself before
    assert desk.does(*take, "csv", "--member", "ivo", "--out", "new.csv") == 2
    assert not (desk.folder / "new.csv").exists()


def test_a_bad_file_is_named_line_by_line(desk: Desk) -> None:
    assert desk.does(*SETUP) == 0
    file = desk.writes("families.csv", content(row(), row(member="Ben", phone="12"), row(member="Kim", zone="Mars")))
    assert desk.does("import-families", file, "--agency", "harbor") == 2
    assert [line.partition(":")[0] for line in desk.err.splitlines()] == ["line 3", "line 4"]
    assert desk.does("load", desk.writes("pack.toml", b"\xff"), "--agency", "harbor") == 2
    assert "is not UTF-8" in desk.err
    assert desk.does("load", str(desk.folder), "--agency", "harbor") == 2 and "cannot be read" in desk.err


@pytest.mark.parametrize("name", ["FOSTER_BOND_INDEX_KEY", "FOSTER_BOND_MASTER_KEYS"])
@pytest.mark.parametrize(
    "words", [["migrate"], ["setup", *SETUP[1:]], ["clock", "--once"], ["audit", "verify"], ["keys", "rotate"]]
)
def test_a_wrong_key_refuses_and_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, words: list[str]
) -> None:
    assert desk.does(*SETUP) == 0
    before = {path: path.read_bytes() for path in (desk.folder / "instance").iterdir() if "-" not in path.name}
    monkeypatch.setenv(name, OTHER_KEY)
    assert desk.does(*words) == 2
    assert name in desk.err and OTHER_KEY not in desk.err
    assert {path: path.read_bytes() for path in before} == before


def test_an_empty_database_says_migrate(on_either: Desk) -> None:
    assert on_either.does("clock", "--once") == 2 and "run migrate" in on_either.err
    assert on_either.does("doctor") == 1 and "foster-bond migrate" in on_either.out
    assert on_either.does("migrate") == 0
    database = Database(os.environ["FOSTER_BOND_DATABASE_URL"])
    assert current(database) in on_either.out
    database.close()


def test_a_database_that_is_away_is_one_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FOSTER_BOND_DATABASE_URL", "postgresql://foster:hidden@127.0.0.1:1/away")
    for words in (["migrate"], SETUP, ["clock", "--once"], ["audit", "verify"]):
        assert desk.does(*words) == 1
        assert desk.err.startswith("The database does not answer") and "hidden" not in desk.err


def test_a_database_that_goes_away_halfway_is_one_line_that_says_what_to_do(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk.does(*SETUP) == 0
    gone = sqlite3.OperationalError("the numbers of a family: +13035550111")

    def goes(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, gone)

    monkeypatch.setattr("jobs.clockwork.settle_in", goes)
    assert desk.does("clock", "--once") == 1
    (line,) = desk.err.splitlines()
    assert line.startswith("The database stopped answering") and "FOSTER_BOND_DATABASE_URL" in line
    assert "555" not in line


def test_doctor_gives_the_health_token_and_only_when_asked(desk: Desk) -> None:
    assert desk.does(*SETUP) == 0
    assert desk.does("doctor", "--health-token") == 0 and desk.err == ""
    token = desk.out.strip()
    assert len(token) >= 32 and " " not in token
    assert desk.does("doctor") == 0 and token not in desk.out + desk.err
    assert "ok  sending: nothing is refused, paused, in doubt or late." in desk.out


def test_doctor_says_what_rings_and_what_to_do(desk: Desk) -> None:
    assert desk.does(*SETUP) == 0
    database = Database(f"sqlite:///{desk.folder}/instance/foster_bond.db")
    with database.write() as session:
        pauses.begin(session, pauses.CREDENTIALS, "401", datetime.now(UTC), None)
        pauses.begin(session, pauses.sender_key("x"), "30007", datetime.now(UTC), None)
    database.close()
    assert desk.does("doctor") == 1 and "sending" in desk.err
    (line,) = [line for line in desk.out.splitlines() if line.startswith("FIX")]
    assert "TWILIO_ACCOUNT_SID" in line and "/delivery" in line


def test_a_broken_chain_is_exit_1(desk: Desk) -> None:
    assert desk.does(*SETUP) == 0 and desk.does("clock", "--once") == 0
    database = Database(f"sqlite:///{desk.folder}/instance/foster_bond.db")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_events SET act = 'nothing at all' WHERE seq = 1")
    database.close()
    assert desk.does("audit", "verify") == 1
    assert "harbor: broken at 1" in desk.out and desk.err == "The audit chain of harbor is broken.\n"


def test_settings_that_are_off_are_all_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOSTER_BOND_CARRIER", "pigeon")
    monkeypatch.setenv("FOSTER_BOND_SENDERS", "0")
    assert desk.does("doctor") == 2
    assert "FOSTER_BOND_CARRIER" in desk.err and "FOSTER_BOND_SENDERS" in desk.err and "pigeon" not in desk.err


def test_what_nobody_foresaw_is_one_line_without_its_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> None:
        raise RuntimeError("Grace said")

    monkeypatch.setattr("foster_bond.cli.agency_commands.settings_of", breaks)
    assert desk.does("migrate") == 1
    assert desk.err.startswith("It failed: RuntimeError") and "Grace" not in desk.err and desk.err.count("\n") == 1


def test_a_network_drive_is_known_by_its_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        f"23 22 0:40 / {tmp_path}/far\\040away rw shared:1 - nfs4 server:/x rw\n"
        f"24 22 8:2 / {tmp_path} rw - ext4 /dev/sda2 rw\nnonsense\n"
    )
    (tmp_path / "far away").mkdir()
    assert network_drive(tmp_path / "far away" / "new" / "folder", mounts) == "nfs4"
    assert network_drive(tmp_path, mounts) is None
    assert network_drive(tmp_path, tmp_path / "none") is None


def test_serve_is_pages_and_clock_in_one_command(desk: Desk) -> None:
    assert desk.does(*SETUP) == 0
    port = _free_port()
    with _started("serve", "--port", str(port)) as stop:
        assert _waits_for(f"http://127.0.0.1:{port}/readyz")["ready"] is True
        assert desk.does("serve", "--port", str(port)) == 2 and f"127.0.0.1:{port}" in desk.err
        assert desk.does("serve", "--port", str(_free_port())) == 2 and "Another clock" in desk.err
        assert desk.does("clock", "--once") == 2 and "Another clock" in desk.err
        assert stop() == 0


def test_web_and_clock_stand_apart(on_either: Desk) -> None:
    assert on_either.does(*SETUP) == 0
    port = _free_port()
    with _started("web", "--port", str(port), "--workers", "2") as stop_web, _started("clock") as stop_clock:
        assert _waits_for(f"http://127.0.0.1:{port}/readyz")["ready"] is True
        assert stop_clock() == 0
        with ExitStack() as open_ahead:
            for _ in range(4):  # as browsers do; gunicorn's own worker waited 30 s for each to say something
                open_ahead.enter_context(socket.create_connection(("127.0.0.1", port)))
            for _ in range(4):
                with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20) as answer:
                    assert answer.status == 200
            assert stop_web() == 0


class _started:
    """A command in a process of its own; inside the block, the way to end it and have its exit code."""

    def __init__(self, *words: str) -> None:
        self._words = words

    def __enter__(self) -> Callable[[], int]:
        environment = os.environ | {"PYTHONPATH": str(_root())}
        code = "from foster_bond.cli import main; main()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, *self._words],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return self._stop

    def _stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(30)

    def __exit__(self, *_raised: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def _waits_for(url: str) -> Any:
    until = time.monotonic() + 40
    while True:
        try:
            with urlopen(url, timeout=5) as answer:
                return json.load(answer)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _root() -> Path:
    return Path(__file__).parent.parent
