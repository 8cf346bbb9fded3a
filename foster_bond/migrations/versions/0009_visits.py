"""Visits to a family, the moments pinned for the next one, and what staff mean to do on a day."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OPEN = sa.text("removed_at IS NULL AND visit_id IS NULL")


def upgrade() -> None:
    _make(
        "visits",
        {"family_id": "families", "made_by": "staff", "done_by": "staff"},
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("was_planned", sa.Boolean(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        _instant("made_at", nullable=False),
        _instant("done_at"),
        _instant("since_at"),
        sa.Column("once_key", sa.String(length=80), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'done', 'cancelled')", name=op.f("ck_visits_state")),
    )
    op.create_index("uq_visits_once", "visits", ["agency_id", "once_key"], unique=True)
    op.create_index("ix_visits_family", "visits", ["agency_id", "family_id", "state", "day"])
    op.create_index("ix_visits_day", "visits", ["agency_id", "state", "day"])
    _make(
        "pins",
        {"family_id": "families", "visit_id": "visits", "pinned_by": "staff", "removed_by": "staff"},
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("moment_id", sa.String(length=36), nullable=False),
        _instant("pinned_at", nullable=False),
        _instant("removed_at"),
        sa.CheckConstraint("what IN ('reflection', 'note', 'alert')", name=op.f("ck_pins_what")),
    )
    op.create_index(
        "uq_pins_open", "pins", ["agency_id", "family_id", "moment_id"], unique=True, sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )  # fmt: skip
    op.create_index("ix_pins_visit", "pins", ["agency_id", "visit_id"])
    _make(
        "follow_ups",
        {"family_id": "families", "made_by": "staff", "done_by": "staff"},
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("moment_id", sa.String(length=36), nullable=True),
        _instant("made_at", nullable=False),
        _instant("done_at"),
        sa.Column("once_key", sa.String(length=80), nullable=False),
    )
    op.create_index("uq_follow_ups_once", "follow_ups", ["agency_id", "once_key"], unique=True)
    op.create_index("ix_follow_ups_family", "follow_ups", ["agency_id", "family_id", "done_at", "due_on"])
    op.create_index("ix_follow_ups_open", "follow_ups", ["agency_id", "done_at", "due_on"])


def _instant(name: str, *, nullable: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _make(table: str, links: dict[str, str], *own: sa.schema.SchemaItem) -> None:
    """A table of rows about a family, with links that cannot cross agencies; only the family is a must."""
    op.create_table(
        table,
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        *(sa.Column(name, sa.String(length=36), nullable=name != "family_id") for name in links),
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
    for table in ("follow_ups", "pins", "visits"):
        op.drop_table(table)
