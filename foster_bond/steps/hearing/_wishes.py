"""What the hearing steps share: what a keyword does, and which fixed text answers it."""

from collections.abc import Callable

from foster_bond.rules.consent_wording import ASKED_BY_TEXT, version_of, versions
from foster_bond.rules.flow import Ending
from foster_bond.rules.keywords import Meaning
from foster_bond.rules.states import CONSENT_MOVES, AlertState, Consent
from foster_bond.steps.hearing import _answers, _open_question, _own_record, _own_rhythm, _walking
from foster_bond.steps.hearing._calling import team_of, tell_the_others
from foster_bond.steps.hearing._heard import Heard
from foster_bond.steps.hearing._quarantine import is_quarantined, quarantine
from foster_bond.steps.hearing._wishing import Answer, leave_task
from foster_bond.steps.stopping import hold_key, settle_hold, suppress_waiting
from foster_bond.steps.welcoming import welcome
from foster_bond.store import alert_calls, alerts, audit, consents

ANYBODYS = frozenset({Meaning.TAKE_ALERT, Meaning.STOP, Meaning.WRONG_NUMBER, Meaning.START, Meaning.HELP, Meaning.YES,
                      Meaning.NO})  # fmt: skip
# While K11 is open, these say nothing about going on: a stop, another unclear wish, a call for help, "who is this".
LEAVES_A_HOLD = frozenset({Meaning.TAKE_ALERT, Meaning.STOP, Meaning.WRONG_NUMBER, Meaning.UNCLEAR_STOP, Meaning.HELP,
                           Meaning.WHY})  # fmt: skip
CARRIER_WORDS = frozenset({"start", "unstop"})  # the words that lift a stop which the carrier itself holds


def obey(heard: Heard, *, silent: bool) -> bool:
    """Do what the text asks. True where it was a wish of the table, and so is no reflection.

    `silent`: a warning sign decides the answer; the effect happens all the same.
    """
    if heard.consent is Consent.HOLD and heard.reading.meaning not in LEAVES_A_HOLD:
        _carry_on(heard)
    wish = _wish_of(heard)
    if wish is None:
        if heard.asked.reconfirm:
            _said_something_else(heard)
        return False
    answer = wish(heard)
    if Meaning.HELP in heard.reading.also:
        _call_for_help(heard)
    if answer is not None and not silent and _may_answer(heard):
        text_id, more = answer
        _answers.answer(heard, text_id, spoken=more.pop("spoken", None), **more)
    return True


def stop(heard: Heard, *, how: str = "text") -> bool:
    """Stop everything for this number. True where it was not stopped before, so that one confirmation is due."""
    event = _change(heard, Consent.STOPPED, how)
    if heard.opt_out_type == "STOP":
        consents.carrier_holds_stop(heard.session, heard.agency.id, heard.bidx)
    suppress_waiting(heard.session, heard.agency.id, heard.bidx, heard.now)
    settle_hold(heard.session, heard.agency.id, heard.bidx, heard.now, "stopped")
    _walking.end(heard.session, heard.agency.id, heard.bidx, Ending.STOP, heard.now)
    return event


def _may_answer(heard: Heard) -> bool:
    """A stopped number hears nothing but the answer to STOP itself, to START and to HELP."""
    said = heard.reading.meaning
    return heard.consent is not Consent.STOPPED or said in (Meaning.STOP, Meaning.START, Meaning.HELP)


def _change(heard: Heard, to: Consent, how: str = "text", wording: str | None = None) -> bool:
    if to not in CONSENT_MOVES[heard.consent]:
        return False
    event = consents.change(
        heard.session, heard.vault, agency_id=heard.agency.id, to_bidx=heard.bidx, to=to, at=heard.now, how=how,
        evidence_id=heard.id, said=heard.body, wording=wording, language=heard.reading.said_in,
        family_id=None if heard.family is None else heard.family.id,
        member_id=None if heard.member is None else heard.member.id,
    )  # fmt: skip
    return event is not None


def _on_stop(heard: Heard) -> Answer:
    first = stop(heard)
    if not first or heard.opt_out_type == "STOP":  # the carrier has confirmed it already
        return None
    if heard.open_alert is None:
        return "STOP", {}
    if heard.member is not None and heard.member.shared_phone:
        return None  # the stop holds without a word that somebody else could read
    return ("X3" if heard.open_alert.first_notified_at else "X3-U"), {}


def _on_wrong_number(heard: Heard) -> Answer:
    first = stop(heard)
    quarantine(heard.session, heard.agency.id, heard.bidx, heard.now, inbound_id=heard.id)
    return ("WRONG-NUMBER", {}) if first else None


def _on_start(heard: Heard) -> Answer:
    if heard.consent is Consent.ACTIVE:
        return _keep_the_texts(heard) if heard.asked.reconfirm else _own_rhythm.back(heard)
    if heard.consent is Consent.NONE:
        leave_task(
            heard, "consent", "Somebody who never agreed to texts wrote START. Record their consent if they want texts."
        )
        return None
    if is_quarantined(heard.members):
        leave_task(heard, "consent", "START came from a number that somebody said is not theirs. Find out whose it is.")
        return None
    row = consents.of_number(heard.session, heard.agency.id, heard.bidx)
    if row is not None and row.carrier_stopped and not _lifts_carrier_stop(heard):
        leave_task(heard, "consent", "They want texts again, but the carrier holds their STOP: ask them to text START.")
        return None
    if row is not None:
        row.carrier_stopped = False
    if not consents.was_ever_active(heard.session, heard.agency.id, heard.bidx):
        _begin(heard)  # nobody comes back who has never been here: START says yes to our question
        return None
    _change(heard, Consent.ACTIVE)
    return "START", {}


def _lifts_carrier_stop(heard: Heard) -> bool:
    return heard.opt_out_type == "START" or heard.own_words.strip(" .!\"'").casefold() in CARRIER_WORDS


def _on_yes(heard: Heard) -> Answer:
    if heard.consent is Consent.HOLD:
        return _on_stop(heard)
    if heard.reading.answers == "reconfirm":
        return _keep_the_texts(heard)
    _begin(heard)
    return None


def _begin(heard: Heard) -> None:
    """Consent by text: the number turns active, and hears first who writes, how often and who reads."""
    if _change(heard, Consent.ACTIVE, wording=versions(ASKED_BY_TEXT, heard.agency.country)):
        event = consents.last_event(heard.session, heard.agency.id, heard.bidx)
        welcome(
            heard.session, heard.vault, agency=heard.agency, to=heard.sender, to_bidx=heard.bidx,
            language=heard.language, zone=heard.zone, now=heard.now, event_id=event, inbound_id=heard.id,
            family_id=None if heard.family is None else heard.family.id,
            member_id=None if heard.member is None else heard.member.id,
        )  # fmt: skip


def _on_no(heard: Heard) -> Answer:
    if heard.reading.answers == "reconfirm":
        return _on_stop(heard)
    if heard.consent is not Consent.HOLD:  # there NO means: carry on, which has been done
        stop(heard)  # W0 was declined: no texts, no answer, never asked again
    return None


def _keep_the_texts(heard: Heard) -> Answer:
    """YES to N1: consent stands anew, with this text as its evidence."""
    consents.confirm(
        heard.session, heard.vault, agency_id=heard.agency.id, to_bidx=heard.bidx, at=heard.now, how="text",
        said=heard.body, wording=version_of("N1", heard.agency.country), language=heard.reading.said_in,
        evidence_id=heard.id, family_id=None if heard.family is None else heard.family.id,
        member_id=None if heard.member is None else heard.member.id,
    )  # fmt: skip
    return "N1-YES", {}


def _said_something_else(heard: Heard) -> None:
    """N1 is open and they wrote something else: that keeps nothing, but a person should read it."""
    leave_task(
        heard,
        "consent",
        "We asked whether they still want the texts, and they wrote something else. Without a YES the texts stop.",
        f"reconfirm:{heard.bidx}",
    )


def _carry_on(heard: Heard) -> None:
    """They may have wanted to stop, and now write something else: the texts go on."""
    _change(heard, Consent.ACTIVE)
    settle_hold(heard.session, heard.agency.id, heard.bidx, heard.now, "they carried on")


def _on_unclear(heard: Heard) -> Answer:
    if heard.consent is not Consent.ACTIVE:
        return None
    _change(heard, Consent.HOLD)
    leave_task(
        heard,
        "hold",
        "They may want the texts to stop. Nothing goes out until you decide; after one working day they are stopped.",
        hold_key(heard.bidx, heard.id),
    )
    return "K11", {}


def _call_for_help(heard: Heard) -> None:
    leave_task(heard, "help", "They texted HELP. A frightened person may use just this word: read it today.")


def _on_help(heard: Heard) -> Answer:
    _call_for_help(heard)
    return None if heard.opt_out_type == "HELP" else ("HELP", {})


def _on_why(_heard: Heard) -> Answer:
    return "K8", {}


def _on_take_alert(heard: Heard) -> Answer:
    colleague = heard.colleague
    assert colleague is not None  # the word is live for staff numbers only
    waiting = alert_calls.untaken_of(heard.session, heard.agency.id, colleague.id)
    taken = [
        alert for alert in waiting
        if alerts.move(heard.session, alert, AlertState.ACKNOWLEDGED, heard.now, by=colleague.id)
    ]  # fmt: skip
    team = team_of(heard.session, heard.vault, heard.agency, heard.now)
    tell_the_others(team, taken, colleague.id)
    for alert in {one.group_id: one for one in taken}.values():
        audit.write(
            heard.session, heard.agency.id, "take_alert", heard.now, staff_id=colleague.id, subject=("alert", alert.id),
            detail="by text",
        )  # fmt: skip
    drilled = bool(taken) and all(one.drill for one in taken)
    return (f"{'DRILL-' if drilled else ''}{'ST3' if taken else 'ST6'}"), {"spoken": colleague.language}


_WISHES: dict[Meaning, Callable[[Heard], Answer]] = {
    Meaning.TAKE_ALERT: _on_take_alert,
    Meaning.STOP: _on_stop,
    Meaning.WRONG_NUMBER: _on_wrong_number,
    Meaning.START: _on_start,
    Meaning.YES: _on_yes,
    Meaning.NO: _on_no,
    Meaning.HELP: _on_help,
    Meaning.UNCLEAR_STOP: _on_unclear,
    Meaning.BASE: _own_rhythm.base,
    Meaning.GO: _own_rhythm.go_on,
    Meaning.DONE: _own_rhythm.done,
    Meaning.PAUSE: _own_rhythm.pause,
    Meaning.BACK: _own_rhythm.back,
    Meaning.LESS: _own_rhythm.less,
    Meaning.MORE: _own_rhythm.more,
    Meaning.TIME: _own_rhythm.hour,
    Meaning.LANGUAGE: _own_rhythm.language,
    Meaning.WHY: _on_why,
    Meaning.STORY: _own_record.story,
    Meaning.DELETE: _own_record.take_back,
    Meaning.SKIP: _open_question.skip,
    Meaning.LATER: _open_question.later,
}


def is_wish(heard: Heard) -> bool:
    """True where the text asks for something that has an effect of its own; any other is a reply."""
    return _wish_of(heard) is not None


def _wish_of(heard: Heard) -> Callable[[Heard], Answer] | None:
    if not heard.members and heard.reading.meaning not in ANYBODYS:
        return None  # nobody we know: an answer could tell who is enrolled, or that anybody is
    return _WISHES.get(heard.reading.meaning)
