"""Rules: a scan of a signed consent: what it is by its own first bytes, and how large it may be."""

from dataclasses import dataclass

from foster_bond.errors import InvalidInput

LARGEST = 2 * 1024 * 1024  # bytes: a page at 200 dpi has a tenth of that
_BEGINNINGS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Scan:
    """One file and what it is."""

    media_type: str
    content: bytes


def read_scan(content: bytes) -> Scan | None:
    """The scan that was uploaded, or None for an empty field. Raises: InvalidInput for any other file."""
    if not content:
        return None
    if len(content) > LARGEST:
        raise InvalidInput("The scan is larger than 2 MB.")
    media_type = next((kind for start, kind in _BEGINNINGS.items() if content.startswith(start)), None)
    if media_type is None:
        raise InvalidInput("The scan is no PDF, PNG or JPEG file.")
    return Scan(media_type, content)
