"""Web: the home page. The families of whoever is signed in; the door for everybody else."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from foster_bond.rules.access import Role
from foster_bond.steps.reading.read_caseload import read_caseload
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("caseload_pages", __name__)


@room.get("/")
@signed_in
def show() -> ResponseReturnValue:
    """One row a family, those that need somebody first."""
    search, worker = request.args.get("search", "").strip()[:100], request.args.get("worker", "")[:36]
    # A supervisor opens with what each worker carries: they see no more of the families' words than they ask for.
    first = "workers" if viewer().role is Role.SUPERVISOR and not search and not worker else "need"
    sort = request.args.get("sort", first)
    page = read_caseload(runtime().store, viewer(), now(), search=search, sort=sort, worker=worker)
    return render_template("pages/caseload/caseload.html", page=page)
