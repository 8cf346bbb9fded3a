"""Rules, a moved reply → the ladder: what the ladder remembers once a person said that an answer belongs elsewhere."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from foster_bond.rules.ladder_state import LadderPast


def after_unanswered(past: LadderPast, prompt_id: str, said: Collection[datetime]) -> LadderPast:
    """The past once the reply to that prompt is none of its: the prompt has no answer (yet).

    `said`: when the moved texts came; a number that they gave as a thermometer goes with them. A hard day or a low
    number that was heard stays heard: the next prompt is softer than it need be, never harder.
    """
    asked = next((one for one in reversed(past.recent) if one.prompt.id == prompt_id), None)
    if asked is None or asked.answered_at is None:
        return past
    level = asked.prompt.level
    answered = tuple(max(0, count - (n == level)) for n, count in enumerate(past.answered))
    gone = asked.prompt.is_thermometer and past.thermometer is not None and past.thermometer.at in said
    recent = tuple(replace(one, answered_at=None) if one is asked else one for one in past.recent)
    return replace(past, recent=recent, answered=answered, thermometer=None if gone else past.thermometer)
