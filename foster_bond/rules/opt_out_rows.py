"""Rules: a list of opt-outs as a file → numbers to stop, every bad row named; and the list that we hand out."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from foster_bond.errors import InvalidInput
from foster_bond.rules.phone_numbers import phone_number

NUMBER = "number"
COLUMNS = (NUMBER, "stopped_at", "how", "held_by_carrier")
MOST_ROWS = 5_000
LARGEST = 200 * 1024  # bytes; the whole form stays under the door's limit
_MOST_NAMED = 50
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class OptOut:
    """One number of the list and the line it begins on."""

    line: int
    number: str


@dataclass(frozen=True, slots=True)
class StoppedNumber:
    """One number that has stopped, as the list shows it. `number` is empty where we only know its look-up key."""

    number: str
    stopped_at: str
    how: str
    held_by_carrier: bool


def read_opt_outs(content: bytes, *, country: str) -> tuple[OptOut, ...]:
    """Every number of the file once; columns beside `number` are not looked at.

    Raises: InvalidInput with one sentence per bad row; then nothing of the file may be used.
    """
    if len(content) > LARGEST:
        raise InvalidInput("The list is larger than 200 KB; split it.")
    lines = _lines(content)
    header = [cell.strip().lower() for cell in next(lines, (1, []))[1]]
    if header.count(NUMBER) != 1:
        raise InvalidInput('line 1: the header must name one column "number".')
    found: dict[str, OptOut] = {}
    problems: list[str] = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            number = _number(cells, header, country)
        except InvalidInput as off:
            problems.append(f"line {line}: {off}")
            continue
        found.setdefault(number, OptOut(line, number))
    _check(found, problems)
    return tuple(found.values())


def _number(cells: list[str], header: list[str], country: str) -> str:
    if len(cells) != len(header):
        raise InvalidInput(f"it has {len(cells)} cells, the header has {len(header)}.")
    return phone_number(cells[header.index(NUMBER)].strip().removeprefix("'"), country)


def _check(found: dict[str, OptOut], problems: list[str]) -> None:
    if len(found) > MOST_ROWS:
        raise InvalidInput(f"The list has more than {MOST_ROWS:,} numbers; split it.")
    if problems:
        rows = "row is" if len(problems) == 1 else "rows are"
        raise InvalidInput(f"{len(problems)} {rows} off; nothing was stopped.", tuple(problems[:_MOST_NAMED]))
    if not found:
        raise InvalidInput("The list has a header and no numbers.")


def _lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("The list is not UTF-8; save it as “CSV UTF-8”.") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as off:
        raise InvalidInput(f"line {begins}: this is not CSV: {off}.") from None


def write_opt_outs(rows: Iterable[StoppedNumber]) -> str:
    """The list as CSV that any spreadsheet may open: a cell that could be a formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        cells = (row.number, row.stopped_at, row.how, "yes" if row.held_by_carrier else "no")
        writer.writerow([plain_cell(cell) for cell in cells])
    return out.getvalue()


def plain_cell(words: str) -> str:
    """The cell as a spreadsheet shows it and never runs it."""
    return f"'{words}" if words.startswith(_FORMULA) else words
