"""Versions of schedules, what their weeks are counted from, and what people decided about somebody's place."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("schedules", sa.Column("nudge_from", sa.Time(), nullable=True))
    op.add_column("schedules", sa.Column("nudge_until", sa.Time(), nullable=True))
    op.add_column("schedules", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("schedules", sa.Column("draft", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("families", sa.Column("placed_on", sa.Date(), nullable=True))
    op.add_column("agencies", sa.Column("segment_price", sa.Integer(), nullable=True))
    # Both engines take a column with its own CHECK as it stands; nothing has to be rebuilt around the rows.
    op.execute(
        "ALTER TABLE schedules ADD COLUMN anchor VARCHAR(10) DEFAULT 'calendar' NOT NULL "
        "CONSTRAINT ck_schedules_anchor CHECK (anchor IN ('calendar', 'joining', 'placement'))"
    )
    op.execute(
        "ALTER TABLE enrolments ADD COLUMN picked VARCHAR(3) "
        "CONSTRAINT ck_enrolments_picked CHECK (picked IS NULL OR picked IN ('in', 'out'))"
    )
    _make_versions()


def _make_versions() -> None:
    op.create_table(
        "schedule_versions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("schedule_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "schedule_id"], ["schedules.agency_id", "schedules.id"],
            name=op.f("fk_schedule_versions_agency_id_schedule_id_schedules"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_schedule_versions_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_versions")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_schedule_versions_agency_id_id")),
        sa.UniqueConstraint("schedule_id", "number", name=op.f("uq_schedule_versions_schedule_id_number")),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("schedule_versions")
    op.drop_column("enrolments", "picked")
    for column in ("nudge_from", "nudge_until", "changed_at", "draft", "anchor"):
        op.drop_column("schedules", column)
    op.drop_column("families", "placed_on")
    op.drop_column("agencies", "segment_price")
