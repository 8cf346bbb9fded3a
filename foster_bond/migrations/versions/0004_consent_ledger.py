"""What the consent ledger needs further: re-confirmation, scans, numbers of opt-out lists, and calls."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MEDIA = "media_type IN ('application/pdf', 'image/png', 'image/jpeg')"


def upgrade() -> None:
    op.add_column("consents", sa.Column("number", sa.LargeBinary(), nullable=True))
    op.add_column("consents", sa.Column("reconfirm_why", sa.String(length=10), nullable=True))
    op.add_column("consents", sa.Column("reconfirm_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("consents", sa.Column("reconfirm_message_id", sa.String(length=36), nullable=True))
    _make_scans()
    _make_calls()


def _make_scans() -> None:
    op.create_table(
        "consent_scans",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=True),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint(_MEDIA, name=op.f("ck_consent_scans_media_type")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_consent_scans_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["agency_id", "event_id"], ["consent_events.agency_id", "consent_events.id"],
            name=op.f("fk_consent_scans_agency_id_event_id_consent_events"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "family_id"], ["families.agency_id", "families.id"],
            name=op.f("fk_consent_scans_agency_id_family_id_families"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_scans")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_consent_scans_agency_id_id")),
    )  # fmt: skip
    op.create_index("ix_consent_scans_event_id", "consent_scans", ["event_id"])


def _make_calls() -> None:
    op.create_table(
        "voice_calls",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("member_id", sa.String(length=36), nullable=False),
        sa.Column("carrier_sid", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_voice_calls_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["agency_id", "family_id"], ["families.agency_id", "families.id"],
            name=op.f("fk_voice_calls_agency_id_family_id_families"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "member_id"], ["members.agency_id", "members.id"],
            name=op.f("fk_voice_calls_agency_id_member_id_members"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice_calls")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_voice_calls_agency_id_id")),
        sa.UniqueConstraint("carrier_sid", name=op.f("uq_voice_calls_carrier_sid")),
    )  # fmt: skip
    op.create_index("ix_voice_calls_family", "voice_calls", ["agency_id", "family_id", "at"])


def downgrade() -> None:
    op.drop_table("voice_calls")
    op.drop_table("consent_scans")
    for column in ("reconfirm_message_id", "reconfirm_asked_at", "reconfirm_why", "number"):
        op.drop_column("consents", column)
