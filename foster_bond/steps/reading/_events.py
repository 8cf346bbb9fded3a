"""What the reading steps share: what became of people's safety and consent, and of slots that did not leave."""

from datetime import datetime, timedelta

from foster_bond.errors import InvalidInput
from foster_bond.rules.blackout import DateKind, MarkedDate
from foster_bond.rules.message_text import child_word
from foster_bond.rules.page_values.family import (
    AlertMoment,
    Asked,
    CallMoment,
    ConsentMoment,
    Delivery,
    HoldMoment,
    Moment,
    PlacementMoment,
    VisitMoment,
)
from foster_bond.rules.spoken_time import spoken_day
from foster_bond.rules.states import OccurrenceState
from foster_bond.rules.week_words import listed
from foster_bond.steps.reading._dates import days_of
from foster_bond.steps.reading._moments import Telling, asked, fixed_answer
from foster_bond.store import placement_events, visits
from foster_bond.store.alerts import UNTAKEN_STATES, Alert
from foster_bond.store.consents import ConsentEvent
from foster_bond.store.families import Member
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.placement_events import PlacementEvent
from foster_bond.store.prompts import Prompt
from foster_bond.store.sealing import Place
from foster_bond.store.visits import Visit
from foster_bond.store.voice_calls import VoiceCall

CANNOT_ANSWER = "Their network refuses our texts: call now."
_OUTCOMES = {
    OccurrenceState.PLANNED.value: "held",
    OccurrenceState.DROPPED.value: "dropped",
    OccurrenceState.EXPIRED.value: "expired",
    OccurrenceState.SKIPPED.value: "skipped",
}


def alert(tell: Telling, row: Alert) -> AlertMoment:
    """A text with a warning sign, who was told, and who took it."""
    words = tell.said(tell.page.alert_texts[row.inbound_id or ""])
    return AlertMoment(
        id=row.id,
        alert_id=row.id,
        member_name=tell.name(row.member_id),
        words=words,
        category=row.category,
        priority=row.priority,
        state=row.state,
        when=tell.say(row.raised_at),
        language=tell.spoken(words, row.member_id),
        asked=_asked_before(tell, row),
        told=told_words(row.raised_at, _names_told(tell, row), urgent=row.priority == "now"),
        taken_by=tell.page.staff_names.get(row.acknowledged_by or "", ""),
        taken_at=None if row.acknowledged_at is None else tell.say(row.acknowledged_at),
        answer=_answered(tell, row),
        may_take=row.state in UNTAKEN_STATES,
    )


def _asked_before(tell: Telling, row: Alert) -> Asked | None:
    """The prompt it answered; a reflection of several parts shows that itself."""
    text = tell.page.alert_texts[row.inbound_id or ""]
    reflection = tell.page.alert_reflections.get(text.reflection_id or "")
    if reflection is None or reflection.parts > 1:
        return None
    sent = tell.page.slot_texts.get(reflection.occurrence_id or "", [])
    return asked(tell, sent[0]) if sent else None


def _names_told(tell: Telling, row: Alert) -> list[tuple[str, datetime]]:
    reached = [one for one in tell.page.notices.get(row.id, []) if one.accepted_at is not None]
    return [(tell.page.staff_names.get(one.staff_id, ""), one.accepted_at) for one in reached if one.accepted_at]


def told_words(raised_at: datetime, told: list[tuple[str, datetime]], *, urgent: bool) -> str:
    """Who was told, and how soon the first of them."""
    names = list(dict.fromkeys(name for name, _ in told))
    if not names:
        return "nobody has been told" if urgent else ""
    lag = min(at for _, at in told) - raised_at
    if len(names) == 1:
        return f"{names[0]} was told {lag_words(lag)}"
    return f"{listed(names)} were told {lag_words(lag)}"


def lag_words(lag: timedelta) -> str:
    """How soon it was: "at once", "20 seconds later", "4 minutes later", "2 hours later"."""
    seconds = max(0, int(lag.total_seconds()))
    for size, name in ((3600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{seconds // size} {name}s later"
    return f"{seconds} seconds later" if seconds > 1 else "at once"


def _answered(tell: Telling, row: Alert) -> Delivery | None:
    if row.cannot_answer:
        return Delivery("failed", why=CANNOT_ANSWER)
    message: OutboxMessage | None = tell.page.crisis_answers.get(row.id)
    return None if message is None else tell.delivery(message)


def consent(tell: Telling, row: ConsentEvent) -> Moment:
    """A change of consent, in the exact words where there were some."""
    page = tell.page
    member = page.members.get(row.member_id or "") or next(
        (one for one in page.members.values() if one.to_bidx == row.to_bidx), None
    )
    words = (row.wording or "") if row.how == "recorded" else ""
    if row.words is not None and row.family_id in (None, page.family.id):  # else they are another family's to read
        words = tell.vault.open(tell.session, row.words, Place("consent_events", "words", row.id))
    return ConsentMoment(
        id=row.id,
        member_name="" if member is None else tell.name(member.id),
        before=row.from_state,
        after=row.to_state,
        how=row.how,
        when=tell.say(row.at),
        words=words,
        by=page.staff_names.get(row.staff_id or "", ""),
        language=row.language or ("en" if member is None else member.language),
        answer=fixed_answer(tell, row.evidence_id),
    )


def call(tell: Telling, row: VoiceCall) -> Moment:
    """A call to the text line, which nobody picks up."""
    return CallMoment(id=row.id, member_name=tell.name(row.member_id), when=tell.say(row.at))


def visit(tell: Telling, row: Visit) -> Moment:
    """A visit that staff made, with what they wrote beside it."""
    return VisitMoment(
        id=row.id,
        by=tell.page.staff_names.get(row.done_by or "", ""),
        mine=row.done_by == tell.page.viewer.staff_id,
        day=spoken_day(row.day, language=tell.page.viewer.language, year=row.day.year != tell.page.now.year),
        note=visits.note_of(tell.session, tell.vault, row),
        when=tell.say(row.done_at or row.made_at),
    )


def placement(tell: Telling, row: PlacementEvent) -> Moment:
    """What happened to the placement, as staff recorded it."""
    days = MarkedDate(DateKind.AGENCY_DATE, row.day, row.last_day or row.day)
    return PlacementMoment(
        id=row.id,
        what=row.kind,
        days=days_of(days, tell.page.viewer.language),
        by=tell.page.staff_names.get(row.added_by or "", ""),
        note=placement_events.note_of(tell.session, tell.vault, row),
        when=tell.say(row.added_at),
    )


def slot(tell: Telling, row: Occurrence) -> Moment:
    """A text that did not leave when it was due, and why."""
    prompt = tell.prompt(row.prompt_key)
    outcome = _OUTCOMES[row.state]
    return HoldMoment(
        id=row.id,
        member_name=tell.name(row.member_id),
        text=prompt_words(prompt, tell.page.members.get(row.member_id)),
        technique="" if prompt is None else prompt.technique,
        level=0 if prompt is None else prompt.level,
        was_due=tell.say(row.moved_from or row.due_at),
        why=row.why or "No reason was written down.",
        outcome=outcome,
        until=tell.say(row.closes_at) if outcome == "held" else None,
        language=tell.language(row.member_id),
    )


def prompt_words(prompt: Prompt | None, member: Member | None) -> str:
    """The words a prompt would have for this member; empty where there are none."""
    text = None if prompt is None or member is None else prompt.texts.get(member.language)
    if text is None or member is None:
        return ""
    try:
        return child_word(text, member.language, member.child_word)
    except InvalidInput:
        return text
