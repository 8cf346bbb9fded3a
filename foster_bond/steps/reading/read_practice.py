"""Store → practice page: where each person of a family stands on the ladder, what holds it, and who decided what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from foster_bond import library
from foster_bond.rules.access import Viewer
from foster_bond.rules.blackout import Stretch
from foster_bond.rules.ladder import LadderState
from foster_bond.rules.ladder_state import CHALLENGING, RELATIONSHIP
from foster_bond.rules.ladder_view import room_for_challenging, rungs_of
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState, When
from foster_bond.rules.page_values.plan import PlannedText
from foster_bond.rules.page_values.practice import (
    NextPrompt,
    OptionGroup,
    OverrideLine,
    PersonOnLadder,
    PracticePage,
    PromptOption,
    RungLine,
    SwitchLine,
)
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.slot_reasons import reasons_of
from foster_bond.rules.spoken_time import when
from foster_bond.steps.reading._events import prompt_words
from foster_bond.steps.rhythms import zone_for
from foster_bond.steps.rungs import TECHNIQUES, ladder_state
from foster_bond.store import families, practice, prompts, staff
from foster_bond.store.families import Family, Member
from foster_bond.store.family_calendars import calendars_of
from foster_bond.store.open_store import Session, Store
from foster_bond.store.practice import PromptOverride
from foster_bond.store.prompts import Prompt, PromptState
from foster_bond.store.sealing import Vault

OPEN = ("planned", "held")  # states of a coming text that is still to be chosen
BASE_ANSWER = "D-BASE"


def read_practice(
    store: Store, viewer: Viewer, family_id: str, now: datetime, *, coming: Sequence[PlannedText],
    form: FormState = NOTHING_TYPED, form_of: str = "",
) -> PracticePage:  # fmt: skip
    """The ladder of a family that the viewer holds; `coming`: its texts of the next four weeks. Raises: NotYours.

    `form` is what was typed: for the member `form_of`, or without it about the whole family.
    """
    with store.read() as session:
        family = families.held(session, viewer, family_id)
        store.vault.warm_families(session, viewer.agency_id, [family.id])
        tell = _Telling.of(session, store.vault, viewer, family, now)
        here = [one for one in tell.members.values() if one.left_at is None]
        lines = [(row, tell.override(row)) for row in practice.overrides_of(session, viewer.agency_id, family.id)]
        return PracticePage(
            family_id=family.id,
            name=plain_name(families.name_of(session, store.vault, family)),
            closed=family.closed_at is not None,
            people=tuple(
                tell.person(
                    member,
                    [one for one in coming if one.member_id == member.id],
                    next((line for row, line in lines if row.member_id == member.id and row.ended_at is None), None),
                    form if form_of == member.id else NOTHING_TYPED,
                )
                for member in here
            ),
            switches=tell.switches(),
            past=tuple(line for row, line in lines if row.ended_at is not None),
            form=NOTHING_TYPED if form_of else form,
        )


@dataclass(frozen=True, slots=True)
class _Telling:
    """What every line of the page is told from."""

    session: Session
    vault: Vault
    viewer: Viewer
    family: Family
    now: datetime
    members: Mapping[str, Member]
    staff_names: Mapping[str, str]
    prompts: Mapping[str, Prompt]

    @staticmethod
    def of(session: Session, vault: Vault, viewer: Viewer, family: Family, now: datetime) -> "_Telling":
        return _Telling(
            session, vault, viewer, family, now,
            members={one.id: one for one in families.members_of(session, viewer.agency_id, family.id)},
            staff_names={one.id: one.name for one in staff.of_agency(session, viewer.agency_id)},
            prompts=prompts.prompts_of(session, viewer.agency_id),
        )  # fmt: skip

    def say(self, at: datetime) -> When:
        return when(at, self.family.zone, language=self.viewer.language, place=False, now=self.now)

    def name(self, member_id: str) -> str:
        return plain_name(families.member_name(self.session, self.vault, self.members[member_id]))

    def person(
        self, member: Member, coming: Sequence[PlannedText], standing: OverrideLine | None, form: FormState
    ) -> PersonOnLadder:
        state = ladder_state(self.session, member, self.family, self.now)
        asked = [one for one in coming if one.state in OPEN]
        first = next((one for one in coming if one.state in (*OPEN, "written")), None)
        rungs = rungs_of(state, self.now)
        top = max((one.level for one in rungs if not one.holds), default=None)
        return PersonOnLadder(
            member_id=member.id,
            name=self.name(member.id),
            role=member.role,
            technique="" if top is None else TECHNIQUES[top],
            rungs=tuple(
                RungLine(
                    one.level,
                    TECHNIQUES[one.level],
                    tuple(held.why for held in one.holds),
                    here=one.level == top,
                )
                for one in reversed(rungs)
            ),
            next=None if first is None else self._next(first),
            standing=standing,
            groups=self._groups(member, state),
            room=room_for_challenging(self._dates(member, asked), [one.due_at for one in asked]),
            form=form,
        )

    def _dates(self, member: Member, coming: Sequence[PlannedText]) -> tuple[Stretch, ...]:
        """What the family's calendar covers around these texts."""
        last = max((one.due_at for one in coming), default=self.now)
        key = (self.viewer.agency_id, self.family.id)
        return calendars_of(self.session, [key], self.now, last)[key].stretches(zone_for(member, self.family), last)

    def _next(self, text: PlannedText) -> NextPrompt:
        return NextPrompt(
            when=self.say(text.leaves_at or text.due_at),
            text=text.text,
            language=text.language,
            technique=text.technique or "",
            level=text.level or 0,
            held=text.state == "held",
            reasons=reasons_of(text.why, text.rules),
        )

    def _groups(self, member: Member, state: LadderState) -> tuple[OptionGroup, ...]:
        """What may be chosen for them: approved, for their role, in their language, asked one at a time."""
        top = CHALLENGING - 1 if state.minor else RELATIONSHIP if state.l5_on else CHALLENGING
        fit = [one for one in self.prompts.values() if _fits(one, member) and one.level <= top]
        groups = []
        for level, technique in enumerate(TECHNIQUES):
            options = tuple(
                PromptOption(one.key, prompt_words(one, member))
                for one in sorted(fit, key=lambda one: one.key)
                if one.level == level
            )
            groups += [OptionGroup(level, technique, options)] if options else []
        return tuple(groups)

    def override(self, row: PromptOverride) -> OverrideLine:
        member, prompt = self.members[row.member_id], self.prompts.get(row.prompt_key)
        instead = self.prompts.get(row.instead_of or "")
        return OverrideLine(
            override_id=row.id,
            member_name=self.name(row.member_id),
            text=prompt_words(prompt, member),
            language=member.language,
            technique=TECHNIQUES[row.level],
            level=row.level,
            instead="" if instead is None else TECHNIQUES[instead.level],
            passes=tuple(str(one["why"]) for one in row.passes),
            reason=practice.reason_of(self.session, self.vault, row),
            by=self.staff_names.get(row.set_by, ""),
            when=self.say(row.set_at),
            end=_end_of(row),
            ended=None if row.ended_at is None else self.say(row.ended_at),
            ended_by=self.staff_names.get(row.taken_back_by or "", ""),
        )

    def switches(self) -> tuple[SwitchLine, ...]:
        return tuple(
            SwitchLine(
                row.is_on, self.staff_names.get(row.by, ""), self.say(row.at),
                practice.reason_of(self.session, self.vault, row),
            )
            for row in practice.switches_of(self.session, self.viewer.agency_id, self.family.id)
        )  # fmt: skip


def _fits(prompt: Prompt, member: Member) -> bool:
    """One that stands on its own: steps of an activity and sides of a pair come in their own order, and an answer to
    BASE comes after BASE only: unasked, its GO and DONE would lead nowhere.
    """
    shipped = library.prompts().get(prompt.key)
    alone = shipped is None or (shipped.flow is None and shipped.pair is None)
    alone = alone and prompt.key != BASE_ANSWER
    approved = prompt.state == PromptState.APPROVED.value
    return alone and approved and member.role in prompt.roles and member.language in prompt.texts


def _end_of(row: PromptOverride) -> str:
    if row.ended_at is None:
        return ""
    if row.taken_back_by is not None:
        return "taken_back"
    return "fell" if row.occurrence_id is None else "used"
