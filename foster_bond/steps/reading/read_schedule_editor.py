"""Store → the schedule editor: what stands in its sentence, what can be chosen, and whose plan can be shown."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day
from foster_bond.rules.pack_values import ONLY, Audience, PackSchedule, only_key
from foster_bond.rules.page_values.frame import Choice, FormState, When
from foster_bond.rules.page_values.schedule_editor import Editor, VersionRow
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.schedule_form import as_typed
from foster_bond.rules.schedule_record import from_record
from foster_bond.rules.schedule_words import picks
from foster_bond.rules.spoken_time import when
from foster_bond.steps.versions import mark_of, words_of
from foster_bond.store import agencies, families, prompts, staff, taking_part
from foster_bond.store.agencies import Agency
from foster_bond.store.families import Family, Member, MemberRole
from foster_bond.store.open_store import Session, Store
from foster_bond.store.prompts import Programme, PromptState, Schedule
from foster_bond.store.taking_part import SHOWN, Reach

DEFAULT_RULE = "FREQ=WEEKLY;BYDAY=MO,WE,FR"
DEFAULT_HOUR = time(19)  # as rules/schedule_form.py fills in where no hour stands


@dataclass(frozen=True, slots=True)
class Money:
    """What one segment costs: in ten-thousandths of a currency, or None where nobody has said."""

    segment: int | None
    sign: str

    def of(self, parts: int) -> str:
        """The cost of so many parts: "$0.42"; empty where it is not known."""
        return "" if self.segment is None else f"{self.sign}{parts * self.segment / 10_000:,.2f}"


@dataclass(frozen=True, slots=True)
class Opened:
    """The editor as it stands, still without a plan, and what the plan's own words need."""

    editor: Editor
    names: Mapping[str, str]  # member id -> how this viewer may call them
    zones: Mapping[str, str]
    money: Money


def read_editor(
    store: Store, viewer: Viewer, schedule_id: str | None, now: datetime, *, member_id: str = "",
    typed: Mapping[str, str] | None = None, shows_draft: bool = False, programme: str = "",
) -> Opened:  # fmt: skip
    """One schedule, or a new one. `typed` goes before what stands; `shows_draft`: what waits goes before what holds.

    `programme`: the key of the programme that a new one begins with.

    Raises: NotYours.
    """
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        row = _row(session, viewer, schedule_id)
        programmes = prompts.programmes_of(session, agency.id)
        today = local_day(now, agency.zone)
        words = _words(row, programmes, shows_draft, programme)
        people = _people(session, store, viewer)
        picked = member_id or _first(row, people)
        if member_id and member_id not in {member.id for member, _, _ in people}:
            raise NotYours("member")
        reach = Reach() if row is None else taking_part.reach_of(session, agency.id, now).get(row.id, Reach())
        staff_names = {one.id: one.name for one in staff.of_agency(session, agency.id)}
        values = dict(typed) if typed is not None else as_typed(words, today)
        if row is None and typed is None:
            values["name"] = ""
        editor = Editor(
            schedule_id="" if row is None else row.id,
            name="" if row is None else row.name,
            state="new" if row is None else row.state,
            version=1 if row is None else row.version,
            since=None if row is None else _spoken(row.changed_at or row.created_at, agency, viewer, now),
            people=reach.people,
            families=reach.families,
            mark="" if row is None else mark_of(row),
            words=_picks(session, agency, viewer, programmes, words, today),
            programmes=_programmes(programmes, values.get("programme", "")),
            questions=_questions(session, agency, viewer, values.get("programme", "")),
            roles=tuple(role.value for role in MemberRole),
            members=tuple(_choice(member, name, chosen=member.id == picked) for member, _, name in people),
            picked_id=picked,
            form=FormState(values=values),
            draft_when=_draft_when(row, agency, viewer, now),
            draft_by=_draft_by(row, staff_names),
            draft_shown=shows_draft and row is not None and row.draft is not None,
            versions=_versions(session, agency, row, staff_names, viewer, now),
            week_cap=agency.texts_a_week,
        )
        names = {member.id: name for member, _, name in people}
        zones = {member.id: member.zone or family.zone for member, family, _ in people}
        money = Money(agency.segment_price, "£" if agency.country == "GB" else "$")
    return Opened(editor, names, zones, money)


def picks_of(
    store: Store, viewer: Viewer, words: PackSchedule, now: datetime, *, unread: Collection[str]
) -> dict[str, str]:
    """What each pick of the sentence says for these words; nothing where a field of it is among the `unread`."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        programmes = prompts.programmes_of(session, agency.id)
        return _picks(session, agency, viewer, programmes, words, local_day(now, agency.zone), unread)


def _picks(
    session: Session, agency: Agency, viewer: Viewer, programmes: Mapping[str, Programme], words: PackSchedule,
    today: date, unread: Collection[str] = (),
) -> dict[str, str]:  # fmt: skip
    name = _programme_name(session, agency, programmes, words)
    found = programmes.get(words.programme)
    by_visits = found is not None and found.around_visits
    return picks(words, name, today, viewer.language, unread=unread, by_visits=by_visits)


def _row(session: Session, viewer: Viewer, schedule_id: str | None) -> Schedule | None:
    return None if schedule_id is None else taking_part.schedule(session, viewer.agency_id, schedule_id)


def _words(row: Schedule | None, programmes: Mapping[str, Programme], shows_draft: bool, wanted: str) -> PackSchedule:
    if row is None:
        listed = [key for key in sorted(programmes) if not key.startswith(ONLY)]
        first = wanted if wanted in listed else next(iter(listed), "")
        return PackSchedule("", "", Audience(("foster_parent", "kin_carer")), DEFAULT_RULE, DEFAULT_HOUR, None, first)
    if shows_draft and row.draft is not None:
        return from_record(row.key, row.draft["words"])
    return words_of(row, next(one.key for one in programmes.values() if one.id == row.programme_id))


def _people(session: Session, store: Store, viewer: Viewer) -> list[tuple[Member, Family, str]]:
    """Whom a plan can be shown for: those the viewer holds by name, others by reference."""
    held = families.held_members(session, viewer, SHOWN)
    store.vault.warm_families(session, viewer.agency_id, sorted({family.id for _, family in held}))
    named = [
        (
            member, family,
            f"{plain_name(families.member_name(session, store.vault, member))} "
            f"{plain_name(families.name_of(session, store.vault, family))}",
        )
        for member, family in held
    ]  # fmt: skip
    if viewer.runs_schedules and not viewer.sees_all_families:
        known = {member.id for member, _ in held}
        others = families.present_members(session, viewer.agency_id)[:SHOWN]
        named += [(member, family, member.ref) for member, family in others if member.id not in known]
    return sorted(named, key=lambda one: (one[2].casefold(), one[0].id))


def _choice(member: Member, name: str, *, chosen: bool) -> Choice:
    """A person to pick; who goes by a reference comes with what tells them from the others."""
    if name != member.ref:
        return Choice(member.id, name, chosen=chosen)
    return Choice(member.id, name, chosen=chosen, role=member.role, language=member.language)


def _first(row: Schedule | None, people: list[tuple[Member, Family, str]]) -> str:
    """The first person whom the schedule is for, else the first of all."""
    audience = Audience(("foster_parent",)) if row is None else Audience(tuple(row.roles), tuple(row.tags))
    fitting = (member.id for member, _, _ in people if audience.includes(member.role, member.tags))
    return next(fitting, people[0][0].id if people else "")


def _programmes(known: Mapping[str, Programme], chosen: str) -> tuple[Choice, ...]:
    rows = sorted((one.name, key) for key, one in known.items() if not key.startswith(ONLY))
    return tuple(Choice(key, name, chosen=key == chosen, count=len(known[key].prompt_keys)) for name, key in rows)


def _questions(session: Session, agency: Agency, viewer: Viewer, chosen: str) -> tuple[Choice, ...]:
    rows = sorted(prompts.prompts_of(session, agency.id).items())
    return tuple(
        Choice(only_key(key), f"{key}: {_short(one.texts, viewer.language)}", chosen=only_key(key) == chosen)
        for key, one in rows
        if one.state != PromptState.RETIRED.value
    )


def _short(texts: Mapping[str, str], language: str) -> str:
    text = texts.get(language) or next(iter(texts.values()), "")
    return text if len(text) <= 60 else f"{text[:57]}..."


def _programme_name(session: Session, agency: Agency, programmes: Mapping[str, Programme], words: PackSchedule) -> str:
    found = programmes.get(words.programme)
    if found is not None and not words.programme.startswith(ONLY):
        return found.name
    asked = prompts.prompts_of(session, agency.id).items()
    prompt = next((one for key, one in asked if only_key(key) == words.programme), None)
    return words.programme if prompt is None else f"“{_short(prompt.texts, agency.language)}”"


def _spoken(at: datetime, agency: Agency, viewer: Viewer, now: datetime) -> When:
    return when(at, agency.zone, language=viewer.language, place=False, now=now)


def _draft_when(row: Schedule | None, agency: Agency, viewer: Viewer, now: datetime) -> When | None:
    if row is None or row.draft is None:
        return None
    return _spoken(datetime.fromisoformat(str(row.draft["at"])), agency, viewer, now)


def _draft_by(row: Schedule | None, names: Mapping[str, str]) -> str:
    by = None if row is None or row.draft is None else row.draft.get("by")
    return names.get(str(by), "")


def _versions(
    session: Session, agency: Agency, row: Schedule | None, names: Mapping[str, str], viewer: Viewer, now: datetime
) -> tuple[VersionRow, ...]:
    if row is None:
        return ()
    return tuple(
        VersionRow(one.number, _spoken(one.made_at, agency, viewer, now), names.get(one.made_by or "", ""))
        for one in prompts.versions_of(session, agency.id, row.id)
    )
