"""The first schema"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "agencies",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("slug", sa.String(length=63), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("text_name", sa.String(length=17), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.LargeBinary(), nullable=True),
        sa.Column("sender_bidx", sa.String(length=32), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("oncall", sa.LargeBinary(), nullable=True),
        sa.Column("hotline", sa.LargeBinary(), nullable=True),
        sa.Column("polite_from", sa.Time(), nullable=False),
        sa.Column("polite_until", sa.Time(), nullable=False),
        sa.Column("polite_sunday_from", sa.Time(), nullable=False),
        sa.Column("prompts_a_day", sa.Integer(), nullable=False),
        sa.Column("prompts_a_week", sa.Integer(), nullable=False),
        sa.Column("texts_a_week", sa.Integer(), nullable=False),
        sa.Column("sends_acks", sa.Boolean(), nullable=False),
        sa.Column("closed_days", sa.JSON(), nullable=False),
        sa.Column("sender_tier", sa.String(length=20), nullable=False),
        sa.Column("texts_per_second", sa.Float(), nullable=False),
        sa.Column("sending_paused_why", sa.String(length=200), nullable=True),
        sa.Column("numbers_checked_on", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duties", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
        sa.UniqueConstraint("sender_bidx", name=op.f("uq_agencies_sender_bidx")),
        sa.UniqueConstraint("slug", name=op.f("uq_agencies_slug")),
    )
    op.create_table(
        "channels",
        sa.Column("key", sa.String(length=10), nullable=False),
        sa.Column("is_set_up", sa.Boolean(), nullable=False),
        sa.Column("took_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_channels")),
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fence_id", sa.String(length=36), nullable=False),
        sa.Column("index_check", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("home", sa.String(length=80), nullable=True),
        sa.Column("copied_from", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "pauses",
        sa.Column("key", sa.String(length=50), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_pauses")),
    )
    op.create_table(
        "pulses",
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_pulses")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_attempts")),
    )
    op.create_table(
        "audit_events",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=True),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=30), nullable=True),
        sa.Column("subject_id", sa.String(length=36), nullable=True),
        sa.Column("detail", sa.String(length=300), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.Column("prev_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_audit_events_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_audit_events_agency_id_id")),
        sa.UniqueConstraint("agency_id", "seq", name=op.f("uq_audit_events_agency_id_seq")),
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index("ix_audit_events_at", ["agency_id", "at"], unique=False)
        batch_op.create_index("ix_audit_tail", ["seq"], unique=False)

    op.create_table(
        "consent_events",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("to_bidx", sa.String(length=32), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=True),
        sa.Column("member_id", sa.String(length=36), nullable=True),
        sa.Column("from_state", sa.String(length=10), nullable=False),
        sa.Column("to_state", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("how", sa.String(length=40), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("wording", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column("evidence_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint(
            "from_state IN ('none', 'pending', 'active', 'hold', 'stopped')", name=op.f("ck_consent_events_from_state")
        ),
        sa.CheckConstraint(
            "to_state IN ('none', 'pending', 'active', 'hold', 'stopped')", name=op.f("ck_consent_events_to_state")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_consent_events_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_events")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_consent_events_agency_id_id")),
    )
    with op.batch_alter_table("consent_events", schema=None) as batch_op:
        batch_op.create_index("ix_consent_events_family", ["agency_id", "family_id", "at"], unique=False)
        batch_op.create_index("ix_consent_events_number", ["agency_id", "to_bidx", "at"], unique=False)

    op.create_table(
        "consents",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("to_bidx", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("welcomed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("carrier_stopped", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('none', 'pending', 'active', 'hold', 'stopped')", name=op.f("ck_consents_state")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_consents_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_consents_agency_id_id")),
        sa.UniqueConstraint("agency_id", "to_bidx", name=op.f("uq_consents_agency_id_to_bidx")),
    )
    op.create_table(
        "programmes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("prompt_keys", sa.JSON(), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('ladder', 'ordered')", name=op.f("ck_programmes_kind")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_programmes_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_programmes_agency_id_id")),
        sa.UniqueConstraint("agency_id", "key", name=op.f("uq_programmes_agency_id_key")),
    )
    op.create_table(
        "prompts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("technique", sa.String(length=20), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=30), nullable=False),
        sa.Column("reply", sa.String(length=20), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("approved_by", sa.String(length=36), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'approved', 'retired')", name=op.f("ck_prompts_state")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_prompts_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompts")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_prompts_agency_id_id")),
        sa.UniqueConstraint("agency_id", "key", name=op.f("uq_prompts_agency_id_key")),
    )
    op.create_table(
        "sender_paces",
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("segments", sa.Float(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_sender_paces_agency_id_agencies")),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_sender_paces")),
    )
    op.create_table(
        "simulated_texts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("sid", sa.String(length=40), nullable=False),
        sa.Column("outgoing", sa.Boolean(), nullable=False),
        sa.Column("phone_bidx", sa.String(length=32), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("callback_url", sa.String(length=300), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("reported", sa.Boolean(), nullable=False),
        sa.Column("media_count", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_simulated_texts_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulated_texts")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_simulated_texts_agency_id_id")),
    )
    with op.batch_alter_table("simulated_texts", schema=None) as batch_op:
        batch_op.create_index("ix_simulated_number", ["agency_id", "phone_bidx", "at"], unique=False)
        batch_op.create_index("ix_simulated_open", ["reported"], unique=False)
        batch_op.create_index("uq_simulated_sid", ["sid"], unique=True)

    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_bidx", sa.String(length=32), nullable=True),
        sa.Column("on_call", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keys_off", sa.Boolean(), nullable=False),
        sa.CheckConstraint("role IN ('caseworker', 'supervisor', 'lead', 'admin')", name=op.f("ck_staff_role")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_staff_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_staff_agency_id_id")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_phone_bidx"), ["phone_bidx"], unique=False)

    op.create_table(
        "families",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("caseworker_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "caseworker_id"],
            ["staff.agency_id", "staff.id"],
            name=op.f("fk_families_agency_id_caseworker_id_staff"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_families_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_families")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_families_agency_id_id")),
        sa.UniqueConstraint("agency_id", "ref", name=op.f("uq_families_agency_id_ref")),
    )
    with op.batch_alter_table("families", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_families_caseworker_id"), ["caseworker_id"], unique=False)

    op.create_table(
        "mails",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("once_key", sa.String(length=160), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=36), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('alert', 'alert-again', 'drill', 'drill-again')", name=op.f("ck_mails_kind")),
        sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed', 'expired')", name=op.f("ck_mails_state")),
        sa.ForeignKeyConstraint(
            ["agency_id", "staff_id"], ["staff.agency_id", "staff.id"], name=op.f("fk_mails_agency_id_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_mails_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_mails_agency_id_id")),
    )
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mails_due",
            ["next_try_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('waiting', 'sending')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending')"),
        )
        batch_op.create_index("ix_mails_person", ["agency_id", "staff_id", "state"], unique=False)
        batch_op.create_index("uq_mails_once", ["agency_id", "once_key"], unique=True)

    op.create_table(
        "one_time_links",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "staff_id"],
            ["staff.agency_id", "staff.id"],
            name=op.f("fk_one_time_links_agency_id_staff_id_staff"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_one_time_links_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_links")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_one_time_links_agency_id_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_links_token_hash")),
    )
    with op.batch_alter_table("one_time_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_links_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "rota_exceptions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("since", sa.Time(), nullable=False),
        sa.Column("until", sa.Time(), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "staff_id"],
            ["staff.agency_id", "staff.id"],
            name=op.f("fk_rota_exceptions_agency_id_staff_id_staff"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_rota_exceptions_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_exceptions")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_rota_exceptions_agency_id_id")),
    )
    with op.batch_alter_table("rota_exceptions", schema=None) as batch_op:
        batch_op.create_index("ix_rota_exceptions", ["agency_id", "day"], unique=False)

    op.create_table(
        "rota_shifts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("since", sa.Time(), nullable=False),
        sa.Column("until", sa.Time(), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "staff_id"],
            ["staff.agency_id", "staff.id"],
            name=op.f("fk_rota_shifts_agency_id_staff_id_staff"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_rota_shifts_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_shifts")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_rota_shifts_agency_id_id")),
    )
    with op.batch_alter_table("rota_shifts", schema=None) as batch_op:
        batch_op.create_index("ix_rota_shifts", ["agency_id", "weekday"], unique=False)

    op.create_table(
        "schedules",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("rule", sa.String(length=300), nullable=False),
        sa.Column("at", sa.Time(), nullable=True),
        sa.Column("between_from", sa.Time(), nullable=True),
        sa.Column("between_until", sa.Time(), nullable=True),
        sa.Column("programme_id", sa.String(length=36), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("nudge_after_s", sa.Integer(), nullable=True),
        sa.Column("closes_after_s", sa.Integer(), nullable=False),
        sa.Column("send_within_s", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'active', 'paused', 'ended')", name=op.f("ck_schedules_state")),
        sa.ForeignKeyConstraint(
            ["agency_id", "programme_id"],
            ["programmes.agency_id", "programmes.id"],
            name=op.f("fk_schedules_agency_id_programme_id_programmes"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_schedules_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_schedules_agency_id_id")),
        sa.UniqueConstraint("agency_id", "key", name=op.f("uq_schedules_agency_id_key")),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "staff_id"],
            ["staff.agency_id", "staff.id"],
            name=op.f("fk_staff_sessions_agency_id_staff_id_staff"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_staff_sessions_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_staff_sessions_agency_id_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_sessions_token_hash")),
    )
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_sessions_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "time_off",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "staff_id"],
            ["staff.agency_id", "staff.id"],
            name=op.f("fk_time_off_agency_id_staff_id_staff"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_time_off_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_off")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_time_off_agency_id_id")),
    )
    with op.batch_alter_table("time_off", schema=None) as batch_op:
        batch_op.create_index("ix_time_off", ["agency_id", "last"], unique=False)

    op.create_table(
        "data_keys",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=True),
        sa.Column("master_key_id", sa.String(length=8), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "family_id"],
            ["families.agency_id", "families.id"],
            name=op.f("fk_data_keys_agency_id_family_id_families"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_data_keys_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_keys")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_data_keys_agency_id_id")),
    )
    with op.batch_alter_table("data_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_keys_family_id"), ["family_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_keys_master_key_id"), ["master_key_id"], unique=False)

    op.create_table(
        "looks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "family_id"],
            ["families.agency_id", "families.id"],
            name=op.f("fk_looks_agency_id_family_id_families"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "staff_id"], ["staff.agency_id", "staff.id"], name=op.f("fk_looks_agency_id_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_looks_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_looks_agency_id_id")),
    )
    with op.batch_alter_table("looks", schema=None) as batch_op:
        batch_op.create_index("uq_looks_once", ["agency_id", "staff_id", "family_id"], unique=True)

    op.create_table(
        "members",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("to_bidx", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("hour", sa.Time(), nullable=True),
        sa.Column("child_word", sa.String(length=20), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("age_band", sa.String(length=10), nullable=True),
        sa.Column("guardian_consent", sa.LargeBinary(), nullable=True),
        sa.Column("guardian_date", sa.Date(), nullable=True),
        sa.Column("shared_phone", sa.Boolean(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("past", sa.JSON(), nullable=False),
        sa.Column("l5_on", sa.Boolean(), nullable=False),
        sa.Column("texts_a_week", sa.Integer(), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number_bad_why", sa.String(length=120), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('foster_parent', 'kin_carer', 'teen', 'birth_parent', 'other')", name=op.f("ck_members_role")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "family_id"],
            ["families.agency_id", "families.id"],
            name=op.f("fk_members_agency_id_family_id_families"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_members_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_members_agency_id_id")),
        sa.UniqueConstraint("agency_id", "ref", name=op.f("uq_members_agency_id_ref")),
    )
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_members_family_id"), ["family_id"], unique=False)
        batch_op.create_index("ix_members_number", ["agency_id", "to_bidx"], unique=False)

    op.create_table(
        "notes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("once_key", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "author_id"], ["staff.agency_id", "staff.id"], name=op.f("fk_notes_agency_id_author_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "family_id"],
            ["families.agency_id", "families.id"],
            name=op.f("fk_notes_agency_id_family_id_families"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_notes_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_notes_agency_id_id")),
        sa.UniqueConstraint("agency_id", "once_key", name=op.f("uq_notes_agency_id_once_key")),
    )
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.create_index("ix_notes_family", ["agency_id", "family_id", "at"], unique=False)

    op.create_table(
        "enrolments",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("schedule_id", sa.String(length=36), nullable=False),
        sa.Column("member_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("planned_until", sa.Date(), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('active', 'paused', 'ended', 'left')", name=op.f("ck_enrolments_state")),
        sa.ForeignKeyConstraint(
            ["agency_id", "family_id"],
            ["families.agency_id", "families.id"],
            name=op.f("fk_enrolments_agency_id_family_id_families"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "member_id"],
            ["members.agency_id", "members.id"],
            name=op.f("fk_enrolments_agency_id_member_id_members"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "schedule_id"],
            ["schedules.agency_id", "schedules.id"],
            name=op.f("fk_enrolments_agency_id_schedule_id_schedules"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_enrolments_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_enrolments_agency_id_id")),
        sa.UniqueConstraint(
            "agency_id", "schedule_id", "member_id", name=op.f("uq_enrolments_agency_id_schedule_id_member_id")
        ),
    )
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.create_index("ix_enrolments_due", ["state", "next_due_at"], unique=False)
        batch_op.create_index("ix_enrolments_member", ["agency_id", "member_id"], unique=False)

    op.create_table(
        "tasks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=True),
        sa.Column("member_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=True),
        sa.Column("inbound_id", sa.String(length=36), nullable=True),
        sa.Column("once_key", sa.String(length=120), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=36), nullable=True),
        sa.Column("outcome", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "family_id"],
            ["families.agency_id", "families.id"],
            name=op.f("fk_tasks_agency_id_family_id_families"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "member_id"],
            ["members.agency_id", "members.id"],
            name=op.f("fk_tasks_agency_id_member_id_members"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_tasks_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_tasks_agency_id_id")),
        sa.UniqueConstraint("agency_id", "once_key", name=op.f("uq_tasks_agency_id_once_key")),
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index("ix_tasks_open", ["agency_id", "done_at", "made_at"], unique=False)

    op.create_table(
        "occurrences",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("enrolment_id", sa.String(length=36), nullable=False),
        sa.Column("member_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("prompt_key", sa.String(length=40), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=True),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("nudge_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_from", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'written', 'skipped', 'dropped', 'expired')", name=op.f("ck_occurrences_state")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "enrolment_id"],
            ["enrolments.agency_id", "enrolments.id"],
            name=op.f("fk_occurrences_agency_id_enrolment_id_enrolments"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "family_id"],
            ["families.agency_id", "families.id"],
            name=op.f("fk_occurrences_agency_id_family_id_families"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "member_id"],
            ["members.agency_id", "members.id"],
            name=op.f("fk_occurrences_agency_id_member_id_members"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_occurrences_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrences")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_occurrences_agency_id_id")),
        sa.UniqueConstraint(
            "enrolment_id", "local_date", "slot", name=op.f("uq_occurrences_enrolment_id_local_date_slot")
        ),
    )
    with op.batch_alter_table("occurrences", schema=None) as batch_op:
        batch_op.create_index("ix_occurrences_family", ["agency_id", "family_id", "due_at"], unique=False)
        batch_op.create_index("ix_occurrences_look", ["state", "look_at"], unique=False)
        batch_op.create_index("ix_occurrences_nudge", ["nudge_at"], unique=False)

    op.create_table(
        "outbox_messages",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=True),
        sa.Column("member_id", sa.String(length=36), nullable=True),
        sa.Column("enrolment_id", sa.String(length=36), nullable=True),
        sa.Column("occurrence_id", sa.String(length=36), nullable=True),
        sa.Column("staff_id", sa.String(length=36), nullable=True),
        sa.Column("inbound_id", sa.String(length=36), nullable=True),
        sa.Column("alert_id", sa.String(length=36), nullable=True),
        sa.Column("again_of", sa.String(length=36), nullable=True),
        sa.Column("once_key", sa.String(length=120), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.String(length=40), nullable=True),
        sa.Column("prompt_key", sa.String(length=40), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("to_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("to_bidx", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_real", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token", sa.String(length=36), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("look_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("backoffs", sa.Integer(), nullable=False),
        sa.Column("carrier_sid", sa.String(length=40), nullable=True),
        sa.Column("carrier_status", sa.String(length=20), nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('prompt', 'nudge', 'again', 'flow_step', 'consent_ask', 'welcome', 'keyword_reply', 'ack', 'crisis_reply', 'staff_reply', 'staff_alert')",
            name=op.f("ck_outbox_messages_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('scheduled', 'sending', 'unknown', 'unresolved', 'accepted', 'sent', 'delivered', 'undelivered', 'failed', 'cancelled', 'suppressed', 'expired')",
            name=op.f("ck_outbox_messages_state"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "again_of"],
            ["outbox_messages.agency_id", "outbox_messages.id"],
            name=op.f("fk_outbox_messages_agency_id_again_of_outbox_messages"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "family_id"],
            ["families.agency_id", "families.id"],
            name=op.f("fk_outbox_messages_agency_id_family_id_families"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "member_id"],
            ["members.agency_id", "members.id"],
            name=op.f("fk_outbox_messages_agency_id_member_id_members"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "occurrence_id"],
            ["occurrences.agency_id", "occurrences.id"],
            name=op.f("fk_outbox_messages_agency_id_occurrence_id_occurrences"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_outbox_messages_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_messages")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_outbox_messages_agency_id_id")),
        sa.UniqueConstraint("occurrence_id", "kind", name=op.f("uq_outbox_messages_occurrence_id_kind")),
        sa.UniqueConstraint("ref", name=op.f("uq_outbox_messages_ref")),
    )
    with op.batch_alter_table("outbox_messages", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_agency", ["agency_id", "created_at"], unique=False)
        batch_op.create_index(
            "ix_outbox_due",
            ["agency_id", "rank", "next_try_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'scheduled'"),
            postgresql_where=sa.text("state = 'scheduled'"),
        )
        batch_op.create_index("ix_outbox_family", ["agency_id", "family_id", "created_at"], unique=False)
        batch_op.create_index(
            "ix_outbox_lease",
            ["lease_until"],
            unique=False,
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        )
        batch_op.create_index(
            "ix_outbox_look_up",
            ["look_up_at"],
            unique=False,
            sqlite_where=sa.text("state = 'unknown'"),
            postgresql_where=sa.text("state = 'unknown'"),
        )
        batch_op.create_index("ix_outbox_number", ["agency_id", "to_bidx", "created_at"], unique=False)
        batch_op.create_index(
            "ix_outbox_open",
            ["agency_id", "state", "accepted_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('scheduled', 'sending', 'unknown', 'unresolved', 'accepted', 'sent')"),
            postgresql_where=sa.text("state IN ('scheduled', 'sending', 'unknown', 'unresolved', 'accepted', 'sent')"),
        )
        batch_op.create_index(
            "ix_outbox_window",
            ["not_after"],
            unique=False,
            sqlite_where=sa.text("state = 'scheduled'"),
            postgresql_where=sa.text("state = 'scheduled'"),
        )
        batch_op.create_index("uq_outbox_carrier_sid", ["carrier_sid"], unique=True)
        batch_op.create_index(
            "uq_outbox_in_flight",
            ["agency_id", "to_bidx"],
            unique=True,
            sqlite_where=sa.text(
                "kind IN ('again', 'flow_step', 'nudge', 'prompt') AND state IN ('sending', 'unknown')"
            ),
            postgresql_where=sa.text(
                "kind IN ('again', 'flow_step', 'nudge', 'prompt') AND state IN ('sending', 'unknown')"
            ),
        )
        batch_op.create_index("uq_outbox_once", ["agency_id", "once_key"], unique=True)

    op.create_table(
        "reflections",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("member_id", sa.String(length=36), nullable=False),
        sa.Column("occurrence_id", sa.String(length=36), nullable=True),
        sa.Column("prompt_key", sa.String(length=40), nullable=True),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("maybe_other", sa.Boolean(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "family_id"],
            ["families.agency_id", "families.id"],
            name=op.f("fk_reflections_agency_id_family_id_families"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "member_id"],
            ["members.agency_id", "members.id"],
            name=op.f("fk_reflections_agency_id_member_id_members"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "occurrence_id"],
            ["occurrences.agency_id", "occurrences.id"],
            name=op.f("fk_reflections_agency_id_occurrence_id_occurrences"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_reflections_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflections")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_reflections_agency_id_id")),
        sa.UniqueConstraint("agency_id", "occurrence_id", name=op.f("uq_reflections_agency_id_occurrence_id")),
    )
    with op.batch_alter_table("reflections", schema=None) as batch_op:
        batch_op.create_index("ix_reflections_family", ["agency_id", "family_id", "first_at"], unique=False)
        batch_op.create_index("ix_reflections_member", ["agency_id", "member_id", "last_at"], unique=False)

    op.create_table(
        "callbacks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("carrier_sid", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "message_id"],
            ["outbox_messages.agency_id", "outbox_messages.id"],
            name=op.f("fk_callbacks_agency_id_message_id_outbox_messages"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_callbacks_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_callbacks_agency_id_id")),
    )
    with op.batch_alter_table("callbacks", schema=None) as batch_op:
        batch_op.create_index("ix_callbacks_message", ["message_id"], unique=False)

    op.create_table(
        "inbound_texts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=True),
        sa.Column("member_id", sa.String(length=36), nullable=True),
        sa.Column("reflection_id", sa.String(length=36), nullable=True),
        sa.Column("carrier_sid", sa.String(length=40), nullable=False),
        sa.Column("from_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("from_bidx", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("meaning", sa.String(length=20), nullable=True),
        sa.Column("crisis", sa.Boolean(), nullable=False),
        sa.Column("hard_day", sa.Boolean(), nullable=False),
        sa.Column("media_count", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recovered", sa.Boolean(), nullable=False),
        sa.Column("filed_by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "family_id"],
            ["families.agency_id", "families.id"],
            name=op.f("fk_inbound_texts_agency_id_family_id_families"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "member_id"],
            ["members.agency_id", "members.id"],
            name=op.f("fk_inbound_texts_agency_id_member_id_members"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "reflection_id"],
            ["reflections.agency_id", "reflections.id"],
            name=op.f("fk_inbound_texts_agency_id_reflection_id_reflections"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_inbound_texts_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_texts")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_inbound_texts_agency_id_id")),
        sa.UniqueConstraint("carrier_sid", name=op.f("uq_inbound_texts_carrier_sid")),
    )
    with op.batch_alter_table("inbound_texts", schema=None) as batch_op:
        batch_op.create_index("ix_inbound_family", ["agency_id", "family_id", "received_at"], unique=False)
        batch_op.create_index("ix_inbound_number", ["agency_id", "from_bidx", "received_at"], unique=False)
        batch_op.create_index("ix_inbound_reflection", ["agency_id", "reflection_id"], unique=False)

    op.create_table(
        "state_log",
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "from_state IS NULL OR from_state IN ('scheduled', 'sending', 'unknown', 'unresolved', 'accepted', 'sent', 'delivered', 'undelivered', 'failed', 'cancelled', 'suppressed', 'expired')",
            name=op.f("ck_state_log_from_state"),
        ),
        sa.CheckConstraint(
            "to_state IN ('scheduled', 'sending', 'unknown', 'unresolved', 'accepted', 'sent', 'delivered', 'undelivered', 'failed', 'cancelled', 'suppressed', 'expired')",
            name=op.f("ck_state_log_to_state"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "message_id"],
            ["outbox_messages.agency_id", "outbox_messages.id"],
            name=op.f("fk_state_log_agency_id_message_id_outbox_messages"),
        ),
        sa.PrimaryKeyConstraint("message_id", "seq", name=op.f("pk_state_log")),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("inbound_id", sa.String(length=36), nullable=True),
        sa.Column("family_id", sa.String(length=36), nullable=True),
        sa.Column("member_id", sa.String(length=36), nullable=True),
        sa.Column("from_bidx", sa.String(length=32), nullable=False),
        sa.Column("group_id", sa.String(length=36), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.String(length=10), nullable=False),
        sa.Column("spans", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=36), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=36), nullable=True),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.Column("cannot_answer", sa.Boolean(), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("names_staff", sa.JSON(), nullable=False),
        sa.Column("dismissed_why", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "category IN ('suicide', 'abuse', 'missing', 'violence', 'medical', 'unclassified')",
            name=op.f("ck_alerts_category"),
        ),
        sa.CheckConstraint("priority IN ('now', 'review')", name=op.f("ck_alerts_priority")),
        sa.CheckConstraint("state IN ('raised', 'notified', 'acknowledged', 'resolved')", name=op.f("ck_alerts_state")),
        sa.ForeignKeyConstraint(
            ["agency_id", "family_id"],
            ["families.agency_id", "families.id"],
            name=op.f("fk_alerts_agency_id_family_id_families"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "inbound_id"],
            ["inbound_texts.agency_id", "inbound_texts.id"],
            name=op.f("fk_alerts_agency_id_inbound_id_inbound_texts"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "member_id"],
            ["members.agency_id", "members.id"],
            name=op.f("fk_alerts_agency_id_member_id_members"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_alerts_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_alerts_agency_id_id")),
        sa.UniqueConstraint("inbound_id", name=op.f("uq_alerts_inbound_id")),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index("ix_alerts_family", ["agency_id", "family_id", "raised_at"], unique=False)
        batch_op.create_index("ix_alerts_number", ["agency_id", "from_bidx"], unique=False)
        batch_op.create_index("ix_alerts_open", ["agency_id", "state", "raised_at"], unique=False)

    op.create_table(
        "alert_calls",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=True),
        sa.Column("mail_id", sa.String(length=36), nullable=True),
        sa.Column("handed_over", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "alert_id"],
            ["alerts.agency_id", "alerts.id"],
            name=op.f("fk_alert_calls_agency_id_alert_id_alerts"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "mail_id"],
            ["mails.agency_id", "mails.id"],
            name=op.f("fk_alert_calls_agency_id_mail_id_mails"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "message_id"],
            ["outbox_messages.agency_id", "outbox_messages.id"],
            name=op.f("fk_alert_calls_agency_id_message_id_outbox_messages"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "staff_id"],
            ["staff.agency_id", "staff.id"],
            name=op.f("fk_alert_calls_agency_id_staff_id_staff"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_alert_calls_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_calls")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_alert_calls_agency_id_id")),
    )
    with op.batch_alter_table("alert_calls", schema=None) as batch_op:
        batch_op.create_index("ix_alert_calls_alert", ["agency_id", "alert_id"], unique=False)
        batch_op.create_index("ix_alert_calls_mail", ["mail_id"], unique=False)
        batch_op.create_index("ix_alert_calls_person", ["agency_id", "staff_id"], unique=False)
        batch_op.create_index("ix_alert_calls_text", ["message_id"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("alert_calls", schema=None) as batch_op:
        batch_op.drop_index("ix_alert_calls_text")
        batch_op.drop_index("ix_alert_calls_person")
        batch_op.drop_index("ix_alert_calls_mail")
        batch_op.drop_index("ix_alert_calls_alert")

    op.drop_table("alert_calls")
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_index("ix_alerts_open")
        batch_op.drop_index("ix_alerts_number")
        batch_op.drop_index("ix_alerts_family")

    op.drop_table("alerts")
    op.drop_table("state_log")
    with op.batch_alter_table("inbound_texts", schema=None) as batch_op:
        batch_op.drop_index("ix_inbound_reflection")
        batch_op.drop_index("ix_inbound_number")
        batch_op.drop_index("ix_inbound_family")

    op.drop_table("inbound_texts")
    with op.batch_alter_table("callbacks", schema=None) as batch_op:
        batch_op.drop_index("ix_callbacks_message")

    op.drop_table("callbacks")
    with op.batch_alter_table("reflections", schema=None) as batch_op:
        batch_op.drop_index("ix_reflections_member")
        batch_op.drop_index("ix_reflections_family")

    op.drop_table("reflections")
    with op.batch_alter_table("outbox_messages", schema=None) as batch_op:
        batch_op.drop_index("uq_outbox_once")
        batch_op.drop_index(
            "uq_outbox_in_flight",
            sqlite_where=sa.text(
                "kind IN ('again', 'flow_step', 'nudge', 'prompt') AND state IN ('sending', 'unknown')"
            ),
            postgresql_where=sa.text(
                "kind IN ('again', 'flow_step', 'nudge', 'prompt') AND state IN ('sending', 'unknown')"
            ),
        )
        batch_op.drop_index("uq_outbox_carrier_sid")
        batch_op.drop_index(
            "ix_outbox_window",
            sqlite_where=sa.text("state = 'scheduled'"),
            postgresql_where=sa.text("state = 'scheduled'"),
        )
        batch_op.drop_index(
            "ix_outbox_open",
            sqlite_where=sa.text("state IN ('scheduled', 'sending', 'unknown', 'unresolved', 'accepted', 'sent')"),
            postgresql_where=sa.text("state IN ('scheduled', 'sending', 'unknown', 'unresolved', 'accepted', 'sent')"),
        )
        batch_op.drop_index("ix_outbox_number")
        batch_op.drop_index(
            "ix_outbox_look_up",
            sqlite_where=sa.text("state = 'unknown'"),
            postgresql_where=sa.text("state = 'unknown'"),
        )
        batch_op.drop_index(
            "ix_outbox_lease", sqlite_where=sa.text("state = 'sending'"), postgresql_where=sa.text("state = 'sending'")
        )
        batch_op.drop_index("ix_outbox_family")
        batch_op.drop_index(
            "ix_outbox_due",
            sqlite_where=sa.text("state = 'scheduled'"),
            postgresql_where=sa.text("state = 'scheduled'"),
        )
        batch_op.drop_index("ix_outbox_agency")

    op.drop_table("outbox_messages")
    with op.batch_alter_table("occurrences", schema=None) as batch_op:
        batch_op.drop_index("ix_occurrences_nudge")
        batch_op.drop_index("ix_occurrences_look")
        batch_op.drop_index("ix_occurrences_family")

    op.drop_table("occurrences")
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index("ix_tasks_open")

    op.drop_table("tasks")
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.drop_index("ix_enrolments_member")
        batch_op.drop_index("ix_enrolments_due")

    op.drop_table("enrolments")
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.drop_index("ix_notes_family")

    op.drop_table("notes")
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.drop_index("ix_members_number")
        batch_op.drop_index(batch_op.f("ix_members_family_id"))

    op.drop_table("members")
    with op.batch_alter_table("looks", schema=None) as batch_op:
        batch_op.drop_index("uq_looks_once")

    op.drop_table("looks")
    with op.batch_alter_table("data_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_data_keys_master_key_id"))
        batch_op.drop_index(batch_op.f("ix_data_keys_family_id"))

    op.drop_table("data_keys")
    with op.batch_alter_table("time_off", schema=None) as batch_op:
        batch_op.drop_index("ix_time_off")

    op.drop_table("time_off")
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_sessions_staff_id"))

    op.drop_table("staff_sessions")
    op.drop_table("schedules")
    with op.batch_alter_table("rota_shifts", schema=None) as batch_op:
        batch_op.drop_index("ix_rota_shifts")

    op.drop_table("rota_shifts")
    with op.batch_alter_table("rota_exceptions", schema=None) as batch_op:
        batch_op.drop_index("ix_rota_exceptions")

    op.drop_table("rota_exceptions")
    with op.batch_alter_table("one_time_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_links_staff_id"))

    op.drop_table("one_time_links")
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.drop_index("uq_mails_once")
        batch_op.drop_index("ix_mails_person")
        batch_op.drop_index(
            "ix_mails_due",
            sqlite_where=sa.text("state IN ('waiting', 'sending')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending')"),
        )

    op.drop_table("mails")
    with op.batch_alter_table("families", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_families_caseworker_id"))

    op.drop_table("families")
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_phone_bidx"))

    op.drop_table("staff")
    with op.batch_alter_table("simulated_texts", schema=None) as batch_op:
        batch_op.drop_index("uq_simulated_sid")
        batch_op.drop_index("ix_simulated_open")
        batch_op.drop_index("ix_simulated_number")

    op.drop_table("simulated_texts")
    op.drop_table("sender_paces")
    op.drop_table("prompts")
    op.drop_table("programmes")
    op.drop_table("consents")
    with op.batch_alter_table("consent_events", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_events_number")
        batch_op.drop_index("ix_consent_events_family")

    op.drop_table("consent_events")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_tail")
        batch_op.drop_index("ix_audit_events_at")

    op.drop_table("audit_events")
    op.drop_table("sign_in_attempts")
    op.drop_table("pulses")
    op.drop_table("pauses")
    op.drop_table("installation")
    op.drop_table("channels")
    op.drop_table("agencies")
