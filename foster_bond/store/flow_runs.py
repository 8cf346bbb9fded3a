"""Store: guided activities under way: where each run of a flow stands, and every step that was asked in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Index, UniqueConstraint, func, or_, select, text, update
from sqlmodel import Field, Session, col

from foster_bond.rules.access import Viewer
from foster_bond.rules.flow import MOVES, OPEN_STATES, Ending, FlowState
from foster_bond.rules.states import NoSuchMove, Outbound
from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.families import Family, Member, held_by
from foster_bond.store.ids import new_id
from foster_bond.store.number_facts import NEVER_LEFT
from foster_bond.store.outbox_rows import OutboxMessage
from foster_bond.store.prompts import Prompt

NOT_HANDED_OVER = (Outbound.SCHEDULED.value, *NEVER_LEFT)
OPEN = "state IN ({})".format(", ".join(f"'{state}'" for state in sorted(OPEN_STATES)))


class FlowRun(Owned, table=True):
    """One person on one guided activity. It keeps the version of the flow that it began with."""

    __tablename__ = "flow_runs"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("member_id", "members"),
        link("offered_by", "staff"),
        one_of("state", FlowState),
        one_of("why", Ending, nullable=True),
        # One at a time per phone: its BASE, GO and DONE must be about one thing.
        Index(
            "uq_flow_runs_open", "agency_id", "to_bidx", unique=True, sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
        Index("ix_flow_runs_look", "look_at", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_flow_runs_number", "agency_id", "to_bidx", "started_at"),
        Index("ix_flow_runs_family", "agency_id", "family_id", "started_at"),
    )  # fmt: skip
    family_id: str = Field(max_length=36)
    member_id: str = Field(max_length=36)
    to_bidx: str = Field(max_length=32)
    flow: str = Field(max_length=40)
    version: int
    state: str = Field(max_length=10)
    step: str = Field(max_length=20)  # the step that is due, asked, or to be taken up again
    moment: str | None = Field(default=None, max_length=36)  # the shared moment that this is one side of
    offered_by: str | None = Field(default=None, max_length=36)  # None: a programme brought it
    with_worker: bool = False  # a worker sits beside them
    started_at: Instant
    last_at: Instant  # when something last happened: a reply, a word, an offer
    due_at: Instant | None = None  # when the step is to be asked
    expires_at: Instant
    look_at: Instant  # when the clock looks at it next
    held_at: Instant | None = None  # BASE, a hard day or the night
    resumed_at: Instant | None = None
    ended_at: Instant | None = None
    why: str | None = Field(default=None, max_length=12)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class FlowStep(Owned, table=True):
    """One step that was asked, or passed over, in a run."""

    __tablename__ = "flow_steps"
    __table_args__ = own_key(
        link("run_id", "flow_runs"),
        UniqueConstraint("run_id", "number"),
        Index("ix_flow_steps_reflection", "agency_id", "reflection_id"),
    )
    run_id: str = Field(max_length=36)
    number: int
    step: str = Field(max_length=20)
    prompt_key: str = Field(max_length=40)
    message_id: str | None = Field(default=None, max_length=36)  # no link: see the migration; None: passed over
    occurrence_id: str | None = Field(default=None, max_length=36)  # a programme's slot asked it
    reflection_id: str | None = Field(default=None, max_length=36)  # no link: a reply may be moved elsewhere
    written_at: Instant
    passed: str | None = Field(default=None, max_length=12)  # why it was left out


def move(run: FlowRun, to: FlowState) -> None:
    """The only way a run changes its state. Raises: NoSuchMove."""
    if to not in MOVES[FlowState(run.state)]:
        raise NoSuchMove(f"flow {run.state} -> {to}")
    run.state = to.value


def open_of(session: Session, agency_id: str, to_bidx: str) -> FlowRun | None:
    """The activity that is open for this number, locked where the engine can."""
    query = select(FlowRun).where(
        col(FlowRun.agency_id) == agency_id,
        col(FlowRun.to_bidx) == to_bidx,
        col(FlowRun.state).in_(sorted(OPEN_STATES)),
    )
    return session.execute(query.with_for_update()).scalar_one_or_none()


def is_walking(session: Session, agency_id: str, to_bidx: str) -> bool:
    """True where an activity is open for this number; looked at without a lock."""
    query = select(col(FlowRun.id)).where(
        col(FlowRun.agency_id) == agency_id,
        col(FlowRun.to_bidx) == to_bidx,
        col(FlowRun.state).in_(sorted(OPEN_STATES)),
    )
    return session.execute(query.limit(1)).first() is not None


def newest_of(session: Session, agency_id: str, to_bidx: str, since: datetime) -> FlowRun | None:
    """The activity that this number was in last, open or over, if anything happened in it since then."""
    query = (
        select(FlowRun)
        .where(col(FlowRun.agency_id) == agency_id, col(FlowRun.to_bidx) == to_bidx, col(FlowRun.last_at) > since)
        .order_by(col(FlowRun.started_at).desc(), col(FlowRun.id).desc())
        .limit(1)
    )
    return session.execute(query.with_for_update()).scalar_one_or_none()


def start(session: Session, run: FlowRun) -> None:
    """Write a new run down."""
    session.add(run)
    session.flush()


def take_note(session: Session, run: FlowRun, step: FlowStep) -> FlowStep:
    """Write down the next step of a run."""
    query = select(func.count()).select_from(FlowStep).where(col(FlowStep.run_id) == run.id)
    step.number = int(session.execute(query).scalar_one()) + 1
    session.add(step)
    session.flush()
    return step


def new_step(run: FlowRun, step: str, prompt_key: str, at: datetime, **more: str | None) -> FlowStep:
    """A step of this run that is no row yet."""
    return FlowStep(
        id=new_id(), agency_id=run.agency_id, run_id=run.id, number=0, step=step, prompt_key=prompt_key, written_at=at,
        **more,
    )  # fmt: skip


class AskedStep(NamedTuple):
    """A step whose text was handed to the carrier."""

    id: str
    run_id: str
    step: str
    prompt_key: str
    member_id: str
    family_id: str
    sent_at: datetime
    reflection_id: str | None
    reply: str | None
    occurrence_id: str | None


def asked_steps(session: Session, agency_id: str, run_id: str, now: datetime) -> list[AskedStep]:
    """The steps of a run that left before that moment, the newest first."""
    sent_at = func.coalesce(col(OutboxMessage.accepted_at), col(OutboxMessage.claimed_at))
    query = (
        select(
            col(FlowStep.id), col(FlowStep.run_id), col(FlowStep.step), col(FlowStep.prompt_key),
            col(OutboxMessage.member_id), col(OutboxMessage.family_id), sent_at, col(FlowStep.reflection_id),
            col(Prompt.reply), col(FlowStep.occurrence_id),
        )
        .join(OutboxMessage, col(OutboxMessage.id) == col(FlowStep.message_id))
        .outerjoin(Prompt, (col(Prompt.agency_id) == agency_id) & (col(Prompt.key) == col(FlowStep.prompt_key)))
        .where(
            col(FlowStep.agency_id) == agency_id, col(FlowStep.run_id) == run_id,
            col(OutboxMessage.state).not_in(NOT_HANDED_OVER), col(OutboxMessage.claimed_at) <= now,
        )
        .order_by(col(FlowStep.number).desc())
    )  # fmt: skip
    return [AskedStep._make(row) for row in session.execute(query)]


def knows_slot(session: Session, agency_id: str, occurrence_id: str) -> bool:
    """True where a programme's slot has begun a run already."""
    query = select(col(FlowStep.id)).where(
        col(FlowStep.agency_id) == agency_id, col(FlowStep.occurrence_id) == occurrence_id
    )
    return session.execute(query.limit(1)).first() is not None


def answer(session: Session, agency_id: str, step_id: str, reflection_id: str) -> None:
    """This reflection answers that step."""
    session.execute(
        update(FlowStep)
        .where(col(FlowStep.agency_id) == agency_id, col(FlowStep.id) == step_id)
        .values(reflection_id=reflection_id)
        .execution_options(synchronize_session="fetch")
    )


def step_of(session: Session, agency_id: str, run_id: str, reflection_id: str) -> FlowStep | None:
    """The step of this run that a reflection answers."""
    query = select(FlowStep).where(
        col(FlowStep.agency_id) == agency_id,
        col(FlowStep.run_id) == run_id,
        col(FlowStep.reflection_id) == reflection_id,
    )
    return session.execute(query.order_by(col(FlowStep.number).desc()).limit(1)).scalar_one_or_none()


def steps_of(session: Session, agency_id: str, run_ids: Sequence[str]) -> list[FlowStep]:
    """Every step of these runs, in order."""
    query = select(FlowStep).where(col(FlowStep.agency_id) == agency_id, col(FlowStep.run_id).in_(run_ids))
    return list(session.execute(query.order_by(col(FlowStep.run_id), col(FlowStep.number))).scalars())


def last_message(session: Session, run: FlowRun) -> OutboxMessage | None:
    """The text of the step that was asked last."""
    query = (
        select(OutboxMessage)
        .join(FlowStep, col(FlowStep.message_id) == col(OutboxMessage.id))
        .where(col(FlowStep.run_id) == run.id)
        .order_by(col(FlowStep.number).desc())
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


class DueRun(NamedTuple):
    """A run that the clock looks at, with whose it is."""

    run: FlowRun
    member: Member
    family: Family


def due(session: Session, now: datetime, limit: int) -> list[DueRun]:
    """Open runs that are to be looked at, locked where the engine can."""
    query = (
        select(FlowRun, Member, Family)
        .join(Member, col(Member.id) == col(FlowRun.member_id))
        .join(Family, col(Family.id) == col(FlowRun.family_id))
        .where(text(OPEN.replace("state", "flow_runs.state")), col(FlowRun.look_at) <= now)
        .order_by(col(FlowRun.look_at), col(FlowRun.id))
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True, of=FlowRun)
    )
    return [DueRun._make(row) for row in session.execute(query)]


def of_family(session: Session, viewer: Viewer, family_id: str) -> list[FlowRun]:
    """Every run of a family that the viewer holds, the newest first."""
    query = select(FlowRun).where(
        col(FlowRun.agency_id) == viewer.agency_id,
        col(FlowRun.family_id) == family_id,
        col(FlowRun.family_id).in_(held_by(viewer).with_only_columns(col(Family.id))),
    )
    return list(session.execute(query.order_by(col(FlowRun.started_at).desc(), col(FlowRun.id).desc())).scalars())


class StepText(NamedTuple):
    """A step of a run, and the text that asked it."""

    step: FlowStep
    run: FlowRun
    message: OutboxMessage | None


def behind(session: Session, agency_id: str, *, messages: Sequence[str], reflections: Sequence[str]) -> list[StepText]:
    """The steps, with their runs, that these texts asked or these reflections answer."""
    query = (
        select(FlowStep, FlowRun, OutboxMessage)
        .join(FlowRun, col(FlowRun.id) == col(FlowStep.run_id))
        .outerjoin(OutboxMessage, col(OutboxMessage.id) == col(FlowStep.message_id))
        .where(
            col(FlowStep.agency_id) == agency_id,
            or_(col(FlowStep.message_id).in_(messages), col(FlowStep.reflection_id).in_(reflections)),
        )
    )
    return [StepText._make(row) for row in session.execute(query)]


def open_by_id(session: Session, viewer: Viewer, run_id: str) -> FlowRun | None:
    """An open run of a family that the viewer holds, locked where the engine can."""
    query = select(FlowRun).where(
        col(FlowRun.agency_id) == viewer.agency_id,
        col(FlowRun.id) == run_id,
        col(FlowRun.state).in_(sorted(OPEN_STATES)),
        col(FlowRun.family_id).in_(held_by(viewer).with_only_columns(col(Family.id))),
    )
    return session.execute(query.with_for_update()).scalar_one_or_none()


def open_for(session: Session, agency_id: str, *, family_id: str, to_bidx: str) -> list[FlowRun]:
    """The open runs of a family, and of a number wherever it stands."""
    query = select(FlowRun).where(
        col(FlowRun.agency_id) == agency_id,
        col(FlowRun.state).in_(sorted(OPEN_STATES)),
        or_(col(FlowRun.family_id) == family_id, col(FlowRun.to_bidx) == to_bidx),
    )
    return list(session.execute(query.with_for_update()).scalars())
