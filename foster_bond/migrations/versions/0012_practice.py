"""Relationship prompts switched on and off by a named worker, and workers' own choices for somebody's next prompt."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STANDS = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _make(
        "relationship_switches",
        {"family_id": "families", "by": "staff"},
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_relationship_switches_family", "relationship_switches", ["agency_id", "family_id", "at"])
    _make(
        "prompt_overrides",
        {
            "family_id": "families", "member_id": "members", "set_by": "staff", "taken_back_by": "staff",
            "occurrence_id": "occurrences",
        },
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("member_id", sa.String(length=36), nullable=False),
        sa.Column("prompt_key", sa.String(length=40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("instead_of", sa.String(length=40), nullable=True),
        sa.Column("instead_level", sa.Integer(), nullable=True),
        sa.Column("passes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("set_by", sa.String(length=36), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by", sa.String(length=36), nullable=True),
        sa.Column("occurrence_id", sa.String(length=36), nullable=True),
    )  # fmt: skip
    op.create_index("ix_prompt_overrides_family", "prompt_overrides", ["agency_id", "family_id", "set_at"])
    op.create_index(
        "uq_prompt_overrides_standing", "prompt_overrides", ["agency_id", "member_id"], unique=True,
        sqlite_where=STANDS, postgresql_where=STANDS,
    )  # fmt: skip


def _make(table: str, links: dict[str, str], *own: sa.Column[object]) -> None:
    """A table of one agency's rows, linked to others of the same agency."""
    op.create_table(
        table,
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
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
    op.drop_table("prompt_overrides")
    op.drop_table("relationship_switches")
