"""Every table of the first release, with its constraints.

Revision: tables, after functions.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "tables"
down_revision: str | Sequence[str] | None = "functions"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


class Xid8(sa.types.UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


def upgrade() -> None:
    # A migration that cannot get its lock soon must fail, not queue every request behind it.
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "holidays",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holidays")),
    )
    op.create_table(
        "pillars",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pillars")),
        sa.UniqueConstraint("code", name=op.f("uq_pillars_code")),
    )
    op.create_table(
        "sign_in_brakes",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failure_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_brakes")),
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("license", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("code", name=op.f("uq_sources_code")),
    )
    op.create_table(
        "subjects",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('entity', 'division', 'user', 'membership', 'assignment', 'delegation', 'service_account', 'decision', 'role_plan', 'indicator', 'result', 'reopening')",
            name=op.f("ck_subjects_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subjects")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_subjects_id_entity_id")),
    )
    op.create_index(op.f("ix_subjects_entity_id"), "subjects", ["entity_id"], unique=False)
    op.create_table(
        "entities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("is_unit", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("verified", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "search_key",
            sa.Text(),
            sa.Computed("fold(code || ' ' || name_ar || ' ' || name_en)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "sort_ar",
            sa.Text(collation="C"),
            sa.Computed("sort_key(name_ar)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "sort_en",
            sa.Text(collation="C"),
            sa.Computed("sort_key(name_en)", persisted=True),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_entities_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entities")),
        sa.UniqueConstraint("code", name=op.f("uq_entities_code")),
    )
    op.create_index("ix_entities_sort_ar", "entities", ["sort_ar", "id"], unique=False)
    op.create_index("ix_entities_sort_en", "entities", ["sort_en", "id"], unique=False)
    op.create_index(
        "uq_entities_unit", "entities", ["is_unit"], unique=True, postgresql_where=sa.text("is_unit")
    )
    op.create_table(
        "priorities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("pillar_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_ar_translated", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["pillar_id"], ["pillars.id"], name=op.f("fk_priorities_pillar_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_priorities")),
        sa.UniqueConstraint("code", name=op.f("uq_priorities_code")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default=sa.text("'ar'"), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("language in ('ar', 'en')", name=op.f("ck_users_language")),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_users_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_index("uq_users_email", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("user_id"), "="),
            (sa.column("subject_id"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            using="gist",
            name="ex_assignments_once_at_a_time",
        ),
        sa.CheckConstraint("ends_at is null or ends_at >= starts_at", name=op.f("ck_assignments_interval")),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_assignments_id")),
        sa.ForeignKeyConstraint(
            ["subject_id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_assignments_subject_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_assignments_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index("ix_assignments_entity_id", "assignments", ["entity_id"], unique=False)
    op.create_index("ix_assignments_subject_id", "assignments", ["subject_id"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("letter_number", sa.Text(), nullable=False),
        sa.Column("letter_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_decisions_decided_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_decisions_entity_id")),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_decisions_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_decisions_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index("ix_decisions_entity_id", "decisions", ["entity_id"], unique=False)
    op.create_table(
        "delegations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("delegator_id", sa.Uuid(), nullable=False),
        sa.Column("delegate_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("delegate_id <> delegator_id", name=op.f("ck_delegations_somebody_else")),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_delegations_interval")),
        sa.ForeignKeyConstraint(["delegate_id"], ["users.id"], name=op.f("fk_delegations_delegate_id")),
        sa.ForeignKeyConstraint(["delegator_id"], ["users.id"], name=op.f("fk_delegations_delegator_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_delegations_entity_id")),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_delegations_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    op.create_index("ix_delegations_delegate_id", "delegations", ["delegate_id"], unique=False)
    op.create_index("ix_delegations_entity_id", "delegations", ["entity_id"], unique=False)
    op.create_table(
        "divisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "function in ('office', 'planning', 'finance', 'communication', 'head_office', 'executing', 'advisory_committee', 'supervisory_committee', 'other')",
            name=op.f("ck_divisions_function"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_divisions_entity_id")),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_divisions_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_divisions")),
        sa.UniqueConstraint("entity_id", "code", name=op.f("uq_divisions_entity_id_code")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_divisions_id_entity_id")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("headers", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_idempotency_keys_user_id")),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_invitations_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitations")),
    )
    op.create_index("ix_invitations_user_id", "invitations", ["user_id"], unique=False)
    op.create_table(
        "programmes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_ar_translated", sa.Boolean(), nullable=False),
        sa.Column("lead_entity_id", sa.Uuid(), nullable=True),
        sa.Column("priority_id", sa.Uuid(), nullable=True),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "sort_ar",
            sa.Text(collation="C"),
            sa.Computed("sort_key(name_ar)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "sort_en",
            sa.Text(collation="C"),
            sa.Computed("sort_key(name_en)", persisted=True),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["lead_entity_id"], ["entities.id"], name=op.f("fk_programmes_lead_entity_id")
        ),
        sa.ForeignKeyConstraint(["priority_id"], ["priorities.id"], name=op.f("fk_programmes_priority_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sa.UniqueConstraint("code", name=op.f("uq_programmes_code")),
    )
    op.create_table(
        "service_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("maker_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("actions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("cardinality(actions) > 0", name=op.f("ck_service_accounts_actions")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_service_accounts_entity_id")),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_service_accounts_id")),
        sa.ForeignKeyConstraint(["maker_id"], ["users.id"], name=op.f("fk_service_accounts_maker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_accounts")),
    )
    op.create_index("ix_service_accounts_maker_id", "service_accounts", ["maker_id"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("acting_for_id", sa.Uuid(), nullable=True),
        sa.Column("service_account_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "changes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("transaction_id", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["acting_for_id"], ["users.id"], name=op.f("fk_events_acting_for_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_events_actor_id")),
        sa.ForeignKeyConstraint(
            ["service_account_id"], ["service_accounts.id"], name=op.f("fk_events_service_account_id")
        ),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name=op.f("fk_events_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("position", name=op.f("uq_events_position")),
    )
    op.create_index(op.f("ix_events_at"), "events", ["at"], unique=False)
    op.create_index("ix_events_subject_id_id", "events", ["subject_id", "id"], unique=False)
    op.create_table(
        "indicators",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("in_scorecard", sa.Boolean(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("owner_assumed", sa.Boolean(), nullable=False),
        sa.Column("division_id", sa.Uuid(), nullable=True),
        sa.Column("priority_id", sa.Uuid(), nullable=True),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_ar_translated", sa.Boolean(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("unit_ar", sa.Text(), nullable=False),
        sa.Column("unit_en", sa.Text(), nullable=False),
        sa.Column("polarity", sa.Text(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("decimals", sa.SmallInteger(), nullable=False),
        sa.Column("baseline_value", sa.Numeric(), nullable=True),
        sa.Column("baseline_rank", sa.Integer(), nullable=True),
        sa.Column("baseline_rank_of", sa.Integer(), nullable=True),
        sa.Column("baseline_year", sa.SmallInteger(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "search_key",
            sa.Text(),
            sa.Computed("fold(code || ' ' || name_ar || ' ' || name_en)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "sort_ar",
            sa.Text(collation="C"),
            sa.Computed("sort_key(name_ar)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "sort_en",
            sa.Text(collation="C"),
            sa.Computed("sort_key(name_en)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint(
            "baseline_value > '-Infinity' and baseline_value < 'Infinity'", name=op.f("ck_indicators_finite")
        ),
        sa.CheckConstraint(
            "frequency in ('monthly', 'quarterly', 'semiannual', 'annual', 'biennial', 'irregular')",
            name=op.f("ck_indicators_frequency"),
        ),
        sa.CheckConstraint(
            "level in ('vision', 'main', 'special', 'excellence')", name=op.f("ck_indicators_level")
        ),
        sa.CheckConstraint(
            "measure in ('value', 'rank', 'value_and_rank')", name=op.f("ck_indicators_measure")
        ),
        sa.CheckConstraint(
            "polarity in ('higher_better', 'lower_better', 'band')", name=op.f("ck_indicators_polarity")
        ),
        sa.ForeignKeyConstraint(
            ["division_id", "entity_id"],
            ["divisions.id", "divisions.entity_id"],
            name=op.f("fk_indicators_division_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_indicators_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_indicators_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_indicators_id")),
        sa.ForeignKeyConstraint(["priority_id"], ["priorities.id"], name=op.f("fk_indicators_priority_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_indicators_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicators")),
        sa.UniqueConstraint("code", name=op.f("uq_indicators_code")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_indicators_id_entity_id")),
    )
    op.create_index("ix_indicators_entity_id", "indicators", ["entity_id"], unique=False)
    op.create_index(
        "ix_indicators_search_key",
        "indicators",
        ["search_key"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_key": "gin_trgm_ops"},
    )
    op.create_index("ix_indicators_sort_ar", "indicators", ["sort_ar", "id"], unique=False)
    op.create_index("ix_indicators_sort_en", "indicators", ["sort_en", "id"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("division_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("tenure", sa.Text(), server_default=sa.text("'substantive'"), nullable=False),
        sa.Column("parties", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("entity_id"), "="),
            (sa.column("role"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("role in ('head', 'manager') and tenure = 'substantive'"),
            using="gist",
            name="ex_memberships_one_holder_of_a_post",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("user_id"), "="),
            (sa.text("coalesce(entity_id, user_id)"), "="),
            (sa.column("role"), "="),
            (sa.text("coalesce(division_id, user_id)"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            using="gist",
            name="ex_memberships_once_at_a_time",
        ),
        sa.CheckConstraint(
            "(role = 'administrator') = (entity_id is null)", name=op.f("ck_memberships_administrator")
        ),
        sa.CheckConstraint(
            "(role in ('division_head', 'division_member')) = (division_id is not null)",
            name=op.f("ck_memberships_division"),
        ),
        sa.CheckConstraint(
            "role in ('head', 'head_office', 'manager', 'specialist', 'technical_representative', 'media_representative', 'expert', 'division_head', 'division_member', 'unit_editor', 'unit_specialist', 'administrator')",
            name=op.f("ck_memberships_role"),
        ),
        sa.CheckConstraint(
            "tenure = 'substantive' or (role in ('head', 'manager') and ends_at is not null)",
            name=op.f("ck_memberships_acting"),
        ),
        sa.CheckConstraint("tenure in ('substantive', 'acting')", name=op.f("ck_memberships_tenure")),
        sa.CheckConstraint("ends_at is null or ends_at >= starts_at", name=op.f("ck_memberships_interval")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_memberships_decision_id")),
        sa.ForeignKeyConstraint(
            ["division_id", "entity_id"],
            ["divisions.id", "divisions.entity_id"],
            name=op.f("fk_memberships_division_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_memberships_entity_id")),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_memberships_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    op.create_index("ix_memberships_entity_id", "memberships", ["entity_id"], unique=False)
    op.create_index(
        "ix_memberships_parties", "memberships", ["parties"], unique=False, postgresql_using="gin"
    )
    op.create_index("ix_memberships_user_id", "memberships", ["user_id"], unique=False)
    op.create_table(
        "role_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("drafted_by_id", sa.Uuid(), nullable=False),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("state in ('draft', 'submitted', 'approved')", name=op.f("ck_role_plans_state")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["users.id"], name=op.f("fk_role_plans_approved_by_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_role_plans_decision_id")),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["users.id"], name=op.f("fk_role_plans_drafted_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_role_plans_entity_id")),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_role_plans_id")),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["users.id"], name=op.f("fk_role_plans_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_plans")),
        sa.UniqueConstraint("entity_id", "number", name=op.f("uq_role_plans_entity_id_number")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_role_plans_id_entity_id")),
    )
    op.create_index(
        "uq_role_plans_one_open",
        "role_plans",
        ["entity_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'approved'"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("service_account_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_account_id"], ["service_accounts.id"], name=op.f("fk_sessions_service_account_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"], unique=False)
    op.create_table(
        "indicator_targets",
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("value_max", sa.Numeric(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("window_start", sa.SmallInteger(), nullable=True),
        sa.Column("window_end", sa.SmallInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(value is null or (value > '-Infinity' and value < 'Infinity')) and (value_max is null or (value_max > '-Infinity' and value_max < 'Infinity'))",
            name=op.f("ck_indicator_targets_finite"),
        ),
        sa.CheckConstraint(
            "kind in ('value', 'minimum_and_top_rank', 'top_rank', 'band', 'range', 'floor', 'ceiling', 'average')",
            name=op.f("ck_indicator_targets_kind"),
        ),
        sa.CheckConstraint(
            "value is not null or rank is not null", name=op.f("ck_indicator_targets_something")
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicators.id"], name=op.f("fk_indicator_targets_indicator_id")
        ),
        sa.PrimaryKeyConstraint("indicator_id", "year", name=op.f("pk_indicator_targets")),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_refresh_tokens_session_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_tokens")),
    )
    op.create_index("ix_refresh_tokens_session_id", "refresh_tokens", ["session_id"], unique=False)
    op.create_table(
        "results",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("division_id", sa.Uuid(), nullable=True),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("classification", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("rank_of", sa.Integer(), nullable=True),
        sa.Column("numerator", sa.Numeric(), nullable=True),
        sa.Column("denominator", sa.Numeric(), nullable=True),
        sa.Column("obs_status", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("role_plan_id", sa.Uuid(), nullable=True),
        sa.Column("parties_enter", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("parties_review", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("parties_approve", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "controlled_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entered_by_id", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by_id", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_by_id", sa.Uuid(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("exceptional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'approved') = (approved_at is not null) and (state <> 'approved' or known_from is not null)",
            name=op.f("ck_results_approved"),
        ),
        sa.CheckConstraint(
            "(value is null or (value > '-Infinity' and value < 'Infinity')) and (numerator is null or (numerator > '-Infinity' and numerator < 'Infinity')) and (denominator is null or (denominator > '-Infinity' and denominator < 'Infinity'))",
            name=op.f("ck_results_finite"),
        ),
        sa.CheckConstraint(
            "classification in ('open', 'internal', 'restricted')", name=op.f("ck_results_classification")
        ),
        sa.CheckConstraint(
            "obs_status in ('A', 'B', 'D', 'E', 'F', 'G', 'I', 'Q', 'P', 'U', 'V', 'M', 'O', 'L')",
            name=op.f("ck_results_obs_status"),
        ),
        sa.CheckConstraint(
            "published_at is null or (state = 'approved' and classification <> 'restricted')",
            name=op.f("ck_results_published"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'submitted', 'reviewed', 'approved', 'discarded')",
            name=op.f("ck_results_state"),
        ),
        sa.CheckConstraint(
            "(numerator is null) = (denominator is null) and denominator <> 0", name=op.f("ck_results_ratio")
        ),
        sa.CheckConstraint(
            "approved_by_id is null or (not (approved_by_id = any(edited_by)) and approved_by_id is distinct from reviewed_by_id)",
            name=op.f("ck_results_approved_by_another"),
        ),
        sa.CheckConstraint("period_end >= period_start", name=op.f("ck_results_period")),
        sa.CheckConstraint(
            "rank >= 1 and (rank_of is null or rank_of >= rank)", name=op.f("ck_results_rank")
        ),
        sa.CheckConstraint("rank_of is null or rank is not null", name=op.f("ck_results_rank_of")),
        sa.CheckConstraint(
            "reviewed_by_id is null or not (reviewed_by_id = any(edited_by))",
            name=op.f("ck_results_reviewed_by_another"),
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_results_revision")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["users.id"], name=op.f("fk_results_approved_by_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["results.id"], name=op.f("fk_results_corrects_id")),
        sa.ForeignKeyConstraint(
            ["division_id", "entity_id"],
            ["divisions.id", "divisions.entity_id"],
            name=op.f("fk_results_division_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name=op.f("fk_results_entered_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_results_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"], ["subjects.id", "subjects.entity_id"], name=op.f("fk_results_id_entity_id")
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_results_id")),
        sa.ForeignKeyConstraint(
            ["indicator_id", "entity_id"],
            ["indicators.id", "indicators.entity_id"],
            name=op.f("fk_results_indicator_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["returned_by_id"], ["users.id"], name=op.f("fk_results_returned_by_id")),
        sa.ForeignKeyConstraint(["reviewed_by_id"], ["users.id"], name=op.f("fk_results_reviewed_by_id")),
        sa.ForeignKeyConstraint(
            ["role_plan_id", "entity_id"],
            ["role_plans.id", "role_plans.entity_id"],
            name=op.f("fk_results_role_plan_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_results_source_id")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["users.id"], name=op.f("fk_results_submitted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_results")),
        sa.UniqueConstraint(
            "indicator_id",
            "period_start",
            "period_end",
            "revision",
            name=op.f("uq_results_indicator_id_period_start_period_end_revision"),
        ),
    )
    op.create_index("ix_results_entity_id_state", "results", ["entity_id", "state"], unique=False)
    op.create_index(
        "ix_results_known_from", "results", ["indicator_id", "period_end", "known_from"], unique=False
    )
    op.create_index("ix_results_list", "results", [sa.literal_column("period_end desc"), "id"], unique=False)
    op.create_index(
        "uq_results_one_open_revision",
        "results",
        ["indicator_id", "period_start", "period_end"],
        unique=True,
        postgresql_where=sa.text("state in ('draft', 'submitted', 'reviewed')"),
    )
    op.create_table(
        "role_plan_steps",
        sa.Column("role_plan_id", sa.Uuid(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("division_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(party = 'division') = (division_id is not null)", name=op.f("ck_role_plan_steps_division")
        ),
        sa.CheckConstraint(
            "chain in ('results', 'plans', 'detailed_plans', 'reports', 'communication')",
            name=op.f("ck_role_plan_steps_chain"),
        ),
        sa.CheckConstraint(
            "party in ('head', 'head_office', 'manager', 'specialist', 'planning', 'finance', 'communication', 'advisory_committee', 'executing', 'division', 'unit')",
            name=op.f("ck_role_plan_steps_party"),
        ),
        sa.CheckConstraint("step in ('enter', 'review', 'approve')", name=op.f("ck_role_plan_steps_step")),
        sa.ForeignKeyConstraint(
            ["division_id", "entity_id"],
            ["divisions.id", "divisions.entity_id"],
            name=op.f("fk_role_plan_steps_division_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["role_plan_id", "entity_id"],
            ["role_plans.id", "role_plans.entity_id"],
            name=op.f("fk_role_plan_steps_role_plan_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("role_plan_id", "chain", "step", "rank", name=op.f("pk_role_plan_steps")),
    )
    op.create_table(
        "waits",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_event", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_event", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["closed_by_event"], ["events.id"], name=op.f("fk_waits_closed_by_event")),
        sa.ForeignKeyConstraint(["opened_by_event"], ["events.id"], name=op.f("fk_waits_opened_by_event")),
        sa.ForeignKeyConstraint(
            ["subject_id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_waits_subject_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waits")),
    )
    op.create_index(
        "ix_waits_open_entity",
        "waits",
        ["entity_id"],
        unique=False,
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_index(
        "ix_waits_open_party", "waits", ["party"], unique=False, postgresql_where=sa.text("closed_at is null")
    )
    op.create_index("ix_waits_subject_id", "waits", ["subject_id"], unique=False)
    op.create_table(
        "reopenings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("grantor", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "state in ('asked', 'granted', 'refused', 'used')", name=op.f("ck_reopenings_state")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_reopenings_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_reopenings_decided_by_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_reopenings_decision_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_reopenings_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_reopenings_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_reopenings_id")),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_reopenings_result_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reopenings")),
    )
    op.create_index("ix_reopenings_entity_id", "reopenings", ["entity_id"], unique=False)
    op.create_index(
        "uq_reopenings_one_asked",
        "reopenings",
        ["result_id"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )
