"""Web: the library of prompts."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from foster_bond.steps.reading.read_prompts import read_prompts
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import signed_in, viewer

room = Blueprint("prompts_pages", __name__, url_prefix="/prompts")


@room.get("")
@signed_in
def show() -> ResponseReturnValue:
    """What may be asked, by technique, in both languages."""
    return render_template("pages/prompts/prompts.html", page=read_prompts(runtime().store, viewer(), now()))
