"""Who left and what followed, hand-overs and cover, what was taken out, and the month in which a teen comes of age."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_WHY = "why IN ('ended', 'moved', 'left', 'of_age')"
_KINDS = "kind IN ('record', 'summary')"
_FORMATS = "format IN ('csv', 'json', 'pdf')"


def upgrade() -> None:
    op.add_column("members", sa.Column("turns_18", sa.Date(), nullable=True))
    op.add_column("agencies", sa.Column("tells_hand_over", sa.Boolean(), nullable=False, server_default=sa.false()))
    _make(
        "departures",
        {"family_id": "families", "member_id": "members", "event_id": "placement_events", "by_id": "staff",
         "decided_by": "staff", "undone_by": "staff"},
        _id("family_id", nullable=False), _id("member_id"), _id("event_id"),
        sa.Column("why", sa.String(length=10), nullable=False), _at("at", nullable=False), _id("by_id"),
        _at("decided_at"), _id("decided_by"), _yes_no("closing_note"), _yes_no("aftercare"), _at("undone_at"),
        _id("undone_by"),
        sa.CheckConstraint(_WHY, name=op.f("ck_departures_why")),
        sa.UniqueConstraint("agency_id", "event_id", name=op.f("uq_departures_agency_id_event_id")),
    )  # fmt: skip
    op.create_index("ix_departures_family", "departures", ["agency_id", "family_id", "at"])
    _make(
        "covers",
        {"worker_id": "staff", "cover_id": "staff", "added_by": "staff", "ended_by": "staff"},
        _id("worker_id", nullable=False), _id("cover_id", nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False), sa.Column("last_day", sa.Date(), nullable=False),
        _id("added_by"), _at("added_at", nullable=False), _id("ended_by"), _at("ended_at"),
        sa.CheckConstraint("worker_id <> cover_id", name=op.f("ck_covers_two")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_covers_days")),
    )  # fmt: skip
    op.create_index("ix_covers_worker", "covers", ["agency_id", "worker_id", "last_day"])
    op.create_index("ix_covers_cover", "covers", ["agency_id", "cover_id", "last_day"])
    _make(
        "hand_overs",
        {"family_id": "families", "from_id": "staff", "to_id": "staff", "by_id": "staff"},
        _id("family_id", nullable=False), _id("from_id"), _id("to_id", nullable=False), _at("at", nullable=False),
        _id("by_id"), sa.Column("unread", sa.Integer(), nullable=False), _yes_no("tells"),
    )  # fmt: skip
    op.create_index("ix_hand_overs_family", "hand_overs", ["agency_id", "family_id", "at"])
    _make(
        "exports",
        {"family_id": "families", "by_id": "staff"},
        _id("family_id", nullable=False), _id("by_id"), _at("at", nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("format", sa.String(length=4), nullable=False),
        sa.Column("member_ids", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("original_digest", sa.String(length=64), nullable=True),
        sa.CheckConstraint(_KINDS, name=op.f("ck_exports_kind")),
        sa.CheckConstraint(_FORMATS, name=op.f("ck_exports_format")),
    )  # fmt: skip
    op.create_index("ix_exports_family", "exports", ["agency_id", "family_id", "at"])


def _id(name: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=36), nullable=nullable)


def _at(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _yes_no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _make(table: str, links: dict[str, str], *own: sa.schema.SchemaItem) -> None:
    """A table of one agency's rows whose links cannot cross agencies."""
    op.create_table(
        table,
        _id("id", nullable=False),
        _id("agency_id", nullable=False),
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
    for table in ("exports", "hand_overs", "covers", "departures"):
        op.drop_table(table)
    op.drop_column("agencies", "tells_hand_over")
    op.drop_column("members", "turns_18")
