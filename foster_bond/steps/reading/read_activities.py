"""Store → activities page: a family's guided activities, what may be offered to whom, and both sides of a moment."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from foster_bond.library.flows import Flow, flows, newest
from foster_bond.rules.access import Viewer
from foster_bond.rules.flow_offer import why_not_offer
from foster_bond.rules.page_values.activities import (
    ActivitiesPage,
    MayOffer,
    PersonToOffer,
    RunLine,
    SharedMoment,
    Side,
    StepLine,
)
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState, When
from foster_bond.rules.pairs import Told, side_of, together
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.spoken_time import when
from foster_bond.steps.offering import who_is
from foster_bond.steps.reading._events import prompt_words
from foster_bond.store import agencies, families, flow_runs, inbound, pair_facts, prompts, staff
from foster_bond.store.families import Family, Member
from foster_bond.store.flow_runs import FlowRun, FlowStep
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.open_store import Session, Store
from foster_bond.store.prompts import Prompt
from foster_bond.store.sealing import Vault


def read_activities(
    store: Store, viewer: Viewer, family_id: str, now: datetime, *, form: FormState = NOTHING_TYPED, form_of: str = ""
) -> ActivitiesPage:
    """The activities of a family that the viewer holds. Raises: NotYours."""
    with store.read() as session:
        family = families.held(session, viewer, family_id)
        store.vault.warm_families(session, viewer.agency_id, [family.id])
        tell = _Telling.of(session, store.vault, viewer, family, now)
        lines = [tell.run(run) for run in flow_runs.of_family(session, viewer, family.id)]
        return ActivitiesPage(
            family_id=family.id,
            name=plain_name(families.name_of(session, store.vault, family)),
            open=tuple(one for one in lines if one.is_open),
            past=tuple(one for one in lines if not one.is_open),
            people=tell.people(),
            shared=tell.shared(),
            form=form,
            form_of=form_of,
        )


@dataclass(frozen=True, slots=True)
class _Telling:
    """What every line of the page is told from."""

    session: Session
    vault: Vault
    viewer: Viewer
    family: Family
    members: Mapping[str, Member]
    names: Mapping[str, str]
    staff_names: Mapping[str, str]
    prompts: Mapping[str, Prompt]
    now: datetime

    @classmethod
    def of(cls, session: Session, vault: Vault, viewer: Viewer, family: Family, now: datetime) -> "_Telling":
        members = {one.id: one for one in families.members_of(session, viewer.agency_id, family.id)}
        return cls(
            session, vault, viewer, family, members,
            {one.id: plain_name(families.member_name(session, vault, one)) for one in members.values()},
            {one.id: one.name for one in staff.of_agency(session, viewer.agency_id)},
            prompts.prompts_of(session, viewer.agency_id), now,
        )  # fmt: skip

    def say(self, at: datetime | None) -> When | None:
        return None if at is None else self.then(at)

    def then(self, at: datetime) -> When:
        return when(at, self.family.zone, language=self.viewer.language, place=False, now=self.now)

    def words(self, key: str, member: Member) -> str:
        return prompt_words(self.prompts.get(key), member)

    def run(self, run: FlowRun) -> RunLine:
        """One run with its steps, those to come included."""
        flow = flows()[run.flow, run.version]
        ids = [one.id for one in flow.steps]
        done = run.ended_at is not None
        return RunLine(
            run_id=run.id, member_name=self.names.get(run.member_id, ""), flow=run.flow, version=run.version,
            state=run.state, why=run.why or "", number=ids.index(run.step) + 1, of=len(ids),
            started=self.then(run.started_at), by=self.staff_names.get(run.offered_by or "", ""),
            due=None if done else self.say(run.due_at), expires=None if done else self.then(run.expires_at),
            held=self.say(run.held_at) if run.state == "held" else None, resumed=self.say(run.resumed_at),
            ended=self.say(run.ended_at), with_worker=run.with_worker, steps=self._steps(run, flow),
        )  # fmt: skip

    def _steps(self, run: FlowRun, flow: Flow) -> tuple[StepLine, ...]:
        rows: dict[str, list[FlowStep]] = defaultdict(list)
        for row in flow_runs.steps_of(self.session, self.viewer.agency_id, [run.id]):
            rows[row.step].append(row)
        member = self.members[run.member_id]
        lines = []
        for number, step in enumerate(flow.steps, start=1):
            mine = rows.get(step.id, [])
            answered = next((one.reflection_id for one in mine if one.reflection_id), "")
            asked = next((one.written_at for one in mine if one.message_id), None)
            lines.append(StepLine(
                number, self.words(step.prompt, member), member.language, self.say(asked), answered or "",
                next((one.passed for one in mine if one.passed), None) or "",
            ))  # fmt: skip
        return tuple(lines)

    def people(self) -> tuple[PersonToOffer, ...]:
        """Everybody who is here with every activity that is written for them, and what stands in its way."""
        agency = agencies.by_id(self.session, self.viewer.agency_id)
        offered = [one for one in (newest(key) for key in dict.fromkeys(flow_id for flow_id, _ in flows())) if one]
        found = []
        for member in self.members.values():
            mine = [one for one in offered if member.role in (*one.roles, *one.with_worker)
                    and not one.id.endswith("-direct")]  # fmt: skip
            if member.left_at is not None or not mine:
                continue
            who = who_is(self.session, agency, self.family, member, self.now)
            offers = [(one, why_not_offer(one, who, with_worker=True)) for one in mine]
            found.append(PersonToOffer(
                member.id, self.names[member.id], member.role, any(member.role in one.with_worker for one in mine),
                tuple(MayOffer(one.id, "" if why is None else why.value) for one, why in offers),
            ))  # fmt: skip
        return tuple(found)

    def shared(self) -> tuple[SharedMoment, ...]:
        """The moments of which more than one side was answered."""
        rows = {one.id: one for one in pair_facts.sides_told(
            self.session, self.viewer.agency_id, self.family.id, [key for key in self.prompts if side_of(key)]
        )}  # fmt: skip
        told = [Told(one.id, one.prompt_key or "", one.first_at) for one in rows.values()]
        parts: dict[str, list[InboundText]] = defaultdict(list)
        for text in inbound.parts_of(self.session, self.viewer.agency_id, list(rows)):
            parts[text.reflection_id or ""].append(text)
        return tuple(
            SharedMoment(
                pair, self.then(max(one.at for one in sides)), tuple(self._side(rows[one.key], parts) for one in sides)
            )
            for pair, sides in together(told)
        )

    def _side(self, row: Reflection, parts: Mapping[str, Sequence[InboundText]]) -> Side:
        member = self.members[row.member_id]
        words = [inbound.said(self.session, self.vault, one) for one in parts.get(row.id, []) if not one.withdrawn_at]
        letter = (side_of(row.prompt_key or "") or ("", ""))[1]
        return Side(
            letter, self.names[member.id], member.role, self.words(row.prompt_key or "", member), tuple(words),
            member.language, self.then(row.first_at), row.id,
        )  # fmt: skip
