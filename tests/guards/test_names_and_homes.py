"""Guard: names say their place; the environment, the time of day and the steps keep to their homes."""

import ast
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from tests.guards.tree import ROOT, dotted, imports, product, python, tree_of

SAYS_NOTHING = {"util", "utils", "helper", "helpers", "manager", "handler", "handlers", "common", "service", "misc"}
ENVIRONMENT = {"os.environ", "os.getenv", "os.environb", "os.putenv"}
TIME_OF_DAY = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}


def words_of(name: str) -> set[str]:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return set(words.replace("messaging_service", "").split("_"))  # Twilio's own noun


def uses(path: str, names: set[str]) -> list[str]:
    """Where a module uses one of these dotted names, or imports its last part by name."""
    found = [f"{path}:{node.lineno}" for node in ast.walk(tree_of(path)) if dotted(node) in names]
    return found + [f"{path}:{line}" for line, name in imports(path) if name in names]


def test_no_file_function_or_class_has_a_name_that_says_nothing() -> None:
    found = []
    for path in python():
        if words_of(PurePosixPath(path).stem) & SAYS_NOTHING:
            found.append(path)
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and (
                words_of(node.name) & SAYS_NOTHING
            ):
                found.append(f"{path}:{node.lineno} {node.name}")
    assert found == []


def test_only_settings_reads_the_environment() -> None:
    outside = [path for path in product() if not path.startswith("foster_bond/settings/")]
    assert [use for path in outside for use in uses(path, ENVIRONMENT)] == []


def test_only_the_clock_knows_the_time_of_day() -> None:
    outside = [path for path in product() if path != "foster_bond/clock.py"]
    assert [use for path in outside for use in uses(path, TIME_OF_DAY)] == []


def test_the_homes_are_where_the_guards_look() -> None:
    assert uses("foster_bond/clock.py", TIME_OF_DAY)
    assert any(uses(path, ENVIRONMENT) for path in product() if path.startswith("foster_bond/settings/"))


def test_steps_meet_only_in_the_store() -> None:
    """A step may use its own room's private modules (`_name.py`) and the shared floor (`steps/*.py`), no other step.

    The shared floor itself uses no room.
    """
    found = []
    shared = {Path(path).stem for path in product() if path.count("/") == 2 and path.startswith("foster_bond/steps/")}
    for path in product():
        if not path.startswith("foster_bond/steps/"):
            continue
        room = path.split("/")[2]
        for line, name in imports(path):
            parts = name.split(".")
            if parts[:2] != ["foster_bond", "steps"]:
                continue
            own_private = len(parts) > 3 and parts[2] == room and parts[3].startswith("_")
            if parts[2] not in shared and not own_private:
                found.append(f"{path}:{line} {name}")
    assert found == []


def test_doors_reach_the_store_and_the_carriers_through_steps_and_runtime() -> None:
    may = ("steps/", "runtime.py", "migrations/", "store/", "carriers/")
    doors = [path for path in product() if not path.removeprefix("foster_bond/").startswith(may)]
    opened = ("foster_bond.store.", "foster_bond.carriers.")
    assert [
        f"{path}:{line} {name}" for path in doors for line, name in imports(path) if f"{name}.".startswith(opened)
    ] == []


@pytest.mark.parametrize("path", product())
def test_a_module_opens_with_its_place_in_the_river(path: str) -> None:
    module = tree_of(path)
    assert not module.body or ast.get_docstring(module), f"{path} has no first line that says what it is for"


def test_model_modules_keep_their_annotations_real() -> None:
    """SQLModel reads annotations at import: as strings they break relationships."""
    store = [path for path in product() if path.startswith("foster_bond/store/")]
    assert [path for path in store for _, name in imports(path) if name == "__future__.annotations"] == []


def test_the_floors_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [lint, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
