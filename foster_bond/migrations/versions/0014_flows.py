"""Guided activities under way with their steps, and what is confirmed about a member before anybody texts them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('asked', 'due', 'held')")
_IN_FORCE = sa.text("taken_back_at IS NULL")
_STATES = "state IN ('due', 'asked', 'held', 'done', 'expired', 'stopped')"
_WHY = "why IS NULL OR why IN ('finished', 'word', 'silence', 'alert', 'stop', 'pause', 'worker', 'gone', 'unsent')"


def upgrade() -> None:
    op.add_column("members", sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True))
    _make(
        "flow_runs",
        {"family_id": "families", "member_id": "members", "offered_by": "staff"},
        _id("family_id"),
        _id("member_id"),
        sa.Column("to_bidx", sa.String(length=32), nullable=False),
        sa.Column("flow", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("moment", sa.String(length=36), nullable=True),
        sa.Column("offered_by", sa.String(length=36), nullable=True),
        sa.Column("with_worker", sa.Boolean(), nullable=False),
        *(_instant(name, nullable=False) for name in ("started_at", "last_at", "expires_at", "look_at")),
        *(_instant(name) for name in ("due_at", "held_at", "resumed_at", "ended_at")),
        sa.Column("why", sa.String(length=12), nullable=True),
        sa.CheckConstraint(_STATES, name=op.f("ck_flow_runs_state")),
        sa.CheckConstraint(_WHY, name=op.f("ck_flow_runs_why")),
    )
    op.create_index(
        "uq_flow_runs_open", "flow_runs", ["agency_id", "to_bidx"], unique=True, sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )  # fmt: skip
    op.create_index("ix_flow_runs_look", "flow_runs", ["look_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_flow_runs_number", "flow_runs", ["agency_id", "to_bidx", "started_at"])
    op.create_index("ix_flow_runs_family", "flow_runs", ["agency_id", "family_id", "started_at"])
    _make(
        "flow_steps",
        {"run_id": "flow_runs"},  # no link to the outbox: to make one would stand in the way of every text that leaves
        _id("run_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("prompt_key", sa.String(length=40), nullable=False),
        *(sa.Column(name, sa.String(length=36), nullable=True)
          for name in ("message_id", "occurrence_id", "reflection_id")),
        _instant("written_at", nullable=False),
        sa.Column("passed", sa.String(length=12), nullable=True),
        sa.UniqueConstraint("run_id", "number", name=op.f("uq_flow_steps_run_id_number")),
    )  # fmt: skip
    op.create_index("ix_flow_steps_reflection", "flow_steps", ["agency_id", "reflection_id"])
    _make(
        "member_clearances",
        {"family_id": "families", "member_id": "members", "confirmed_by": "staff", "taken_back_by": "staff"},
        _id("family_id"),
        _id("member_id"),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=36), nullable=True),
        _instant("confirmed_at", nullable=False),
        sa.Column("taken_back_by", sa.String(length=36), nullable=True),
        _instant("taken_back_at"),
        sa.CheckConstraint(
            "kind IN ('contact', 'custody', 'assent', 'who_reads')", name=op.f("ck_member_clearances_kind")
        ),
    )
    op.create_index(
        "uq_member_clearances", "member_clearances", ["agency_id", "member_id", "kind"], unique=True,
        sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE,
    )  # fmt: skip


def _id(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.String(length=36), nullable=False)


def _instant(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _make(table: str, links: dict[str, str], *own: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        _id("id"),
        _id("agency_id"),
        *own,
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f(f"fk_{table}_agency_id_agencies")),
        *(
            sa.ForeignKeyConstraint(
                ["agency_id", column], [f"{target}.agency_id", f"{target}.id"],
                name=op.f(f"fk_{table}_agency_id_{column}_{target}"),
            )
            for column, target in links.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("agency_id", "id", name=op.f(f"uq_{table}_agency_id_id")),
    )  # fmt: skip


def downgrade() -> None:
    for table in ("member_clearances", "flow_steps", "flow_runs"):
        op.drop_table(table)
    op.drop_column("members", "cleared_at")
