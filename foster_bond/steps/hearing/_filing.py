"""What the hearing steps share: a reply joins the prompt it answers, or starts a reflection of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond.rules.filing import LastReflection, OpenPrompt, Place, choose_place, rating
from foster_bond.rules.ladder_state import after_answer, after_step_down
from foster_bond.rules.prompt_facts import THERMOMETERS
from foster_bond.steps.hearing import _rung, _walking
from foster_bond.steps.hearing._heard import Heard
from foster_bond.store import flow_runs, hearing_facts, inbound, ladder_rows
from foster_bond.store.families import Member
from foster_bond.store.hearing_facts import AskedPrompt, Person
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Session

SCALES = {"1-5": (1, 5), "1-7": (1, 7), "0-10": (0, 10), "1-5+text": (1, 5)}


@dataclass(frozen=True, slots=True)
class Said:
    """One reply of one member, with the prompts that it may answer; `at` is when it was said."""

    session: Session
    member: Member | Person
    prompts: list[AskedPrompt]
    own_words: str
    at: datetime
    now: datetime
    zone: str
    hard_day: bool = False


def file_reply(heard: Heard, *, hard_day: bool) -> tuple[str, bool]:
    """The id of the reflection that this text belongs to, and whether it is new."""
    assert heard.member is not None and heard.text is not None
    said = Said(
        heard.session,
        heard.member,
        _walking.among(heard.prompts, heard.walk),
        heard.own_words,
        heard.said_at,
        heard.now,
        heard.zone,
        hard_day,
    )
    heard.text.reflection_id, new = file_words(said)
    return heard.text.reflection_id, new


def file_words(said: Said) -> tuple[str, bool]:
    """The id of the reflection that these words belong to, and whether it is new."""
    session, member = said.session, said.member
    mine = [prompt for prompt in said.prompts if prompt.member_id == member.id]
    place = choose_place([_open(prompt) for prompt in mine], said.at, _last(said))
    asked = next((prompt for prompt in mine if prompt.occurrence_id == place.occurrence_id), None)
    known = place.reflection_id or (None if asked is None else asked.reflection_id)  # one prompt has one reflection
    number = rating_for(asked, said.own_words)
    if known is not None:
        inbound.add_part(session, member.agency_id, known, said.at, number)
    reflection_id = known or _start(said, place, asked, number)
    _remember(said, asked, number)
    return reflection_id, known is None


def rating_for(asked: AskedPrompt | None, own_words: str) -> int | None:
    """The person's own number in an answer to this prompt, where the prompt asked for one."""
    scale = None if asked is None else SCALES.get(asked.reply or "")
    return None if scale is None else rating(own_words, *scale)


def thermometer_of(asked: AskedPrompt, number: int | None) -> int | None:
    """The number as the ladder's thermometer, where the prompt is one."""
    return number if asked.prompt_key in THERMOMETERS else None


def closes_at(asked: AskedPrompt) -> datetime:
    """From when on an answer to this prompt is late."""
    return asked.sent_at + timedelta(seconds=asked.closes_after_s)


def _open(prompt: AskedPrompt) -> OpenPrompt:
    return OpenPrompt(
        occurrence_id=prompt.occurrence_id,
        prompt_id=prompt.prompt_key,
        sent_at=prompt.sent_at,
        closes_at=closes_at(prompt),
        answered_at=prompt.answered_at,
    )


def _last(said: Said) -> LastReflection | None:
    last = hearing_facts.last_reflection(said.session, said.member.agency_id, said.member.id)
    return None if last is None else LastReflection(*last)


def _start(said: Said, place: Place, asked: AskedPrompt | None, number: int | None) -> str:
    member, reflection_id = said.member, new_id()
    step_id = (place.occurrence_id or "").partition(_walking.MARK)[2]
    inbound.begin_reflection(
        said.session,
        id=reflection_id, agency_id=member.agency_id, family_id=member.family_id, member_id=member.id,
        occurrence_id=None if step_id else place.occurrence_id,
        prompt_key=None if asked is None else asked.prompt_key, late=place.late,
        rating=number, maybe_other=bool(place.maybe_other), first_at=said.at, last_at=said.at,
    )  # fmt: skip
    if step_id:
        flow_runs.answer(said.session, member.agency_id, step_id, reflection_id)
    return reflection_id


def _remember(said: Said, asked: AskedPrompt | None, number: int | None) -> None:
    """What the ladder keeps of this answer."""
    if asked is None and not said.hard_day:
        return
    held = ladder_rows.hold(said.session, said.member.agency_id, said.member.id)
    past = _rung.past_of(held)
    if asked is not None:
        left = thermometer_of(asked, number)
        past = after_answer(past, asked.prompt_key, said.at, thermometer=left, hard_day=said.hard_day)
    else:
        past = after_step_down(past, said.at, hard_day=True)
    _rung.keep(said.session, held, past, said.zone, said.now)
