"""Web: who takes part in a schedule: by its audience, by hand, or by a list of references."""

from dataclasses import replace
from datetime import date

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from foster_bond.errors import InvalidInput
from foster_bond.rules.access import Role
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.member_refs import read_member_refs
from foster_bond.rules.page_values.frame import FormState
from foster_bond.rules.page_values.members import MembersPage, PickingBox
from foster_bond.steps.keeping.enroll_members import Picking, pick_members, take_out
from foster_bond.steps.reading.read_members import read_members
from foster_bond.web.forms import ticked, typed, what_was_typed
from foster_bond.web.running import now, runtime
from foster_bond.web.threshold import roles, signed_in, viewer

room = Blueprint("members_pages", __name__, url_prefix="/schedules")

_LONGEST = 200_000  # characters of a pasted list


@room.get("/<schedule_id>/members")
@signed_in
def show(schedule_id: str) -> ResponseReturnValue:
    """Who takes part, since when and how far."""
    return _page(_read(schedule_id))


@room.post("/<schedule_id>/members")
@roles(Role.LEAD, Role.ADMIN)
def pick(schedule_id: str) -> ResponseReturnValue:
    """Weigh a choice of people, and once it is confirmed let them take part."""
    page = _read(schedule_id)
    sure = ticked("sure")
    try:
        refs = read_member_refs(_named())
        done = pick_members(
            runtime().store, viewer=viewer(), schedule_id=schedule_id, refs=refs, now=now(), started_on=_day(),
            again=ticked("again"), dry_run=not sure,
        )  # fmt: skip
    except OffFields as wrong:
        return _page(replace(page, form=what_was_typed(errors=wrong.by_field)), 422)
    except InvalidInput as wrong:
        field = "file" if _sent_a_file() else "refs"
        return _page(replace(page, form=what_was_typed(errors={field: wrong.problems})), 422)
    if not sure:
        values = {"refs": "\n".join(refs), "started_on": typed("started_on"), "again": typed("again")}
        return _page(replace(page, picking=_box(done), form=FormState(values=values)))
    flash(_("Saved. They take part from the next text on."), "done")
    return redirect(url_for("members_pages.show", schedule_id=schedule_id), code=303)


@room.post("/<schedule_id>/members/<member_id>/out")
@roles(Role.LEAD, Role.ADMIN)
def out(schedule_id: str, member_id: str) -> ResponseReturnValue:
    """One person takes no part any more."""
    take_out(runtime().store, viewer=viewer(), schedule_id=schedule_id, member_id=member_id, now=now())
    flash(_("Taken out. What had not been handed over is cancelled."), "done")
    return redirect(url_for("members_pages.show", schedule_id=schedule_id), code=303)


def _read(schedule_id: str) -> MembersPage:
    return read_members(runtime().store, viewer(), schedule_id, now())


def _page(page: MembersPage, status: int = 200) -> Response:
    return make_response(render_template("pages/schedules/members.html", page=page), status)


def _named() -> str:
    """The references that were chosen, pasted or sent as a file."""
    chosen = "\n".join(request.form.getlist("member"))
    sent = request.files.get("file")
    read = b"" if sent is None else sent.read(_LONGEST + 1)
    if len(read) > _LONGEST:
        raise InvalidInput(_("The file is too large; split it into several."))
    try:
        content = read.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(_("The file is not UTF-8 text; save it as “CSV UTF-8”.")) from None
    if content.strip():
        return content
    return "\n".join(part for part in (chosen, typed("refs", longest=_LONGEST)) if part)


def _sent_a_file() -> bool:
    sent = request.files.get("file")
    return sent is not None and bool(sent.filename)


def _day() -> date | None:
    words = typed("started_on")
    try:
        return date.fromisoformat(words) if words else None
    except ValueError:
        raise OffFields({"started_on": ("Write the day like 2026-11-30.",)}) from None


def _box(done: Picking) -> PickingBox:
    return PickingBox(
        new=len(done.new), back=len(done.back), already=len(done.already), over=tuple(done.over),
        skipped=tuple(sorted(done.skipped.items())),
    )  # fmt: skip
