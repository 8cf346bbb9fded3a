"""What the hearing steps share: a reply joins the prompt it answers, or starts a reflection of its own."""

from datetime import datetime, timedelta

from foster_bond.rules.filing import LastReflection, OpenPrompt, Place, choose_place, rating
from foster_bond.rules.ladder_state import after_answer, after_step_down, from_json, to_json
from foster_bond.steps.hearing._heard import Heard
from foster_bond.store import families, hearing_facts, inbound
from foster_bond.store.families import Member
from foster_bond.store.hearing_facts import AskedPrompt
from foster_bond.store.ids import new_id

SCALES = {"1-5": (1, 5), "1-7": (1, 7), "0-10": (0, 10), "1-5+text": (1, 5)}
THERMOMETERS = frozenset({"S2", "TN2"})  # how much is left, 1 to 5 (prompts.md sections 1 and 14.6)


def file_reply(heard: Heard, *, hard_day: bool) -> tuple[str, bool]:
    """The id of the reflection that this text belongs to, and whether it is new."""
    assert heard.member is not None and heard.text is not None
    mine = [prompt for prompt in heard.prompts if prompt.member_id == heard.member.id]
    place = choose_place([_open(prompt) for prompt in mine], heard.said_at, _last(heard))
    asked = next((prompt for prompt in mine if prompt.occurrence_id == place.occurrence_id), None)
    known = place.reflection_id or (None if asked is None else asked.reflection_id)  # one prompt has one reflection
    number = _rating(heard, asked)
    if known is not None:
        inbound.add_part(heard.session, heard.agency.id, known, heard.said_at, number)
    heard.text.reflection_id = known or _start(heard, place, asked, number)
    _remember(families.hold(heard.session, heard.member), asked, heard.said_at, number, hard_day=hard_day)
    return heard.text.reflection_id, known is None


def _open(prompt: AskedPrompt) -> OpenPrompt:
    return OpenPrompt(
        occurrence_id=prompt.occurrence_id,
        prompt_id=prompt.prompt_key,
        sent_at=prompt.sent_at,
        closes_at=prompt.sent_at + timedelta(seconds=prompt.closes_after_s),
        answered_at=prompt.answered_at,
    )


def _last(heard: Heard) -> LastReflection | None:
    assert heard.member is not None
    last = hearing_facts.last_reflection(heard.session, heard.agency.id, heard.member.id)
    return None if last is None else LastReflection(*last)


def _rating(heard: Heard, asked: AskedPrompt | None) -> int | None:
    scale = None if asked is None else SCALES.get(asked.reply or "")
    return None if scale is None else rating(heard.own_words, *scale)


def _start(heard: Heard, place: Place, asked: AskedPrompt | None, number: int | None) -> str:
    assert heard.member is not None
    reflection_id = new_id()
    inbound.begin_reflection(
        heard.session,
        id=reflection_id, agency_id=heard.agency.id, family_id=heard.member.family_id, member_id=heard.member.id,
        occurrence_id=place.occurrence_id, prompt_key=None if asked is None else asked.prompt_key, late=place.late,
        rating=number, maybe_other=bool(place.maybe_other), first_at=heard.said_at, last_at=heard.said_at,
    )  # fmt: skip
    return reflection_id


def _remember(member: Member, asked: AskedPrompt | None, at: datetime, number: int | None, *, hard_day: bool) -> None:
    """What the ladder keeps of this answer."""
    past = from_json(member.past)
    if asked is not None:
        left = number if asked.prompt_key in THERMOMETERS else None
        past = after_answer(past, asked.prompt_key, at, thermometer=left, hard_day=hard_day)
    elif hard_day:
        past = after_step_down(past, at, hard_day=True)
    member.past = to_json(past)
