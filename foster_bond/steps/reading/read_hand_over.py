"""Store → hand-over page: whose families may go to whom and with what open; and the sheet for whoever takes over."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial

from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day
from foster_bond.rules.page_values.frame import NOTHING_TYPED, Choice, FormState, When
from foster_bond.rules.page_values.leaving import (
    CoverLine,
    FamilyToHand,
    HandOverPage,
    QuoteLine,
    SheetFamily,
    SheetPage,
)
from foster_bond.rules.placement_status import placement_on
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.record.values import Record
from foster_bond.rules.spoken_time import spoken_day, when
from foster_bond.steps.reading._exporting import record_of
from foster_bond.steps.reading._quoting import replies
from foster_bond.store import agencies, audit, covers, families, notes, placement_events, record_facts, staff
from foster_bond.store.covers import Cover
from foster_bond.store.families import Family, MemberRole
from foster_bond.store.open_store import Session, Store
from foster_bond.store.staff import Staff

LAST, NOTES = 3, 2  # words of the family, and notes of colleagues, on a sheet
MOST_SHEETS = 60


def read_hand_over(
    store: Store, viewer: Viewer, now: datetime, *, of: str = "", form: FormState = NOTHING_TYPED,
    cover_form: FormState = NOTHING_TYPED,
) -> HandOverPage:  # fmt: skip
    """The families of one worker that this viewer may hand over, and who stands in for whom."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        people = [one for one in staff.of_agency(session, agency.id) if one.disabled_at is None]
        everybody = {one.id: one.name for one in staff.of_agency(session, agency.id)}
        whose = of if viewer.sees_all_families and (of in everybody or of == "nobody") else viewer.staff_id
        rows = covers.open_of_worker(session, agency.id, None if whose == "nobody" else whose)
        store.vault.warm_families(session, agency.id, [one.id for one in rows])
        today = local_day(now, agency.zone)
        mine = None if viewer.sees_all_families else viewer.staff_id
        return HandOverPage(
            of=whose,
            workers=_workers(session, viewer, everybody, whose),
            families=_families(session, store, viewer, rows, whose),
            colleagues=tuple(Choice(one.id, one.name) for one in people if one.id != whose),
            covers=tuple(
                _cover(viewer, one, everybody, today) for one in covers.not_over(session, agency.id, today, mine)
            ),
            tells=agency.tells_hand_over,
            may_set=viewer.runs_people,
            may_arrange=viewer.sees_all_families,
            form=form, cover_form=cover_form,
        )  # fmt: skip


def _workers(session: Session, viewer: Viewer, everybody: dict[str, str], whose: str) -> tuple[Choice, ...]:
    if not viewer.sees_all_families:
        return (Choice(viewer.staff_id, everybody.get(viewer.staff_id, viewer.name), chosen=True),)
    held = families.held_counts(session, viewer.agency_id)
    shown = [one for one in everybody if one in held or one == whose]
    return tuple(Choice(one, everybody[one], chosen=one == whose) for one in shown)


def _families(
    session: Session, store: Store, viewer: Viewer, rows: Sequence[Family], whose: str
) -> tuple[FamilyToHand, ...]:
    ids = [one.id for one in rows]
    unread = covers.unread_of(session, viewer.agency_id, whose, ids)
    items = covers.open_items(session, viewer.agency_id, ids)
    here = families.present_in(session, viewer.agency_id, ids)
    return tuple(
        FamilyToHand(
            family_id=one.id, name=plain_name(families.name_of(session, store.vault, one)),
            members=tuple(plain_name(families.member_name(session, store.vault, member)) for member in here[one.id]),
            unread=unread.get(one.id, 0), open_items=items.get(one.id, 0),
        )
        for one in rows
    )  # fmt: skip


def _cover(viewer: Viewer, one: Cover, everybody: dict[str, str], today: date) -> CoverLine:
    first, last = (spoken_day(day, language=viewer.language) for day in (one.first_day, one.last_day))
    return CoverLine(
        cover_id=one.id, worker=everybody.get(one.worker_id, ""), cover=everybody.get(one.cover_id, ""),
        days=first if one.first_day == one.last_day else f"{first} – {last}",
        now=one.first_day <= today,
        may_end=viewer.sees_all_families or one.worker_id == viewer.staff_id,
    )  # fmt: skip


def read_sheet(store: Store, viewer: Viewer, family_ids: Sequence[str], now: datetime) -> SheetPage:
    """One page for each of these families that the viewer holds; the audit gets a line for each. Raises: NotYours."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        names = {one.id: one for one in staff.of_agency(session, agency.id)}
        ids = list(dict.fromkeys(family_ids))[:MOST_SHEETS]
        store.vault.warm_families(session, agency.id, ids)
        rows = [families.held(session, viewer, family_id) for family_id in ids]
        page = SheetPage(
            worker=_one_worker(rows, names),
            made=when(now, agency.zone, language=viewer.language),
            families=tuple(_sheet(session, store, viewer, one, names, now) for one in rows),
        )
    with store.write() as session:
        for family_id in ids:
            audit.write(
                session, viewer.agency_id, "open_family", now, staff_id=viewer.by, subject=("family", family_id)
            )
    return page


def _one_worker(rows: Sequence[Family], names: dict[str, Staff]) -> str:
    whose = {one.caseworker_id for one in rows}
    only = names.get(next(iter(whose)) or "") if len(whose) == 1 else None
    return "" if only is None else only.name


def _sheet(
    session: Session, store: Store, viewer: Viewer, family: Family, names: dict[str, Staff], now: datetime
) -> SheetFamily:
    refs = [one.ref for one in families.members_of(session, family.agency_id, family.id)]
    record = record_of(session, store, viewer, family, now, refs)  # this sheet stays in the house: teens are in it
    events = placement_events.of_families(session, [family.agency_id], [family.id]).get(family.id, [])
    rests = placement_on([row.event for row in events], local_day(now, family.zone))
    say = partial(when, zone=family.zone, language=viewer.language, place=False, now=now)
    return SheetFamily(
        name=record.family_name,
        zone_now=when(now, family.zone, language=viewer.language),
        members=tuple((one.name, one.role, one.language, one.consent) for one in record.people if one.left_at is None),
        last=_last(record, say),
        open=tuple(covers.open_reasons(session, family.agency_id, family.id)),
        notes=tuple(
            (names[one.author_id].name if one.author_id in names else "", say(one.at),
             notes.words_of(session, store.vault, one))
            for one in record_facts.notes(session, family)[-NOTES:]
        ),
        rests="" if rests is None else rests.why,
        before=tuple(
            (names[one.from_id].name, say(one.at))
            for one in covers.hand_overs_of(session, family.agency_id, family.id)
            if one.from_id in names
        ),
    )  # fmt: skip


def _last(record: Record, say: Callable[[datetime], When]) -> tuple[QuoteLine, ...]:
    return tuple(
        QuoteLine(
            reflection_id=entry.id, who=person.name, when=say(entry.at), words=entry.words, asked=entry.asked,
            guess=entry.guess, language=person.language, teen=person.role == MemberRole.TEEN.value,
        )
        for person, entry in reversed(replies(record)[-LAST:])
    )  # fmt: skip
