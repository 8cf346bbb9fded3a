"""Store → schedules pages: every rhythm in a sentence, and one of them with the people who take part."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day
from foster_bond.rules.page_values.frame import Choice
from foster_bond.rules.page_values.schedules import PlanPage, ScheduleRow, SchedulesPage, SentencePiece
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.recurrence import slots
from foster_bond.rules.schedule_words import sentence
from foster_bond.rules.spoken_time import when
from foster_bond.steps.rhythms import rhythm_of
from foster_bond.store import agencies, families, prompts, taking_part
from foster_bond.store.agencies import Agency
from foster_bond.store.open_store import Store
from foster_bond.store.prompts import Schedule
from foster_bond.store.session import Session
from foster_bond.store.taking_part import Reach

MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class OnePlan:
    """The page of one schedule, still without slots, and whose slots belong on it."""

    page: PlanPage
    schedule_key: str
    zone: str
    family_id: str | None = None
    member_id: str | None = None


def read_schedules(store: Store, viewer: Viewer, now: datetime) -> SchedulesPage:
    """All rhythms of the viewer's agency, those in force first."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        reach = taking_part.reach_of(session, agency.id, now)
        rows = [
            ScheduleRow(
                schedule_id=one.id,
                name=one.name,
                sentence=_sentence(session, viewer, one),
                state=one.state,
                people=(known := reach.get(one.id, Reach())).people,
                families=known.families,
                next_due=(
                    None
                    if known.next_due is None
                    else when(known.next_due, agency.zone, language=viewer.language, now=now)
                ),
                version=one.version,
                draft_waits=one.draft is not None,
            )
            for one in prompts.schedules_of(session, agency.id)
        ]
    rows.sort(key=lambda row: row.state != "active")
    return SchedulesPage(rows=tuple(rows), may_edit=viewer.runs_schedules)


def read_schedule(store: Store, viewer: Viewer, schedule_id: str, now: datetime, *, member_id: str = "") -> OnePlan:
    """One schedule with the people of the viewer's families who take part; the first of them is picked by default.

    Raises: NotYours.
    """
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        schedule = taking_part.schedule(session, agency.id, schedule_id)
        reach = taking_part.reach_of(session, agency.id, now).get(schedule.id, Reach())
        people = taking_part.held_participants(session, viewer, schedule.id)
        store.vault.warm_families(session, agency.id, [family.id for _, family in people])
        named = [
            (
                f"{plain_name(families.member_name(session, store.vault, member))} "
                f"{plain_name(families.name_of(session, store.vault, family))}",
                member,
                family,
            )
            for member, family in people
        ]
        named.sort(key=lambda one: (one[0].casefold(), one[1].id))
        if member_id and member_id not in {member.id for _, member, _ in named}:
            raise NotYours("member")
        page = _page(session, viewer, agency, schedule, reach, now)
    picked = next((one for one in named if one[1].id == member_id), named[0] if named else None)
    if picked is None:
        return OnePlan(page, schedule.key, agency.zone)
    choices = tuple(Choice(member.id, words, chosen=member.id == picked[1].id) for words, member, _ in named)
    return OnePlan(
        page=replace(page, members=choices, picked=picked[0]),
        schedule_key=schedule.key,
        zone=picked[1].zone or picked[2].zone,
        family_id=picked[2].id,
        member_id=picked[1].id,
    )


def _page(
    session: Session, viewer: Viewer, agency: Agency, schedule: Schedule, reach: Reach, now: datetime
) -> PlanPage:
    today = local_day(now, agency.zone)
    month = slots(rhythm_of(schedule), agency.zone, first=today, last=today + MONTH, seed=schedule.seed)
    return PlanPage(
        schedule_id=schedule.id,
        name=schedule.name,
        sentence=_sentence(session, viewer, schedule),
        state=schedule.state,
        people=reach.people,
        families=reach.families,
        version=schedule.version,
        since=when(
            schedule.changed_at or schedule.created_at, agency.zone, language=viewer.language, place=False, now=now
        ),
        members=(),
        picked="",
        slots=(),
        week_cap=agency.texts_a_week,
        month_texts=None if schedule.by_visits or schedule.state != "active" else reach.people * sum(1 for _ in month),
    )


def _sentence(session: Session, viewer: Viewer, schedule: Schedule) -> tuple[SentencePiece, ...]:
    programme = prompts.programme(session, schedule.programme_id)
    asked = prompts.prompts_of(session, viewer.agency_id).get(str(programme.facts.get("only", "")))
    texts = {} if asked is None else asked.texts
    question = texts.get(viewer.language) or next(iter(texts.values()), "")
    return sentence(
        rhythm_of(schedule),
        roles=schedule.roles,
        tags=schedule.tags,
        programme=f"“{question}”" if question else programme.name,
        question=bool(question),
        nudge_after=None if schedule.nudge_after_s is None else timedelta(seconds=schedule.nudge_after_s),
        closes_after=timedelta(seconds=schedule.closes_after_s),
        language=viewer.language,
        by_visits=schedule.by_visits,
    )
