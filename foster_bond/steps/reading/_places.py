"""What the reading steps share: where a reply may belong instead, and where a person has moved it from."""

from foster_bond.rules.page_values.family import MovedHere, Place
from foster_bond.steps.reading._events import prompt_words
from foster_bond.steps.reading._gather import MAY_ANSWER
from foster_bond.steps.reading._moments import Telling
from foster_bond.store.hearing_facts import AskedPrompt
from foster_bond.store.inbound import Reflection

MOST_PLACES = 6
_LONGEST = 60  # signs of a prompt in a list to pick from
NOBODY_ASKED = "on its own"


def places(tell: Telling, row: Reflection) -> tuple[Place, ...]:
    """The prompts that this reply may answer instead, the newest first: whoever has the phone may have been asked."""
    return tuple(_place(tell, one) for one in _others(tell, row)[:MOST_PLACES])


def maybe(tell: Telling, row: Reflection) -> Place | None:
    """The other prompt that was open, too, where the rule could not be sure."""
    if not row.maybe_other:
        return None
    others = _others(tell, row)
    if row.occurrence_id is not None:
        others = [one for one in others if one.answered_at is None or one.answered_at > row.first_at] or others
    return _place(tell, others[0]) if others else None


def moved_here(tell: Telling, row: Reflection) -> MovedHere | None:
    """Who moved the reply here, when and from where, where a person did."""
    move = tell.page.moves.get(row.id)
    if move is None:
        return None
    before = next((one for one in tell.page.asked if one.occurrence_id == move.from_occurrence_id), None)
    return MovedHere(
        move_id=move.id,
        by=tell.page.staff_names.get(move.by or "", ""),
        when=tell.say(move.at),
        before=NOBODY_ASKED if move.from_occurrence_id is None else "" if before is None else _words(tell, before),
    )


def _others(tell: Telling, row: Reflection) -> list[AskedPrompt]:
    member = tell.page.members.get(row.member_id)
    same_phone = {
        one.id for one in tell.page.members.values() if member is not None and one.to_bidx == member.to_bidx
    }  # fmt: skip
    earliest = row.first_at - MAY_ANSWER
    return [
        one
        for one in tell.page.asked
        if one.member_id in same_phone
        and one.occurrence_id != row.occurrence_id
        and earliest <= one.sent_at <= row.first_at
    ]


def _place(tell: Telling, asked: AskedPrompt) -> Place:
    return Place(asked.occurrence_id, _words(tell, asked), tell.say(asked.sent_at))


def _words(tell: Telling, asked: AskedPrompt) -> str:
    words = prompt_words(tell.prompt(asked.prompt_key), tell.page.members.get(asked.member_id)) or asked.prompt_key
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1].rstrip()}…"
