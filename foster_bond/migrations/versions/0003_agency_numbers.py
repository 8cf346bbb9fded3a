"""What an agency knows about each number that its texts name."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agency_numbers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_agency_numbers_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["agency_id", "checked_by"], ["staff.agency_id", "staff.id"],
            name=op.f("fk_agency_numbers_agency_id_checked_by_staff"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_numbers")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_agency_numbers_agency_id_id")),
        sa.UniqueConstraint("agency_id", "name", name=op.f("uq_agency_numbers_agency_id_name")),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("agency_numbers")
