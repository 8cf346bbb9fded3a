"""Web: the home page. The families of whoever is signed in; the door for everybody else."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from foster_bond.steps.reading.read_caseload import read_caseload
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("caseload_pages", __name__)


@room.get("/")
@signed_in
def show() -> ResponseReturnValue:
    """One row a family, those that need somebody first."""
    search = request.args.get("search", "").strip()[:100]
    page = read_caseload(runtime().store, viewer(), now(), search=search, sort=request.args.get("sort", ""))
    return render_template("pages/caseload/caseload.html", page=page)
