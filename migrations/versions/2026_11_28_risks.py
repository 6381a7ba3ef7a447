"""Risks: UNIT's settings of them in versions, risks with their assessments, resources and raisings, and SWOT entries.

Revision: risks, after actions.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "risks"
down_revision: str | Sequence[str] | None = "actions"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE, WORKER = "mutabaa_app", "mutabaa_worker"

FIRST_SETTINGS = uuid.UUID("019a0000-0000-7000-8000-00000000e601")
SHIPPED_AT = datetime(2026, 11, 28, tzinfo=UTC)
SHIPPED = {
    "probability_ar": ["نادر", "غير مرجح", "محتمل", "مرجح", "شبه مؤكد"],
    "probability_en": ["Rare", "Unlikely", "Possible", "Likely", "Almost certain"],
    "impact_ar": ["ضئيل", "محدود", "متوسط", "كبير", "جسيم"],
    "impact_en": ["Negligible", "Minor", "Moderate", "Major", "Severe"],
    "medium_from": 5,
    "high_from": 10,
    "critical_from": 16,
    "head_from": 10,
    "review_low": 120,
    "review_medium": 60,
    "review_high": 20,
    "review_critical": 10,
    "reason": "افتراض منا حتى تضبطها وحدة المتابعة، فالدليل لا يحدد المستويات ولا الحدود"
    " · Our assumption until the follow-up unit sets them: the guide names neither levels nor thresholds",
}
"""The first version: the guide asks for a matrix (K-2) and leaves its size and thresholds open."""

OF_ENTITIES = ("risks", "risk_assessments", "risk_resources", "risk_raisings", "swot_entries")


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _subjects()
    _risk_settings()
    _risks()
    _risk_assessments()
    _risk_resources()
    _risk_raisings()
    _swot_entries()
    _shipped_settings()
    _guards()
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
        " 'communication_plan', 'communication_activity', 'challenge', 'escalation_routes', 'site_check',"
        " 'programme_participant', 'meeting_series', 'meeting', 'meeting_decision', 'action', 'evaluation', 'risk',"
        " 'risk_settings', 'swot_entry')",
    )


def _risk_settings() -> None:
    op.create_table(
        "risk_settings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("probability_ar", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("probability_en", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("impact_ar", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("impact_en", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("medium_from", sa.SmallInteger(), nullable=False),
        sa.Column("high_from", sa.SmallInteger(), nullable=False),
        sa.Column("critical_from", sa.SmallInteger(), nullable=False),
        sa.Column("head_from", sa.SmallInteger(), nullable=False),
        sa.Column("review_low", sa.SmallInteger(), nullable=False),
        sa.Column("review_medium", sa.SmallInteger(), nullable=False),
        sa.Column("review_high", sa.SmallInteger(), nullable=False),
        sa.Column("review_critical", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "1 < medium_from and medium_from < high_from and high_from < critical_from and critical_from "
            "<= cardinality(probability_ar) * cardinality(impact_ar)",
            name=op.f("ck_risk_settings_rising"),
        ),
        sa.CheckConstraint(
            "cardinality(probability_ar) between 3 and 5 and cardinality(probability_en) = "
            "cardinality(probability_ar) and cardinality(impact_ar) between 3 and 5 and "
            "cardinality(impact_en) = cardinality(impact_ar)",
            name=op.f("ck_risk_settings_levels"),
        ),
        sa.CheckConstraint(
            "head_from between 1 and cardinality(probability_ar) * cardinality(impact_ar)",
            name=op.f("ck_risk_settings_head_from"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_risk_settings_number")),
        sa.CheckConstraint(
            "review_low <= 250 and review_medium <= review_low and review_high <= review_medium and "
            "review_critical <= review_high and review_critical >= 1",
            name=op.f("ck_risk_settings_review"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_risk_settings_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["users.id"], name=op.f("fk_risk_settings_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_settings")),
        sa.UniqueConstraint("number", name=op.f("uq_risk_settings_number")),
    )


def _risks() -> None:
    op.create_table(
        "risks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("about_kind", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("division_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("classification", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=True),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("settings_id", sa.Uuid(), nullable=False),
        sa.Column("probability", sa.SmallInteger(), nullable=False),
        sa.Column("impact", sa.SmallInteger(), nullable=False),
        sa.Column("residual_probability", sa.SmallInteger(), nullable=True),
        sa.Column("residual_impact", sa.SmallInteger(), nullable=True),
        sa.Column(
            "score",
            sa.SmallInteger(),
            sa.Computed(
                "coalesce(residual_probability * residual_impact, probability * impact)", persisted=True
            ),
            nullable=False,
        ),
        sa.Column("assessments", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assessed_by_id", sa.Uuid(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("addressed", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("barred", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("registered_by_id", sa.Uuid(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("lessons", sa.Text(), nullable=True),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("exceptional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "search_key", sa.Text(), sa.Computed("fold(code || ' ' || title)", persisted=True), nullable=False
        ),
        sa.CheckConstraint(
            "(review_on is null) = (state in ('occurred', 'closed'))", name=op.f("ck_risks_review")
        ),
        sa.CheckConstraint(
            "case state when 'occurred' then challenge_id is not null when 'closed' then true else "
            "challenge_id is null end",
            name=op.f("ck_risks_occurred"),
        ),
        sa.CheckConstraint(
            "coalesce(case state when 'open' then strategy is null when 'in_treatment' then strategy in "
            "('mitigate', 'transfer', 'avoid') when 'resources_asked' then strategy in ('mitigate', "
            "'transfer', 'avoid') when 'treated' then strategy in ('mitigate', 'transfer', 'avoid') and "
            "residual_impact is not null when 'to_accept' then strategy = 'accept' when 'accepted' then "
            "strategy = 'accept' else true end, false)",
            name=op.f("ck_risks_strategy_of_state"),
        ),
        sa.CheckConstraint(
            "classification in ('open', 'internal', 'restricted')", name=op.f("ck_risks_classification")
        ),
        sa.CheckConstraint(
            "kind in ('establishment_and_activation', 'organisational_culture', 'sustainability', "
            "'communication_and_transparency', 'change', 'schedule', 'budget', 'resources', 'technical', "
            "'stakeholders', 'legal')",
            name=op.f("ck_risks_kind"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(closed_at, closed_by_id, lessons) = case state when 'closed' then 3 else 0 end",
            name=op.f("ck_risks_closed"),
        ),
        sa.CheckConstraint(
            "state in ('open', 'in_treatment', 'resources_asked', 'to_accept', 'with_head', 'with_unit', "
            "'treated', 'accepted', 'occurred', 'closed')",
            name=op.f("ck_risks_state"),
        ),
        sa.CheckConstraint(
            "strategy in ('mitigate', 'transfer', 'avoid', 'accept')", name=op.f("ck_risks_strategy")
        ),
        sa.CheckConstraint("(about_id is null) = (about_kind is null)", name=op.f("ck_risks_about")),
        sa.CheckConstraint("assessments between 1 and 200", name=op.f("ck_risks_assessments")),
        sa.CheckConstraint("num_nonnulls(division_id, owner_id) >= 1", name=op.f("ck_risks_owner")),
        sa.CheckConstraint(
            "probability between 1 and 5 and impact between 1 and 5 and "
            "num_nonnulls(residual_probability, residual_impact) in (0, 2) and residual_probability "
            "between 1 and probability and residual_impact between 1 and impact",
            name=op.f("ck_risks_levels"),
        ),
        sa.ForeignKeyConstraint(
            ["about_id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_risks_about_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["assessed_by_id"], ["users.id"], name=op.f("fk_risks_assessed_by_id")),
        sa.ForeignKeyConstraint(
            ["challenge_id", "entity_id"],
            ["challenges.id", "challenges.entity_id"],
            name=op.f("fk_risks_challenge_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["closed_by_id"], ["users.id"], name=op.f("fk_risks_closed_by_id")),
        sa.ForeignKeyConstraint(
            ["division_id", "entity_id"],
            ["divisions.id", "divisions.entity_id"],
            name=op.f("fk_risks_division_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_risks_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"], ["subjects.id", "subjects.entity_id"], name=op.f("fk_risks_id_entity_id")
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_risks_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_risks_owner_id")),
        sa.ForeignKeyConstraint(["registered_by_id"], ["users.id"], name=op.f("fk_risks_registered_by_id")),
        sa.ForeignKeyConstraint(["settings_id"], ["risk_settings.id"], name=op.f("fk_risks_settings_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risks")),
        sa.UniqueConstraint("entity_id", "code", name=op.f("uq_risks_entity_id_code")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_risks_id_entity_id")),
    )
    op.create_index("ix_risks_about_id", "risks", ["about_id"], unique=False)
    op.create_index("ix_risks_entity_id", "risks", ["entity_id"], unique=False)
    op.create_index(
        "ix_risks_search_key",
        "risks",
        ["search_key"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_key": "gin_trgm_ops"},
    )


def _risk_assessments() -> None:
    op.create_table(
        "risk_assessments",
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("settings_id", sa.Uuid(), nullable=False),
        sa.Column("probability", sa.SmallInteger(), nullable=False),
        sa.Column("impact", sa.SmallInteger(), nullable=False),
        sa.Column("residual_probability", sa.SmallInteger(), nullable=True),
        sa.Column("residual_impact", sa.SmallInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("assessed_by_id", sa.Uuid(), nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number between 1 and 200", name=op.f("ck_risk_assessments_number")),
        sa.CheckConstraint(
            "probability between 1 and 5 and impact between 1 and 5 and "
            "num_nonnulls(residual_probability, residual_impact) in (0, 2) and residual_probability "
            "between 1 and probability and residual_impact between 1 and impact",
            name=op.f("ck_risk_assessments_levels"),
        ),
        sa.ForeignKeyConstraint(
            ["assessed_by_id"], ["users.id"], name=op.f("fk_risk_assessments_assessed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["risk_id", "entity_id"],
            ["risks.id", "risks.entity_id"],
            name=op.f("fk_risk_assessments_risk_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["settings_id"], ["risk_settings.id"], name=op.f("fk_risk_assessments_settings_id")
        ),
        sa.PrimaryKeyConstraint("risk_id", "number", name=op.f("pk_risk_assessments")),
    )


def _risk_resources() -> None:
    op.create_table(
        "risk_resources",
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("asked", sa.Numeric(precision=18, scale=3), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted", sa.Numeric(precision=18, scale=3), nullable=True),
        sa.Column("granted_by_id", sa.Uuid(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(kind = 'money') = (unit = 'OMR')", name=op.f("ck_risk_resources_unit")),
        sa.CheckConstraint("asked > 0 and asked < 'Infinity'", name=op.f("ck_risk_resources_asked")),
        sa.CheckConstraint("kind in ('money', 'people', 'technology')", name=op.f("ck_risk_resources_kind")),
        sa.CheckConstraint(
            "strategy in ('mitigate', 'transfer', 'avoid', 'accept')", name=op.f("ck_risk_resources_strategy")
        ),
        sa.CheckConstraint("granted between 0 and asked", name=op.f("ck_risk_resources_granted")),
        sa.CheckConstraint(
            "num_nonnulls(granted, granted_by_id, granted_at) in (0, 3)",
            name=op.f("ck_risk_resources_answered"),
        ),
        sa.CheckConstraint("number between 1 and 50", name=op.f("ck_risk_resources_number")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_risk_resources_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_risk_resources_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["users.id"], name=op.f("fk_risk_resources_granted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["risk_id", "entity_id"],
            ["risks.id", "risks.entity_id"],
            name=op.f("fk_risk_resources_risk_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("risk_id", "number", name=op.f("pk_risk_resources")),
    )


def _risk_raisings() -> None:
    op.create_table(
        "risk_raisings",
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raised_by_id", sa.Uuid(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "from_state in ('open', 'in_treatment', 'to_accept', 'treated', 'accepted')",
            name=op.f("ck_risk_raisings_from_state"),
        ),
        sa.CheckConstraint("level in ('head', 'unit')", name=op.f("ck_risk_raisings_level")),
        sa.CheckConstraint(
            "num_nonnulls(answer, answered_by_id, answered_at) in (0, 3)",
            name=op.f("ck_risk_raisings_answered"),
        ),
        sa.CheckConstraint("number between 1 and 50", name=op.f("ck_risk_raisings_number")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["users.id"], name=op.f("fk_risk_raisings_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_risk_raisings_decision_id")),
        sa.ForeignKeyConstraint(["raised_by_id"], ["users.id"], name=op.f("fk_risk_raisings_raised_by_id")),
        sa.ForeignKeyConstraint(
            ["risk_id", "entity_id"],
            ["risks.id", "risks.entity_id"],
            name=op.f("fk_risk_raisings_risk_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("risk_id", "number", name=op.f("pk_risk_raisings")),
    )
    op.create_index(
        "uq_risk_raisings_one_open",
        "risk_raisings",
        ["risk_id"],
        unique=True,
        postgresql_where=sa.text("answered_at is null"),
    )


def _swot_entries() -> None:
    op.create_table(
        "swot_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("risk_id", sa.Uuid(), nullable=True),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "kind in ('strength', 'weakness', 'opportunity', 'threat')", name=op.f("ck_swot_entries_kind")
        ),
        sa.CheckConstraint(
            "num_nonnulls(withdrawn_at, withdrawn_by_id) in (0, 2)", name=op.f("ck_swot_entries_withdrawn")
        ),
        sa.CheckConstraint("year between 1900 and 2200", name=op.f("ck_swot_entries_year")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_swot_entries_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_swot_entries_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_swot_entries_id")),
        sa.ForeignKeyConstraint(
            ["risk_id", "entity_id"],
            ["risks.id", "risks.entity_id"],
            name=op.f("fk_swot_entries_risk_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["users.id"], name=op.f("fk_swot_entries_withdrawn_by_id")
        ),
        sa.ForeignKeyConstraint(["written_by_id"], ["users.id"], name=op.f("fk_swot_entries_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swot_entries")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_swot_entries_id_entity_id")),
    )
    op.create_index("ix_swot_entries_entity_id", "swot_entries", ["entity_id", "year"], unique=False)


def _shipped_settings() -> None:
    op.execute(
        sa.text("insert into subjects (id, kind, created_at) values (:id, 'risk_settings', :at)").bindparams(
            id=FIRST_SETTINGS, at=SHIPPED_AT
        )
    )
    texts = ("probability_ar", "probability_en", "impact_ar", "impact_en")
    names = ", ".join(SHIPPED)
    values = ", ".join(f":{name}" for name in SHIPPED)
    op.execute(
        sa.text(
            f"insert into risk_settings (id, number, set_at, {names}) values (:id, 1, :at, {values})"  # noqa: S608
        ).bindparams(
            *(sa.bindparam(name, SHIPPED[name], type_=postgresql.ARRAY(sa.Text())) for name in texts),
            **{name: value for name, value in SHIPPED.items() if name not in texts},
            id=FIRST_SETTINGS,
            at=SHIPPED_AT,
        )
    )


def _guards() -> None:
    # What a risk is about never changes; it lies within the matrix that it was assessed by, and is assessed onwards only.
    op.execute(
        """
        create function risk_levels_guard() returns trigger language plpgsql as $$
        begin
            if not exists (
                select from risk_settings s
                where s.id = new.settings_id and new.probability <= cardinality(s.probability_ar)
                  and new.impact <= cardinality(s.impact_ar)
            ) then
                raise exception 'a risk lies within the matrix of its settings' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        """
        create function risks_guard() returns trigger language plpgsql as $$
        begin
            if (new.id, new.entity_id, new.code, new.about_id, new.about_kind, new.registered_by_id,
                new.registered_at)
               is distinct from
               (old.id, old.entity_id, old.code, old.about_id, old.about_kind, old.registered_by_id,
                old.registered_at)
            then
                raise exception 'what a risk is about never changes' using errcode = '23514';
            end if;
            if old.state = 'closed' then
                raise exception 'a closed risk never changes' using errcode = '23514';
            end if;
            if old.challenge_id is not null and new.challenge_id is distinct from old.challenge_id then
                raise exception 'a risk happens once' using errcode = '23514';
            end if;
            if new.assessments < old.assessments or not (new.addressed @> old.addressed) then
                raise exception 'what was said of a risk is never forgotten' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    for table, column in (("risk_resources", "granted_at"), ("risk_raisings", "answered_at")):
        op.execute(
            f"""
            create function {table}_guard() returns trigger language plpgsql as $$
            begin
                if old.{column} is not null then
                    raise exception 'an answer never changes' using errcode = '23514';
                end if;
                return new;
            end
            $$
            """
        )
    for table in ("risks", "risk_resources", "risk_raisings"):
        op.execute(
            f"create trigger {table}_guard before update on {table} for each row execute function {table}_guard()"
        )
    for table, when in (
        ("risks", "insert or update of settings_id, probability, impact"),
        ("risk_assessments", "insert"),
    ):
        op.execute(
            f"create trigger {table}_levels_guard before {when} on {table}"
            " for each row execute function risk_levels_guard()"
        )


def _grants() -> None:
    for table in ("risk_settings", "risk_assessments"):
        op.execute(f"grant select, insert on {table} to {ROLE}")
    op.execute(
        "grant select, insert, update (kind, title, cause, effect, division_id, owner_id, classification, state,"
        " strategy, plan, settings_id, probability, impact, residual_probability, residual_impact, assessments,"
        " assessed_at, assessed_by_id, review_on, addressed, barred, held_since, challenge_id, closed_at,"
        f" closed_by_id, lessons, edited_by, exceptional, version) on risks to {ROLE}"
    )
    op.execute(
        "grant select, insert, update (granted, granted_by_id, granted_at, decision_id) on risk_resources"
        f" to {ROLE}"
    )
    op.execute(
        "grant select, insert, update (answer, answered_by_id, answered_at, decision_id) on risk_raisings"
        f" to {ROLE}"
    )
    op.execute(
        "grant select, insert, update (year, kind, says, risk_id, withdrawn_at, withdrawn_by_id, version)"
        f" on swot_entries to {ROLE}"
    )
    # Evidence of a risk that the worker scans raises its version.
    op.execute(f"grant update (version) on risks to {WORKER}")


def _row_level_security() -> None:
    for table in OF_ENTITIES:
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy reachable on {table} to {ROLE}, {WORKER} using"
            " (entity_id = any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
            " or (select current_setting('app.national', true) = 'on'))"
        )
