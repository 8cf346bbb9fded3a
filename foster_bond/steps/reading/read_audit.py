"""Store → record page: who did what, newest first, and whether the chain under it is whole."""

from collections.abc import Mapping
from datetime import datetime

from foster_bond.errors import NotAllowed
from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.page_values.agency import AuditPage, AuditRow
from foster_bond.rules.spoken_time import when
from foster_bond.steps.audit_chain import walk
from foster_bond.steps.reading._cursors import cursor_of, mark_from
from foster_bond.store import agencies, audit, staff
from foster_bond.store.agencies import Agency
from foster_bond.store.audit import AuditEvent
from foster_bond.store.open_store import Store

PAGE = 50
CHECKED = 5_000  # newest links that opening the page walks, a quarter second; `foster-bond audit verify` walks them all
OPERATOR, HOUSE = "the operator", "Foster Bond"
BY_COMMAND = frozenset({"agency_set_up", "pack_loaded", "families_imported", "staff_added", "schedule_active"})
DID = {
    "agency_changed": "changed the agency's lines, hours or caps",
    "agency_set_up": "set up the agency",
    "asked_carrier": "asked the carrier about a text in doubt",
    "calendar_changed": "changed hours, limits or days without texts",
    "date_added": "marked a date",
    "date_removed": "took a marked date out",
    "dismiss_alert": "closed an alert as a false alarm",
    "drill_started": "ran a drill",
    "duties_changed": "changed the duties beside an alert",
    "families_imported": "imported families",
    "cover_added": "asked somebody to stand in",
    "cover_ended": "ended a cover early",
    "departure_decided": "said what should happen after texts stopped",
    "departure_undone": "took back that texts stopped",
    "family_exported": "took a family's record out",
    "family_handed_over": "handed a family over",
    "finish_task": "finished a task",
    "reopen_task": "opened a task again",
    "plan_visit": "planned a visit",
    "cancel_visit": "took a planned visit off",
    "record_visit": "recorded a visit",
    "undo_visit": "took a recorded visit back",
    "pin_moment": "pinned a moment",
    "unpin_moment": "took a pin out",
    "follow_up": "kept something to follow up",
    "finish_follow_up": "finished a follow-up",
    "reopen_follow_up": "opened a follow-up again",
    "hand_over_alert": "handed an alert over",
    "labelled_lines_exported": "took closed alerts as labelled lines",
    "let_go": "let a text in doubt go",
    "link_made": "made a one-time link",
    "member_came_of_age": "ended the texts of a teen who turned 18",
    "member_left": "ended the texts of one person",
    "number_changed": "changed a number in the texts",
    "number_checked": "called a number in the texts",
    "numbers_checked": "called the numbers in the texts",
    "open_family": "opened a family",
    "pack_loaded": "loaded a pack",
    "password_set": "set a password",
    "place_text": "filed a text",
    "placed_on_changed": "changed the day a child came",
    "placement_recorded": "recorded what happened to a placement",
    "placement_removed": "took a placement event out",
    "programme_reviewed": "wrote down a review of a programme",
    "prompt_approved": "wrote down the signature for a prompt",
    "prompt_brought_back": "brought a prompt back",
    "prompt_retired": "retired a prompt",
    "prompt_words_dropped": "threw new words of a prompt away",
    "prompt_written": "wrote a prompt",
    "resolve_alert": "closed an alert",
    "rota_changed": "changed the rota",
    "schedule_active": "put a schedule in force",
    "schedule_draft": "put a schedule back among the drafts",
    "sender_paused": "paused the number",
    "sending_paused": "paused sending",
    "sent_again": "sent a text in doubt again",
    "set_aside": "set a text aside",
    "sign_in_blocked": "closed the door after too many tries",
    "signed_in": "signed in",
    "signed_out": "signed out",
    "slot_moved": "moved a coming text",
    "slot_restored": "put a coming text back",
    "slot_sent_now": "sent a coming text at once",
    "slot_skipped": "left a coming text out",
    "staff_added": "added a person",
    "staff_changed": "changed what a person does",
    "staff_disabled": "ended a person's access",
    "staff_enabled": "let a person in again",
    "say_read": "told a family that their words were read",
    "search": "searched the families' words",
    "summary_exported": "took a summary out",
    "take_alert": "took an alert",
    "turns_18_changed": "changed the month in which a teen turns 18",
    "take_back_reply": "took a text to a family back",
    "visit_told": "said how a visit went",
    "write_note": "wrote a note",
    "write_reply": "wrote to a family",
}


def read_audit(store: Store, viewer: Viewer, now: datetime, *, before: str = "") -> AuditPage:
    """One page of the agency's record; `before` is the cursor of the page above. Raises: NotAllowed, NotYours."""
    if viewer.role not in (Role.ADMIN, Role.SUPERVISOR):
        raise NotAllowed("audit")
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        names = {one.id: one.name for one in staff.of_agency(session, agency.id)}
        found = audit.newest(session, agency.id, before=mark_from(before), limit=PAGE + 1)
        rows = tuple(_row(event, agency, viewer, names, now) for event in found[:PAGE])
        chain = walk(session, agency, newest=CHECKED)
    return AuditPage(
        rows=rows,
        chained_to=chain.links,
        unchained=chain.unchained,
        checked=when(now, agency.zone, language=viewer.language, place=False, now=now),
        broken_at=chain.broken_at,
        earlier=cursor_of((found[PAGE - 1].at, found[PAGE - 1].id)) if len(found) > PAGE else "",
    )


def _row(
    event: AuditEvent, agency: Agency, viewer: Viewer, names: Mapping[str, str], now: datetime
) -> AuditRow:  # fmt: skip
    family = event.subject_id if event.subject_kind == "family" else None
    return AuditRow(
        seq=event.seq,
        when=when(event.at, agency.zone, language=viewer.language, place=False, now=now),
        who=_who(event, names),
        did=DID.get(event.act, event.act.replace("_", " ")),
        about=_about(event, names),
        family_id=family or "",
    )


def _who(event: AuditEvent, names: Mapping[str, str]) -> str:
    if event.staff_id is not None:
        return names.get(event.staff_id, "somebody who has left")
    return OPERATOR if event.act in BY_COMMAND else HOUSE


def _about(event: AuditEvent, names: Mapping[str, str]) -> str:
    person = names.get(event.subject_id or "", "") if event.subject_kind == "staff" else ""
    person = "" if event.subject_id == event.staff_id else person
    return ": ".join(words for words in (person, event.detail or "") if words)
