"""Versions of prompts with the signature that puts each in force, and who retired a prompt when."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("prompts", sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("prompts", sa.Column("retired_by", sa.String(length=36), nullable=True))
    op.create_table(
        "prompt_versions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("prompt_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=36), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_name", sa.String(length=120), nullable=True),
        sa.Column("signed_as", sa.String(length=120), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "prompt_id"], ["prompts.agency_id", "prompts.id"],
            name=op.f("fk_prompt_versions_agency_id_prompt_id_prompts"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_prompt_versions_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_versions")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_prompt_versions_agency_id_id")),
        sa.UniqueConstraint("prompt_id", "number", name=op.f("uq_prompt_versions_prompt_id_number")),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("prompt_versions")
    op.drop_column("prompts", "retired_by")
    op.drop_column("prompts", "retired_at")
