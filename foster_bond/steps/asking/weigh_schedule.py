"""Beside the river: what saving a schedule would do to the texts to come, before anything changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from json import dumps

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day
from foster_bond.rules.pack_values import PackSchedule
from foster_bond.rules.page_values.plan import PlannedText
from foster_bond.rules.schedule_change import Effect, effect
from foster_bond.rules.schedule_form import read_as_far
from foster_bond.rules.visit_slots import How, from_rows
from foster_bond.steps.asking._drafting import check_pace, may_edit, programmes_to_choose, suppose, words_typed
from foster_bond.steps.asking._previewing import LookAhead
from foster_bond.steps.asking._supposing import Supposed
from foster_bond.steps.enrolling import new_place, takes_part
from foster_bond.steps.rhythms import due_after, visits_asked, zone_for
from foster_bond.steps.versions import mark_of, words_of
from foster_bond.store import agencies, enrolments, families, prompts, taking_part
from foster_bond.store.agencies import Agency
from foster_bond.store.enrolments import TakingPart
from foster_bond.store.families import Member
from foster_bond.store.open_store import Session, Store
from foster_bond.store.prompts import Programme, PromptState, Schedule, ScheduleState

WEEKS = 6
FEW, SOME = 200, 1000  # people; beyond these the look ahead is shorter, so that it takes seconds


@dataclass(frozen=True, slots=True)
class Weighed:
    """What saving would do. `digest` stands for the words that were weighed; `mark` for the schedule as it stands.

    `notes` are what to know; `unapproved` the questions that nobody has approved yet; `people` who would be asked.
    """

    effect: Effect
    digest: str
    mark: str
    notes: tuple[str, ...] = ()
    unapproved: tuple[str, ...] = ()
    people: int = 0


def weigh(store: Store, viewer: Viewer, schedule_id: str | None, typed: Mapping[str, str], now: datetime) -> Weighed:
    """What saving these words would do. Nothing is written. Raises: OffFields, NotAllowed, NotYours."""
    may_edit(viewer)
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        row = _row(session, viewer, schedule_id)
        words, programme = words_typed(session, agency, row, typed, now)
        supposed = suppose(agency, row, words, programme, now)
        check_pace(session, agency, supposed, now)
        mark = "" if row is None else mark_of(row)
        people = _people(session, agency, supposed)
        notes, unapproved = _notes(session, supposed, people)
    return Weighed(
        _effect(store, agency, supposed, people, now), digest_of(typed), mark, notes, unapproved, len(people)
    )


def weigh_end(store: Store, viewer: Viewer, schedule_id: str, now: datetime) -> Effect:
    """What ending the schedule would cancel. Raises: NotAllowed, NotYours."""
    may_edit(viewer)
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        row = taking_part.schedule(session, viewer.agency_id, schedule_id)
        programme = prompts.programme(session, row.programme_id)
        supposed = Supposed(row, programme, ended=True)
        people = _people(session, agency, supposed)
    return _effect(store, agency, supposed, people, now)


@dataclass(frozen=True, slots=True)
class NothingComes:
    """Why somebody gets nothing in the coming weeks: not_asked · later (from `on`) · over · done · no_visit."""

    why: str
    on: date | None = None


def why_nothing(
    store: Store, viewer: Viewer, schedule_id: str | None, member_id: str, now: datetime,
    *, typed: Mapping[str, str] | None = None,
) -> NothingComes:  # fmt: skip
    """Why `plan_of` shows nothing for this person. Raises: OffFields, NotYours."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        row = _row(session, viewer, schedule_id)
        member = may_see(session, viewer, member_id)
        supposed = _typed_or_resting(session, agency, row, typed, now)
        schedule = row if supposed is None else supposed.schedule
        if schedule is None:
            return NothingComes("not_asked")
        place = enrolments.of_schedule(session, agency.id, schedule.id).get(member.id)
        if not takes_part(schedule, member, place):
            return NothingComes("not_asked")
        family = families.of_agency(session, agency.id, member.family_id)
        place = place or new_place(schedule, member, family, now)
        due = None if place is None else due_after(TakingPart(place, schedule, member, family), now)
        if due is None:
            return NothingComes("no_visit" if schedule.by_visits else "over")
        if due <= now + timedelta(weeks=WEEKS):
            return NothingComes("done")
        return NothingComes("later", local_day(due, zone_for(member, family)))


def plan_of(
    store: Store, viewer: Viewer, schedule_id: str | None, member_id: str, now: datetime,
    *, typed: Mapping[str, str] | None = None,
) -> tuple[PlannedText, ...]:  # fmt: skip
    """What one person will get from the schedule in the coming weeks, as it is in force or as it is typed.

    A draft and a schedule that rests are shown as if they were in force. Raises: OffFields, NotYours.
    """
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        row = _row(session, viewer, schedule_id)
        member = may_see(session, viewer, member_id)
        supposed = _typed_or_resting(session, agency, row, typed, now)
        ahead = LookAhead(session, store, agency, now, now + timedelta(weeks=WEEKS), supposed)
        texts = ahead.of_numbers([member.to_bidx])
    key = supposed.schedule.key if supposed is not None else "" if row is None else row.key
    return tuple(one for one in texts if one.member_id == member_id and one.schedule_id == key)


@dataclass(frozen=True, slots=True)
class VisitAhead:
    """A visit on the family's calendar in the coming weeks. `asked`: whether the schedule asks about it."""

    day: date
    cancelled: bool
    asked: bool


def visits_ahead(
    store: Store, viewer: Viewer, schedule_id: str | None, member_id: str, now: datetime,
    *, typed: Mapping[str, str] | None = None,
) -> tuple[VisitAhead, ...] | None:  # fmt: skip
    """The visits that the plan of this person hangs on; None where it follows none. Raises: OffFields, NotYours."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        row = _row(session, viewer, schedule_id)
        member = may_see(session, viewer, member_id)
        supposed = _typed_or_resting(session, agency, row, typed, now)
        schedule = row if supposed is None else supposed.schedule
        if schedule is None or not schedule.by_visits:
            return None
        family = families.of_agency(session, agency.id, member.family_id)
        place = enrolments.of_schedule(session, agency.id, schedule.id).get(member.id)
        today = local_day(now, zone_for(member, family))
        asked = visits_asked(schedule, today if place is None else place.started_on, family.visit_days)
        days = {one.visit.day for one in asked}
        return tuple(
            VisitAhead(one.day, one.how is How.CANCELLED, one.day in days)
            for one in from_rows(family.visit_days)
            if one.last_day >= today and one.day <= today + timedelta(weeks=WEEKS)
        )


def may_see(session: Session, viewer: Viewer, member_id: str) -> Member:
    """A member whose plan the viewer may see: of a family they hold, or any by reference for who runs schedules.

    Raises: NotYours.
    """
    member = families.held_member(session, viewer, member_id)
    if member is None and viewer.runs_schedules:
        member = families.members_by_ids(session, viewer.agency_id, [member_id]).get(member_id)
    if member is None:
        raise NotYours("member")
    return member


def _typed_or_resting(
    session: Session, agency: Agency, row: Schedule | None, typed: Mapping[str, str] | None, now: datetime
) -> Supposed | None:
    if typed is not None:
        words, programme = words_typed(session, agency, row, typed, now)
        return suppose(agency, row, words, programme, now)
    if row is None or row.state in (ScheduleState.ACTIVE.value, ScheduleState.ENDED.value):
        return None
    programme = prompts.programme(session, row.programme_id)
    return suppose(agency, row, words_of(row, programme.key), programme, now)


def words_so_far(
    store: Store, viewer: Viewer, schedule_id: str | None, typed: Mapping[str, str]
) -> tuple[PackSchedule, tuple[str, ...]]:
    """What was filled in, and which fields nobody can make out. Raises: NotAllowed, NotYours."""
    may_edit(viewer)
    with store.read() as session:
        row = _row(session, viewer, schedule_id)
        programmes = programmes_to_choose(session, viewer.agency_id)
        counts = {key: len(one.prompt_keys) for key, one in programmes.items()}
        words, off = read_as_far(typed, key="" if row is None else row.key, programmes=counts)
        return words, tuple(off)


def digest_of(typed: Mapping[str, str]) -> str:
    """A short sign for what was filled in: saving asks that it is what was weighed."""
    said = {name: value.strip() for name, value in typed.items() if name not in NOT_WORDS and value.strip()}
    return blake2b(dumps(said, sort_keys=True).encode(), digest_size=12).hexdigest()


NOT_WORDS = frozenset({"csrf_token", "act", "seen", "weighed", "member"})


def _row(session: Session, viewer: Viewer, schedule_id: str | None) -> Schedule | None:
    return None if schedule_id is None else taking_part.schedule(session, viewer.agency_id, schedule_id)


def _people(session: Session, agency: Agency, supposed: Supposed) -> list[Member]:
    """Everybody whom the schedule asks now or would ask."""
    places = enrolments.of_schedule(session, agency.id, supposed.schedule.id)
    return [
        member
        for member, _ in families.present_members(session, agency.id)
        if takes_part(supposed.schedule, member, places.get(member.id)) or _is_in(places, member)
    ]


def _is_in(places: Mapping[str, enrolments.Enrolment], member: Member) -> bool:
    return member.id in places and places[member.id].state == "active"


def _effect(store: Store, agency: Agency, supposed: Supposed, people: Iterable[Member], now: datetime) -> Effect:
    numbers = sorted({member.to_bidx for member in people})
    weeks = WEEKS if len(numbers) <= FEW else 2 if len(numbers) <= SOME else 1
    until = now + timedelta(weeks=weeks)
    with store.read() as session:
        before = LookAhead(session, store, agency, now, until).of_numbers(numbers)
    with store.read() as session:
        after = LookAhead(session, store, agency, now, until, supposed).of_numbers(numbers)
    return effect(before, after, weeks)


def _notes(session: Session, supposed: Supposed, people: list[Member]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What to know before saving, and which questions nobody has approved."""
    known = prompts.prompts_of(session, supposed.schedule.agency_id)
    keys = [key for key in dict.fromkeys(supposed.programme.prompt_keys) if key in known]
    unapproved = tuple(key for key in keys if known[key].state == PromptState.DRAFT.value)
    notes = [] if people else ["Nobody of those present is of that kind or has that tag: it would ask nobody."]
    notes += _lacking(supposed.programme, known, people)
    if _asks_on_sundays(supposed.schedule):
        agency = agencies.by_id(session, supposed.schedule.agency_id)
        if supposed.schedule.at is not None and supposed.schedule.at < agency.polite_sunday_from:
            notes.append(_on_sundays(supposed.schedule, agency.polite_sunday_from))
    return tuple(notes), unapproved


def _on_sundays(schedule: Schedule, opens: time) -> str:
    assert schedule.at is not None
    gap = timedelta(hours=opens.hour - schedule.at.hour, minutes=opens.minute - schedule.at.minute)
    first = f"On Sundays texts leave from {opens:%H:%M} on: the one due at {schedule.at:%H:%M}"
    if gap.total_seconds() < schedule.send_within_s:
        return f"{first} waits until then."
    minutes = schedule.send_within_s // 60
    return f"{first} may wait {minutes} minutes only and is left out. Let it wait longer, or take Sunday out."


def _asks_on_sundays(schedule: Schedule) -> bool:
    return "FREQ=DAILY" in schedule.rule or "SU" in schedule.rule or "FREQ=MONTHLY" in schedule.rule


def _lacking(programme: Programme, known: Mapping[str, prompts.Prompt], people: list[Member]) -> list[str]:
    """Questions without a text in somebody's language: those are held, never sent in another one."""
    found = []
    for language, name in (("en", "English"), ("es", "Spanish")):
        many = sum(member.language == language for member in people)
        keys = [
            key for key in dict.fromkeys(programme.prompt_keys) if key in known and language not in known[key].texts
        ]
        if many and keys:
            noun = "person who reads it" if many == 1 else f"{many} people who read it"
            found.append(f"No {name} text for {', '.join(keys[:5])}: held for the {noun} until there is one.")
    return found
