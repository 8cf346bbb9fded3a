"""Guard: an operator finds every command and every option of it in docs/commands.md, and none that is not there."""

import re
from collections.abc import Iterator

import click
import pytest

from foster_bond.cli import foster_bond
from foster_bond.rules.family_rows import OPTIONAL, REQUIRED
from tests.guards.tree import ROOT

COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def leaves(group: click.Group, name: str = "foster-bond") -> Iterator[tuple[str, click.Command]]:
    for word, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, f"{name} {word}")
        else:
            yield f"{name} {word}", command


ALL = dict(leaves(foster_bond))


@pytest.mark.parametrize("name", ALL)
def test_a_command_and_its_options_are_documented(name: str) -> None:
    row = re.search(rf"^\| `{re.escape(name)}`.*$", COMMANDS, re.MULTILINE)
    assert row, f"{name} has no row in docs/commands.md"
    words = [word for parameter in ALL[name].params for word in parameter.opts if word.startswith("--")]
    assert [word for word in words if word != "--help" and f"`{word}`" not in row[0]] == []


def test_no_row_names_a_command_that_is_none() -> None:
    assert set(re.findall(r"^\| `(foster-bond [a-z -]+)`", COMMANDS, re.MULTILINE)) == set(ALL)


@pytest.mark.parametrize("column", REQUIRED + OPTIONAL)
def test_a_column_of_the_families_file_is_documented(column: str) -> None:
    assert f"`{column}`" in COMMANDS


def test_every_command_says_what_it_does() -> None:
    assert [name for name, command in ALL.items() if not (command.help or "").strip()] == []
