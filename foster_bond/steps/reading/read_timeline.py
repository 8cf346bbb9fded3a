"""Store → family page: one family's past as moments, newest first, and what stands beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day, week_start
from foster_bond.rules.page_values.family import FamilyPage, Moment, Week
from foster_bond.rules.page_values.frame import NOTHING_TYPED, Choice, FormState
from foster_bond.rules.page_values.plan import PlannedText
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.spoken_time import when
from foster_bond.rules.week_words import week_heading
from foster_bond.steps.reading import _aside, _dates, _events, _folding, _moments, _opening, _places, _writing
from foster_bond.steps.reading._cursors import cursor_of, mark_from
from foster_bond.steps.reading._gather import gather
from foster_bond.steps.reading._moments import Telling, telling
from foster_bond.store import agencies, consents, families, looks, moment_facts
from foster_bond.store.alerts import Alert
from foster_bond.store.consents import ConsentEvent
from foster_bond.store.ids import new_id
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.timeline import Row, mark_of
from foster_bond.store.voice_calls import VoiceCall

AHEAD = timedelta(days=7)


def read_family(
    store: Store,
    viewer: Viewer,
    family_id: str,
    now: datetime,
    *,
    before: str = "",
    member: str = "",
    new_since: datetime | None = None,
    note_form: FormState = NOTHING_TYPED,
    foreseen: Iterable[PlannedText] = (),
) -> FamilyPage:
    """One page of a family that the viewer holds, in a constant number of queries; only what is shown is unsealed.

    `before`: the cursor of an earlier page; `member`: show this person's moments only; `new_since`: mark what is newer;
    `foreseen`: what becomes of the slots to come, by all rules, as a preview says.
    Raises: NotYours, also for a cursor or member that is not this family's.
    """
    with store.read() as session:
        page = gather(session, viewer, family_id, now, before=mark_from(before), member_id=member or None)
        store.vault.warm_families(session, viewer.agency_id, [family_id])
        tell = telling(session, store.vault, page, new_since)
        ahead = {one.occurrence_id: one for one in foreseen if one.occurrence_id is not None}
        return _family_page(session, tell, ahead, before=before, member=member, note_form=note_form)


def read_news(
    store: Store, viewer: Viewer, family_id: str, now: datetime, *, seen: str, member: str = ""
) -> FamilyPage | None:
    """The newest moments, where anything on the page has changed since `seen`; None where nothing has: nothing is
    unsealed then. Raises: NotYours."""
    with store.read() as session:
        page = gather(session, viewer, family_id, now, member_id=member or None)
        if page.seen == seen:
            return None
        store.vault.warm_families(session, viewer.agency_id, [family_id])
        look = looks.of_person(session, viewer.agency_id, viewer.staff_id, family_id)
        tell = telling(session, store.vault, page, None if look is None else look.before_at or look.seen_at)
        return FamilyPage(
            family_id=family_id, name="", member_names=(), caring_for="", since="", local_now=tell.say(now),
            weeks=weeks_of(tell), coming_up=(), members=(), bars=(), seen=page.seen, earlier=cursor_of(page.earlier),
            member=member, pinned=_opening.pinned(session, viewer, page.family),
        )  # fmt: skip


def _family_page(
    session: Session, tell: Telling, ahead: Mapping[str, PlannedText], *, before: str, member: str,
    note_form: FormState,
) -> FamilyPage:  # fmt: skip
    page, viewer, now = tell.page, tell.page.viewer, tell.page.now
    agency = agencies.by_id(session, viewer.agency_id)
    numbers = sorted({one.to_bidx for one in page.members.values()})
    standing = _aside.Standing(
        consents.of_numbers(session, agency.id, numbers), consents.last_ways(session, agency.id, numbers),
        agency.texts_a_week,
    )  # fmt: skip
    planned = moment_facts.planned(session, agency.id, page.family.id, now, now + AHEAD)
    leaving = moment_facts.about_to_leave(session, agency.id, page.family.id, now)
    visit = _opening.last_visit(session, page.family)
    may_plan = bool(families.which_held(session, viewer, [page.family.id]))
    desk = _opening.desk_of(tell, may_act=may_plan)
    past = _opening.past_of(desk, _opening.since_of(visit, now))
    head = _opening.opening(desk, visit, past, new_since=tell.new_since)
    head = _opening.opening(desk, visit, past, new_since=tell.new_since)
    prompts = moment_facts.prompts_by_key(session, agency.id, _aside.keys_of(planned, leaving))
    coming = _aside.coming_up(tell, planned, leaving, prompts, ahead)
    here = [one for one in page.members.values() if one.left_at is None]
    return FamilyPage(
        family_id=page.family.id,
        name=plain_name(families.name_of(session, tell.vault, page.family)),
        member_names=tuple(tell.name(one.id) for one in here),
        caring_for="",
        since="",
        local_now=when(now, page.family.zone, language=viewer.language),
        opening=head,
        pinned=frozenset(one.behind.moment_id for one in head.pins) if may_plan else None,
        weeks=weeks_of(tell),
        coming_up=coming,
        members=_aside.member_cards(tell, standing),
        bars=_aside.bars(past.asked, page.family.zone, now, viewer.language),
        worker=page.staff_names.get(page.family.caseworker_id or "", "") if viewer.sees_all_families else "",
        filters=_filters(tell, member),
        seen=page.seen,
        earlier=cursor_of(page.earlier),
        at_newest=not before,
        may_note=True,
        note_form=note_form,
        note_key=new_id(),
        member=member,
        dates=_dates.dates_of(session, tell.vault, viewer, page.family, now),
        rests=_dates.rests_of(session, page.family, now),
        may_plan=may_plan,
    )


def _filters(tell: Telling, member: str) -> tuple[Choice, ...]:
    if len(tell.page.members) < 2:
        return ()
    everybody = Choice("", "Everything" if tell.page.viewer.language != "es" else "Todo", chosen=not member)
    return (everybody, *(Choice(one, name, chosen=one == member) for one, name in tell.names.items()))


def weeks_of(tell: Telling) -> tuple[Week, ...]:
    """The moments of this page under the weeks of the family's own calendar."""
    zone, language = tell.page.family.zone, tell.page.viewer.language
    today = local_day(tell.page.now, zone)
    weeks: list[tuple[str, list[Moment]]] = []
    for row, moment in _folding.folded(tell, [(row, _told(tell, row)) for row in tell.page.rows]):
        words = week_heading(week_start(local_day(mark_of(row)[0], zone)), today, language)
        if not weeks or weeks[-1][0] != words:
            weeks.append((words, []))
        weeks[-1][1].append(moment)
    return tuple(Week(words, tuple(moments)) for words, moments in weeks)


def _told(tell: Telling, row: Row) -> Moment:
    if isinstance(row, Reflection):
        places, maybe, moved = _places.places(tell, row), _places.maybe(tell, row), _places.moved_here(tell, row)
        return replace(_moments.reflection(tell, row), places=places, maybe=maybe, moved=moved)
    if isinstance(row, OutboxMessage):
        return _moments.sent(tell, row)
    if isinstance(row, InboundText):
        return _moments.wish(tell, row)
    if isinstance(row, Occurrence):
        return _events.slot(tell, row)
    if isinstance(row, ConsentEvent):
        return _events.consent(tell, row)
    if isinstance(row, VoiceCall):
        return _events.call(tell, row)
    return _alerted(tell, row) if isinstance(row, Alert) else _moments.note(tell, row)


def _alerted(tell: Telling, row: Alert) -> Moment:
    """An alert; where a reply shows as nothing but this alert, with the places that it may be moved to."""
    moment = _events.alert(tell, row)
    text = tell.page.alert_texts[row.inbound_id or ""]
    reply = tell.page.alert_reflections.get(text.reflection_id or "")
    if row.priority != "now" or reply is None or reply.parts != 1:
        return moment
    return replace(
        moment, reply_id=reply.id, places=_places.places(tell, reply), maybe=_places.maybe(tell, reply),
        moved=_places.moved_here(tell, reply),
    )  # fmt: skip
