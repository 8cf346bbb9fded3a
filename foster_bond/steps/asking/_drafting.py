"""What the asking steps share: a schedule as somebody filled in its sentence, read against what the agency has."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from foster_bond.errors import Conflict, NotAllowed, NotYours
from foster_bond.rules import polite_hours
from foster_bond.rules.access import Viewer
from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.local_time import local_day
from foster_bond.rules.pace import Batch, why_too_slow
from foster_bond.rules.pack_values import PackSchedule, only_key
from foster_bond.rules.schedule_form import read_schedule_form
from foster_bond.rules.segments import measure
from foster_bond.steps.asking._supposing import Supposed, supposed_row
from foster_bond.steps.enrolling import belongs, new_place
from foster_bond.steps.rhythms import slots_between
from foster_bond.steps.versions import columns_of, mark_of
from foster_bond.store import families, prompts
from foster_bond.store.agencies import Agency
from foster_bond.store.enrolments import TakingPart
from foster_bond.store.ids import new_id
from foster_bond.store.number_facts import hours_of
from foster_bond.store.open_store import Session
from foster_bond.store.prompts import Programme, PromptState, Schedule, ScheduleState

BUSY_DAYS = timedelta(days=14)  # long enough to hold every weekday twice


class Stale(Conflict):
    """Somebody else has changed the schedule since it was looked at; nothing was saved and nothing typed is lost."""


def may_edit(viewer: Viewer) -> None:
    """Raises: NotAllowed."""
    if not viewer.runs_schedules:
        raise NotAllowed("Only a programme lead or an admin changes schedules.")


def must_be_unchanged(row: Schedule, seen: str) -> None:
    """Raises: Stale."""
    if mark_of(row) != seen:
        raise Stale(
            "Somebody else has changed this schedule meanwhile. Nothing is lost: what you filled in stands below; "
            "compare it with what holds now, and save again."
        )


def row_of(session: Session, viewer: Viewer, schedule_id: str) -> Schedule:
    """The schedule as it stands, held. Raises: NotYours."""
    row = prompts.lock_schedule(session, viewer.agency_id, schedule_id)
    if row is None:
        raise NotYours("schedule")
    return row


def programmes_to_choose(session: Session, agency_id: str) -> dict[str, Programme]:
    """Every programme of the agency, and for each question the one that asks only it, made where it is not there."""
    known = dict(prompts.programmes_of(session, agency_id))
    for key, prompt in prompts.prompts_of(session, agency_id).items():
        if prompt.state != PromptState.RETIRED.value and only_key(key) not in known:
            known[only_key(key)] = Programme(
                id=new_id(), agency_id=agency_id, key=only_key(key), name=key, kind="ordered", prompt_keys=[key],
                slots=[], facts={"repeats": True, "only": key},
            )  # fmt: skip
    return known


def words_typed(
    session: Session, agency: Agency, row: Schedule | None, typed: Mapping[str, str], now: datetime
) -> tuple[PackSchedule, Programme]:
    """What was typed and the programme it names. Raises: OffFields."""
    programmes = programmes_to_choose(session, agency.id)
    words = read_schedule_form(
        typed, key="" if row is None else row.key, hours=hours_of(agency), today=local_day(now, agency.zone),
        programmes={key: len(one.prompt_keys) for key, one in programmes.items()},
    )  # fmt: skip
    programme = programmes[words.programme]
    if programme.around_visits and words.nudge_after is not None:
        raise OffFields({"nudge_after": ("Around visits nobody is reminded: take the reminder out.",)})
    return words, programme


def suppose(agency: Agency, row: Schedule | None, words: PackSchedule, programme: Programme, now: datetime) -> Supposed:
    """The schedule as these words would have it."""
    today = local_day(now, agency.zone)
    before = row or new_row(agency, words, programme, now)
    columns = columns_of(words, programme, today if row is None else row.starts)
    restart = row is not None and row.programme_id != programme.id
    return Supposed(supposed_row(before, columns), programme, restart=restart, counted_before=before.anchor)


def new_row(agency: Agency, words: PackSchedule, programme: Programme, now: datetime) -> Schedule:
    """A draft that is no row yet."""
    columns = columns_of(words, programme, local_day(now, agency.zone))
    schedule_id = new_id()
    return Schedule(
        id=schedule_id, agency_id=agency.id, key=words.id or schedule_id, seed=new_id(), created_at=now,
        state=ScheduleState.DRAFT, **columns,
    )  # fmt: skip


def check_pace(session: Session, agency: Agency, supposed: Supposed, now: datetime) -> None:
    """Refuse what could not leave in time. Raises: OffFields with the arithmetic.

    What follows visits is spread over the families' own days, and refused for nothing.
    """
    if supposed.schedule.by_visits:
        return
    parts = _longest(session, agency, supposed.programme)
    within = timedelta(seconds=supposed.schedule.send_within_s)
    batches: list[Batch] = []
    for (zone, _, _), (one, many) in _alike(session, supposed, now).items():
        for slot in slots_between(one, now, now + BUSY_DAYS):
            closes = polite_hours.closes_at(hours_of(agency), slot.due_at, zone)
            batches.append(Batch(slot.due_at, min(slot.due_at + within, closes), many, parts))
    why = why_too_slow(_busiest(batches), agency.texts_per_second, agency.zone)
    if why is not None:
        raise OffFields({"send_within": (why,)})


def _longest(session: Session, agency: Agency, programme: Programme) -> int:
    known = prompts.prompts_of(session, agency.id)
    texts = [text for key in programme.prompt_keys if key in known for text in known[key].texts.values()]
    return max((measure(text.replace("{child}", "the child")).parts for text in texts), default=1)


def _alike(
    session: Session, supposed: Supposed, now: datetime
) -> dict[tuple[str, object, object], tuple[TakingPart, int]]:
    """One of each kind of calendar among those it would ask, and how many share it."""
    found: dict[tuple[str, object, object], tuple[TakingPart, int]] = {}
    own_start = supposed.schedule.anchor != "calendar"
    for member, family in families.present_members(session, supposed.schedule.agency_id):
        if not belongs(supposed.schedule, member):
            continue
        zone = member.zone or family.zone
        start = (family.placed_on or family.created_at.date()) if own_start else None
        known = found.get((zone, member.hour, start))
        if known is not None:
            found[zone, member.hour, start] = (known[0], known[1] + 1)
        elif (place := new_place(supposed.schedule, member, family, now)) is not None:
            found[zone, member.hour, start] = (TakingPart(place, supposed.schedule, member, family), 1)
    return found


def _busiest(batches: list[Batch]) -> list[Batch]:
    """The batches of the day on which most texts are due; every day is alike but for weekdays and clock changes."""
    by_day: dict[object, list[Batch]] = {}
    for one in batches:
        by_day.setdefault(one.due_at.date(), []).append(one)
    return max(by_day.values(), key=lambda some: sum(one.texts for one in some), default=[])
