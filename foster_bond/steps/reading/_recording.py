"""What the reading steps share: the rows of a family become the lines of its record; withheld words stay sealed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from foster_bond.rules.kinds import Kind
from foster_bond.rules.ladder_state import PromptFacts
from foster_bond.rules.record.values import Entry, EntryKind, Kept, Move
from foster_bond.store import inbound, moment_facts, notes, outbox, placement_events, record_facts, staff
from foster_bond.store.alerts import Alert
from foster_bond.store.consents import ConsentEvent
from foster_bond.store.covers import HandOver
from foster_bond.store.departures import Departure
from foster_bond.store.families import Family, Member
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.notes import Note
from foster_bond.store.occurrences import Occurrence
from foster_bond.store.open_store import Session
from foster_bond.store.outbox import OutboxMessage, StateMove
from foster_bond.store.placement_events import PlacementEvent
from foster_bond.store.prompts import Prompt
from foster_bond.store.sealing import Place, SealBroken, Vault
from foster_bond.store.timeline import ASKING
from foster_bond.store.voice_calls import VoiceCall

CLOCK, OPERATOR = "Foster Bond", "the operator"


@dataclass(frozen=True, slots=True)
class Ledger:
    """Turns the rows of one family into lines. `silent` are the members whose own words stay sealed."""

    session: Session
    vault: Vault
    family: Family
    silent: frozenset[str]
    names: Mapping[str, str]  # of staff
    prompts: Mapping[str, Prompt]
    asked: Mapping[str, OutboxMessage]  # what a slot asked, by slot
    bodies: Mapping[str, str]  # of the texts out
    moves: Mapping[str, list[StateMove]]
    reflections: Mapping[str, Reflection]

    def text_out(self, row: OutboxMessage) -> Entry:
        prompt = self.prompts.get(row.prompt_key or "")
        log = self.moves.get(row.id, [])
        return Entry(
            id=row.id, kind=EntryKind.TEXT_OUT, at=row.accepted_at or row.due_at, words=self.bodies.get(row.id, ""),
            kept_back=None if row.id in self.bodies else Kept.ERASED, language=row.language, what=row.kind,
            by=self.names.get(row.staff_id or "", "") if row.kind == Kind.STAFF_REPLY.value else "",
            prompt_id=row.prompt_key or row.text_id or "", technique="" if prompt is None else prompt.technique,
            level=None if prompt is None else prompt.level, state=row.state,
            state_at=log[-1].at if log else None, why=row.reason or "", parts=row.parts,
            moves=tuple(Move(one.to_state, one.at, one.why or "") for one in log),
        )  # fmt: skip

    def text_in(self, row: InboundText) -> Entry:
        reflection = self.reflections.get(row.reflection_id or "")
        question = None if reflection is None else self.asked.get(reflection.occurrence_id or "")
        prompt = None if reflection is None else self.prompts.get(reflection.prompt_key or "")
        words, kept = self._said(row)
        return Entry(
            id=row.id, kind=EntryKind.TEXT_IN, at=row.received_at, words=words, kept_back=kept,
            what=row.meaning or row.kind, prompt_id="" if prompt is None else prompt.key,
            technique="" if prompt is None else prompt.technique, level=None if prompt is None else prompt.level,
            asked="" if question is None else self.bodies.get(question.id, ""),
            asked_at=None if question is None else question.accepted_at, guess=is_guess(prompt),
            rating=None if reflection is None or kept else reflection.rating, marks=_marks(row, reflection),
        )  # fmt: skip

    def _said(self, row: InboundText) -> tuple[str, Kept | None]:
        if row.withdrawn_at is not None:
            return "", Kept.REMOVED
        if row.member_id in self.silent:
            return "", Kept.TEEN
        return self._opened(lambda: inbound.said(self.session, self.vault, row))

    def _opened(self, unseal: Callable[[], str]) -> tuple[str, Kept | None]:
        try:
            return unseal(), None
        except SealBroken:
            return "", Kept.ERASED

    def not_sent(self, row: Occurrence) -> Entry:
        prompt = self.prompts.get(row.prompt_key or "")
        return Entry(
            id=row.id, kind=EntryKind.NOT_SENT, at=row.due_at, what=row.state, prompt_id=row.prompt_key or "",
            technique="" if prompt is None else prompt.technique, level=None if prompt is None else prompt.level,
            state="held" if row.state == "planned" else row.state, why=row.why or "",
        )  # fmt: skip

    def consent(self, row: ConsentEvent, member: Member | None) -> Entry:
        words, kept = (row.wording or "", None) if row.how == "recorded" else ("", None)
        sealed = row.words
        if sealed is not None and row.family_id in (None, self.family.id):
            place = Place("consent_events", "words", row.id)
            words, kept = self._opened(lambda: self.vault.open(self.session, sealed, place))
            if member is not None and member.id in self.silent:
                words, kept = "", Kept.TEEN
        return Entry(
            id=row.id, kind=EntryKind.CONSENT, at=row.at, words=words, kept_back=kept, what=row.how,
            by=self.names.get(row.staff_id or "", ""), state_before=row.from_state, state=row.to_state,
            language=row.language or "",
        )  # fmt: skip

    def alert(self, row: Alert) -> Entry:
        outcome = ""
        if row.outcome is not None:
            sealed, place = row.outcome, Place("alerts", "outcome", row.id)
            outcome = self._opened(lambda: self.vault.open(self.session, sealed, place))[0]
        return Entry(
            id=row.id, kind=EntryKind.ALERT, at=row.raised_at, what=f"{row.category}, {row.priority}", words=outcome,
            by=self.names.get(row.acknowledged_by or "", ""), state=row.state,
            state_at=row.resolved_at or row.acknowledged_at or row.first_notified_at,
        )  # fmt: skip

    def note(self, row: Note) -> Entry:
        words, kept = self._opened(lambda: notes.words_of(self.session, self.vault, row))
        return Entry(
            id=row.id, kind=EntryKind.NOTE, at=row.at, words=words, kept_back=kept,
            by=self.names.get(row.author_id, ""),
        )  # fmt: skip

    def call(self, row: VoiceCall) -> Entry:
        return Entry(id=row.id, kind=EntryKind.CALL, at=row.at)

    def placement(self, row: PlacementEvent) -> Entry:
        days = row.day.isoformat() if row.last_day is None else f"{row.day.isoformat()} – {row.last_day.isoformat()}"
        return Entry(
            id=row.id, kind=EntryKind.PLACEMENT, at=row.added_at, what=f"{row.kind}, {days}",
            words=placement_events.note_of(self.session, self.vault, row), by=self.who(row.added_by),
            marks=("taken out again",) if row.removed_at else (),
        )  # fmt: skip

    def departure(self, row: Departure) -> Entry:
        chosen = [name for name, on in (("closing note", row.closing_note), ("aftercare", row.aftercare)) if on]
        return Entry(
            id=row.id, kind=EntryKind.DEPARTURE, at=row.at, what=row.why, by=self.who(row.by_id, CLOCK),
            state="undone" if row.undone_at else "decided" if row.decided_at else "open",
            state_at=row.undone_at or row.decided_at, marks=tuple(chosen),
        )  # fmt: skip

    def hand_over(self, row: HandOver) -> Entry:
        before = self.names.get(row.from_id or "", "nobody")
        return Entry(
            id=row.id, kind=EntryKind.HAND_OVER, at=row.at, what=f"{before} → {self.names.get(row.to_id, '')}",
            by=self.who(row.by_id),
        )  # fmt: skip

    def who(self, staff_id: str | None, nobody: str = OPERATOR) -> str:
        """The name of a member of staff; None is a command, or the clock."""
        return nobody if staff_id is None else self.names.get(staff_id, "")


def is_guess(prompt: Prompt | None) -> bool:
    """Whether the prompt asked them to imagine another mind."""
    return prompt is not None and PromptFacts(prompt.key, prompt.level, prompt.target).about_other


def _marks(row: InboundText, reflection: Reflection | None) -> tuple[str, ...]:
    facts = (
        (row.recovered, "recovered after an outage"),
        (reflection is not None and reflection.late, "late"),
        (row.filed_by is not None, "filed by a person"),
        (row.hard_day, "read as a hard day"),
        (row.crisis, "raised an alert"),
        (bool(row.media_count), "came with a picture, not opened"),
        (row.withdrawn_at is not None, "removed by the family"),
    )
    return tuple(words for true, words in facts if true)


def ledger_of(session: Session, vault: Vault, family: Family, silent: frozenset[str]) -> Ledger:
    """Whoever tells this family, with every text out unsealed once."""
    sent = record_facts.texts_out(session, family)
    replies = record_facts.reflections(session, family)
    keys = {one.prompt_key for one in sent} | {one.prompt_key for one in replies.values()}
    keys |= {one.prompt_key for one in record_facts.not_sent(session, family)}
    asked: dict[str, OutboxMessage] = {}
    for one in sent:
        if one.occurrence_id and one.kind in ASKING:
            asked.setdefault(one.occurrence_id, one)
    return Ledger(
        session=session, vault=vault, family=family, silent=silent,
        names={one.id: one.name for one in staff.of_agency(session, family.agency_id)},
        prompts=moment_facts.prompts_by_key(session, family.agency_id, sorted(key for key in keys if key)),
        asked=asked, bodies=_bodies(session, vault, sent), reflections=replies,
        moves=record_facts.moves(session, family.agency_id, [one.id for one in sent]),
    )  # fmt: skip


def _bodies(session: Session, vault: Vault, sent: Sequence[OutboxMessage]) -> dict[str, str]:
    found = {}
    for message in sent:
        try:
            found[message.id] = outbox.body_of(session, vault, message)
        except SealBroken:
            continue
    return found


def in_time(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The oldest first."""
    return tuple(sorted(entries, key=_moment))


def _moment(entry: Entry) -> tuple[datetime, str]:
    return entry.at, entry.id
