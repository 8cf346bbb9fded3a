"""Store → home page: the families that the viewer holds, those that need somebody first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from foster_bond.rules.access import Viewer
from foster_bond.rules.folding import fold
from foster_bond.rules.local_time import zone_of
from foster_bond.rules.own_rhythm import Habit, gone_quiet
from foster_bond.rules.page_values.caseload import CaseloadPage, FamilyRow, Need
from foster_bond.rules.page_values.frame import Choice, When
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.spoken_time import when
from foster_bond.rules.states import Consent
from foster_bond.store import agencies, caseload, consents, families, inbound, moment_facts, staff
from foster_bond.store.caseload import Glance, NextSlot
from foster_bond.store.families import Family, Member
from foster_bond.store.inbound import InboundText
from foster_bond.store.open_store import Store
from foster_bond.store.session import Session

SHOWN = 100  # rows of one page; a caseworker holds 20 to 60 families, an agency of thousands searches
SHORT = 200  # letters of the last words
HARD_DAY_LASTS = timedelta(days=4)
_ORDER = ("alert", "quiet", "hard_day", "trouble")
_SORTS = {"en": ("By need", "New to read", "Name"), "es": ("Por necesidad", "Sin leer", "Nombre")}


@dataclass(frozen=True, slots=True)
class _Standing:
    """One family before its words are looked up: its name, and why it stands where it stands."""

    family: Family
    name: str
    needs: tuple[Need, ...]
    unread: int

    def by_need(self) -> tuple[int, bool, str]:
        first = _ORDER.index(self.needs[0].kind) if self.needs else len(_ORDER)
        return first, self.unread == 0, fold(self.name)


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
    store: Store, viewer: Viewer, now: datetime, *, search: str = "", sort: str = "need"
) -> CaseloadPage:  # fmt: skip
    """The open families that the viewer holds, in a constant number of queries; words are unsealed of shown ones only.

    `sort`: need, unread or name; anything else is need.
    """
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        standings = _standings(session, store, viewer, now)
        found = _found(session, store, viewer, standings, search)
        shown = sorted(found, key=_key(sort))[:SHOWN]
        desk = _desk(session, store, viewer, now, [one.family.id for one in shown])
        rows = tuple(_row(desk, one) for one in shown)
    hour = now.astimezone(zone_of(agency.zone)).hour
    kinds = [{need.kind for need in one.needs} for one in standings]
    return CaseloadPage(
        part_of_day="morning" if hour < 12 else "afternoon" if hour < 18 else "evening",
        scope="agency" if viewer.sees_all_families else "mine",
        total=len(standings),
        needing=sum(1 for one in kinds if one),
        alerts=sum("alert" in one for one in kinds),
        quiet=sum("quiet" in one for one in kinds),
        hard_days=sum("hard_day" in one for one in kinds),
        unread_families=sum(1 for one in standings if one.unread),
        rows=rows,
        sorts=_sorts(viewer.language, sort, sum(1 for one in standings if one.unread)) if len(standings) > 1 else (),
        search=search,
        may_import=viewer.runs_people,
        left_out=len(found) - len(rows),
    )


def _standings(session: Session, store: Store, viewer: Viewer, now: datetime) -> list[_Standing]:
    held = families.open_held(session, viewer)
    store.vault.warm_families(session, viewer.agency_id, [family.id for family in held])
    seen = caseload.glance(session, viewer, now, hard_since=now - HARD_DAY_LASTS)
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
        )
        for family in held
    ]


def _needs(
    family: Family, seen: Glance, said: Mapping[str, str], language: str, now: datetime
) -> tuple[Need, ...]:  # fmt: skip
    needs = []
    if family.id in seen.alerts:
        needs.append(Need("alert", "taken" if seen.alerts[family.id] else "not yet taken"))
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
    if sort == "unread":
        return lambda one: (-one.unread, *one.by_need())
    return lambda one: one.by_need()


def _sorts(language: str, sort: str, unread: int) -> tuple[Choice, ...]:
    need, new, name = _SORTS.get(language, _SORTS["en"])
    chosen = sort if sort in ("unread", "name") else "need"
    return (
        Choice("need", need, chosen=chosen == "need"),
        Choice("unread", new, chosen=chosen == "unread", count=unread or None),
        Choice("name", name, chosen=chosen == "name"),
    )


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
    )


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
