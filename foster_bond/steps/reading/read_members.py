"""Store → the page of a schedule's members: who takes part, since when and how far, and who could."""

from datetime import datetime

from foster_bond.rules.access import Viewer
from foster_bond.rules.page_values.frame import Choice
from foster_bond.rules.page_values.members import MemberRow, MembersPage
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.spoken_time import spoken_day, when
from foster_bond.store import enrolments, families, prompts, taking_part
from foster_bond.store.enrolments import TakingPart
from foster_bond.store.open_store import Session, Store
from foster_bond.store.prompts import Programme
from foster_bond.store.taking_part import SHOWN

_FIRST = {"active": 0, "paused": 1, "left": 2, "ended": 3}


def read_members(store: Store, viewer: Viewer, schedule_id: str, now: datetime) -> MembersPage:
    """Who of those the viewer may see takes part or did: by name whom they hold, else by reference.

    Raises: NotYours.
    """
    with store.read() as session:
        schedule = taking_part.schedule(session, viewer.agency_id, schedule_id)
        programme = prompts.programme(session, schedule.programme_id)
        everybody = enrolments.everybody_in(session, viewer.agency_id, schedule.id)
        names = _names(session, store, viewer)
        seen = [one for one in everybody if one.member.id in names or viewer.runs_schedules]
        seen.sort(key=lambda one: (_FIRST[one.enrolment.state], names.get(one.member.id, one.member.ref).casefold()))
        known = {one.member.id for one in everybody}
        others = [
            Choice(member.ref, names.get(member.id, member.ref), role=member.role, language=member.language)
            for member, _ in families.present_members(session, viewer.agency_id)
            if member.id not in known
        ]
        return MembersPage(
            schedule_id=schedule.id,
            name=schedule.name,
            state=schedule.state,
            rows=tuple(_row(one, programme, names, viewer, now) for one in seen[:SHOWN]),
            others=tuple(sorted(others, key=lambda one: one.words.casefold())[:SHOWN]) if viewer.runs_schedules else (),
            may_change=viewer.runs_schedules and schedule.state != "ended",
            more=max(len(seen) - SHOWN, 0),
        )


def _names(session: Session, store: Store, viewer: Viewer) -> dict[str, str]:
    held = families.held_members(session, viewer, SHOWN)
    store.vault.warm_families(session, viewer.agency_id, sorted({family.id for _, family in held}))
    return {
        member.id: f"{plain_name(families.member_name(session, store.vault, member))} "
        f"{plain_name(families.name_of(session, store.vault, family))}"
        for member, family in held
    }


def _row(one: TakingPart, programme: Programme, names: dict[str, str], viewer: Viewer, now: datetime) -> MemberRow:
    enrolment, zone = one.enrolment, one.member.zone or one.family.zone
    ordered = programme.kind == "ordered" and not programme.facts.get("repeats")
    many = len(programme.keys_for(one.member.role))
    due = enrolment.next_due_at if enrolment.state == "active" else None
    return MemberRow(
        member_id=one.member.id,
        who=names.get(one.member.id, one.member.ref),
        role=one.member.role,
        language=one.member.language,
        state=enrolment.state,
        picked=enrolment.picked or "",
        since=spoken_day(enrolment.started_on, language=viewer.language),
        asked=min(enrolment.position, many) if ordered else 0,
        of=many if ordered else 0,
        next_due=None if due is None else when(due, zone, language=viewer.language, place=False, now=now),
    )
