"""Store → alerts page: who needs somebody now, in their own words, who was told, and what became of the others."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond.rules.access import Viewer
from foster_bond.rules.duties import duty
from foster_bond.rules.false_alarms import REASONS
from foster_bond.rules.kinds import Kind
from foster_bond.rules.marked_words import marked
from foster_bond.rules.page_values.alerts import AlertRow, AlertsPage, Run, Told
from foster_bond.rules.page_values.frame import When
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.response_times import ResponseTimes, response_times
from foster_bond.rules.spoken_time import when
from foster_bond.rules.states import AlertState, Outbound
from foster_bond.steps.office_days import decide_by
from foster_bond.steps.reading._courses import LOOK_BACK, course_of
from foster_bond.steps.reading._cursors import cursor_of, mark_from
from foster_bond.steps.reading._events import CANNOT_ANSWER, lag_words
from foster_bond.store import (
    agencies,
    agency_numbers,
    alert_calls,
    alert_courses,
    alerts,
    families,
    inbound,
    moment_facts,
    opened,
    staff,
)
from foster_bond.store.agencies import Agency
from foster_bond.store.alerts import UNTAKEN_STATES, Alert
from foster_bond.store.families import Family, Member
from foster_bond.store.inbound import InboundText
from foster_bond.store.moment_facts import REACHED
from foster_bond.store.open_store import Session, Store
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.sealing import Place

MOST_OPEN = 200
CLOSED_PAGE = 20
DRILL = "A drill: nobody wrote this. Take it and close it as you would a real one."
_NOT_YET = (Outbound.SCHEDULED.value, Outbound.SENDING.value, Outbound.UNKNOWN.value, "waiting")  # and mails


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the rows are told with, read once for all of them."""

    session: Session
    store: Store
    viewer: Viewer
    agency: Agency
    now: datetime
    families: Mapping[str, Family]
    held: set[str]  # families that the viewer may open
    members: Mapping[str, Member]
    texts: Mapping[str, InboundText]
    messages: Mapping[str, list[OutboxMessage]]  # by alert: our answers
    told: Mapping[str, list[alert_calls.Told]]  # by alert
    people: Mapping[str, str]
    numbers: Mapping[str, str]  # the agency's own values of public lines

    def say(self, at: datetime, alert: Alert) -> When:
        family = self.families.get(alert.family_id or "")
        zone = self.agency.zone if family is None else family.zone
        return when(at, zone, language=self.viewer.language, now=self.now)


def read_alerts(store: Store, viewer: Viewer, now: datetime, *, before: str = "") -> AlertsPage:
    """Open alerts, the loudest first, then the closed ones, in a constant number of queries.

    Texts of one trouble are one row. Raises: NotYours for a cursor that is not ours.
    """
    with store.read() as session:
        waiting = [] if before else alerts.open_seen_by(session, viewer, MOST_OPEN)
        closed = alerts.closed_seen_by(session, viewer, CLOSED_PAGE + 1, mark_from(before))
        shown = closed[:CLOSED_PAGE]
        desk = _read(session, store, viewer, now, [*waiting, *shown])
        last = shown[-1] if len(closed) > CLOSED_PAGE else None
        people = [one for one in staff.of_agency(session, viewer.agency_id) if one.disabled_at is None]
        return AlertsPage(
            colleagues=tuple((one.id, one.name) for one in people if one.id != viewer.staff_id),
            reasons=tuple((key, words) for key, words in REASONS.items()),
            may_drill=viewer.sees_all_families,
            times=_times(session, viewer, now) if viewer.sees_all_families and not before else None,
            open=tuple(_row(desk, group) for group in _groups(waiting)),
            closed=tuple(_row(desk, group) for group in _groups(shown)),
            earlier="" if last is None or last.resolved_at is None else cursor_of((last.resolved_at, last.id)),
        )


def _times(session: Session, viewer: Viewer, now: datetime) -> ResponseTimes:
    groups = _groups(alert_courses.raised_between(session, viewer, now - LOOK_BACK, now))
    return response_times(course_of(group) for group in groups)


def _groups(found: Iterable[Alert]) -> list[list[Alert]]:
    groups: dict[str, list[Alert]] = defaultdict(list)
    for alert in found:
        groups[alert.group_id].append(alert)
    return [sorted(group, key=lambda one: (one.raised_at, one.id)) for group in groups.values()]


def _read(session: Session, store: Store, viewer: Viewer, now: datetime, found: Sequence[Alert]) -> _Desk:
    agency = agencies.by_id(session, viewer.agency_id)
    homes = sorted({alert.family_id for alert in found if alert.family_id})
    store.vault.warm_families(session, agency.id, homes)
    messages: dict[str, list[OutboxMessage]] = defaultdict(list)
    for message in moment_facts.notices(session, agency.id, [alert.id for alert in found]):
        messages[message.alert_id or ""].append(message)
    told: dict[str, list[alert_calls.Told]] = defaultdict(list)
    for one in alert_calls.told(session, agency.id, [alert.id for alert in found]):
        told[one.alert_id].append(one)
    return _Desk(
        session=session, store=store, viewer=viewer, agency=agency, now=now,
        families=families.by_ids(session, agency.id, homes), held=opened.which_opened(session, viewer, homes),
        members=families.members_by_ids(session, agency.id, sorted({one.member_id for one in found if one.member_id})),
        texts=moment_facts.texts_in(session, agency.id, [alert.inbound_id or "" for alert in found]),
        messages=messages, told=told,
        people={one.id: one.name for one in staff.of_agency(session, agency.id)},
        numbers=agency_numbers.own_values(session, store.vault, agency.id),
    )  # fmt: skip


def _row(desk: _Desk, group: list[Alert]) -> AlertRow:
    """One trouble, told by its least settled text: what nobody has taken must not hide behind what somebody has."""
    states = list(AlertState)
    least = min(group, key=lambda one: states.index(AlertState(one.state)))
    first = group[0]
    family = desk.families.get(first.family_id or "")
    member = desk.members.get(first.member_id or "")
    untaken = least.state in UNTAKEN_STATES
    told = _told(desk, group)
    due = _read_by(desk, group)
    return AlertRow(
        alert_id=least.id,
        family_id=family.id if family is not None and family.id in desk.held else "",
        family_name="" if family is None else plain_name(families.name_of(desk.session, desk.store.vault, family)),
        member_name=_name(desk, member),
        category=first.category,
        priority=min(one.priority for one in group),
        state=_state_shown(least, told),
        words=tuple(_words(desk, one) for one in group),
        raised=desk.say(first.raised_at, first),
        minutes=max(0, (desk.now - first.raised_at) // timedelta(minutes=1)),
        language="en" if member is None else member.language,
        told=told,
        answered=_answered(desk, group),
        taken_by="" if untaken else desk.people.get(least.acknowledged_by or "", ""),
        taken_at=None if untaken or least.acknowledged_at is None else desk.say(least.acknowledged_at, least),
        resolved_by=desk.people.get(least.resolved_by or "", ""),
        resolved_at=None if least.resolved_at is None else desk.say(least.resolved_at, least),
        resolution=_resolution(desk, least),
        duty=""
        if least.state == AlertState.RESOLVED.value
        else duty(first.category, desk.agency.duties, desk.numbers, desk.agency.country),
        due=None if due is None else desk.say(due, first),
        late=due is not None and due < desk.now,
        drill=first.drill,
        may_take=untaken,
        may_hand_over=any(one.state == AlertState.ACKNOWLEDGED.value for one in group),
        may_dismiss=any(one.state != AlertState.RESOLVED.value for one in group),
        may_resolve=_may_resolve(group),
    )


def _read_by(desk: _Desk, group: list[Alert]) -> datetime | None:
    """What wakes nobody is read within a working day of its first text that nobody has closed."""
    waiting = [one.raised_at for one in group if one.state != AlertState.RESOLVED.value]
    if not waiting or any(one.priority == "now" for one in group):
        return None
    return decide_by(desk.agency, min(waiting))


def _state_shown(least: Alert, told: Sequence[Told]) -> str:
    """Nobody is told of what is only to be read; and a second text does not untell those who know of the first."""
    known = least.priority != "now" or any(one.state == "told" for one in told)
    return AlertState.NOTIFIED.value if known and least.state == AlertState.RAISED.value else least.state


def _may_resolve(group: list[Alert]) -> bool:
    """Taken first where it is urgent; what is only to be read may be closed by whoever has read it."""
    is_open = any(one.state != AlertState.RESOLVED.value for one in group)
    return is_open and not any(one.state in UNTAKEN_STATES and one.priority == "now" for one in group)


def _name(desk: _Desk, member: Member | None) -> str:
    return "" if member is None else plain_name(families.member_name(desk.session, desk.store.vault, member))


def _words(desk: _Desk, alert: Alert) -> tuple[Run, ...]:
    if alert.inbound_id is None:
        return marked(DRILL, ())
    text = desk.texts[alert.inbound_id]
    if text.withdrawn_at is not None:  # after the alert was closed: its words are shown to nobody any more
        return ()
    said = inbound.said(desk.session, desk.store.vault, text)
    if not alert.spans:
        return marked(said, ())
    read = desk.store.vault.open(desk.session, alert.spans, Place("alerts", "spans", alert.id))
    return marked(said, [(span[0], span[1]) for span in json.loads(read)])


def _told(desk: _Desk, group: list[Alert]) -> tuple[Told, ...]:
    """Whom each notice of this trouble told; a notice that speaks for three texts is one line."""
    lines: dict[tuple[str, str, datetime | None, str], None] = {}
    for call in (call for one in group for call in desk.told.get(one.id, [])):
        state = "told" if call.accepted_at else "trying" if call.state in _NOT_YET else "failed"
        lines.setdefault((call.staff_id, call.channel, call.accepted_at, state))
    return tuple(
        Told(name=desk.people.get(who, ""), channel=channel, state=state,
             when=None if at is None else desk.say(at, group[0]))
        for who, channel, at, state in lines
    )  # fmt: skip


def _answered(desk: _Desk, group: list[Alert]) -> str:
    if any(one.cannot_answer for one in group):
        return CANNOT_ANSWER
    replies = [
        message for one in group for message in desk.messages.get(one.id, []) if message.kind == Kind.CRISIS_REPLY.value
    ]  # fmt: skip
    if not replies:
        return ""
    first = replies[0]
    if first.accepted_at is not None and first.state in REACHED:
        return f"We answered by text {lag_words(first.accepted_at - group[0].raised_at)}."
    if first.state in _NOT_YET:
        return "Our answer by text is on its way."
    return f"We could not answer by text: call. {first.reason or ''}".strip()


def _resolution(desk: _Desk, alert: Alert) -> str:
    if not alert.outcome:
        return ""
    return desk.store.vault.open(desk.session, alert.outcome, Place("alerts", "outcome", alert.id))
