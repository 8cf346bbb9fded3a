"""The reporting views, version 1."""

from alembic import op

from foster_bond.store import views

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in (*views.drop_statements(), *views.create_statements(sqlite=sqlite)):
        op.execute(statement)


def downgrade() -> None:
    for statement in views.drop_statements():
        op.execute(statement)
