"""What the reading steps share: the rows of one page of a timeline and all that stands around them, still sealed."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.kinds import Kind
from foster_bond.rules.timeline_filter import EVERYTHING, Filter
from foster_bond.store import (
    alert_calls,
    corrections,
    families,
    inbound,
    looks,
    moment_facts,
    moment_marks,
    opened,
    readings,
    refiling_facts,
    staff,
    staff_texts,
)
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
from foster_bond.store.readings import Reading
from foster_bond.store.timeline import LONG_AGO, Mark, Row, Stretch, mark_of, rows_of

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
    readings: Mapping[str, list[Reading]]  # by reflection
    answered: Mapping[str, str]  # the moment that a text of staff answers, by the text in
    new_since: datetime | None  # what came later is new to the viewer; None: nothing is marked
    unseen_since: datetime | None  # what came later nobody has seen before the viewer
    at: Mark | None  # the moment that the address named
    newest: bool  # nothing newer lies before this page

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
        words += [one.id for said in self.readings.values() for one in said]
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
    at: str = "",
    only: Filter = EVERYTHING,
    new_since: datetime | None = None,
) -> Gathered:
    """The newest page of a family that the viewer may open, the one older than `before`, or the one that begins with
    the moment `at`. Raises: NotYours, also for a moment or a member that is not this family's."""
    family = opened.opened(session, viewer, family_id)
    members = {one.id: one for one in families.members_of(session, viewer.agency_id, family.id)}
    if only.member and only.member not in members:
        raise NotYours("member")
    begins = _begins(session, viewer, family.id, at)
    last_of_others = looks.last_of_others(session, viewer.agency_id, viewer.staff_id, family.id)
    unseen_since = _later(new_since, last_of_others)
    keys = moment_facts.keys_of_technique(session, viewer.agency_id, only.technique) if only.technique else ()
    stretch = Stretch(
        viewer.agency_id, family.id, now, PAGE + 1, before, only, keys,
        since=(new_since if only.flag == "new" else unseen_since) or LONG_AGO,
    )  # fmt: skip
    numbers = sorted({one.to_bidx for one in members.values() if only.member in ("", one.id)})
    rows = rows_of(session, stretch, numbers)
    newest = before is None and (begins is None or begins in map(mark_of, rows[:PAGE]))
    if begins is not None and not newest:  # else it stands among the newest, with all that came after it
        rows = rows_of(session, replace(stretch, before=(begins[0], f"{begins[1]}~")), numbers)
    looking = _Looking(viewer, family, members, now, new_since, unseen_since, begins, newest)
    return _around(session, looking, rows[:PAGE], more=len(rows) > PAGE)


def _begins(session: Session, viewer: Viewer, family_id: str, at: str) -> Mark | None:
    if not at:
        return None
    mark = moment_marks.mark_named(session, viewer.agency_id, family_id, at[:36].replace("\x00", ""))
    if mark is None:
        raise NotYours("moment")
    return mark


def _later(*instants: datetime | None) -> datetime | None:
    return max((one for one in instants if one is not None), default=None)


@dataclass(frozen=True, slots=True)
class _Looking:
    """Who looks at which family, and what is new to them."""

    viewer: Viewer
    family: Family
    members: Mapping[str, Member]
    now: datetime
    new_since: datetime | None
    unseen_since: datetime | None
    at: Mark | None
    newest: bool


def _around(session: Session, looking: _Looking, rows: list[Row], *, more: bool) -> Gathered:
    viewer, family = looking.viewer, looking.family
    agency_id = viewer.agency_id
    reflections = [row for row in rows if isinstance(row, Reflection)]
    alerts = [row for row in rows if isinstance(row, Alert)]
    alert_ids, known = [alert.id for alert in alerts], [one.id for one in reflections]
    # What is empty asks the database nothing: most pages hold no alert, and many no prompt.
    alert_texts = moment_facts.texts_in(session, agency_id, [one.inbound_id or "" for one in alerts]) if alerts else {}
    replied = [text.reflection_id for text in alert_texts.values() if text.reflection_id]
    alerted = inbound.reflections_by_id(session, agency_id, replied) if replied else {}
    slots = [one.occurrence_id for one in (*reflections, *alerted.values()) if one.occurrence_id]
    slots += [row.occurrence_id for row in rows if isinstance(row, OutboxMessage) and row.occurrence_id]
    slot_texts = moment_facts.texts_of_slots(session, agency_id, slots) if slots else {}
    parts = _by_reflection(inbound.parts_of(session, agency_id, known) if known else ())
    heard = [part.id for texts in parts.values() for part in texts]
    heard += [row.id for row in rows if isinstance(row, InboundText)]
    heard += [row.evidence_id for row in rows if isinstance(row, ConsentEvent)]
    about = moment_facts.about_texts(session, agency_id, family.id, heard, alert_ids) if heard or alerts else []
    replies = [*reflections, *(one for one in alerted.values() if one.parts == 1)]  # these show as their alert alone
    asked = _asked(session, agency_id, family.id, replies)
    told = alert_calls.told(session, agency_id, alert_ids) if alerts else ()
    messages = {one.id for group in slot_texts.values() for one in group} | {one.id for one in about}
    messages |= {row.id for row in rows if isinstance(row, OutboxMessage)}
    answers = [row.inbound_id for row in rows if isinstance(row, OutboxMessage) and row.inbound_id]
    texts = [one.id for group in parts.values() for one in group]
    return Gathered(
        viewer=viewer, family=family, members=looking.members, now=looking.now, rows=rows, more=more,
        slot_texts=slot_texts, parts=parts, alert_texts=alert_texts, alert_reflections=alerted,
        careful=moment_facts.careful_looks(session, agency_id, texts) if texts else {},
        staff_names={one.id: one.name for one in staff.of_agency(session, agency_id)},
        answers=_by_text(about),
        crisis_answers={one.alert_id: one for one in about if one.alert_id and one.kind == Kind.CRISIS_REPLY.value},
        notices=_by_alert(told),
        asked=asked,
        moves=corrections.of_reflections(session, agency_id, [one.id for one in replies]) if replies else {},
        prompts=moment_facts.prompts_by_key(session, agency_id, _keys(rows, slot_texts, asked)),
        questions=moment_facts.questions(session, agency_id, slots) if slots else {},
        moved_at=moment_facts.last_moves(session, agency_id, sorted(messages)) if messages else {},
        readings=readings.of_reflections(session, agency_id, known) if reflections else {},
        answered=staff_texts.answered_moments(session, agency_id, answers) if answers else {},
        new_since=looking.new_since, unseen_since=looking.unseen_since, at=looking.at, newest=looking.newest,
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
