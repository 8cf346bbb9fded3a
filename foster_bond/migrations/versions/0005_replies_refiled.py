"""Replies that people moved, words that were taken back, a question asked again later, and the carrier's order."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UNORDERED = sa.text("parts > 1 AND ordered_at IS NULL")


def _link(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_corrections_agency_id_{column}_{table}")
    return sa.ForeignKeyConstraint(["agency_id", column], [f"{table}.agency_id", f"{table}.id"], name=name)


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("member_id", sa.String(length=36), nullable=False),
        sa.Column("from_reflection_id", sa.String(length=36), nullable=False),
        sa.Column("to_reflection_id", sa.String(length=36), nullable=False),
        sa.Column("from_occurrence_id", sa.String(length=36), nullable=True),
        sa.Column("to_occurrence_id", sa.String(length=36), nullable=True),
        sa.Column("text_ids", sa.JSON(), nullable=False),
        sa.Column("was_doubtful", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=True),
        sa.Column("undoes", sa.String(length=36), nullable=True),
        _link("family_id", "families"),
        _link("member_id", "members"),
        _link("from_occurrence_id", "occurrences"),
        _link("to_occurrence_id", "occurrences"),
        _link("undoes", "corrections"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_corrections_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_corrections_agency_id_id")),
    )
    op.create_index("uq_corrections_undone", "corrections", ["agency_id", "undoes"], unique=True)
    op.create_index("ix_corrections_reflection", "corrections", ["agency_id", "to_reflection_id"])
    op.create_index("ix_corrections_family", "corrections", ["agency_id", "family_id", "at"])
    # New columns without a rule of their own: both engines add them in place, under the views and beside the rows.
    op.add_column("inbound_texts", sa.Column("carrier_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inbound_texts", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("occurrences", sa.Column("later_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("reflections", sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_reflections_unordered", "reflections", ["last_at"], sqlite_where=UNORDERED, postgresql_where=UNORDERED
    )


def downgrade() -> None:
    op.drop_index("ix_reflections_unordered", "reflections")
    op.drop_column("reflections", "ordered_at")
    op.drop_column("occurrences", "later_at")
    op.drop_column("inbound_texts", "withdrawn_at")
    op.drop_column("inbound_texts", "carrier_at")
    op.drop_table("corrections")
