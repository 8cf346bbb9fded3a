"""Web: styles, scripts and pictures, under addresses that change with their content and so may be kept for ever."""

import hashlib
from pathlib import Path

from flask import Blueprint, Response, current_app, request, send_from_directory, url_for

from foster_bond.web.headers import A_YEAR
from foster_bond.web.threshold import open_to_all

FOLDER = Path(__file__).parent / "static"

room = Blueprint("static_files", __name__)


@room.get("/static/<path:name>")
@open_to_all
def show(name: str) -> Response:
    """One file; for ever where the address names its content, else to be asked for again."""
    answer = send_from_directory(FOLDER, name, max_age=0)
    if request.args.get("v") == _mark(name):
        answer.cache_control.max_age = A_YEAR
        answer.cache_control.public = True
        answer.cache_control.immutable = True
        answer.cache_control.no_cache = None
    return answer


def asset(name: str) -> str:
    """The address of a file, with the mark of its content."""
    return url_for("static_files.show", name=name, v=_mark(name))


def _mark(name: str) -> str | None:
    path = FOLDER / name
    if not path.is_file():
        return None
    stat = path.stat()
    known: dict[str, tuple[int, int, str]] = current_app.extensions.setdefault("static_marks", {})
    if name not in known or known[name][:2] != (stat.st_mtime_ns, stat.st_size):
        content = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        known[name] = (stat.st_mtime_ns, stat.st_size, content)
    return known[name][2]
