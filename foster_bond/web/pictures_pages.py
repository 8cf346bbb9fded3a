"""Web: a family's year in pictures, each with the same as a table."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from foster_bond.steps.reading.read_pictures import read_pictures
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("pictures_pages", __name__, url_prefix="/families")


@room.get("/<family_id>/pictures")
@signed_in
def show(family_id: str) -> ResponseReturnValue:
    """Asked and answered by week, own ratings with notes marked, techniques over time."""
    page = read_pictures(runtime().store, viewer(), family_id, now())
    return render_template("pages/practice/pictures.html", page=page)
