"""occurrence, by hand: a worker chooses somebody's next prompt, or takes that back. Down is free, up needs a reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.ladder import every_hold
from foster_bond.rules.ladder_overrides import LONGEST_REASON, Refusal, Refused, refusal
from foster_bond.steps.asking._choosing import facts_of_prompt, why_unfit
from foster_bond.steps.asking._previewing import LookAhead
from foster_bond.steps.rungs import ladder_state
from foster_bond.store import agencies, audit, families, practice, prompts
from foster_bond.store.families import Member
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Session, Store
from foster_bond.store.practice import PromptOverride
from foster_bond.store.prompts import Prompt

AHEAD = timedelta(weeks=2)  # as far as a next prompt is looked for


@dataclass(frozen=True, slots=True)
class _Next:
    """What the rules would ask this person next, and when."""

    at: datetime
    prompt_key: str | None
    level: int


def choose_instead(
    store: Store, viewer: Viewer, family_id: str, *, member_id: str, prompt_key: str, reason: str, now: datetime
) -> None:
    """Ask this person that prompt next, in place of what the rules would choose. It goes through the gate as ever.

    Raises: NotYours, Refused.
    """
    coming = _next(store, viewer, family_id, member_id, now)
    with store.write() as session:
        family = families.held(session, viewer, family_id)
        member = _member(session, viewer, family_id, member_id)
        prompt = _prompt(session, member, prompt_key)
        if practice.standing(session, viewer.agency_id, [member.id]):
            raise Refused(Refusal.STANDS)
        state = ladder_state(session, member, family, coming.at)
        level = member.level if coming.prompt_key is None else coming.level
        refused = refusal(facts_of_prompt(prompt), level, state, coming.at, reason=reason)
        if refused is not None or len(reason) > LONGEST_REASON:
            raise Refused(refused or Refusal.TOO_LONG)
        passes = [
            {"rule": one.rule, "prompt": one.prompt_id, "level": one.level, "why": one.why}
            for one in every_hold(facts_of_prompt(prompt), state, coming.at)
        ]
        row = PromptOverride(
            id=new_id(), agency_id=viewer.agency_id, family_id=family.id, member_id=member.id, prompt_key=prompt.key,
            level=prompt.level, instead_of=coming.prompt_key, instead_level=level, passes=passes,
            set_by=viewer.staff_id, set_at=now,
        )  # fmt: skip
        practice.override(session, store.vault, row, reason)
        said = f"{prompt.key} level {prompt.level} instead of {coming.prompt_key or 'nothing'} level {level}"
        audit.write(
            session, viewer.agency_id, "prompt_overridden", now, staff_id=viewer.by, subject=("member", member.id),
            detail=said,
        )  # fmt: skip


def take_back(store: Store, viewer: Viewer, family_id: str, override_id: str, now: datetime) -> None:
    """Let the rules choose again. Raises: NotYours, Refused where it was used or taken back meanwhile."""
    with store.write() as session:
        families.held(session, viewer, family_id)
        row = practice.one_of_family(session, viewer.agency_id, family_id, override_id)
        if row is None:
            raise NotYours("override")
        if not practice.take_back(session, viewer.agency_id, override_id, viewer.staff_id, now):
            raise Refused(Refusal.OVER)
        audit.write(
            session, viewer.agency_id, "override_taken_back", now, staff_id=viewer.by,
            subject=("member", row.member_id), detail=row.prompt_key,
        )  # fmt: skip


def _next(store: Store, viewer: Viewer, family_id: str, member_id: str, now: datetime) -> _Next:
    with store.read() as session:
        families.held(session, viewer, family_id)
        agency = agencies.by_id(session, viewer.agency_id)
        coming = LookAhead(session, store, agency, now, now + AHEAD).of(family_id)
    mine = [one for one in coming if one.member_id == member_id and one.state in ("planned", "held")]
    first = next((one for one in mine if one.prompt_id is not None), None)
    if first is None:
        return _Next(mine[0].due_at if mine else now, None, 0)
    return _Next(max(now, first.due_at), first.prompt_id, first.level or 0)


def _member(session: Session, viewer: Viewer, family_id: str, member_id: str) -> Member:
    member = families.held_member(session, viewer, member_id)
    if member is None or member.family_id != family_id:
        raise NotYours("member")
    if member.left_at is not None:
        raise Refused(Refusal.LEFT)
    return families.hold(session, member)


def _prompt(session: Session, member: Member, prompt_key: str) -> Prompt:
    prompt = prompts.prompts_of(session, member.agency_id).get(prompt_key)
    if prompt is None or why_unfit(prompt_key, prompt, member) is not None or member.language not in prompt.texts:
        raise Refused(Refusal.UNFIT)
    return prompt
