"""Guard: tracked files hold no address of a registry, no path of one machine, no unfinished word, and stay short."""

import re

import pytest

from tests.guards.tree import ROOT, files, product, python, text_of

REGISTRIES = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "yarn" + "pkg.com"]
MACHINE_PATH = re.compile(r"(?<![\w.~$}-])/(?:work|root|home/\w+|tmp/fb)" + r"(?=[/\s\"'`)]|$)", re.MULTILINE)
UNFINISHED = re.compile(r"\b(?:TO" + "DO|FIX" + "ME|HA" + "CK|XX" + r"X)\b")
PROSE_AND_CODE = (".py", ".html", ".css", ".js", ".md", ".mako", "Makefile", ".ci/run")
LONGEST_MODULE = 350  # past 250 name the second thing it does; past this it must move
LONGEST_TEST = 500
SUPPRESSION = re.compile(
    r"#\s*(?:noqa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?|type:\s*ignore(?:\[[\w-]+(?:,\s*[\w-]+)*\])?)(.*)"
)


def found(pattern: re.Pattern[str], paths: tuple[str, ...]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry() -> None:
    assert found(re.compile("|".join(map(re.escape, REGISTRIES))), files()) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert found(MACHINE_PATH, files()) == []


def test_nothing_is_left_for_another_day() -> None:
    paths = tuple(path for path in files() if path.endswith(PROSE_AND_CODE))
    assert found(UNFINISHED, paths) == []


def test_modules_stay_short_enough_to_read() -> None:
    too_long = {
        path: lines
        for path in python()
        if "/migrations/versions/" not in path
        and (lines := len(text_of(path).splitlines())) > (LONGEST_MODULE if path in product() else LONGEST_TEST)
    }
    assert too_long == {}


def test_a_suppression_bears_its_reason() -> None:
    without = [
        f"{path}:{number}"
        for path in product()
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if (match := SUPPRESSION.search(line)) and len(match.group(1).strip(" #-:")) < 8
    ]
    assert without == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_a_hash_and_names_no_index(name: str) -> None:
    whole = (ROOT / name).read_text(encoding="ascii").replace("\\\n", " ")
    for line in whole.splitlines():
        assert re.match(r"[\w.\[\],-]+==[\w.!+]+(?: ; [^-]+)?\s+--hash=sha256:[0-9a-f]{64}\b", line), line[:80]
        assert "://" not in line
        assert " @ " not in line
    assert len(whole.splitlines()) > 30


def test_the_guards_find_what_they_look_for() -> None:
    assert MACHINE_PATH.search("see /wo" + "rk/shared")
    assert not MACHINE_PATH.search("net/wo" + "rk/x and {root}/root.html")
    assert UNFINISHED.search("# TO" + "DO: more")
    match = SUPPRESSION.search("x = 1  # noqa: F401, E501")
    assert match
    assert match.group(1) == ""
    assert len(files()) > 40
