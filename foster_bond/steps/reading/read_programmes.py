"""Store → programmes pages: what each is for, its dose, its limits, and its table in the words that families get."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from foster_bond import library
from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day
from foster_bond.rules.message_text import child_word
from foster_bond.rules.page_values.frame import Choice
from foster_bond.rules.page_values.programmes import Cell, ProgrammePage, ProgrammeRow, ProgrammesPage, Week
from foster_bond.rules.page_values.prompt_desk import Signed
from foster_bond.rules.spoken_time import spoken_day, when
from foster_bond.store import agencies, prompts, staff
from foster_bond.store.open_store import Session, Store
from foster_bond.store.prompts import Programme, Prompt, ScheduleState

FACTS = ("intent", "dose", "timing", "gates", "held", "limits", "evidence")


def read_programmes(store: Store, viewer: Viewer) -> ProgrammesPage:
    """The programmes of the viewer's agency, the shipped ones first; what asks only one question is none."""
    with store.read() as session:
        found = prompts.programmes_of(session, viewer.agency_id).values()
        rows = [_row(session, viewer.agency_id, one) for one in found if "only" not in one.facts]
    rows.sort(key=lambda row: (row.key not in library.programmes(), row.name))
    return ProgrammesPage(tuple(rows), may_write=viewer.runs_schedules)


def _row(session: Session, agency_id: str, one: Programme) -> ProgrammeRow:
    return ProgrammeRow(
        programme_id=one.id, key=one.key, name=one.name, kind=one.kind, intent=str(one.facts.get("intent", "")),
        dose=str(one.facts.get("dose", "")), reviewed="review" in one.facts, questions=len(one.prompt_keys),
        schedules=_schedules(session, agency_id, one),
    )  # fmt: skip


def read_programme(store: Store, viewer: Viewer, programme_id: str, now: datetime) -> ProgrammePage:
    """One programme with everything its reader must know. Raises: NotYours."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        found = prompts.programmes_of(session, agency.id).values()
        one = next((row for row in found if row.id == programme_id and "only" not in row.facts), None)
        if one is None:
            raise NotYours("programme")
        known = prompts.prompts_of(session, agency.id)
        names = {row.id: row.name for row in staff.of_agency(session, agency.id)}
        schedules = _schedules(session, agency.id, one)
    return ProgrammePage(
        programme_id=one.id,
        key=one.key,
        name=one.name,
        kind=one.kind,
        version=one.version,
        shipped=one.key in library.programmes() and bool(one.slots),
        roles=tuple(one.facts.get("roles", ())),
        facts=tuple((name, str(one.facts[name])) for name in FACTS if one.facts.get(name)),
        weeks=_weeks(one, known, viewer.language),
        schedules=schedules,
        review=_review(one.facts.get("review"), names, agency.zone, viewer.language, now),
        may_start=viewer.runs_schedules,
        language=viewer.language,
        today=local_day(now, agency.zone).isoformat(),
    )


def _schedules(session: Session, agency_id: str, one: Programme) -> tuple[Choice, ...]:
    asking = prompts.schedules_of(session, agency_id)
    return tuple(
        Choice(row.id, row.name, chosen=row.state == ScheduleState.ACTIVE.value)
        for row in asking
        if row.programme_id == one.id and row.state != ScheduleState.ENDED.value
    )


def _review(
    said: Mapping[str, Any] | None, names: Mapping[str, str], zone: str, language: str, now: datetime
) -> Signed | None:
    if said is None:
        return None
    return Signed(
        name=str(said["name"]),
        credential=str(said["credential"]),
        on=spoken_day(date.fromisoformat(said["on"]), language=language, year=True),
        written_by=names.get(said["by"] or "", ""),
        written=when(datetime.fromisoformat(said["at"]), zone, language=language, place=False, now=now),
    )


def _weeks(one: Programme, known: Mapping[str, Prompt], language: str) -> tuple[Week, ...]:
    """Its table; for a programme without one, its questions in their order."""
    if not one.slots:
        cells = tuple(_cell({"prompt": key, "roles": ()}, known, language) for key in dict.fromkeys(one.prompt_keys))
        return (Week(0, cells),)
    told = {week["week"]: week for week in one.facts.get("weeks", ())}
    weeks = []
    for number in dict.fromkeys(slot["week"] for slot in one.slots):
        said = told.get(number, {})
        weeks.append(
            Week(
                number,
                tuple(_cell(slot, known, language) for slot in one.slots if slot["week"] == number),
                plain=said.get("plain") or "",
                moment=said.get("moment") or "",
                only_if=said.get("start_only_if") or "",
            )
        )
    return tuple(weeks)


def _cell(slot: Mapping[str, Any], known: Mapping[str, Prompt], language: str) -> Cell:
    key, roles = str(slot["prompt"]), tuple(slot["roles"])
    prompt = known.get(key)
    if prompt is None:
        return Cell(roles, key, "", "", "", 0, "missing")
    spoken = language if language in prompt.texts else next(iter(prompt.texts))
    return Cell(
        roles=roles, key=key, prompt_id=prompt.id, text=child_word(prompt.texts[spoken], spoken),
        technique=prompt.technique, level=prompt.level, state=prompt.state, when=str(slot.get("when") or ""),
        instead=str(slot.get("if_held") or ""), carers=set(roles) == set(library.CARERS),
    )  # fmt: skip
