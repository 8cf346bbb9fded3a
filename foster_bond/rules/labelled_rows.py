"""Labelled lines as a file → rows to measure with: all of them, or every bad one named."""

import csv
import io
from collections.abc import Mapping

from foster_bond.errors import InvalidInput
from foster_bond.rules.warning_signs import CRISES, HARD_DAY

WARNING_COLUMNS: Mapping[str, frozenset[str]] = {
    "text": frozenset(),
    "language": frozenset(("en", "es")),
    "category": frozenset((*CRISES, HARD_DAY, "none")),
    "expected": frozenset(("now", "review", "task", "none")),
}
STOP_COLUMNS: Mapping[str, frozenset[str]] = {
    "text": frozenset(),
    "language": frozenset(("en", "es")),
    "expected": frozenset(("stop", "hold", "reply")),
}
HELD_OUT = "held_out"  # a column of our own files: "yes" where nothing was ever changed for the line
_MOST_NAMED = 20


def labelled_rows(content: bytes, columns: Mapping[str, frozenset[str]]) -> list[dict[str, str]]:
    """The rows of a CSV file with these columns, and whether they are held out; an empty set allows any words.

    Raises: InvalidInput with one sentence per bad row.
    """
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            raise InvalidInput(f"The file has no column {', '.join(missing)}.")
        rows = [(reader.line_num, row) for row in reader]
    except UnicodeDecodeError:
        raise InvalidInput("The file is not UTF-8 text.") from None
    except csv.Error as off:
        raise InvalidInput(f"The file is not CSV: {off}.") from None
    problems = [problem for line, row in rows for problem in _problems(line, row, columns)]
    if not rows:
        problems = ["The file has no lines to measure with."]
    if problems:
        raise InvalidInput(problems[0], tuple(problems[:_MOST_NAMED]))
    kept = [*columns, HELD_OUT] if HELD_OUT in (reader.fieldnames or ()) else [*columns]
    return [{name: row[name] or "" for name in kept} for _, row in rows]


def _problems(line: int, row: Mapping[str, str | None], columns: Mapping[str, frozenset[str]]) -> list[str]:
    return [
        f"Line {line}: {name} must be one of {', '.join(sorted(allowed))}."
        for name, allowed in columns.items()
        if allowed and row[name] not in allowed
    ]
