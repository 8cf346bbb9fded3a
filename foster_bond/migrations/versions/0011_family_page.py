"""What staff have begun to write, who has said "I read this", and who has a family's page open at this moment."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("here_at", "writing_at"):
        op.add_column("looks", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    _make(
        "drafts",
        {"staff_id": "staff", "family_id": "families"},
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("to_member", sa.String(length=36), nullable=True),
        sa.Column("about", sa.String(length=36), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('note', 'reply')", name=op.f("ck_drafts_kind")),
    )
    op.create_index("uq_drafts_once", "drafts", ["agency_id", "family_id", "staff_id", "kind"], unique=True)
    op.create_index("ix_drafts_saved", "drafts", ["saved_at"])
    _make(
        "readings",
        {"staff_id": "staff", "family_id": "families", "member_id": "members", "reflection_id": "reflections"},
        sa.Column("message_id", sa.String(length=36), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("uq_readings_once", "readings", ["agency_id", "reflection_id", "staff_id"], unique=True)
    op.create_index("ix_readings_member", "readings", ["agency_id", "member_id", "at"])
    op.create_index("ix_readings_family", "readings", ["agency_id", "family_id", "at"])


def _make(table: str, links: dict[str, str], *own: sa.schema.SchemaItem) -> None:
    """A table of an agency's rows that point to these."""
    op.create_table(
        table,
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        *(sa.Column(column, sa.String(length=36), nullable=False) for column in links),
        *own,
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f(f"fk_{table}_agency_id_agencies")),
        *(_link(table, column, target) for column, target in links.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("agency_id", "id", name=op.f(f"uq_{table}_agency_id_id")),
    )


def _link(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_agency_id_{column}_{target}")
    return sa.ForeignKeyConstraint(["agency_id", column], [f"{target}.agency_id", f"{target}.id"], name=name)


def downgrade() -> None:
    op.drop_table("readings")
    op.drop_table("drafts")
    for column in ("writing_at", "here_at"):
        op.drop_column("looks", column)
