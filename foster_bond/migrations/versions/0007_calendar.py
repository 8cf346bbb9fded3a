"""The dates of families and agencies, what happened to placements, and which public holidays an agency keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_DATES = (
    "kind IN ('family_visit', 'hearing', 'placement_move', 'cancelled_visit', 'school_exclusion', 'bereavement', "
    "'birthday', 'agency_date')"
)
_MANNERS = "manner IS NULL OR manner IN ('in_person', 'video', 'cut_short')"
_PLACEMENTS = "kind IN ('start', 'move', 'ending', 'respite')"


def upgrade() -> None:
    op.add_column("agencies", sa.Column("state", sa.String(length=3), nullable=True))
    op.add_column("agencies", sa.Column("holidays", sa.JSON(), nullable=False, server_default="[]"))
    _make(
        "calendar_dates",
        sa.Column("family_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("at", sa.Time(), nullable=True),
        sa.Column("until", sa.Time(), nullable=True),
        sa.Column("manner", sa.String(length=10), nullable=True),
        sa.CheckConstraint(_DATES, name=op.f("ck_calendar_dates_kind")),
        sa.CheckConstraint(_MANNERS, name=op.f("ck_calendar_dates_manner")),
    )
    op.create_index("ix_calendar_dates_family", "calendar_dates", ["agency_id", "family_id", "last_day"])
    _make(
        "placement_events",
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint(_PLACEMENTS, name=op.f("ck_placement_events_kind")),
    )
    op.create_index("ix_placement_events_family", "placement_events", ["agency_id", "family_id", "day"])


def _make(table: str, *own: sa.schema.SchemaItem) -> None:
    """A table of dated rows that staff add and take out."""
    links = {"family_id": "families", "added_by": "staff", "removed_by": "staff"}
    op.create_table(
        table,
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        *own,
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("added_by", sa.String(length=36), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.String(length=36), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
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
    op.drop_table("placement_events")
    op.drop_table("calendar_dates")
    op.drop_column("agencies", "holidays")
    op.drop_column("agencies", "state")
