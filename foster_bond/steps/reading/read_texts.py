"""Store → texts page: what became of a family's past slots, and what may be done about the coming ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from foster_bond.rules.access import Viewer
from foster_bond.rules.page_values.calendar import FamilyTextsPage, TextLine
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.slot_reasons import reasons_of
from foster_bond.rules.spoken_time import when
from foster_bond.rules.states import OccurrenceState
from foster_bond.steps.reading._cursors import cursor_of, mark_from
from foster_bond.store import families, outbox, prompts, text_lists
from foster_bond.store.open_store import Session, Store
from foster_bond.store.prompts import Prompt
from foster_bond.store.sealing import SealBroken, Vault
from foster_bond.store.text_lists import Decided

PAGE = 20
_OUTCOMES = {OccurrenceState.WRITTEN.value: "sent", OccurrenceState.PLANNED.value: "held"}


@dataclass(frozen=True, slots=True)
class FamilyTexts:
    """The page, still without what is to come, and who the members are by name."""

    page: FamilyTextsPage
    names: Mapping[str, str]


def read_texts(store: Store, viewer: Viewer, family_id: str, now: datetime, *, before: str = "") -> FamilyTexts:
    """The past slots of a family that the viewer holds, newest first. Raises: NotYours."""
    with store.read() as session:
        family = families.held(session, viewer, family_id)
        store.vault.warm_families(session, viewer.agency_id, [family.id])
        members = families.members_of(session, viewer.agency_id, family.id)
        names = {one.id: plain_name(families.member_name(session, store.vault, one)) for one in members}
        rows = text_lists.past_of_family(
            session, viewer.agency_id, family.id, now, before=mark_from(before), limit=PAGE + 1
        )
        tell = _Telling(session, store.vault, viewer, names, {one.id: one.zone or family.zone for one in members}, now)
        tell.known = prompts.prompts_of(session, viewer.agency_id)
        more = rows[PAGE - 1].occurrence if len(rows) > PAGE else None
        page = FamilyTextsPage(
            family_id=family.id,
            name=plain_name(families.name_of(session, store.vault, family)),
            zone=family.zone,
            coming=(),
            past=tuple(tell.line(row) for row in rows[:PAGE]),
            earlier="" if more is None else cursor_of((more.due_at, more.id)),
        )
    return FamilyTexts(page, names)


class _Telling:
    """Slots as a page says them."""

    def __init__(
        self, session: Session, vault: Vault, viewer: Viewer, names: Mapping[str, str], zones: Mapping[str, str],
        now: datetime,
    ) -> None:  # fmt: skip
        self._session, self._vault, self._viewer, self._now = session, vault, viewer, now
        self._names, self._zones = names, zones
        self.known: Mapping[str, Prompt] = {}

    def line(self, row: Decided) -> TextLine:
        """One slot that is over."""
        slot, message = row.occurrence, row.message
        prompt = self.known.get(slot.prompt_key or "")
        zone = self._zones[slot.member_id]
        at = slot.due_at if message is None else message.accepted_at or message.due_at
        reasons = reasons_of(None if message is None else message.reason, [{"why": slot.why}, *slot.rules])
        return TextLine(
            occurrence_id=slot.id,
            when=when(at, zone, language=self._viewer.language, place=False, now=self._now),
            member_name=self._names[slot.member_id],
            schedule=row.schedule,
            text=self._words(row),
            language="en" if message is None else message.language or "en",
            technique="" if prompt is None else prompt.technique,
            level=0 if prompt is None else prompt.level,
            outcome=_OUTCOMES.get(slot.state, slot.state),
            reasons=reasons,
            delivery="" if message is None else message.state,
            moved_from=None
            if slot.moved_from is None
            else when(slot.moved_from, zone, language=self._viewer.language, place=False, now=self._now),
        )

    def _words(self, row: Decided) -> str:
        if row.message is None:
            return ""
        try:
            return outbox.body_of(self._session, self._vault, row.message)
        except SealBroken:
            return ""
