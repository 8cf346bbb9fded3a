"""Store → tasks page: what waits for a person in the working day, what is due first on top, and what was done last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day, local_instant
from foster_bond.rules.page_values.delivery import TaskRow, TasksPage, UnresolvedRow
from foster_bond.rules.page_values.frame import When
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.spoken_time import iso, spoken_day, when
from foster_bond.rules.states import Outbound
from foster_bond.steps.office_days import decide_by
from foster_bond.steps.stopping import number_in
from foster_bond.store import agencies, families, follow_ups, moment_facts, outbox, staff, task_list
from foster_bond.store.agencies import Agency
from foster_bond.store.alerts import Task
from foster_bond.store.families import Family, Member
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import OutboxMessage

ONE_DAY = timedelta(days=1)  # "within one working day" is what the texts and the agency promise

_TITLES = {
    "unresolved": "We do not know whether {who} got this",
    "number": "{whose} number cannot receive texts",
    "consent": "{whose} wish about texts has to be settled",
    "hold": "{who} may want the texts to stop",
    "help": "{who} asked for help",
    "pause": "Check the pause that {who} asked for",
    "privacy": "Somebody else may have read texts meant for {who}",
    "hard_day": "{who} had a hard day",
    "numbers": "Call the numbers that our texts name",
    "story": "{who} would like a page of their own words",
    "records": "{who} asked for their texts to be deleted",
    "gone_quiet": "{who} has gone quiet",
    "call": "Call {who} rather than text",
    "departure": "Texts have stopped: say what should happen",
    "turns_18": "{who} turns 18 soon",
}
_OTHER = "Something about {who} waits for you"


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the rows are told with, read once for all of them."""

    session: Session
    store: Store
    viewer: Viewer
    agency: Agency
    now: datetime
    families: Mapping[str, Family]
    members: Mapping[str, Member]
    messages: Mapping[str, OutboxMessage]
    asked_at: Mapping[str, datetime]
    workers: Mapping[str, str]


def read_tasks(store: Store, viewer: Viewer, now: datetime) -> TasksPage:
    """The tasks that the viewer may see, in a constant number of queries."""
    with store.read() as session:
        waiting, done = task_list.open_tasks(session, viewer), task_list.done_lately(session, viewer)
        later = follow_ups.open_until(session, viewer, (now + ONE_DAY).date())
        over = follow_ups.done_lately(session, viewer)
        desk = _read(session, store, viewer, now, [*waiting, *done], [*later, *over])
        due = [one for one in later if one.due_on <= local_day(now, desk.families[one.family_id].zone)]
        rows = [(_due(desk, one), _row(desk, one)) for one in waiting]
        rows += [(_falls_on(desk, one), _follow_up(desk, one)) for one in due]
        ended = [(one.done_at or now, _row(desk, one)) for one in done]
        ended += [(one.done_at or now, _follow_up(desk, one)) for one in over]
        return TasksPage(
            open=tuple(row for _, row in sorted(rows, key=lambda pair: pair[0])),
            done=tuple(row for _, row in sorted(ended, key=lambda pair: pair[0], reverse=True))[: task_list.SHOWN_DONE],
        )


def _read(
    session: Session, store: Store, viewer: Viewer, now: datetime, tasks: Sequence[Task],
    follow: Sequence[follow_ups.FollowUp],
) -> _Desk:  # fmt: skip
    agency = agencies.by_id(session, viewer.agency_id)
    homes = sorted({task.family_id for task in tasks if task.family_id} | {one.family_id for one in follow})
    store.vault.warm_families(session, agency.id, homes)
    ids = sorted({task.message_id for task in tasks if task.message_id})
    messages = moment_facts.texts_out(session, agency.id, ids)
    return _Desk(
        session=session, store=store, viewer=viewer, agency=agency, now=now,
        families=families.by_ids(session, agency.id, homes),
        members=families.members_by_ids(session, agency.id, sorted({one.member_id for one in tasks if one.member_id})),
        messages=messages,
        asked_at=moment_facts.last_moves(session, agency.id, list(messages)),
        workers={one.id: one.name for one in staff.of_agency(session, agency.id)},
    )  # fmt: skip


def _row(desk: _Desk, task: Task) -> TaskRow:
    family = desk.families.get(task.family_id or "")
    zone = desk.agency.zone if family is None else family.zone
    due = _due(desk, task)
    who = _name(desk, task)
    return TaskRow(
        task_id=task.id,
        kind=task.kind,
        title=_title(task.kind, who),
        why=task.why,
        family_id="" if family is None else family.id,
        family_name="" if family is None else plain_name(families.name_of(desk.session, desk.store.vault, family)),
        due=None if task.done_at else when(due, zone, language=desk.viewer.language, now=desk.now),
        owner=_owner(desk, task, family),
        overdue=task.done_at is None and due < desk.now,
        unresolved=_doubt(desk, task, who, zone),
        may_finish=task.kind not in task_list.ENDED_BY_AN_ACT,
        may_reopen=task.done_at is not None and task.kind not in task_list.ENDED_BY_AN_ACT,
        decide_on="" if task.done_at or task.kind != task_list.HOLD else _decide_on(desk, task),
    )


def _due(desk: _Desk, task: Task) -> datetime:
    return decide_by(desk.agency, task.made_at) if task.kind == task_list.HOLD else task.made_at + ONE_DAY


def _falls_on(desk: _Desk, row: follow_ups.FollowUp) -> datetime:
    """The last minute of its day: until then it is not late."""
    return local_instant(row.due_on, time(23, 59), desk.families[row.family_id].zone)


def _follow_up(desk: _Desk, row: follow_ups.FollowUp) -> TaskRow:
    family, due, language = desk.families[row.family_id], _falls_on(desk, row), desk.viewer.language
    day = When(spoken_day(row.due_on, language=language, year=row.due_on.year != desk.now.year), iso(due))
    worker = row.done_by or row.made_by
    return TaskRow(
        task_id=row.id,
        kind="follow_up",
        title="",
        why=follow_ups.words_of(desk.session, desk.store.vault, row),
        family_id=family.id,
        family_name=plain_name(families.name_of(desk.session, desk.store.vault, family)),
        due=None if row.done_at else day,
        owner="" if worker == desk.viewer.staff_id else desk.workers.get(worker or "", ""),
        overdue=row.done_at is None and due < desk.now,
        follow_up=True,
        may_reopen=row.done_at is not None,
    )


def _decide_on(desk: _Desk, task: Task) -> str:
    """Whose page holds the decision; a number of two families may have sent it, then the first one held."""
    if task.member_id is not None:
        return task.member_id
    to_bidx = number_in(task.once_key or "")
    twins = families.members_with_number(desk.session, desk.agency.id, to_bidx)
    held = families.which_held(desk.session, desk.viewer, [one.family_id for one in twins])
    return next((one.id for one in twins if one.family_id in held), "")


def _name(desk: _Desk, task: Task) -> str:
    member = desk.members.get(task.member_id or "")
    if member is None:
        return "somebody"
    return plain_name(families.member_name(desk.session, desk.store.vault, member))


def _title(kind: str, who: str) -> str:
    words = _TITLES.get(kind, _OTHER).format(who=who, whose=f"{who}’s")
    return words[0].upper() + words[1:]


def _owner(desk: _Desk, task: Task, family: Family | None) -> str:
    worker = task.done_by or (None if family is None else family.caseworker_id)
    return desk.workers.get(worker or "", "") if task.done_by or desk.viewer.sees_all_families else ""


def _doubt(desk: _Desk, task: Task, who: str, zone: str) -> UnresolvedRow | None:
    message = desk.messages.get(task.message_id or "")
    if task.done_at or message is None or message.state != Outbound.UNRESOLVED.value:
        return None
    family = desk.families.get(task.family_id or "")
    asked_at = desk.asked_at.get(message.id)
    return UnresolvedRow(
        message_id=message.id,
        family_id="" if family is None else family.id,
        family_name="" if family is None else plain_name(families.name_of(desk.session, desk.store.vault, family)),
        member_name=who,
        kind=message.kind,
        text=outbox.body_of(desk.session, desk.store.vault, message),
        tried=when(message.claimed_at or message.due_at, zone, language=desk.viewer.language, now=desk.now),
        attempts=message.attempts,
        language=message.language,
        asked_carrier=None if asked_at is None else when(asked_at, zone, language=desk.viewer.language, now=desk.now),
    )
