"""What the sending steps share: the gate, asked about one row as it stands now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond.rules.blackout import holds_until
from foster_bond.rules.family_calendar import EMPTY, FamilyCalendar
from foster_bond.rules.kinds import MANNERS, PROMPT_LIKE, Kind
from foster_bond.rules.ladder_gates import barred_near_a_date
from foster_bond.rules.ladder_state import PromptFacts
from foster_bond.rules.send_gate import Ask, Go, Hold, Verdict, judge
from foster_bond.store.agencies import Agency
from foster_bond.store.family_calendars import FamilyKey, calendars_of, prompts_of_texts
from foster_bond.store.number_facts import NumberFacts, caps_with, closed_day, hours_of, latest
from foster_bond.store.open_store import Session
from foster_bond.store.outbox_claims import Due
from foster_bond.store.prompts import Prompt

NEXT_LOOK = timedelta(seconds=2)  # how soon a number is looked at again whose last text is still on its way


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the texts of one round: their families' calendars, and which of them are hard questions."""

    calendars: Mapping[FamilyKey, FamilyCalendar]
    barred: frozenset[str]  # texts that no date on the calendar may be near to

    def of(self, one: Due) -> FamilyCalendar:
        """The calendar of a text's family."""
        return self.calendars.get((one.agency_id, one.family_id or ""), EMPTY)


def around(session: Session, due: Iterable[Due], now: datetime) -> Around:
    """What stands around these texts, in a constant number of reads for every agency where a date is near."""
    asking = [one for one in due if one.family_id is not None and _obeys(one.kind)]
    calendars = calendars_of(session, {(one.agency_id, one.family_id or "") for one in asking}, now)
    found = Around(calendars, frozenset())
    near = [one for one in asking if one.kind in PROMPT_LIKE and found.of(one).near(one.zone, now) is not None]
    barred = {one.id for one in near if one.note}
    for agency_id in {one.agency_id for one in near}:
        asked = prompts_of_texts(session, agency_id, [one.id for one in near if one.agency_id == agency_id])
        barred |= {text for text, prompt in asked.items() if barred_near_a_date(_facts(prompt))}
    return Around(calendars, frozenset(barred))


def _obeys(kind: Kind) -> bool:
    """What a calendar may hold or end: every text that needs consent, and the question for it."""
    return MANNERS[kind].consent or kind is Kind.CONSENT_ASK


def _facts(prompt: Prompt) -> PromptFacts:
    return PromptFacts(prompt.key, prompt.level, prompt.target)


def ask(agency: Agency, one: Due, facts: NumberFacts, busy: bool, now: datetime, around: Around) -> Verdict:
    """Whether this text may leave now. `busy`: another prompt-like text to the number has no answer yet."""
    calendar = around.of(one)
    near = calendar.near(one.zone, now) if one.id in around.barred else None
    verdict = judge(
        Ask(
            kind=one.kind,
            at=now,
            zone=one.zone,
            hours=hours_of(agency, facts.zones | {one.zone}),
            consent=facts.consent,
            not_before=one.not_before,
            not_after=one.not_after,
            paused_until=latest(one.paused_until, facts.paused_until),
            family_open=one.closed_at is None,
            present=one.left_at is None,
            rests=calendar.rests(one.zone, now),
            blackout_until=None if near is None else holds_until(calendar.stretches(one.zone, now), now),
            blackout=near.name if near is not None else "",
            open_alert=facts.open_alert,
            reconfirming=facts.reconfirming,
            note=one.note,
            farewell=one.farewell,
            closed_day=closed_day(agency, now, one.zone),
            answers_at=one.answers_at,
            answers_yes=one.answers_yes,
            welcomed_at=facts.welcomed_at,
            caps=caps_with(agency, one.texts_a_week, facts.texts_a_week),
            used=facts.used,
        )
    )
    if busy and one.kind in PROMPT_LIKE and isinstance(verdict, Go):
        return Hold("Another text to this number is on its way.", now + NEXT_LOOK)
    return verdict
