"""What the reading steps share: the rows of a page become moments; here and only here their words are unsealed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond.rules.kinds import Kind
from foster_bond.rules.ladder_state import PromptFacts
from foster_bond.rules.page_values.family import (
    Asked,
    CarefulLook,
    Delivery,
    FixedAnswer,
    Moment,
    NoteMoment,
    Part,
    Reader,
    SaidMoment,
    SentMoment,
)
from foster_bond.rules.page_values.family import Reflection as ReflectionMoment
from foster_bond.rules.page_values.frame import When
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.prompt_facts import top_of
from foster_bond.rules.scripts import is_other_language, language_of
from foster_bond.rules.spoken_time import when
from foster_bond.rules.states import Outbound
from foster_bond.steps.reading._gather import Gathered
from foster_bond.store import families, inbound, notes, outbox
from foster_bond.store.alerts import UNTAKEN_STATES
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.moment_facts import REACHED
from foster_bond.store.notes import Note
from foster_bond.store.open_store import Session
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Prompt
from foster_bond.store.sealing import Vault
from foster_bond.store.timeline import ASKING

FOREIGN = "in another language: not read for warning signs"
PICTURE = "came with a picture, which we do not open"


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells the rows of one page in the family's own time and words."""

    session: Session
    vault: Vault
    page: Gathered
    names: dict[str, str]  # by member

    @property
    def new_since(self) -> datetime | None:
        """What came later is new to the viewer; None: nothing is marked."""
        return self.page.new_since

    def say(self, at: datetime) -> When:
        """The moment on the family's wall; the place stands once at the head of the page."""
        return when(
            at, self.page.family.zone, language=self.page.viewer.language, place=False, now=self.page.now
        )  # fmt: skip

    def name(self, member_id: str | None) -> str:
        return self.names.get(member_id or "", "")

    def language(self, member_id: str | None) -> str:
        member = self.page.members.get(member_id or "")
        return "en" if member is None else member.language

    def spoken(self, words: str, member_id: str | None) -> str:
        """The language of these words; the person's own may have been another one then."""
        return language_of(words, self.language(member_id))

    def prompt(self, key: str | None) -> Prompt | None:
        return self.page.prompts.get(key or "")

    def delivery(self, message: OutboxMessage) -> Delivery:
        """Where a text out stands, since when, and why it did not simply arrive."""
        at = self.page.moved_at.get(message.id)
        why = "" if message.state in REACHED else message.reason or ""
        return Delivery(message.state, None if at is None else self.say(at), why)

    def body(self, message: OutboxMessage) -> str:
        return outbox.body_of(self.session, self.vault, message)

    def said(self, text: InboundText) -> str:
        return inbound.said(self.session, self.vault, text)


def telling(session: Session, vault: Vault, page: Gathered) -> Telling:
    """Whoever tells this page, with the members' names already unsealed."""
    names = {one.id: plain_name(families.member_name(session, vault, one)) for one in page.members.values()}
    return Telling(session, vault, page, names)


def reflection(tell: Telling, row: Reflection) -> ReflectionMoment:
    """A prompt and everything that came back to it, or words nobody asked for."""
    sent = [one for one in tell.page.slot_texts.get(row.occurrence_id or "", []) if one.kind in ASKING]
    prompt = tell.prompt(row.prompt_key)
    parts = tell.page.parts.get(row.id, [])
    words = {part.id: "" if part.withdrawn_at else tell.said(part) for part in parts}
    asked_at = (sent[0].accepted_at or sent[0].due_at) if sent else None
    return ReflectionMoment(
        id=row.id,
        member_name=tell.name(row.member_id),
        asked=asked(tell, sent[0]) if sent else None,
        parts=tuple(
            Part(
                text=words[part.id],
                when=tell.say(part.received_at),
                late=part.recovered or (row.late and number == 0),
                corrected=part.filed_by is not None,
                id=part.id,
                withdrawn=None if part.withdrawn_at is None else tell.say(part.withdrawn_at),
                pictures=part.media_count,
            )
            for number, part in enumerate(parts)
        ),
        when=tell.say(row.first_at),
        minutes_after=None if asked_at is None else max(0, (row.first_at - asked_at) // timedelta(minutes=1)),
        rating=row.rating,
        rating_of=None if prompt is None else top_of(prompt.reply),
        guess=_is_guess(prompt),
        language=tell.spoken(" ".join(words.values()), row.member_id),
        delivery=tell.delivery(sent[0]) if sent else None,
        notes=(*_script(words.values()), *_small_facts(tell, parts, sent)),
        unread=_later_than(row.last_at, tell.page.new_since),
        unseen=_later_than(row.last_at, tell.page.new_since) and _later_than(row.last_at, tell.page.unseen_since),
        readers=readers(tell, row.id),
        may_say_read=any(not part.withdrawn_at for part in parts) and not _has_read(tell, row.id),
        open_prompt=_open_until(tell, row.occurrence_id, sent) is not None,
        careful=tuple(
            CarefulLook(alert.id, alert.category, alert.state, alert.state in UNTAKEN_STATES)
            for part in parts
            if (alert := tell.page.careful.get(part.id)) is not None
        ),
    )


def _later_than(at: datetime, since: datetime | None) -> bool:
    return since is not None and at > since


def readers(tell: Telling, reflection_id: str) -> tuple[Reader, ...]:
    """Who has said "I read this", and whether a text tells its writer so."""
    return tuple(
        Reader(
            name=tell.page.staff_names.get(one.staff_id, ""), mine=one.staff_id == tell.page.viewer.staff_id,
            when=tell.say(one.at), told=one.message_id is not None,
        )
        for one in tell.page.readings.get(reflection_id, ())
    )  # fmt: skip


def _has_read(tell: Telling, reflection_id: str) -> bool:
    return any(one.staff_id == tell.page.viewer.staff_id for one in tell.page.readings.get(reflection_id, ()))


def asked(tell: Telling, message: OutboxMessage) -> Asked:
    """The prompt as it was sent."""
    prompt = tell.prompt(message.prompt_key)
    return Asked(
        text=tell.body(message),
        technique="" if prompt is None else prompt.technique,
        level=0 if prompt is None else prompt.level,
        language=message.language,
        when=tell.say(message.accepted_at or message.due_at),
        chosen=_chosen(tell, message),
    )


def _chosen(tell: Telling, message: OutboxMessage) -> str:
    """Why its slot asked this: what chose it, and what the ladder held; empty for a text that no slot asked."""
    question = tell.page.questions.get(message.occurrence_id or "") if message.kind in ASKING else None
    return "" if question is None else question.why or ""


def _is_guess(prompt: Prompt | None) -> bool:
    return prompt is not None and PromptFacts(prompt.key, prompt.level, prompt.target).about_other


def _script(words: Iterable[str]) -> tuple[str, ...]:
    return (FOREIGN,) if any(is_other_language(one) for one in words) else ()


def _small_facts(tell: Telling, parts: list[InboundText], sent: list[OutboxMessage]) -> tuple[str, ...]:
    facts = []
    if any(part.hard_day for part in parts):
        facts.append("read as a hard day")
    if any(part.media_count for part in parts):
        facts.append(PICTURE)
    if len(sent) > 1:
        facts.append("asked twice")
    thanks = [one for part in parts for one in tell.page.answers.get(part.id, []) if one.kind == Kind.ACK.value]
    facts += dict.fromkeys(map(_thanked, thanks))
    return tuple(facts)


def _thanked(message: OutboxMessage) -> str:
    if message.text_id == "PRIVACY":
        return _asked_for_privacy(message)
    if message.state in REACHED:
        return "we said thank you"
    return "our thank-you waits" if message.state == "scheduled" else "our thank-you was not sent"


def _asked_for_privacy(message: OutboxMessage) -> str:
    if message.state in REACHED:
        return "we asked to leave out names and addresses"
    return "our word on privacy waits" if message.state == "scheduled" else "our word on privacy was not sent"


def _open_until(tell: Telling, occurrence_id: str | None, sent: list[OutboxMessage]) -> datetime | None:
    question = tell.page.questions.get(occurrence_id or "")
    if question is None or question.answer_closed_at is not None or not sent or sent[0].accepted_at is None:
        return None
    until = sent[0].accepted_at + timedelta(seconds=question.closes_after_s)
    return until if until > tell.page.now and sent[0].state in REACHED else None


def sent(tell: Telling, row: OutboxMessage) -> Moment:
    """A text out that stands on its own."""
    prompt = tell.prompt(row.prompt_key)
    until = _open_until(tell, row.occurrence_id, [row]) if row.kind in ASKING else None
    return SentMoment(
        id=row.id,
        member_name=tell.name(row.member_id),
        kind_of_text=row.kind,
        text=tell.body(row),
        when=tell.say(row.accepted_at or row.due_at),
        delivery=tell.delivery(row),
        technique="" if prompt is None else prompt.technique,
        level=None if prompt is None else prompt.level,
        language=row.language,
        answer_until=None if until is None else tell.say(until),
        message_id=row.id if row.state == "unresolved" else "",
        chosen=_chosen(tell, row),
        **by_staff(tell, row),
    )


def by_staff(tell: Telling, row: OutboxMessage) -> dict[str, str]:
    """Who of staff wrote it, to what, and whether it can still be taken back."""
    if row.kind != Kind.STAFF_REPLY.value:
        return {}
    viewer = tell.page.viewer
    may_unsay = row.staff_id == viewer.staff_id or viewer.sees_all_families
    return {
        "by": tell.page.staff_names.get(row.staff_id or "", ""),
        "answers_id": tell.page.answered.get(row.inbound_id or "", ""),
        "take_back_id": row.id if row.state == Outbound.SCHEDULED.value and may_unsay else "",
    }


def wish(tell: Telling, row: InboundText) -> Moment:
    """A text in that answers no prompt, with our fixed answer to it."""
    words = tell.said(row)
    return SaidMoment(
        id=row.id,
        member_name=tell.name(row.member_id),
        words=words,
        meaning=row.kind if row.kind in ("reaction", "photo") else row.meaning or "",
        when=tell.say(row.received_at),
        language=tell.spoken(words, row.member_id),
        answer=fixed_answer(tell, row.id),
    )


def fixed_answer(tell: Telling, inbound_id: str) -> FixedAnswer | None:
    """The fixed text that answered this one."""
    found = [one for one in tell.page.answers.get(inbound_id, []) if one.kind == Kind.KEYWORD_REPLY.value]
    return FixedAnswer(tell.body(found[0]), tell.delivery(found[0]), found[0].language) if found else None


def note(tell: Telling, row: Note) -> Moment:
    """What a colleague, or the viewer, wrote down."""
    return NoteMoment(
        id=row.id,
        author=tell.page.staff_names.get(row.author_id, ""),
        mine=row.author_id == tell.page.viewer.staff_id,
        text=notes.words_of(tell.session, tell.vault, row),
        when=tell.say(row.at),
    )
