"""Web: search in what was said. By POST alone: the words stand in no address, history or log of a proxy."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from foster_bond.steps.reading.read_search import read_search
from foster_bond.web.forms import typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("search_pages", __name__)


@room.get("/search")
@signed_in
def show() -> ResponseReturnValue:
    """An empty search over all families of the viewer."""
    return _searched("")


@room.post("/search")
@signed_in
def everywhere() -> ResponseReturnValue:
    """Where these words stand in all the viewer's families; `before` lies further back."""
    return _searched("")


@room.get("/families/<family_id>/search")
@signed_in
def show_family(family_id: str) -> ResponseReturnValue:
    """An empty search in one family."""
    return _searched(family_id)


@room.post("/families/<family_id>/search")
@signed_in
def in_family(family_id: str) -> ResponseReturnValue:
    """Where these words stand in one family."""
    return _searched(family_id)


def _searched(family_id: str) -> str:
    page = read_search(
        runtime().store, viewer(), typed("words", longest=200), now(), family_id=family_id,
        before=typed("before", longest=80),
    )  # fmt: skip
    return render_template("pages/search/search.html", page=page)
