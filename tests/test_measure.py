"""`foster-bond measure`: figures on our lines or on somebody's file, or every bad line named."""

import json
from pathlib import Path

import pytest

from foster_bond.cli import OFF, run


def test_our_own_lines_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["measure", "warning-signs"]) == 0
    said = capsys.readouterr().out
    assert "recall: " in said and "suicide" in said and "Misses: " in said


def test_a_file_of_ones_own_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = tmp_path / "lines.csv"
    lines.write_text("text,language,expected\nSTOP,en,stop\nwe ate soup,en,reply\nplease leave me be,en,stop\n")
    assert run(["measure", "stop-words", "--file", str(lines), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["overall"]["false stops"] == {"hits": 0, "cases": 1, "share": 0.0}
    assert len(facts["groups"]) == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"text,language\nSTOP,en\n", "no column expected"),
        (b"text,language,expected\nSTOP,en,maybe\n", "Line 2: expected must be one of"),
        (b"text,language,expected\n", "no lines"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_a_file_that_is_off_is_refused(
    content: bytes, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = tmp_path / "lines.csv"
    lines.write_bytes(content)
    assert run(["measure", "stop-words", "--file", str(lines)]) == OFF
    assert says in capsys.readouterr().err
