"""What the reading steps share: the rows of one page of a timeline and all that stands around them, still sealed."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.kinds import Kind
from foster_bond.store import alert_calls, corrections, families, inbound, moment_facts, opened, refiling_facts, staff
from foster_bond.store.alert_calls import Told
from foster_bond.store.alerts import Alert
from foster_bond.store.consents import ConsentEvent
from foster_bond.store.corrections import Correction
from foster_bond.store.families import Family, Member
from foster_bond.store.hearing_facts import AskedPrompt
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.moment_facts import Question
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.open_store import Session
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.prompts import Prompt
from foster_bond.store.timeline import Mark, Row, Stretch, mark_of, rows_of

MAY_ANSWER = timedelta(days=14)  # a reply belongs to no older prompt; a text of it may be a day older than its leaving
PAGE = 30  # moments; a phone scrolls through them, a desk sees three weeks of a family that writes daily


@dataclass(frozen=True, slots=True)
class Gathered:
    """One page of a family's past as rows. Nothing in it has been unsealed."""

    viewer: Viewer
    family: Family
    members: Mapping[str, Member]
    staff_names: Mapping[str, str]
    now: datetime
    rows: Sequence[Row]
    more: bool  # older moments lie behind this page
    slot_texts: Mapping[str, list[OutboxMessage]]  # by slot
    parts: Mapping[str, list[InboundText]]  # by reflection
    answers: Mapping[str, list[OutboxMessage]]  # fixed answers, by the text they answer
    crisis_answers: Mapping[str, OutboxMessage]  # by alert
    notices: Mapping[str, list[Told]]  # to staff, by alert
    alert_texts: Mapping[str, InboundText]
    alert_reflections: Mapping[str, Reflection]  # of the texts that raised an alert
    careful: Mapping[str, Alert]  # what wants a careful look and wakes nobody, by the text it is about
    questions: Mapping[str, Question]
    asked: Sequence[AskedPrompt]  # what the replies of this page may answer, the newest first
    moves: Mapping[str, Correction]  # the last one that stands, by the reply that it made
    prompts: Mapping[str, Prompt]  # by key
    moved_at: Mapping[str, datetime]

    @property
    def earlier(self) -> Mark | None:
        """Where the next page begins; None where this is the beginning of their time with us."""
        return mark_of(self.rows[-1]) if self.more and self.rows else None

    @property
    def seen(self) -> str:
        """What this page holds, as one short word: it changes with every new moment, part, receipt or hand on it."""
        words = [_state_of(row) for row in self.rows]
        words += [_state_of(message) for message in self._messages()]
        words += [_state_of(alert) for alert in self.careful.values()]
        words += [f"{one}" for calls in self.notices.values() for one in calls]
        words += [
            f"{part.id}{part.reflection_id}{part.withdrawn_at}" for texts in self.parts.values() for part in texts
        ]
        return hashlib.sha256("|".join(words).encode()).hexdigest()[:24]

    def _messages(self) -> Iterable[OutboxMessage]:
        for group in (self.slot_texts, self.answers):
            for messages in group.values():
                yield from messages
        yield from self.crisis_answers.values()


def gather(
    session: Session,
    viewer: Viewer,
    family_id: str,
    now: datetime,
    *,
    before: Mark | None = None,
    member_id: str | None = None,
) -> Gathered:
    """The newest page of a family that the viewer may open, or the one older than `before`. Raises: NotYours."""
    family = opened.opened(session, viewer, family_id)
    members = {one.id: one for one in families.members_of(session, viewer.agency_id, family.id)}
    if member_id is not None and member_id not in members:
        raise NotYours("member")
    numbers = [one.to_bidx for one in members.values() if member_id in (None, one.id)]
    stretch = Stretch(viewer.agency_id, family.id, now, PAGE + 1, before, member_id)
    rows = rows_of(session, stretch, sorted(set(numbers)))
    return _around(session, viewer, family, members, now, rows[:PAGE], more=len(rows) > PAGE)


def _around(
    session: Session, viewer: Viewer, family: Family, members: Mapping[str, Member], now: datetime,
    rows: list[Row], *, more: bool,
) -> Gathered:  # fmt: skip
    agency_id = viewer.agency_id
    reflections = [row for row in rows if isinstance(row, Reflection)]
    alerts = [row for row in rows if isinstance(row, Alert)]
    alert_texts = moment_facts.texts_in(session, agency_id, [alert.inbound_id or "" for alert in alerts])
    alerted = inbound.reflections_by_id(
        session, agency_id, [text.reflection_id for text in alert_texts.values() if text.reflection_id]
    )
    slots = [one.occurrence_id for one in (*reflections, *alerted.values()) if one.occurrence_id]
    slots += [row.occurrence_id for row in rows if isinstance(row, OutboxMessage) and row.occurrence_id]
    slot_texts = moment_facts.texts_of_slots(session, agency_id, slots)
    parts = _by_reflection(inbound.parts_of(session, agency_id, [one.id for one in reflections]))
    heard = [part.id for texts in parts.values() for part in texts]
    heard += [row.id for row in rows if isinstance(row, InboundText)]
    heard += [row.evidence_id for row in rows if isinstance(row, ConsentEvent)]
    about = moment_facts.about_texts(session, agency_id, family.id, heard, [alert.id for alert in alerts])
    replies = [*reflections, *(one for one in alerted.values() if one.parts == 1)]  # which may be moved
    asked = _asked(session, agency_id, family.id, replies)
    told = alert_calls.told(session, agency_id, [alert.id for alert in alerts])
    messages = {one.id for group in slot_texts.values() for one in group} | {one.id for one in about}
    messages |= {row.id for row in rows if isinstance(row, OutboxMessage)}
    return Gathered(
        viewer=viewer, family=family, members=members, now=now, rows=rows, more=more, slot_texts=slot_texts,
        parts=parts, alert_texts=alert_texts, alert_reflections=alerted,
        careful=moment_facts.careful_looks(session, agency_id, [one.id for texts in parts.values() for one in texts]),
        staff_names={one.id: one.name for one in staff.of_agency(session, agency_id)},
        answers=_by_text(about),
        crisis_answers={one.alert_id: one for one in about if one.alert_id and one.kind == Kind.CRISIS_REPLY.value},
        notices=_by_alert(told),
        asked=asked,
        moves=corrections.of_reflections(session, agency_id, [one.id for one in replies]) if replies else {},
        prompts=moment_facts.prompts_by_key(session, agency_id, _keys(rows, slot_texts, asked)),
        questions=moment_facts.questions(session, agency_id, slots),
        moved_at=moment_facts.last_moves(session, agency_id, sorted(messages)),
    )  # fmt: skip


def _asked(
    session: Session, agency_id: str, family_id: str, reflections: Sequence[Reflection]
) -> Sequence[AskedPrompt]:
    if not reflections:
        return ()
    times = [one.first_at for one in reflections]
    return refiling_facts.asked_of_family(session, agency_id, family_id, min(times) - MAY_ANSWER, max(times))


def _keys(
    rows: Iterable[Row], slot_texts: Mapping[str, list[OutboxMessage]], asked: Iterable[AskedPrompt]
) -> list[str]:
    keys = {row.prompt_key for row in rows if isinstance(row, Reflection | OutboxMessage | Occurrence)}
    keys |= {message.prompt_key for messages in slot_texts.values() for message in messages}
    keys |= {one.prompt_key for one in asked}
    return sorted(key for key in keys if key)


def _by_reflection(texts: Iterable[InboundText]) -> dict[str, list[InboundText]]:
    found: dict[str, list[InboundText]] = defaultdict(list)
    for text in texts:
        found[text.reflection_id or ""].append(text)
    return found


def _by_text(messages: Iterable[OutboxMessage]) -> dict[str, list[OutboxMessage]]:
    found: dict[str, list[OutboxMessage]] = defaultdict(list)
    for message in messages:
        if message.inbound_id and message.kind != Kind.CRISIS_REPLY.value:
            found[message.inbound_id].append(message)
    return found


def _by_alert(calls: Iterable[Told]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = defaultdict(list)
    for call in calls:
        found[call.alert_id].append(call)
    return found


def _state_of(row: Row) -> str:
    """A row's id with whatever of it may still change."""
    changing = {
        Reflection: ("parts", "last_at", "rating", "occurrence_id", "maybe_other", "ordered_at"),
        OutboxMessage: ("state", "reason"),
        Alert: ("state", "cannot_answer"),
    }.get(type(row), ("state", "why"))
    return ".".join([row.id, *(str(getattr(row, name, "")) for name in changing)])
