"""Mails that say somebody has taken an alert, and mails that were overtaken before a server took them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # New columns without a rule of their own: both engines add them in place, beside the rows.
    op.add_column("mails", sa.Column("says_taken", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("mails", sa.Column("overtaken", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("mails", "overtaken")
    op.drop_column("mails", "says_taken")
