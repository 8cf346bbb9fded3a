"""Store → family page: one family's past as moments, newest first, and what stands beside it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day, week_start
from foster_bond.rules.page_values.family import FamilyPage, Moment, Week
from foster_bond.rules.page_values.frame import NOTHING_TYPED, Choice, FormState
from foster_bond.rules.page_values.plan import PlannedText
from foster_bond.rules.page_values.writing import NOTHING_BEGUN, Begun
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.spoken_time import when
from foster_bond.rules.timeline_filter import EVERYTHING, Filter
from foster_bond.rules.week_words import week_heading
from foster_bond.steps.reading import _aside, _dates, _events, _folding, _moments, _opening, _places, _writing
from foster_bond.steps.reading._cursors import cursor_of, mark_from
from foster_bond.steps.reading._gather import gather
from foster_bond.steps.reading._moments import Telling, telling
from foster_bond.store import agencies, consents, drafts, families, looks, moment_facts
from foster_bond.store.alerts import Alert
from foster_bond.store.consents import ConsentEvent
from foster_bond.store.drafts import Draft
from foster_bond.store.ids import new_id
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.notes import Note
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.placement_events import PlacementEvent
from foster_bond.store.timeline import Row, mark_of
from foster_bond.store.visits import Visit
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
    at: str = "",
    only: Filter = EVERYTHING,
    new_since: datetime | None = None,
    note_form: FormState = NOTHING_TYPED,
    begun: Begun = NOTHING_BEGUN,
    foreseen: Iterable[PlannedText] = (),
) -> FamilyPage:
    """One page of a family that the viewer holds, in a constant number of queries; only what is shown is unsealed.

    `before`: the cursor of an earlier page; `at`: a moment that has to stand on it; `member` and `only`: what it is
    narrowed to; `new_since`: mark what is newer; `begun`: a text to the family in the making; `foreseen`: what becomes
    of the slots to come, by all rules, as a preview says.
    Raises: NotYours, also for a cursor, moment or member that is not this family's.
    """
    only = replace(only, member=member) if member else only
    with store.read() as session:
        page = gather(
            session, viewer, family_id, now, before=mark_from(before), at=at, only=only, new_since=new_since
        )  # fmt: skip
        store.vault.warm_families(session, viewer.agency_id, [family_id])
        tell = telling(session, store.vault, page)
        ahead = {one.occurrence_id: one for one in foreseen if one.occurrence_id is not None}
        return _family_page(session, tell, ahead, only=only, note_form=note_form, begun=begun)


def read_news(
    store: Store,
    viewer: Viewer,
    family_id: str,
    now: datetime,
    *,
    seen: str,
    member: str = "",
    only: Filter = EVERYTHING,
) -> FamilyPage | None:
    """The newest moments, where anything on the page has changed since `seen`; None where nothing has: nothing is
    unsealed then. Raises: NotYours."""
    only = replace(only, member=member) if member else only
    with store.read() as session:
        look = looks.of_person(session, viewer.agency_id, viewer.staff_id, family_id)
        new_since = None if look is None else look.before_at or look.seen_at
        page = gather(session, viewer, family_id, now, only=only, new_since=new_since)
        if page.seen == seen:
            return None
        store.vault.warm_families(session, viewer.agency_id, [family_id])
        tell = telling(session, store.vault, page)
        return FamilyPage(
            family_id=family_id, name="", member_names=(), caring_for="", since="", local_now=tell.say(now),
            weeks=weeks_of(tell), coming_up=(), members=(), bars=(), seen=page.seen, earlier=cursor_of(page.earlier),
            member=only.member, only=only, pinned=_opening.pinned(session, viewer, page.family),
        )  # fmt: skip


def _family_page(
    session: Session, tell: Telling, ahead: Mapping[str, PlannedText], *, only: Filter, note_form: FormState,
    begun: Begun,
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
    prompts = moment_facts.prompts_by_key(session, agency.id, _aside.keys_of(planned, leaving))
    coming = _aside.coming_up(tell, planned, leaving, prompts, ahead)
    here = [one for one in page.members.values() if one.left_at is None]
    kept = drafts.of_person(session, agency.id, viewer.staff_id, page.family.id)
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
        filters=_filters(tell, only.member),
        seen=page.seen,
        earlier=cursor_of(page.earlier),
        at_newest=page.newest,
        may_note=True,
        note_form=_note_form(tell, note_form, kept.get("note")),
        note_key=new_id(),
        member=only.member,
        only=only,
        techniques=tuple(moment_facts.techniques(session, agency.id)),
        found="" if page.at is None else page.at[1],
        writing=_writing.writing(tell, agency, begun, kept.get("reply")),
        others=_writing.others(tell),
        dates=_dates.dates_of(session, tell.vault, viewer, page.family, now),
        rests=_dates.rests_of(session, page.family, now),
        may_plan=may_plan,
    )


def _note_form(tell: Telling, form: FormState, kept: Draft | None) -> FormState:
    """The note as it was typed, or as it was left."""
    if form.values or kept is None:
        return form
    return FormState(values={"text": drafts.words_of(tell.session, tell.vault, kept)})


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
    return _TELLERS[type(row)](tell, row)


def _reflected(tell: Telling, row: Reflection) -> Moment:
    """A reply with the places that it may be moved to."""
    places, maybe, moved = _places.places(tell, row), _places.maybe(tell, row), _places.moved_here(tell, row)
    return replace(_moments.reflection(tell, row), places=places, maybe=maybe, moved=moved)


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


_TELLERS: Mapping[type[Any], Callable[[Telling, Any], Moment]] = {
    Reflection: _reflected,
    OutboxMessage: _moments.sent,
    InboundText: _moments.wish,
    Note: _moments.note,
    Occurrence: _events.slot,
    ConsentEvent: _events.consent,
    VoiceCall: _events.call,
    Visit: _events.visit,
    PlacementEvent: _events.placement,
    Alert: _alerted,
}
