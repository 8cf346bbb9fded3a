"""What the hearing steps share: SKIP and LATER, which are about the question that is open."""

from datetime import datetime, time, timedelta

from foster_bond.rules.asking_again import again_at
from foster_bond.rules.flow import Did
from foster_bond.rules.kinds import Kind
from foster_bond.rules.ladder_state import after_skip
from foster_bond.rules.local_time import zone_of
from foster_bond.rules.message_text import when_words
from foster_bond.rules.states import OccurrenceState, Outbound
from foster_bond.steps.hearing import _rung, _walking
from foster_bond.steps.hearing._filing import closes_at
from foster_bond.steps.hearing._heard import Heard, is_open
from foster_bond.steps.hearing._wishing import Answer
from foster_bond.store import hearing_facts, ladder_rows, occurrences, outbox
from foster_bond.store.hearing_facts import AskedPrompt
from foster_bond.store.number_facts import hours_of
from foster_bond.store.occurrences import PlannedSlot

SKIPPED = "They skipped the question."
LATER = "They asked to be asked again later."
MAKES_WAY = "They asked for the last question once more at that time."
SAME_EVENING = timedelta(hours=3)
NOTHING_OPEN: Answer = ("K10", {})


def skip(heard: Heard) -> Answer:
    """The question closes without an answer and without a reminder."""
    if heard.walk is not None and _walking.is_newest(heard.walk, heard.prompts):
        return _walking.word(heard.on_the_way, heard.walk, Did.DONE) or "K10", {}
    asked = _open(heard)
    member = None if asked is None else next((one for one in heard.members if one.id == asked.member_id), None)
    if asked is None or member is None:
        return NOTHING_OPEN
    held = ladder_rows.hold(heard.session, heard.agency.id, member.id)
    past = after_skip(_rung.past_of(held), asked.prompt_key)
    _rung.keep(heard.session, held, past, heard.zone, heard.now)
    hearing_facts.close_by_wish(heard.session, heard.agency.id, asked.occurrence_id, heard.now)
    _drop_reminder(heard, asked, SKIPPED)
    return "K2", {}


def later(heard: Heard) -> Answer:
    """The question is asked once more: in two hours, or on the next evening at their hour. Never a third time."""
    if heard.walk is not None and _walking.is_newest(heard.walk, heard.prompts):
        when = _walking.later(heard.on_the_way, heard.walk)
        return NOTHING_OPEN if when is None else ("K1", when)
    asked = _open(heard)
    slot = None if asked is None else occurrences.by_id(heard.session, heard.agency.id, asked.occurrence_id)
    if asked is None or slot is None:
        return NOTHING_OPEN
    occurrence = slot.occurrence
    waits = occurrence.later_at is not None and occurrence.nudge_at is not None
    if occurrence.later_at is not None and not waits:
        return NOTHING_OPEN  # it has been asked again already: the next question will come
    if occurrence.later_at is None:
        at = again_at(heard.now, hours_of(slot.agency), slot.zone, _their_hour(slot), closes_at(asked))
        if at is None:
            return NOTHING_OPEN
        occurrence.later_at = occurrence.nudge_at = at
        _drop_reminder(heard, asked, LATER)
        _leave_room(heard, slot, at)
    assert occurrence.later_at is not None
    return "K1", {"when": when_words(occurrence.later_at.astimezone(zone_of(slot.zone)), heard.language)}


def _leave_room(heard: Heard, slot: PlannedSlot, at: datetime) -> None:
    """One question an evening: a slot that would come with the promised one makes way, and staff may put it back."""
    first, last = at - SAME_EVENING, at + SAME_EVENING
    for other in occurrences.planned_between(heard.session, heard.agency.id, slot.member.id, first, last):
        occurrences.move(other, OccurrenceState.SKIPPED, MAKES_WAY)


def _open(heard: Heard) -> AskedPrompt | None:
    """The newest question to this phone that is open and has no answer."""
    return next((one for one in heard.prompts if one.reflection_id is None and is_open(one, heard.said_at)), None)


def _their_hour(slot: PlannedSlot) -> time:
    return slot.member.hour or slot.schedule.at or slot.schedule.between_from or slot.agency.polite_from


def _drop_reminder(heard: Heard, asked: AskedPrompt, why: str) -> None:
    """A reminder of this question that is written and has not left is taken back."""
    for message in outbox.waiting_for(heard.session, heard.agency.id, heard.bidx, (Kind.NUDGE,)):
        if message.occurrence_id == asked.occurrence_id:
            outbox.move(
                heard.session, message.id, message.agency_id, Outbound.SCHEDULED, Outbound.CANCELLED, heard.now,
                why=why,
            )  # fmt: skip
