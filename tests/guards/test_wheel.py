"""Guard: an installed Foster Bond has everything a checkout has: pages, styles, texts, migrations and the clock."""

import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.guards.tree import ROOT, files

SHIPPED = (".html", ".txt", ".css", ".js", ".svg", ".toml", ".mako", ".po", ".mo", ".py")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel built from this tree."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("this machine lacks hatchling (make test installs it)")
    folder: Path = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as opened:
        return set(opened.namelist())


def test_everything_that_runs_is_in_the_wheel(wheel: set[str]) -> None:
    expected = {path for path in files() if path.startswith(("foster_bond/", "jobs/")) and path.endswith(SHIPPED)}
    expected |= {f"foster_bond/{path}" for path in files() if path.startswith("templates/")}
    assert expected <= wheel


def test_nothing_of_one_machine_is_in_the_wheel(wheel: set[str]) -> None:
    outside = [name for name in wheel if not name.startswith(("foster_bond/", "jobs/", "foster_bond-"))]
    assert outside == []
    assert not [name for name in wheel if "instance/" in name or name.endswith((".env", ".db"))]
