"""Rules of the river: the one gate before every text, asked when it is written and again when it leaves."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from foster_bond.rules import polite_hours
from foster_bond.rules.kinds import MANNERS, Kind
from foster_bond.rules.local_time import is_zone, local_day, local_instant
from foster_bond.rules.placement_status import Rests
from foster_bond.rules.polite_hours import PoliteHours
from foster_bond.rules.states import Consent

OUTSIDE = "Outside polite hours."
ANSWER_LIVES = timedelta(minutes=5)  # a fixed answer is only sent to a text this fresh (design.md section 5)
WELCOME_WAIT = timedelta(minutes=10)  # a prompt waits this long at most for W1 and W2 (contract.md)
CAP_DAYS = 7  # weekly caps look at any seven local days in a row, the stricter reading of "a week"


@dataclass(frozen=True, slots=True)
class Go:
    """It may leave now."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Do not send now. `why` is shown to caseworkers; `until` None = until a person or the family acts."""

    why: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """Never send this one: `expired` when its window is over, else suppressed."""

    why: str
    expired: bool = False


Verdict = Go | Hold | Drop


@dataclass(frozen=True, slots=True)
class Caps:
    """How many a number may get: prompts a day, prompts in seven days, prompts and reminders in seven days."""

    prompts_a_day: int = 1
    prompts_a_week: int = 4
    texts_a_week: int = 6


@dataclass(frozen=True, slots=True)
class Used:
    """Local days on which this number already got, or is getting, a prompt or a reminder, all schedules together."""

    prompts: tuple[date, ...] = ()
    nudges: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """Everything the gate looks at. Instants are aware UTC; `zone` is the recipient's."""

    kind: Kind
    at: datetime
    zone: str
    hours: PoliteHours
    consent: Consent
    not_before: datetime
    not_after: datetime
    paused_until: datetime | None = None
    family_open: bool = True
    present: bool = True  # False: the member has left the family
    rests: Rests | None = None  # what staff recorded of the placement keeps our texts away on that local day
    open_alert: bool = False
    reconfirming: bool = False  # N1 asks, or is about to ask, whether they still want the texts
    note: bool = False  # N1 or N2 itself
    farewell: bool = False  # N3 or N4: said because the placement is over, or because they have left
    blackout_until: datetime | None = None  # set where the prompt's level is barred by a blackout date
    blackout: str = "a date on the calendar"  # what that date is, as staff say it
    closed_day: str | None = None  # the holiday's name, where the agency sends nothing that day
    answers_at: datetime | None = None  # when the text that this one answers came in
    answers_yes: bool = False
    welcomed_at: datetime | None = None  # consent turned active then, and W1/W2 are still on their way
    caps: Caps = field(default_factory=Caps)
    used: Used = field(default_factory=Used)


def judge(ask: Ask) -> Verdict:
    """Whether this text may leave at `ask.at`, with the reason where it may not.

    Source: design.md section 5, the gate table; domain.md section 2 rules 5, 7 and 10.
    """
    for rule in _RULES:
        verdict = rule(ask)
        if verdict is not None:
            if isinstance(verdict, Hold) and verdict.until is not None and verdict.until >= ask.not_after:
                return Drop(verdict.why, expired=True)
            return verdict
    return Go()


def _window(ask: Ask) -> Verdict | None:
    if ask.at >= ask.not_after:
        return Drop("Its time to leave has passed.", expired=True)
    return None


def _consent(ask: Ask) -> Verdict | None:
    if ask.kind is Kind.CONSENT_ASK:
        return None if ask.consent in (Consent.NONE, Consent.PENDING) else Drop("This number has already decided.")
    if not MANNERS[ask.kind].consent or ask.consent is Consent.ACTIVE:
        return None
    if ask.consent is Consent.STOPPED:
        return Drop("This number has stopped all texts.")
    if ask.consent is Consent.HOLD:
        return Hold("They may have asked us to stop; a person has to decide first.")
    return Hold("This number has not agreed to texts yet.")


def _placement(ask: Ask) -> Verdict | None:
    if ask.farewell or not (MANNERS[ask.kind].consent or ask.kind is Kind.CONSENT_ASK):
        return None
    if ask.rests is not None and ask.rests.over:
        return Drop(ask.rests.why)
    if not ask.family_open:
        return Drop("The placement is closed.")
    if ask.kind is Kind.CONSENT_ASK:
        return None
    if ask.rests is None or ask.kind is Kind.STAFF_REPLY:
        return None
    through = ask.rests.through
    if through is not None and local_day(ask.at, ask.zone) > through:
        return None
    if ask.kind is Kind.ACK:
        return Drop(ask.rests.why)
    return Hold(ask.rests.why, None if through is None else _morning_after(ask, through))


def _presence(ask: Ask) -> Verdict | None:
    automatic = MANNERS[ask.kind].caps or ask.kind in (Kind.FLOW_STEP, Kind.WELCOME, Kind.CONSENT_ASK)
    gone = automatic and not ask.present and not ask.farewell
    return Drop("They have left the family.") if gone else None


def _alert(ask: Ask) -> Verdict | None:
    automatic = MANNERS[ask.kind].caps or ask.kind in (Kind.FLOW_STEP, Kind.ACK)
    return Hold("All prompts wait until the open alert is cleared.") if ask.open_alert and automatic else None


def _reconfirm(ask: Ask) -> Verdict | None:
    if ask.reconfirming and MANNERS[ask.kind].caps and not (ask.note or ask.farewell):
        return Hold("They are being asked whether they still want the texts.")
    return None


def _pause(ask: Ask) -> Verdict | None:
    prompting = MANNERS[ask.kind].caps
    if prompting and ask.paused_until is not None and ask.at < ask.paused_until:
        return Hold("Paused.", ask.paused_until)
    return None


def _freshness(ask: Ask) -> Verdict | None:
    if ask.kind is Kind.KEYWORD_REPLY and (ask.answers_at is None or ask.at - ask.answers_at > ANSWER_LIVES):
        return Drop("The text it answers is more than five minutes old.", expired=True)
    return None


def _welcome(ask: Ask) -> Verdict | None:
    if not MANNERS[ask.kind].caps or ask.welcomed_at is None:
        return None
    until = ask.welcomed_at + WELCOME_WAIT
    return Hold("The welcome texts go first.", until) if ask.at < until else None


def _blackout(ask: Ask) -> Verdict | None:
    if ask.blackout_until is not None and ask.at < ask.blackout_until:
        return Hold(f"Too close to {ask.blackout} for this question.", ask.blackout_until)
    return None


def _hours(ask: Ask) -> Verdict | None:
    if not MANNERS[ask.kind].polite or (ask.kind is Kind.WELCOME and ask.answers_yes):
        return None
    if ask.closed_day is not None and MANNERS[ask.kind].caps:
        return Hold(f"The agency sends nothing on {ask.closed_day}.", _tomorrow(ask))
    unknown = [name for name in (ask.zone, *sorted(ask.hours.also_in)) if not is_zone(name)]
    if unknown:
        why = f"We do not know the time zone {unknown[0]}, so nobody knows their hour: import the family with another."
        return Drop(why) if ask.kind is Kind.ACK else Hold(why)
    if polite_hours.is_open(ask.hours, ask.at, ask.zone):
        return None
    if ask.kind is Kind.ACK:
        return Drop("Outside polite hours; a thank-you is not worth waking anyone.")
    return Hold(OUTSIDE, polite_hours.next_open(ask.hours, ask.at, ask.zone))


def _caps(ask: Ask) -> Verdict | None:
    if not MANNERS[ask.kind].caps:
        return None
    today = local_day(ask.at, ask.zone)
    first = today - timedelta(days=CAP_DAYS - 1)
    prompts = [day for day in ask.used.prompts if first <= day <= today]
    texts = len(prompts) + sum(first <= day <= today for day in ask.used.nudges)
    if ask.kind is not Kind.NUDGE and prompts.count(today) >= ask.caps.prompts_a_day:
        return Hold("Already asked today; one prompt a day is the most.", _tomorrow(ask))
    if ask.kind is not Kind.NUDGE and len(prompts) >= ask.caps.prompts_a_week:
        return Hold(f"Already {len(prompts)} prompts in seven days, the most allowed.", _tomorrow(ask))
    if texts >= ask.caps.texts_a_week:
        return Hold(f"Already {texts} texts in seven days, the most allowed.", _tomorrow(ask))
    return None


def _not_yet(ask: Ask) -> Verdict | None:
    return Hold("It is not its time yet.", ask.not_before) if ask.at < ask.not_before else None


_RULES = (
    _window, _consent, _placement, _presence, _alert, _reconfirm, _pause, _freshness, _welcome,
    _blackout, _hours, _caps, _not_yet,
)  # fmt: skip


def _tomorrow(ask: Ask) -> datetime:
    return _morning_after(ask, local_day(ask.at, ask.zone))


def _morning_after(ask: Ask, day: date) -> datetime:
    return local_instant(day + timedelta(days=1), ask.hours.start, ask.zone)
