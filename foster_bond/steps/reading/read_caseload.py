"""Store → home page: the families that the viewer holds, those that need somebody first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from foster_bond.rules.access import Viewer
from foster_bond.rules.folding import fold
from foster_bond.rules.local_time import local_day, zone_of
from foster_bond.rules.own_rhythm import Habit, gone_quiet
from foster_bond.rules.page_values.caseload import CaseloadPage, FamilyRow, Need, WorkerRow
from foster_bond.rules.page_values.frame import Choice, When
from foster_bond.rules.page_values.opening import DueLine
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.spoken_time import spoken_day, when
from foster_bond.rules.states import Consent
from foster_bond.rules.visit_days import VisitDue, visit_due
from foster_bond.store import agencies, caseload, consents, families, inbound, moment_facts, staff, visits
from foster_bond.store.caseload import Glance, NextSlot
from foster_bond.store.families import Family, Member
from foster_bond.store.inbound import InboundText
from foster_bond.store.open_store import Store
from foster_bond.store.session import Session

SHOWN = 100  # rows of one page; a caseworker holds 20 to 60 families, an agency of thousands searches
SHORT = 200  # letters of the last words
HARD_DAY_LASTS = timedelta(days=4)
UNTAKEN = "not yet taken"
NOBODY = "nobody"  # whose families have no caseworker
_ORDER = ("alert", "quiet", "hard_day", "trouble", "visit")
_SORTS = {
    "en": {"workers": "By worker", "need": "By need", "visit": "Visit due", "unread": "New to read", "name": "Name"},
    "es": {"workers": "Por persona", "need": "Por necesidad", "visit": "Visita pendiente", "unread": "Sin leer",
           "name": "Nombre"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Standing:
    """One family before its words are looked up: its name, and why it stands where it stands."""

    family: Family
    name: str
    needs: tuple[Need, ...]
    unread: int
    visit: VisitDue | None
    visit_waits: bool  # it is due today, or late

    @property
    def kinds(self) -> frozenset[str]:
        waits = ("visit",) if self.visit_waits else ()
        return frozenset((*(need.kind for need in self.needs), *waits))

    def by_need(self) -> tuple[int, bool, bool, str]:
        first = min(map(_ORDER.index, self.kinds), default=len(_ORDER))
        return first, self.unread == 0, self.visit is None, fold(self.name)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the rows are told with, read once for all that are shown."""

    session: Session
    store: Store
    viewer: Viewer
    now: datetime
    members: Mapping[str, Sequence[Member]]
    words: Mapping[str, InboundText]
    strips: Mapping[str, tuple[bool, ...]]
    slots: Mapping[str, NextSlot]
    consents: Mapping[str, Consent]
    workers: Mapping[str, str]


def read_caseload(
    store: Store, viewer: Viewer, now: datetime, *, search: str = "", sort: str = "need", worker: str = ""
) -> CaseloadPage:  # fmt: skip
    """The open families that the viewer holds, in a constant number of queries; words are unsealed of shown ones only.

    `sort`: need, visit, unread, name, or workers: what each member of staff carries, without a word of any family, for
    who sees them all; anything else is need. `worker`: only the families of that one, or of NOBODY.
    """
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        everything = _standings(session, store, viewer, now)
        standings = [one for one in everything if not worker or _holds(one, worker)]
        by_worker = sort == "workers" and viewer.sees_all_families and not search and not worker
        workers = _workers(session, viewer, everything) if by_worker else ()
        found = [] if by_worker else _found(session, store, viewer, standings, search)
        shown = sorted(found, key=_key(sort))[:SHOWN]
        desk = _desk(session, store, viewer, now, [one.family.id for one in shown])
        rows = tuple(_row(desk, one) for one in shown)
    hour = now.astimezone(zone_of(agency.zone)).hour
    kinds = [one.kinds for one in standings]
    return CaseloadPage(
        part_of_day="morning" if hour < 12 else "afternoon" if hour < 18 else "evening",
        scope="agency" if viewer.sees_all_families else "mine",
        total=len(standings),
        needing=sum(1 for one in kinds if one - {"visit"}),
        alerts=sum("alert" in one for one in kinds),
        quiet=sum("quiet" in one for one in kinds),
        hard_days=sum("hard_day" in one for one in kinds),
        unread_families=sum(1 for one in standings if one.unread),
        rows=rows,
        sorts=_sorts(viewer, sort, standings) if len(standings) > 1 or worker else (),
        search=search,
        may_import=viewer.runs_people,
        left_out=len(found) - len(rows),
        visits=sum("visit" in one for one in kinds),
        workers=workers,
        worker=worker,
    )


def _holds(one: _Standing, worker: str) -> bool:
    return (one.family.caseworker_id or NOBODY) == worker


def _workers(session: Session, viewer: Viewer, standings: Sequence[_Standing]) -> tuple[WorkerRow, ...]:
    """What each member of staff carries; by name, and what nobody holds first: no order of merit."""
    names = {one.id: one.name for one in staff.of_agency(session, viewer.agency_id)}
    tasks = caseload.open_tasks_by_worker(session, viewer.agency_id)
    groups: dict[str, list[_Standing]] = {}
    for one in standings:
        groups.setdefault(one.family.caseworker_id or "", []).append(one)
    rows = [_worker(staff_id, names.get(staff_id, ""), group, tasks) for staff_id, group in groups.items()]
    return tuple(sorted(rows, key=lambda row: (row.staff_id != "", fold(row.name))))


def _worker(staff_id: str, name: str, group: Sequence[_Standing], tasks: Mapping[str, int]) -> WorkerRow:
    def count(kind: str) -> int:
        return sum(kind in one.kinds for one in group)

    untaken = sum(any(need.kind == "alert" and need.words == UNTAKEN for need in one.needs) for one in group)
    return WorkerRow(
        staff_id=staff_id or NOBODY, name=name, families=len(group), untaken=untaken, alerts=count("alert"),
        quiet=count("quiet"), hard_days=count("hard_day"), visits=count("visit"), tasks=tasks.get(staff_id, 0),
    )  # fmt: skip


def _standings(session: Session, store: Store, viewer: Viewer, now: datetime) -> list[_Standing]:
    held = families.open_held(session, viewer)
    store.vault.warm_families(session, viewer.agency_id, [family.id for family in held])
    seen = caseload.glance(session, viewer, now, hard_since=now - HARD_DAY_LASTS)
    ids = [family.id for family in held]
    made, planned = (
        visits.last_done(session, viewer.agency_id, ids),
        visits.next_planned(session, viewer.agency_id, ids),
    )
    due = {one.id: _due(one, made.get(one.id), planned.get(one.id), now) for one in held}
    hard = moment_facts.texts_in(session, viewer.agency_id, [one.inbound_id for one in seen.hard_days.values()])
    said = {
        family_id: _short(inbound.said(session, store.vault, hard[one.inbound_id]))
        for family_id, one in seen.hard_days.items()
    }
    return [
        _Standing(
            family=family,
            name=plain_name(families.name_of(session, store.vault, family)),
            needs=_needs(family, seen, said, viewer.language, now),
            unread=seen.unread.get(family.id, 0),
            visit=(visit := due[family.id]),
            visit_waits=visit is not None and visit.waits(local_day(now, family.zone)),
        )
        for family in held
    ]


def _due(family: Family, made: date | None, planned: date | None, now: datetime) -> VisitDue | None:
    came = local_day(family.created_at, family.zone)
    return visit_due(last=made, planned=planned, came=came, today=local_day(now, family.zone))


def _needs(
    family: Family, seen: Glance, said: Mapping[str, str], language: str, now: datetime
) -> tuple[Need, ...]:  # fmt: skip
    needs = []
    if family.id in seen.alerts:
        needs.append(Need("alert", "taken" if seen.alerts[family.id] else UNTAKEN))
    quiet = gone_quiet(seen.habits.get(family.id, Habit(0)), seen.asked_since.get(family.id, 0), now)
    if quiet is not None:
        needs.append(Need("quiet", quiet))
    hard = seen.hard_days.get(family.id)
    if hard is not None:
        day = when(hard.received_at, family.zone, language=language, place=False).words.partition(",")[0]
        needs.append(Need("hard_day", f"{day}: “{said[family.id]}”"))
    if family.id in seen.troubles:
        needs.append(Need("trouble", seen.troubles[family.id]))
    return tuple(needs)


def _found(
    session: Session, store: Store, viewer: Viewer, standings: Sequence[_Standing], search: str
) -> list[_Standing]:  # fmt: skip
    """Those whose name, or one of whose people's names, holds what was typed."""
    if not search:
        return list(standings)
    wanted = fold(search)
    if not wanted:  # what folds to nothing is nobody's name
        return []
    people = families.present_in(session, viewer.agency_id, [one.family.id for one in standings])
    return [
        one
        for one in standings
        if wanted in fold(one.name)
        or any(wanted in fold(families.member_name(session, store.vault, member)) for member in people[one.family.id])
    ]


def _key(sort: str) -> Callable[[_Standing], tuple[Any, ...]]:
    if sort == "name":
        return lambda one: (fold(one.name),)
    if sort == "visit":
        return lambda one: (one.visit is None, one.visit.day if one.visit else date.max, *one.by_need())
    if sort == "unread":
        return lambda one: (-one.unread, *one.by_need())
    return lambda one: one.by_need()


def _sorts(viewer: Viewer, sort: str, standings: Sequence[_Standing]) -> tuple[Choice, ...]:
    words = _SORTS.get(viewer.language, _SORTS["en"])
    offered = [one for one in words if one != "workers" or viewer.sees_all_families]
    chosen = sort if sort in offered else "need"
    counts = {
        "visit": sum(one.visit_waits for one in standings), "unread": sum(one.unread > 0 for one in standings)
    }  # fmt: skip
    return tuple(Choice(one, words[one], chosen=one == chosen, count=counts.get(one) or None) for one in offered)


def _desk(session: Session, store: Store, viewer: Viewer, now: datetime, shown: list[str]) -> _Desk:
    agency_id = viewer.agency_id
    members = families.present_in(session, agency_id, shown)
    numbers = sorted({member.to_bidx for group in members.values() for member in group})
    return _Desk(
        session=session, store=store, viewer=viewer, now=now, members=members,
        words=caseload.last_words(session, agency_id, shown),
        strips=caseload.strips(session, agency_id, shown, now),
        slots=caseload.next_slots(session, agency_id, shown, now),
        consents=consents.states_of(session, agency_id, numbers),
        workers={one.id: one.name for one in staff.of_agency(session, agency_id)},
    )  # fmt: skip


def _row(desk: _Desk, one: _Standing) -> FamilyRow:
    family, vault = one.family, desk.store.vault
    members = desk.members[family.id]
    names = {member.id: plain_name(families.member_name(desk.session, vault, member)) for member in members}
    text = desk.words.get(family.id)
    author = next((member for member in members if text is not None and member.id == text.member_id), None)
    slot = desk.slots.get(family.id)
    held = _held(desk, one, members)
    return FamilyRow(
        family_id=family.id,
        name=one.name,
        member_names=tuple(names.values()),
        caring_for="",
        needs=one.needs,
        last_words="" if text is None else _short(inbound.said(desk.session, vault, text)),
        last_who="" if author is None else names[author.id],
        last_when=None if text is None else _say(desk, text.received_at, family),
        last_language="en" if author is None else author.language,
        strip=desk.strips.get(family.id, ()),
        next_when=None if slot is None or held else _say(desk, slot.due_at, family),
        next_technique="" if slot is None else slot.technique or "",
        next_held=held or ("" if slot is None else slot.why or ""),
        unread=one.unread,
        worker=desk.workers.get(family.caseworker_id or "", "") if desk.viewer.sees_all_families else "",
        visit=None if one.visit is None else _visit(desk, one.visit, family),
    )


def _visit(desk: _Desk, due: VisitDue, family: Family) -> DueLine:
    today = local_day(desk.now, family.zone)
    day = spoken_day(due.day, language=desk.viewer.language, year=due.day.year != today.year)
    return DueLine(due.kind.value, day, due.day == today)


def _say(desk: _Desk, at: datetime, family: Family) -> When:
    return when(at, family.zone, language=desk.viewer.language, place=False, now=desk.now)


def _held(desk: _Desk, one: _Standing, members: Sequence[Member]) -> str:
    """Why nothing leaves for this family at all, if so."""
    if any(need.kind == "alert" for need in one.needs):
        return "All prompts wait until the alert is closed."
    if not members:
        return "Nobody of this family is here any more."
    states = {desk.consents.get(member.to_bidx, Consent.NONE) for member in members}
    if Consent.ACTIVE not in states:
        if states == {Consent.STOPPED}:
            return "They have stopped the texts."
        return "Nobody has agreed to texts yet."
    pauses = [member.paused_until for member in members]
    until = min((pause for pause in pauses if pause is not None and pause > desk.now), default=None)
    if until is not None and all(pause is not None and pause > desk.now for pause in pauses):
        return f"Paused until {_say(desk, until, one.family).words}."
    return ""


def _short(words: str) -> str:
    """The words, cut at a space where they are long."""
    flat = " ".join(words.split())
    if len(flat) <= SHORT:
        return flat
    return (flat[:SHORT].rpartition(" ")[0] or flat[:SHORT]) + " …"
