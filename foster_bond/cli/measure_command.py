"""The command that measures how well words are read: measure warning-signs, measure stop-words."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from foster_bond.cli.opening import answer, file_content, json_option
from foster_bond.errors import InvalidInput

if TYPE_CHECKING:
    from foster_bond.rules.measuring import Measure

FILE = click.option("--file", metavar="FILE.csv", help="Labelled lines to measure with; ours where none is named.")


@click.group()
def measure() -> None:
    """Recall, false alarms and misses on labelled lines."""


@measure.command("warning-signs")
@FILE
@json_option
def warning_signs(file: str | None, as_json: bool) -> None:
    """How many cries for help are heard, and what ordinary replies alarm."""
    from foster_bond.rules.labelled_rows import WARNING_COLUMNS
    from foster_bond.rules.measuring import measure_warning_signs

    _show("warning_signs", file, WARNING_COLUMNS, measure_warning_signs, as_json)


@measure.command("stop-words")
@FILE
@json_option
def stop_words(file: str | None, as_json: bool) -> None:
    """How many wishes to stop are heard, and what stops by mistake."""
    from foster_bond.rules.labelled_rows import STOP_COLUMNS
    from foster_bond.rules.measuring import measure_stop_words

    _show("stop_words", file, STOP_COLUMNS, measure_stop_words, as_json)


def _show(
    name: str, file: str | None, columns: Mapping[str, frozenset[str]],
    measured: Callable[[Sequence[Mapping[str, str]]], "Measure"], as_json: bool,
) -> None:  # fmt: skip
    from foster_bond.library.labelled_lines import labelled_lines
    from foster_bond.rules.labelled_rows import labelled_rows

    content = labelled_lines(name) if file is None else file_content(file)
    if content is None:
        raise InvalidInput("Our labelled lines are not in this installation: name a file with --file.")
    found = measured(labelled_rows(content, columns))
    facts = {
        "overall": {what: {"hits": one.hits, "cases": one.cases, "share": one.share}
                    for what, one in found.overall.items()},
        "groups": [dict(zip(found.columns, row, strict=True)) for row in found.rows],
        "misses": [{"language": one.language, "category": one.category, "expected": one.expected,
                    "found": one.found, "text": one.text} for one in found.misses],
    }  # fmt: skip
    answer(as_json, facts, *_lines(found))


def _lines(found: "Measure") -> list[str]:
    rows = [found.columns, *found.rows]
    wide = [max(len(row[place]) for row in rows) for place in range(len(found.columns))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)).rstrip() for row in rows]
    overall = [f"{what}: {one}" for what, one in found.overall.items()]
    misses = [
        f"{one.language} {one.category}, expected {one.expected}, read as {one.found}: "
        + " / ".join(one.text.splitlines())
        for one in found.misses
    ]
    return [found.title, "", *table, "", *overall, "", f"Misses: {len(found.misses)}", *misses]


COMMANDS: tuple[click.Command, ...] = (measure,)
