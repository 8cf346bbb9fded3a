"""A schedule may follow the family's visits; each family's are kept beside it, so that a plan reads nothing further."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KINDS = ("family_visit", "cancelled_visit")
_DATES = sa.table(
    "calendar_dates",
    sa.column("family_id", sa.String()),
    sa.column("kind", sa.String()),
    sa.column("day", sa.Date()),
    sa.column("last_day", sa.Date()),
    sa.column("until", sa.Time()),
    sa.column("manner", sa.String()),
    sa.column("removed_at", sa.DateTime(timezone=True)),
)
_FAMILIES = sa.table("families", sa.column("id", sa.String()), sa.column("visit_days", sa.JSON(none_as_null=True)))


def upgrade() -> None:
    op.add_column("families", sa.Column("visit_days", sa.JSON(), nullable=True))
    op.add_column("schedules", sa.Column("by_visits", sa.Boolean(), nullable=False, server_default=sa.false()))
    bind = op.get_bind()
    query = sa.select(_DATES).where(
        _DATES.c.kind.in_(_KINDS), _DATES.c.family_id.is_not(None), _DATES.c.removed_at.is_(None)
    )
    found: dict[str, list[list[str | None]]] = {}
    for row in bind.execute(query.order_by(_DATES.c.day, _DATES.c.kind.desc())):
        until = None if row.until is None else f"{row.until:%H:%M}"
        usual = "usual" if row.manner in (None, "in_person") else "other"
        how = "cancelled" if row.kind == "cancelled_visit" else usual
        days = found.setdefault(row.family_id, [])
        if not days or days[-1][0] != row.day.isoformat():  # of two on one day the one that is to be held
            days.append([row.day.isoformat(), row.last_day.isoformat(), until, how])
    for family_id, days in found.items():
        bind.execute(_FAMILIES.update().where(_FAMILIES.c.id == family_id).values(visit_days=days))


def downgrade() -> None:
    op.drop_column("schedules", "by_visits")
    op.drop_column("families", "visit_days")
