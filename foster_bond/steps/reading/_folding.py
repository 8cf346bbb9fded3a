"""What the reading steps share: the moments of a page, a guided activity folded into one, sides next to each other."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from foster_bond.library.flows import flows
from foster_bond.rules.keywords import Meaning
from foster_bond.rules.page_values.moments import Moment, ViewsMoment, WalkMoment
from foster_bond.rules.page_values.moments import Reflection as ReflectionMoment
from foster_bond.rules.pairs import Told, side_of, together
from foster_bond.steps.reading import _moments
from foster_bond.steps.reading._moments import Telling
from foster_bond.store import flow_runs
from foster_bond.store.flow_runs import FlowRun, StepText
from foster_bond.store.inbound import InboundText, Reflection
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.timeline import Row, mark_of

Line = tuple[Row, Moment]
ANSWERS = frozenset({"D-BASE", "FLOW-EXPIRED"})
WORDS = frozenset({Meaning.BASE.value, Meaning.GO.value, Meaning.DONE.value, Meaning.SKIP.value, Meaning.LATER.value})


@dataclass(slots=True)
class _Walk:
    """What of one run stands on this page."""

    run: FlowRun
    lines: list[Line] = field(default_factory=list)


def folded(tell: Telling, lines: Sequence[Line]) -> list[Line]:
    """The same lines, the newest first: a guided activity stands once, where its newest part stood, and so does a
    moment that was answered from two sides."""
    steps = _steps(tell, lines)
    told = [(row, _asked(tell, row, moment, steps)) for row, moment in lines]
    left = _walks_folded(tell, told, steps) if steps else told
    return _sides_folded(tell, left)


def _steps(tell: Telling, lines: Sequence[Line]) -> dict[str, StepText]:
    """The steps behind this page's rows, by the row that asked or answered each."""
    messages = [row.id for row, _ in lines if isinstance(row, OutboxMessage) and row.prompt_key]
    answers = [row.id for row, _ in lines if isinstance(row, Reflection) and row.occurrence_id is None]
    if not messages and not answers:
        return {}
    found = {}
    for one in flow_runs.behind(tell.session, tell.page.viewer.agency_id, messages=messages, reflections=answers):
        found.update({row_id: one for row_id in (one.step.message_id, one.step.reflection_id) if row_id})
    return found


def _asked(tell: Telling, row: Row, moment: Moment, steps: dict[str, StepText]) -> Moment:
    """A reply to a step stands with the words that asked it."""
    step = steps.get(row.id)
    if step is None or step.message is None or not isinstance(moment, ReflectionMoment):
        return moment
    return replace(moment, asked=_moments.asked(tell, step.message), delivery=tell.delivery(step.message))


def _walks_folded(tell: Telling, lines: Sequence[Line], steps: dict[str, StepText]) -> list[Line]:
    walks: dict[str, _Walk] = {}
    for one in steps.values():
        if flows()[one.run.flow, one.run.version].step_by_step:
            walks.setdefault(one.run.id, _Walk(one.run))
    answered = {one.step.message_id for one in steps.values() if one.step.reflection_id is not None}
    kept: list[Line] = []
    for row, moment in lines:
        step = steps.get(row.id)
        run_id = step.run.id if step is not None else _in_the_words_of(walks, row)
        if step is not None and isinstance(row, OutboxMessage) and row.id in answered:
            continue  # it stands with its answer
        if run_id not in walks:
            kept.append((row, moment))
            continue
        walk = walks[run_id]
        walk.lines.append((row, moment))
        if len(walk.lines) == 1:
            kept.append((row, moment))  # the newest part holds the place
    return [(row, _walk(tell, walks, row, moment)) for row, moment in kept]


def _in_the_words_of(walks: dict[str, _Walk], row: Row) -> str:
    """The run that BASE, GO or DONE was said in, where this row is such a word, or our fixed answer inside it."""
    if isinstance(row, OutboxMessage) and row.text_id in ANSWERS:
        begun = [one.run for one in walks.values() if one.run.started_at <= row.created_at and _to_them(one.run, row)]
        return max(begun, key=lambda run: run.started_at).id if begun else ""
    if not isinstance(row, InboundText) or row.meaning not in WORDS:
        return ""
    return next((key for key, one in walks.items() if _while(one.run, row.received_at) and _theirs(one.run, row)), "")


def _while(run: FlowRun, at: datetime) -> bool:
    return run.started_at <= at <= (run.ended_at or run.expires_at)


def _theirs(run: FlowRun, row: InboundText) -> bool:
    return row.from_bidx == run.to_bidx and row.family_id == run.family_id


def _to_them(run: FlowRun, row: OutboxMessage) -> bool:
    return row.to_bidx == run.to_bidx and row.family_id == run.family_id


def _walk(tell: Telling, walks: dict[str, _Walk], row: Row, moment: Moment) -> Moment:
    walk = next((one for one in walks.values() if one.lines and one.lines[0][0] is row), None)
    if walk is None:
        return moment
    run, flow = walk.run, flows()[walk.run.flow, walk.run.version]
    inside = tuple(told for _, told in reversed(walk.lines))
    return WalkMoment(
        id=run.id, member_name=tell.name(run.member_id), flow=run.flow, state=run.state, why=run.why or "",
        number=[one.id for one in flow.steps].index(run.step) + 1, of=len(flow.steps), when=tell.say(mark_of(row)[0]),
        inside=inside, unread=any(getattr(one, "unread", False) for one in inside),
    )  # fmt: skip


def _sides_folded(tell: Telling, lines: Sequence[Line]) -> list[Line]:
    sides = {row.id: (row, moment) for row, moment in lines if _is_side(row, moment)}
    told = [
        Told(row.id, row.prompt_key or "", row.first_at) for row, _ in sides.values() if isinstance(row, Reflection)
    ]
    shown: dict[str, ViewsMoment] = {}
    gone: set[str] = set()
    for pair, group in together(told):
        newest = max(group, key=lambda one: one.at)
        gone |= {one.key for one in group}
        letters = [((side_of(one.prompt) or ("", ""))[1], sides[one.key][1]) for one in group]
        shown[newest.key] = ViewsMoment(f"views-{newest.key}", pair, tell.say(newest.at), tuple(letters))
    return [(row, shown.get(row.id, moment)) for row, moment in lines if row.id in shown or row.id not in gone]


def _is_side(row: Row, moment: Moment) -> bool:
    return (
        isinstance(row, Reflection)
        and isinstance(moment, ReflectionMoment)
        and side_of(row.prompt_key or "") is not None
    )
