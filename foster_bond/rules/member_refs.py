"""A list of people as a file or as pasted lines → their references, each once, or every bad line named."""

import csv
import io
import re

from foster_bond.errors import InvalidInput

COLUMN = "member_ref"
MOST = 20_000
_LONGEST = 80


def read_member_refs(text: str) -> tuple[str, ...]:
    """The references: one a line, or the column `member_ref` of a CSV file. Raises: InvalidInput."""
    rows = [
        row for row in csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")) if any(cell.strip() for cell in row)
    ]
    if not rows:
        raise InvalidInput("Name at least one person: a reference a line, or a file with a column member_ref.")
    head = [re.sub(r"[\s-]+", "_", cell.strip().casefold()) for cell in rows[0]]
    if len(head) == 1 and re.search("[;\t]", head[0]):
        raise InvalidInput("The columns must be separated by commas; save the file as “CSV UTF-8”.")
    if COLUMN in head:
        place, rows = head.index(COLUMN), rows[1:]
    elif len(head) > 1:
        raise InvalidInput("The file has several columns and none is called member_ref.")
    else:
        place = 0
    refs = tuple(dict.fromkeys(row[place].strip() for row in rows if len(row) > place and row[place].strip()))
    if len(refs) > MOST or any(len(ref) > _LONGEST for ref in refs):
        raise InvalidInput(f"At most {MOST:,} references of at most {_LONGEST} signs each.")
    if not refs:
        raise InvalidInput("The file names nobody.")
    return refs
