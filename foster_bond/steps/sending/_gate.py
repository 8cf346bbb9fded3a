"""What the sending steps share: the gate, asked about one row as it stands now."""

from datetime import datetime, timedelta

from foster_bond.rules.kinds import PROMPT_LIKE
from foster_bond.rules.send_gate import Ask, Go, Hold, Verdict, judge
from foster_bond.store.agencies import Agency
from foster_bond.store.number_facts import NumberFacts, caps_with, closed_day, hours_of
from foster_bond.store.outbox_claims import Due

NEXT_LOOK = timedelta(seconds=2)  # how soon a number is looked at again whose last text is still on its way


def ask(agency: Agency, one: Due, facts: NumberFacts, busy: bool, now: datetime) -> Verdict:
    """Whether this text may leave now. `busy`: another prompt-like text to the number has no answer yet."""
    verdict = judge(
        Ask(
            kind=one.kind,
            at=now,
            zone=one.zone,
            hours=hours_of(agency),
            consent=facts.consent,
            not_before=one.not_before,
            not_after=one.not_after,
            paused_until=one.paused_until,
            family_open=one.closed_at is None,
            open_alert=facts.open_alert,
            closed_day=closed_day(agency, now, one.zone),
            answers_at=one.answers_at,
            answers_yes=one.answers_yes,
            welcomed_at=facts.welcomed_at,
            caps=caps_with(agency, one.texts_a_week),
            used=facts.used,
        )
    )
    if busy and one.kind in PROMPT_LIKE and isinstance(verdict, Go):
        return Hold("Another text to this number is on its way.", now + NEXT_LOOK)
    return verdict
