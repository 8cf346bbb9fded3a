"""What the hearing steps share: the words that change how often, when and in which language somebody is asked."""

from datetime import timedelta

from foster_bond.library import system_texts
from foster_bond.rules.flow import Did, Ending
from foster_bond.rules.keyword_arguments import USUAL_PAUSE
from foster_bond.rules.kinds import Kind
from foster_bond.rules.ladder_state import after_step_down
from foster_bond.rules.message_text import hour_words, pause_text_id, span_words, system_text
from foster_bond.rules.states import Consent, EnrolmentState
from foster_bond.steps.hearing import _answers, _rung, _walking
from foster_bond.steps.hearing._heard import Heard
from foster_bond.steps.hearing._wishing import Answer, leave_task
from foster_bond.steps.replanning import refit_all
from foster_bond.store import enrolments, families, ladder_rows, occurrences, outbox, prompts
from foster_bond.store.enrolments import TakingPart
from foster_bond.store.families import Member

LEAST_TEXTS = 1
STILL_OURS = (Kind.NUDGE, Kind.WELCOME, Kind.ACK)  # fixed texts that may wait for polite hours


def base(heard: Heard) -> Answer:
    """A calm text, and a softer next prompt; in a guided activity the way back to its own base, and it waits there."""
    if heard.member is not None:
        held = ladder_rows.hold(heard.session, heard.agency.id, heard.member.id)
        past = after_step_down(_rung.past_of(held), heard.now, hard_day=False)
        _rung.keep(heard.session, held, past, heard.zone, heard.now)
    if heard.walk is not None and heard.walk.open:
        return _walking.word(heard.on_the_way, heard.walk, Did.BASE) or "K13", {}
    return "K13", {}


def go_on(heard: Heard) -> Answer:
    """The guided activity goes on where it was held; in the night its base answers, and GO works in the morning."""
    return _led(heard, Did.GO)


def done(heard: Heard) -> Answer:
    """The guided activity ends here, and nobody asks why."""
    return _led(heard, Did.DONE)


def _led(heard: Heard, did: Did) -> Answer:
    assert heard.walk is not None  # the word is live in an open activity only
    say = _walking.word(heard.on_the_way, heard.walk, did)
    return None if say is None else (say, {})


def pause(heard: Heard) -> Answer:
    """No prompts for so many days; what is written already is held at the gate and runs out."""
    days = heard.reading.days or USUAL_PAUSE
    for member in _rows(heard):
        member.paused_until = heard.now + timedelta(days=days)
    _walking.end(heard.session, heard.agency.id, heard.bidx, Ending.PAUSE, heard.now)
    if heard.reading.note is not None:
        leave_task(heard, "pause", f"They asked for a pause that we read as {days} days. Check what they meant.")
    return pause_text_id(days), {} if days == 1 else {"days": str(days)}


def back(heard: Heard) -> Answer:
    """The pause is over: what it held is looked at again at once."""
    if heard.consent is Consent.STOPPED:
        leave_task(heard, "consent", "They wrote BACK, but had stopped all texts: only START opens them again.")
        return None
    for member in _rows(heard):
        member.paused_until = None
    heard.session.flush()
    occurrences.look_again(heard.session, heard.agency.id, [member.id for member in heard.members], heard.now)
    return "K3", {}


def less(heard: Heard) -> Answer:
    """One text a week fewer."""
    return _new_dose(heard, -1, "K4", "K4-MIN")


def more(heard: Heard) -> Answer:
    """One text a week more, up to what they were told when they joined."""
    return _new_dose(heard, 1, "K5", "K5-MAX")


def _new_dose(heard: Heard, change: int, done: str, at_the_end: str) -> Answer:
    most = heard.agency.texts_a_week
    asked = heard.members if heard.member is None else [heard.member]  # in two homes the lower wish is theirs
    now = min((one.texts_a_week for one in asked if one.texts_a_week is not None), default=most)
    wanted = min(max(now + change, LEAST_TEXTS), most)
    for member in _rows(heard):
        member.texts_a_week = None if wanted == most else wanted
    return (done if wanted != now else at_the_end), {"max": str(wanted)}


def hour(heard: Heard) -> Answer:
    """Their own hour for every schedule, inside the agency's hours; the days to come follow it."""
    asked, agency = heard.reading.hour, heard.agency
    if asked is None or not agency.polite_from <= asked < agency.polite_until:
        return "K6-ASK", {"when": span_words(agency.polite_from, agency.polite_until, heard.language)}
    for member in _rows(heard):
        member.hour = asked
    _plan_anew(heard)
    return "K6", {"when": hour_words(asked)}


def language(heard: Heard) -> Answer:
    """The other language, or the one they named, at once: also for texts that are written and have not left."""
    wanted = heard.reading.language or ("es" if heard.language == "en" else "en")
    for member in _rows(heard):
        member.language = wanted
    _plan_anew(heard)
    _say_anew(heard, wanted)
    return "K7", {"language": _answers.language_name(wanted), "spoken": wanted}


def _plan_anew(heard: Heard) -> None:
    """Fit the slots that nobody has handed over to what these members have become."""
    heard.session.flush()
    schedules = {one.id: one for one in prompts.schedules_of(heard.session, heard.agency.id)}
    parts = []
    for member in _rows(heard):
        family = families.of_agency(heard.session, heard.agency.id, member.family_id)
        for enrolment in enrolments.of_member(heard.session, heard.agency.id, member.id).values():
            if enrolment.state in (EnrolmentState.ACTIVE.value, EnrolmentState.PAUSED.value) and _is_here(member):
                parts.append((TakingPart(enrolment, schedules[enrolment.schedule_id], member, family), True))
    if parts:
        refit_all(heard.session, parts, heard.now)


def _rows(heard: Heard) -> list[Member]:
    """The rows of everybody who has this number, to be changed."""
    return families.members_with_number(heard.session, heard.agency.id, heard.bidx)


def _is_here(member: Member) -> bool:
    return member.left_at is None


def _say_anew(heard: Heard, wanted: str) -> None:
    """Fixed texts that wait are said in the new language; prompts are chosen and written anew."""
    for message in outbox.waiting_for(heard.session, heard.agency.id, heard.bidx, STILL_OURS):
        if message.text_id in system_texts() and message.text_id is not None:
            body = system_text(message.text_id, wanted, _answers.fills(heard), country=heard.agency.country)
            outbox.reword(heard.session, heard.vault, message, body, wanted)
