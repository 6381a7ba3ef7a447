"""Initiatives, their milestones, money, effects, progress and checks on the ground; who shares a programme.

Revision: initiatives, after path_runs.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "initiatives"
down_revision: str | Sequence[str] | None = "path_runs"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE = "mutabaa_app"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _subjects()
    _initiatives()
    _programme_participants()
    _budget_lines()
    _initiative_effects()
    _milestone_baselines()
    _milestones()
    _progress_reports()
    _site_checks()
    # The two name each other.
    op.create_foreign_key(
        op.f("fk_initiatives_latest_report_id_entity_id"),
        "initiatives",
        "progress_reports",
        ["latest_report_id", "entity_id"],
        ["id", "entity_id"],
    )
    _guards()
    _partners()
    _managed()
    _grants()
    _row_level_security()


def _subjects() -> None:
    op.drop_constraint(op.f("ck_subjects_kind"), "subjects")
    op.create_check_constraint(
        op.f("ck_subjects_kind"),
        "subjects",
        "kind in ('entity', 'division', 'user', 'membership', 'assignment', 'delegation', 'service_account',"
        " 'decision', 'role_plan', 'indicator', 'definition', 'contribution', 'obligation', 'result',"
        " 'reopening', 'evidence', 'holiday', 'path_template', 'path_run', 'path_stage', 'scorecard',"
        " 'improvement_plan', 'plan', 'proposal', 'detailed_plan', 'initiative', 'progress_report',"
        " 'communication_plan', 'communication_activity', 'site_check', 'programme_participant')",
    )


def _initiatives() -> None:
    op.create_table(
        "initiatives",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("classification", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("division_id", sa.Uuid(), nullable=True),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("programme_weight", sa.Numeric(), nullable=True),
        sa.Column("sectors", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("baseline_starts_on", sa.Date(), nullable=True),
        sa.Column("baseline_ends_on", sa.Date(), nullable=True),
        sa.Column("people_count", sa.Integer(), nullable=True),
        sa.Column("latest_report_id", sa.Uuid(), nullable=True),
        sa.Column("latest_percent", sa.Numeric(), nullable=True),
        sa.Column("latest_as_of", sa.Date(), nullable=True),
        sa.Column("latest_forecast_end", sa.Date(), nullable=True),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "controlled_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("exceptional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_by_id", sa.Uuid(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("revised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revised_by_id", sa.Uuid(), nullable=True),
        sa.Column("closing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_by_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_by_id", sa.Uuid(), nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=True),
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
            "(state = 'closed') = (closed_at is not null)", name=op.f("ck_initiatives_closed")
        ),
        sa.CheckConstraint(
            "(state = 'stopped') = (stopped_at is not null) and (stopped_at is null) = (stop_reason is null)",
            name=op.f("ck_initiatives_stopped"),
        ),
        sa.CheckConstraint(
            "(state in ('draft', 'submitted', 'discarded') or approved_at is not null)"
            " and num_nonnulls(approved_at, baseline_starts_on, baseline_ends_on) in (0, 3)",
            name=op.f("ck_initiatives_approved"),
        ),
        sa.CheckConstraint(
            "classification in ('open', 'internal', 'restricted')", name=op.f("ck_initiatives_classification")
        ),
        sa.CheckConstraint(
            "kind in ('initiative', 'project', 'foresight', 'simplification')",
            name=op.f("ck_initiatives_kind"),
        ),
        sa.CheckConstraint(
            "sectors <@ array['manufacturing', 'fisheries', 'tourism', 'mining', 'transport_logistics']",
            name=op.f("ck_initiatives_sectors"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'submitted', 'approved', 'closing', 'closed', 'stopped', 'discarded')",
            name=op.f("ck_initiatives_state"),
        ),
        sa.CheckConstraint(
            "ends_on >= starts_on and baseline_ends_on >= baseline_starts_on",
            name=op.f("ck_initiatives_dates"),
        ),
        sa.CheckConstraint("latest_percent between 0 and 100", name=op.f("ck_initiatives_latest_percent")),
        sa.CheckConstraint(
            "num_nonnulls(latest_report_id, latest_percent, latest_as_of) in (0, 3)",
            name=op.f("ck_initiatives_latest"),
        ),
        sa.CheckConstraint("people_count between 0 and 1000000", name=op.f("ck_initiatives_people_count")),
        sa.CheckConstraint(
            "programme_weight is null or (programme_weight > 0 and programme_weight <= 100 and programme_id is not null)",
            name=op.f("ck_initiatives_programme_weight"),
        ),
        sa.ForeignKeyConstraint(["approved_by_id"], ["users.id"], name=op.f("fk_initiatives_approved_by_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["users.id"], name=op.f("fk_initiatives_closed_by_id")),
        sa.ForeignKeyConstraint(["closing_by_id"], ["users.id"], name=op.f("fk_initiatives_closing_by_id")),
        sa.ForeignKeyConstraint(
            ["division_id", "entity_id"],
            ["divisions.id", "divisions.entity_id"],
            name=op.f("fk_initiatives_division_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_initiatives_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_initiatives_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_initiatives_id")),
        sa.ForeignKeyConstraint(["manager_id"], ["users.id"], name=op.f("fk_initiatives_manager_id")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_initiatives_programme_id")
        ),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["users.id"], name=op.f("fk_initiatives_proposed_by_id")),
        sa.ForeignKeyConstraint(["returned_by_id"], ["users.id"], name=op.f("fk_initiatives_returned_by_id")),
        sa.ForeignKeyConstraint(["revised_by_id"], ["users.id"], name=op.f("fk_initiatives_revised_by_id")),
        sa.ForeignKeyConstraint(["stopped_by_id"], ["users.id"], name=op.f("fk_initiatives_stopped_by_id")),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["users.id"], name=op.f("fk_initiatives_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiatives")),
        sa.UniqueConstraint("entity_id", "code", name=op.f("uq_initiatives_entity_id_code")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_initiatives_id_entity_id")),
    )
    op.create_index("ix_initiatives_entity_id_state", "initiatives", ["entity_id", "state"], unique=False)
    op.create_index(
        "ix_initiatives_manager_id",
        "initiatives",
        ["manager_id"],
        unique=False,
        postgresql_where=sa.text("manager_id is not null"),
    )
    op.create_index(
        "ix_initiatives_programme_id",
        "initiatives",
        ["programme_id"],
        unique=False,
        postgresql_where=sa.text("programme_id is not null"),
    )
    op.create_index(
        "ix_initiatives_search_key",
        "initiatives",
        ["search_key"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_key": "gin_trgm_ops"},
    )
    op.create_index("ix_initiatives_sort_ar", "initiatives", ["sort_ar", "id"], unique=False)
    op.create_index("ix_initiatives_sort_en", "initiatives", ["sort_en", "id"], unique=False)


def _programme_participants() -> None:
    op.create_table(
        "programme_participants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("left_on >= joined_on", name=op.f("ck_programme_participants_interval")),
        postgresql.ExcludeConstraint(
            (sa.column("programme_id"), "="),
            (sa.column("entity_id"), "="),
            (sa.text("daterange(joined_on, left_on)"), "&&"),
            using="gist",
            name="ex_programme_participants_once_at_a_time",
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entities.id"], name=op.f("fk_programme_participants_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_programme_participants_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_programme_participants_id")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_programme_participants_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_participants")),
    )
    op.create_index(
        "ix_programme_participants_entity_id", "programme_participants", ["entity_id"], unique=False
    )


def _budget_lines() -> None:
    op.create_table(
        "budget_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("requested", sa.Numeric(precision=18, scale=3), nullable=False),
        sa.Column("approved", sa.Numeric(precision=18, scale=3), nullable=True),
        sa.Column("spent", sa.Numeric(precision=18, scale=3), nullable=True),
        sa.Column("overspent_reason", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("letter_number", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(answer is not distinct from 'granted') = (approved is not null) and (answer is null) = (answered_on is null)",
            name=op.f("ck_budget_lines_answered"),
        ),
        sa.CheckConstraint("answer in ('granted', 'refused')", name=op.f("ck_budget_lines_answer")),
        sa.CheckConstraint(
            "source in ('state_budget', 'own_revenue', 'programme', 'partner', 'other')",
            name=op.f("ck_budget_lines_source"),
        ),
        sa.CheckConstraint("approved <= requested", name=op.f("ck_budget_lines_within_requested")),
        sa.CheckConstraint(
            "requested >= 0 and requested < 1e15 and approved >= 0 and spent >= 0 and spent < 1e15",
            name=op.f("ck_budget_lines_amounts"),
        ),
        sa.CheckConstraint(
            "spent <= coalesce(approved, 0) or overspent_reason is not null",
            name=op.f("ck_budget_lines_overspent"),
        ),
        sa.CheckConstraint("year between 2000 and 2100", name=op.f("ck_budget_lines_year")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_budget_lines_entity_id")),
        sa.ForeignKeyConstraint(
            ["initiative_id", "entity_id"],
            ["initiatives.id", "initiatives.entity_id"],
            name=op.f("fk_budget_lines_initiative_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_lines")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_budget_lines_id_entity_id")),
        sa.UniqueConstraint(
            "initiative_id", "year", "source", name=op.f("uq_budget_lines_initiative_id_year_source")
        ),
    )
    op.create_index("ix_budget_lines_entity_id_year", "budget_lines", ["entity_id", "year"], unique=False)


def _initiative_effects() -> None:
    op.create_table(
        "initiative_effects",
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("expected", sa.Numeric(), nullable=True),
        sa.Column("by_year", sa.SmallInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "expected > '-Infinity' and expected < 'Infinity'", name=op.f("ck_initiative_effects_finite")
        ),
        sa.CheckConstraint("by_year between 2000 and 2100", name=op.f("ck_initiative_effects_by_year")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_initiative_effects_entity_id")),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicators.id"], name=op.f("fk_initiative_effects_indicator_id")
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id", "entity_id"],
            ["initiatives.id", "initiatives.entity_id"],
            name=op.f("fk_initiative_effects_initiative_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("initiative_id", "indicator_id", name=op.f("pk_initiative_effects")),
    )
    op.create_index(
        "ix_initiative_effects_indicator_id", "initiative_effects", ["indicator_id"], unique=False
    )


def _milestone_baselines() -> None:
    op.create_table(
        "milestone_baselines",
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("weight", sa.Numeric(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.CheckConstraint("due_on >= starts_on", name=op.f("ck_milestone_baselines_dates")),
        sa.CheckConstraint("weight >= 0 and weight <= 100", name=op.f("ck_milestone_baselines_weight")),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entities.id"], name=op.f("fk_milestone_baselines_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id", "entity_id"],
            ["initiatives.id", "initiatives.entity_id"],
            name=op.f("fk_milestone_baselines_initiative_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("initiative_id", "number", name=op.f("pk_milestone_baselines")),
    )


def _milestones() -> None:
    op.create_table(
        "milestones",
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("title_ar", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("weight", sa.Numeric(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("acceptance", sa.Text(), nullable=True),
        sa.Column(
            "depends_on", postgresql.ARRAY(sa.SmallInteger()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.CheckConstraint("due_on >= starts_on", name=op.f("ck_milestones_dates")),
        sa.CheckConstraint("not (number = any (depends_on))", name=op.f("ck_milestones_depends_on")),
        sa.CheckConstraint("number between 1 and 999", name=op.f("ck_milestones_number")),
        sa.CheckConstraint("weight >= 0 and weight <= 100", name=op.f("ck_milestones_weight")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_milestones_entity_id")),
        sa.ForeignKeyConstraint(
            ["initiative_id", "entity_id"],
            ["initiatives.id", "initiatives.entity_id"],
            name=op.f("fk_milestones_initiative_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("initiative_id", "number", name=op.f("pk_milestones")),
    )


def _progress_reports() -> None:
    op.create_table(
        "progress_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("milestones", postgresql.JSONB(), nullable=False),
        sa.Column("computed", sa.Numeric(), nullable=False),
        sa.Column("percent", sa.Numeric(), nullable=False),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("correction_reason", sa.Text(), nullable=True),
        sa.Column("forecast_end", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("role_plan_id", sa.Uuid(), nullable=True),
        sa.Column("parties_enter", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("parties_review", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("parties_approve", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "controlled_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("exceptional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by_id", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_by_id", sa.Uuid(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'approved') = (approved_at is not null)", name=op.f("ck_progress_reports_approved")
        ),
        sa.CheckConstraint(
            "state in ('draft', 'submitted', 'reviewed', 'approved', 'discarded')",
            name=op.f("ck_progress_reports_state"),
        ),
        sa.CheckConstraint(
            "approved_by_id is null or (not (approved_by_id = any(edited_by)) and approved_by_id is distinct from reviewed_by_id)",
            name=op.f("ck_progress_reports_approved_by_another"),
        ),
        sa.CheckConstraint(
            "percent = computed or override_reason is not null", name=op.f("ck_progress_reports_overridden")
        ),
        sa.CheckConstraint(
            "percent between 0 and 100 and computed between 0 and 100",
            name=op.f("ck_progress_reports_percent"),
        ),
        sa.CheckConstraint(
            "reviewed_by_id is null or not (reviewed_by_id = any(edited_by))",
            name=op.f("ck_progress_reports_reviewed_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["users.id"], name=op.f("fk_progress_reports_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["users.id"], name=op.f("fk_progress_reports_entered_by_id")
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_progress_reports_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_progress_reports_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_progress_reports_id")),
        sa.ForeignKeyConstraint(
            ["initiative_id", "entity_id"],
            ["initiatives.id", "initiatives.entity_id"],
            name=op.f("fk_progress_reports_initiative_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["returned_by_id"], ["users.id"], name=op.f("fk_progress_reports_returned_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["users.id"], name=op.f("fk_progress_reports_reviewed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["role_plan_id", "entity_id"],
            ["role_plans.id", "role_plans.entity_id"],
            name=op.f("fk_progress_reports_role_plan_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["users.id"], name=op.f("fk_progress_reports_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_reports")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_progress_reports_id_entity_id")),
    )
    op.create_index(
        "ix_progress_reports_entity_id_state", "progress_reports", ["entity_id", "state"], unique=False
    )
    op.create_index(
        "ix_progress_reports_initiative_id", "progress_reports", ["initiative_id", "as_of"], unique=False
    )
    op.create_index(
        "uq_progress_reports_one_open",
        "progress_reports",
        ["initiative_id"],
        unique=True,
        postgresql_where=sa.text("state in ('draft', 'submitted', 'reviewed')"),
    )


def _site_checks() -> None:
    op.create_table(
        "site_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("conforms", sa.Boolean(), nullable=False),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("checked_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdraw_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at is not null) and (withdrawn_at is null) = (withdraw_reason is null)",
            name=op.f("ck_site_checks_withdrawn"),
        ),
        sa.CheckConstraint("state in ('recorded', 'withdrawn')", name=op.f("ck_site_checks_state")),
        sa.ForeignKeyConstraint(["checked_by_id"], ["users.id"], name=op.f("fk_site_checks_checked_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_site_checks_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_site_checks_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_site_checks_id")),
        sa.ForeignKeyConstraint(
            ["initiative_id", "entity_id"],
            ["initiatives.id", "initiatives.entity_id"],
            name=op.f("fk_site_checks_initiative_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["users.id"], name=op.f("fk_site_checks_withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_checks")),
    )
    op.create_index(
        "ix_site_checks_initiative_id", "site_checks", ["initiative_id", "checked_on"], unique=False
    )


def _guards() -> None:
    """What nobody changes, whatever the code says."""
    op.execute(
        """
        create function initiatives_guard() returns trigger language plpgsql as $$
        begin
            if (new.id, new.entity_id, new.code, new.proposed_at, new.proposed_by_id) is distinct from
               (old.id, old.entity_id, old.code, old.proposed_at, old.proposed_by_id)
            then
                raise exception 'which initiative it is never changes' using errcode = '23514';
            end if;
            if old.state in ('closed', 'stopped', 'discarded') then
                raise exception 'an initiative that is % stays as it is', old.state using errcode = '23514';
            end if;
            if old.state in ('submitted', 'closing') and
               (new.kind, new.name_ar, new.name_en, new.goal, new.programme_id, new.programme_weight,
                new.sectors, new.starts_on, new.ends_on, new.people_count, new.classification)
               is distinct from
               (old.kind, old.name_ar, old.name_en, old.goal, old.programme_id, old.programme_weight,
                old.sectors, old.starts_on, old.ends_on, old.people_count, old.classification)
            then
                raise exception 'an initiative that is % is not edited', old.state using errcode = '23514';
            end if;
            if old.approved_at is not null and
               (new.kind, new.approved_at, new.approved_by_id, new.baseline_starts_on, new.baseline_ends_on)
               is distinct from
               (old.kind, old.approved_at, old.approved_by_id, old.baseline_starts_on, old.baseline_ends_on)
            then
                raise exception 'what an initiative was approved as never changes' using errcode = '23514';
            end if;
            -- Who revises it later may well have approved it, so this is asked at the step itself.
            if (old.state = 'submitted' and new.state = 'approved' and new.approved_by_id = any (old.edited_by))
               or (old.state = 'closing' and new.state = 'closed' and new.closed_by_id = any (old.edited_by))
            then
                raise exception 'who worked on an initiative does not decide about it' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        """
        create function initiative_plan_guard() returns trigger language plpgsql as $$
        declare
            found_state text;
        begin
            select i.state into found_state from initiatives i
            where i.id = coalesce(new.initiative_id, old.initiative_id);
            if not found_state = any (string_to_array(tg_argv[0], ' ')) then
                raise exception 'this of an initiative that is % does not change', found_state
                    using errcode = '23514';
            end if;
            return coalesce(new, old);
        end
        $$
        """
    )
    op.execute(
        """
        create function progress_reports_guard() returns trigger language plpgsql as $$
        begin
            if (new.id, new.entity_id, new.initiative_id, new.recorded_at, new.entered_by_id) is distinct from
               (old.id, old.entity_id, old.initiative_id, old.recorded_at, old.entered_by_id)
            then
                raise exception 'what a progress report is about never changes' using errcode = '23514';
            end if;
            if old.state in ('approved', 'discarded') then
                raise exception 'a progress report that is % stays as it is', old.state using errcode = '23514';
            end if;
            if old.state <> 'draft' and
               (new.as_of, new.milestones, new.computed, new.percent, new.override_reason,
                new.correction_reason, new.forecast_end, new.note)
               is distinct from
               (old.as_of, old.milestones, old.computed, old.percent, old.override_reason,
                old.correction_reason, old.forecast_end, old.note)
            then
                raise exception 'a progress report changes only while it is a draft' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        """
        create function evidence_of_initiatives_guard() returns trigger language plpgsql as $$
        begin
            if exists (select from progress_reports r where r.id = new.subject_id and r.state = 'approved')
               or exists (select from initiatives i where i.id = new.subject_id and i.state = 'closed')
            then
                raise exception 'the evidence of what is approved never changes' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    for table, function, when in (
        ("initiatives", "initiatives_guard()", "update"),
        ("milestones", "initiative_plan_guard('draft approved closing')", "insert or update or delete"),
        ("initiative_effects", "initiative_plan_guard('draft approved')", "insert or update or delete"),
        (
            "budget_lines",
            "initiative_plan_guard('draft submitted approved closing')",
            "insert or update or delete",
        ),
        ("progress_reports", "progress_reports_guard()", "update"),
        ("evidence", "evidence_of_initiatives_guard()", "insert or update"),
    ):
        op.execute(
            f"create trigger {function.split('(')[0]} before {when} on {table} for each row execute function {function}"
        )


def _partners() -> None:
    """The entities of one programme see how far each other's parts have come (Guide N-2), so the coarse wall lets them:
    its lead, and who takes part. The fine rule says what of it they see. It is no narrower than that rule at any
    hour of the day in Muscat."""
    op.execute(
        """
        create or replace function shared_with(entities uuid[])
            returns table (entity_id uuid, indicator_id uuid)
        language sql stable security definer set search_path = pg_catalog, public
        begin atomic
            select c.entity_id, case c.state when 'accepted' then c.indicator_id end from contributions c
            where c.state in ('invited', 'accepted') and c.contributor_id = any (entities)
            union all
            select c.contributor_id, c.part_id from contributions c
            where c.state = 'accepted' and c.entity_id = any (entities)
            union all
            select other.entity_id, null
            from programme_participants other join programmes p on p.id = other.programme_id
            where p.lead_entity_id = any (entities) and (other.left_on is null or other.left_on >= current_date)
            union all
            select unnest(array[p.lead_entity_id, other.entity_id]), null
            from programme_participants own
            join programmes p on p.id = own.programme_id
            join programme_participants other on other.programme_id = own.programme_id
            where own.entity_id = any (entities) and (own.left_on is null or own.left_on >= current_date)
              and (other.left_on is null or other.left_on >= current_date);
        end
        """
    )


def _managed() -> None:
    """Whoever manages an initiative answers for it as a party: their rights are read before the wall stands."""
    op.execute(
        """
        create function managed_by(person uuid, entities uuid[]) returns setof uuid
        language sql stable security definer set search_path = pg_catalog, public
        begin atomic
            select i.id from initiatives i where i.manager_id = person and i.entity_id = any (entities);
        end
        """
    )
    op.execute("revoke execute on function managed_by(uuid, uuid[]) from public")
    op.execute(f"grant execute on function managed_by(uuid, uuid[]) to {ROLE}")


def _grants() -> None:
    op.execute(f"grant select, insert, update on initiatives, progress_reports to {ROLE}")
    op.execute(
        f"grant select, insert, update, delete on milestones, budget_lines, initiative_effects to {ROLE}"
    )
    op.execute(f"grant select, insert on milestone_baselines to {ROLE}")
    op.execute(
        "grant select, insert, update (state, version, edited_by, withdrawn_at, withdrawn_by_id, withdraw_reason)"
        f" on site_checks to {ROLE}"
    )
    op.execute(f"grant select, insert, update (left_on, version) on programme_participants to {ROLE}")


def _row_level_security() -> None:
    """Who takes part in a national programme is of the catalogue, and stands before the wall."""
    for table in (
        "initiatives",
        "milestones",
        "milestone_baselines",
        "budget_lines",
        "initiative_effects",
        "progress_reports",
        "site_checks",
    ):
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy reachable on {table} to {ROLE} using"
            " (entity_id = any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
            " or (select current_setting('app.national', true) = 'on'))"
        )
