"""Store: the last beat and tally of every job, so that a stopped clock is seen."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, func, select
from sqlmodel import Field, Session, SQLModel, col

from foster_bond.store.base import Instant

LOOKED_THROUGH = "looked_through"  # no beat: up to when the carrier's inbound lists have been read


class Pulse(SQLModel, table=True):
    """A job's last run, over all clock processes."""

    __tablename__ = "pulses"
    job: str = Field(primary_key=True, max_length=40)
    at: Instant
    tally: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    error: str | None = Field(default=None, max_length=200)


def beat(session: Session, job: str, at: datetime, tally: dict[str, int], error: str | None = None) -> None:
    """Write a job's beat over the one before."""
    session.merge(Pulse(job=job, at=at, tally=dict(tally), error=error))


def latest(session: Session, *, by: datetime | None = None) -> datetime | None:
    """When any job last beat; with `by`, leaving out beats that a clock since set back has put into the future."""
    query = select(func.max(col(Pulse.at))).where(col(Pulse.job) != LOOKED_THROUGH)
    return session.execute(query if by is None else query.where(col(Pulse.at) <= by)).scalar()


def of_job(session: Session, job: str) -> datetime | None:
    """When this job last beat."""
    row = session.get(Pulse, job)
    return None if row is None else row.at
