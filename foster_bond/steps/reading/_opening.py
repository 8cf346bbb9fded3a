"""What the reading steps share: what was heard from one visit to the next, what is pinned, what is due."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from foster_bond.rules.access import Viewer
from foster_bond.rules.ladder_state import PromptFacts
from foster_bond.rules.local_time import local_day
from foster_bond.rules.own_ratings import RatedAnswer, RatingPoint
from foster_bond.rules.page_values.opening import (
    Behind,
    DueLine,
    FollowUpLine,
    Opening,
    PersonLine,
    PinLine,
    RatingsLine,
    Reading,
    VisitLine,
)
from foster_bond.rules.since_visit import (
    LATELY,
    LOOK_BACK,
    Asked,
    Evidence,
    Heard,
    PersonSince,
    RatingsSince,
    since_visit,
)
from foster_bond.rules.spoken_time import spoken_day, when
from foster_bond.rules.visit_days import visit_due
from foster_bond.steps.reading._cursors import cursor_of
from foster_bond.steps.reading._moments import Telling
from foster_bond.store import families, follow_ups, inbound, moment_facts, notes, pins, visit_facts, visits
from foster_bond.store.families import Family
from foster_bond.store.ids import new_id
from foster_bond.store.inbound import InboundText
from foster_bond.store.moment_facts import AskedOnce
from foster_bond.store.open_store import Session
from foster_bond.store.pins import Pin
from foster_bond.store.sealing import Vault
from foster_bond.store.visit_facts import HeardRow
from foster_bond.store.visits import Visit

SHORT = 200  # letters of a pinned moment
NEAR = timedelta(minutes=1)  # a page of the timeline that begins so much later has the moment on it


@dataclass(frozen=True, slots=True)
class Desk:
    """What everything about one family's visits is told with."""

    session: Session
    vault: Vault
    viewer: Viewer
    family: Family
    now: datetime
    names: Mapping[str, str]  # by member, those who are here first
    staff_names: Mapping[str, str]
    may_act: bool
    shown: Set[str] = frozenset()  # the moments that stand on this page

    @property
    def today(self) -> date:
        return local_day(self.now, self.family.zone)

    def day(self, day: date) -> str:
        """A day as people say it, with its year where that is another one."""
        return spoken_day(day, language=self.viewer.language, year=day.year != self.today.year)

    def behind(self, moment_id: str, at: datetime, words: str = "") -> Behind:
        """A moment that words rest on; named by its day where nothing else names it."""
        said = when(at, self.family.zone, language=self.viewer.language, place=False, now=self.now)
        before = cursor_of((at + NEAR, ""))
        return Behind(moment_id, words or said.words.partition(",")[0], said, moment_id in self.shown, before)


@dataclass(frozen=True, slots=True)
class Past:
    """What a family wrote and was asked, long enough to know its usual."""

    heard: Sequence[HeardRow]
    asked: Sequence[AskedOnce]


def desk_of(tell: Telling, *, may_act: bool) -> Desk:
    """The desk of a page of the timeline. `may_act`: the family is the viewer's own, or their agency's."""
    page = tell.page
    return Desk(
        tell.session, tell.vault, page.viewer, page.family, page.now, tell.names, page.staff_names, may_act,
        frozenset(row.id for row in page.rows),
    )  # fmt: skip


def last_visit(session: Session, family: Family) -> Visit | None:
    """The last visit on record."""
    return next(iter(visits.of_family(session, family.agency_id, family.id, 1)), None)


def since_of(visit: Visit | None, otherwise: datetime) -> datetime:
    """Where the reading after a visit begins; four weeks before `otherwise` where there was none."""
    return otherwise - LATELY if visit is None or visit.since_at is None else visit.since_at


def past_of(desk: Desk, since: datetime) -> Past:
    """The rows of a reading that begins at `since`, and of the weeks before that make the usual: two reads."""
    first = min(since, desk.now - LATELY) - LOOK_BACK
    agency_id, family_id = desk.family.agency_id, desk.family.id
    return Past(
        visit_facts.heard(desk.session, agency_id, family_id, first, desk.now),
        moment_facts.asked_since(desk.session, agency_id, family_id, first),
    )


def opening(
    desk: Desk, visit: Visit | None, past: Past, *, new_since: datetime | None
) -> Opening:  # fmt: skip
    """The head of the family page, in a constant number of reads."""
    session, agency_id, family_id = desk.session, desk.family.agency_id, desk.family.id
    planned = visits.planned_of(session, agency_id, family_id)
    waiting = pins.open_of(session, agency_id, family_id)
    return Opening(
        visit=None if visit is None else line(desk, visit),
        reading=reading(desk, past, since_of(visit, desk.now), desk.now),
        new=0 if new_since is None else sum(one.first_at > new_since for one in past.heard),
        pins=pin_lines(desk, waiting),
        planned=tuple(line(desk, one) for one in planned),
        due=_due(desk, visit, planned),
        follow_ups=tuple(
            follow_up(desk, one) for one in follow_ups.open_of(session, agency_id, [family_id])
        ),
        may_act=desk.may_act,
        today=desk.today.isoformat(),
        key=new_id(),
    )  # fmt: skip


def pinned(session: Session, viewer: Viewer, family: Family) -> frozenset[str] | None:
    """The moments that wait for the next visit; None where the viewer may not pin."""
    if not families.which_held(session, viewer, [family.id]):
        return None
    return frozenset(one.moment_id for one in pins.open_of(session, family.agency_id, family.id))


def _due(desk: Desk, visit: Visit | None, planned: Sequence[Visit]) -> DueLine | None:
    found = visit_due(
        last=None if visit is None else visit.day, planned=planned[0].day if planned else None,
        came=local_day(desk.family.created_at, desk.family.zone), today=desk.today,
    )  # fmt: skip
    return None if found is None else DueLine(found.kind.value, desk.day(found.day), found.day == desk.today)


def line(desk: Desk, visit: Visit) -> VisitLine:
    """One visit, planned or made."""
    who = visit.made_by if visit.done_at is None else visit.done_by
    return VisitLine(
        visit_id=visit.id,
        day=desk.day(visit.day),
        by=desk.staff_names.get(who or "", ""),
        mine=bool(who) and who == desk.viewer.staff_id,
        note=visits.note_of(desk.session, desk.vault, visit),
        days_ago=(desk.today - visit.day).days,
        may_undo=desk.may_act,
    )


def follow_up(desk: Desk, row: follow_ups.FollowUp) -> FollowUpLine:
    return FollowUpLine(
        follow_up_id=row.id,
        words=follow_ups.words_of(desk.session, desk.vault, row),
        day=desk.day(row.due_on),
        due=row.due_on <= desk.today,
        by="" if row.made_by == desk.viewer.staff_id else desk.staff_names.get(row.made_by or "", ""),
        family_id=row.family_id,
    )


def reading(desk: Desk, past: Past, since: datetime, until: datetime) -> Reading:
    """What was heard from `since` until `until`, said of each person who is named in `desk.names`."""
    found = since_visit(
        map(_heard, past.heard),
        (Asked(one.member_id or "", one.accepted_at, one.answered) for one in past.asked),
        (one for row in past.heard if (one := _rated(row)) is not None),
        members=list(desk.names),
        since=since,
        now=until,
    )
    last = found.last_words
    return Reading(
        people=tuple(_person(desk, one) for one in found.people),
        asked=found.asked,
        answered=found.answered,
        last_words=None if last is None else desk.behind(last.reflection_id, last.at),
    )


def _heard(row: HeardRow) -> Heard:
    about_other = row.target is not None and PromptFacts("", row.level or 0, row.target).about_other
    return Heard(row.reflection_id, row.member_id, row.first_at, bool(row.hard_day), about_other)


def _rated(row: HeardRow) -> RatedAnswer | None:
    if row.rating is None or row.level is None or row.target is None or row.reply is None:
        return None
    point = RatingPoint(row.rating, row.first_at, row.reflection_id)
    return RatedAnswer(row.member_id, row.level, row.target, row.reply, point)


def _person(desk: Desk, one: PersonSince) -> PersonLine:
    def behind(evidence: Sequence[Evidence]) -> tuple[Behind, ...]:
        return tuple(desk.behind(it.reflection_id, it.at) for it in evidence)

    return PersonLine(
        name=desk.names[one.member_id].partition(" ")[0],
        wrote=behind(one.wrote),
        compared=one.compared,
        usual=one.usual,
        ratings=tuple(_ratings(desk, it) for it in one.ratings),
        hard=behind(one.hard),
        wondered=behind(one.wondered),
    )


def _ratings(desk: Desk, own: RatingsSince) -> RatingsLine:
    last = tuple(desk.behind(one.reflection_id, one.at, str(one.value)) for one in own.last)
    return RatingsLine(own.kind.value, last, own.usual)


def pin_lines(desk: Desk, rows: Sequence[Pin]) -> tuple[PinLine, ...]:
    """What is pinned, in the words that were pinned; three reads, or none where nothing is."""
    if not rows:
        return ()
    session, agency_id = desk.session, desk.family.agency_id
    by_kind = {what: [one.moment_id for one in rows if one.what == what] for what in pins.WHAT}
    parts: dict[str, list[InboundText]] = {}
    for part in inbound.parts_of(session, agency_id, by_kind["reflection"]):
        parts.setdefault(part.reflection_id or "", []).append(part)
    for alert_id, text in visit_facts.texts_of_alerts(session, agency_id, by_kind["alert"]).items():
        parts[alert_id] = [text]
    written = notes.by_ids(session, agency_id, by_kind["note"])
    lines = []
    for pin in rows:
        texts, note = parts.get(pin.moment_id, []), written.get(pin.moment_id)
        standing = [one for one in texts if one.withdrawn_at is None]
        words = [inbound.said(session, desk.vault, one) for one in standing]
        if note is not None:
            words = [notes.words_of(session, desk.vault, note)]
        at = note.at if note is not None else texts[0].received_at if texts else pin.pinned_at
        who = desk.names.get(texts[0].member_id or "", "") if texts else ""
        lines.append(
            PinLine(
                behind=desk.behind(pin.moment_id, at),
                what=pin.what,
                quote=_short(" ".join(words)),
                who=desk.staff_names.get(note.author_id, "") if note is not None else who,
                by=desk.staff_names.get(pin.pinned_by or "", ""),
                mine=pin.pinned_by == desk.viewer.staff_id,
            )
        )
    return tuple(lines)


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= SHORT else (flat[:SHORT].rpartition(" ")[0] or flat[:SHORT]) + " …"
