"""What the reading steps share: where a page ends, as a word that an address can carry."""

from datetime import UTC, datetime

from foster_bond.errors import NotYours
from foster_bond.store.timeline import Mark

_FORM = "%Y%m%dT%H%M%S.%f"


def cursor_of(mark: Mark | None) -> str:
    """The cursor behind which the next page begins; empty where there is none."""
    return "" if mark is None else f"{mark[0].astimezone(UTC):{_FORM}}~{mark[1]}"


def mark_from(cursor: str) -> Mark | None:
    """The mark of a cursor; None for an empty one. Raises: NotYours for words that are no cursor of ours."""
    if not cursor:
        return None
    at, _, row_id = cursor.partition("~")
    try:
        return datetime.strptime(at, _FORM).replace(tzinfo=UTC), row_id[:36].replace("\x00", "")
    except ValueError:
        raise NotYours("page") from None
