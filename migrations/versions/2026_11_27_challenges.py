"""Challenges and their escalation: the routing table in versions, challenges, and each stay at a level.

Revision: challenges, after detailed_plans.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "challenges"
down_revision: str | Sequence[str] | None = "detailed_plans"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE = "mutabaa_app"

FIRST_TABLE = uuid.UUID("019a0000-0000-7000-8000-00000000e501")
SHIPPED_AT = datetime(2026, 11, 27, tzinfo=UTC)
ROUTES = (
    # (code, from, to, body, after the head, working days, Arabic, English): both routes of the guide's fourth step.
    (
        "office-to-head",
        "office",
        "head",
        None,
        False,
        10,
        "من المكتب إلى رئيس الوحدة",
        "From the office to the head",
    ),
    (
        "head-to-supervisory-committee",
        "head",
        "committee",
        "supervisory_committee",
        False,
        15,
        "من رئيس الوحدة إلى اللجنة الإشرافية",
        "From the head to the supervisory committee",
    ),
    (
        "head-to-competent-committee",
        "head",
        "committee",
        "competent_committee",
        False,
        20,
        "من رئيس الوحدة إلى اللجنة المختصة",
        "From the head to the competent committee",
    ),
    (
        "office-to-unit",
        "office",
        "unit",
        None,
        True,
        15,
        "من المكتب إلى وحدة متابعة تنفيذ رؤية عُمان 2040",
        "From the office to the Vision 2040 follow-up unit",
    ),
    (
        "office-to-ministry-of-economy",
        "office",
        "body",
        "ministry_of_economy",
        True,
        20,
        "من المكتب إلى وزارة الاقتصاد",
        "From the office to the Ministry of Economy",
    ),
    (
        "office-to-ministry-of-finance",
        "office",
        "body",
        "ministry_of_finance",
        True,
        20,
        "من المكتب إلى وزارة المالية",
        "From the office to the Ministry of Finance",
    ),
    (
        "office-to-ministry-of-labour",
        "office",
        "body",
        "ministry_of_labour",
        True,
        20,
        "من المكتب إلى وزارة العمل",
        "From the office to the Ministry of Labour",
    ),
    (
        "office-to-body-concerned",
        "office",
        "body",
        "other",
        True,
        20,
        "من المكتب إلى الجهة المختصة",
        "From the office to the body concerned",
    ),
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _subjects()
    _escalation_tables()
    _challenges()
    _escalation_routes()
    _challenge_attempts()
    _challenge_solutions()
    _challenge_stays()
    _shipped_routes()
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
        " 'communication_plan', 'communication_activity', 'site_check', 'programme_participant',"
        " 'challenge', 'escalation_routes')",
    )


def _escalation_tables() -> None:
    op.create_table(
        "escalation_tables",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("office_limit", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_escalation_tables_number")),
        sa.CheckConstraint("office_limit between 1 and 120", name=op.f("ck_escalation_tables_office_limit")),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_escalation_tables_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["users.id"], name=op.f("fk_escalation_tables_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_tables")),
        sa.UniqueConstraint("number", name=op.f("uq_escalation_tables_number")),
    )


def _challenges() -> None:
    op.create_table(
        "challenges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("about_kind", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tie", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("impact", sa.Text(), nullable=False),
        sa.Column("division_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("priority_id", sa.Uuid(), nullable=True),
        sa.Column("classification", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("table_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("stay", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("holders", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("addressed", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("held_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("coordinated_on", sa.Date(), nullable=True),
        sa.Column("coordinated_with", sa.Text(), nullable=True),
        sa.Column("coordination_note", sa.Text(), nullable=True),
        sa.Column("coordinated_by_id", sa.Uuid(), nullable=True),
        sa.Column("opened_by_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("barred", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("exceptional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "search_key", sa.Text(), sa.Computed("fold(code || ' ' || title)", persisted=True), nullable=False
        ),
        sa.CheckConstraint(
            "case when state in ('closed', 'accepted') then num_nonnulls(level, due, paused_at) = 0 and"
            " cardinality(holders) = 0 and ended_at is not null and outcome is not null else"
            " num_nulls(level, due) = 0 and cardinality(holders) > 0 and num_nonnulls(ended_at, outcome) = 0"
            " end",
            name=op.f("ck_challenges_one_holder"),
        ),
        sa.CheckConstraint(
            "classification in ('open', 'internal', 'restricted')", name=op.f("ck_challenges_classification")
        ),
        sa.CheckConstraint(
            "kind in ('resources', 'coordination', 'legislation', 'technical', 'data', 'people', 'external',"
            " 'other')",
            name=op.f("ck_challenges_kind"),
        ),
        sa.CheckConstraint(
            "level in ('office', 'head', 'committee', 'body', 'unit')", name=op.f("ck_challenges_level")
        ),
        sa.CheckConstraint(
            "level is null or level = case state when 'open' then 'office' when 'decided' then 'office' when"
            " 'with_head' then 'head' when 'with_committee' then 'committee' when 'with_body' then 'body'"
            " when 'with_unit' then 'unit' end",
            name=op.f("ck_challenges_level_of_state"),
        ),
        sa.CheckConstraint(
            "state in ('open', 'with_head', 'with_committee', 'with_body', 'with_unit', 'decided', 'closed',"
            " 'accepted')",
            name=op.f("ck_challenges_state"),
        ),
        sa.CheckConstraint("tie in ('national_programme', 'own')", name=op.f("ck_challenges_tie")),
        sa.CheckConstraint(
            "num_nonnulls(coordinated_on, coordinated_with, coordinated_by_id) in (0, 3)",
            name=op.f("ck_challenges_coordinated"),
        ),
        sa.CheckConstraint("num_nonnulls(division_id, owner_id) >= 1", name=op.f("ck_challenges_owner")),
        sa.CheckConstraint("stay >= 1", name=op.f("ck_challenges_stay")),
        sa.ForeignKeyConstraint(
            ["about_id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_challenges_about_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["coordinated_by_id"], ["users.id"], name=op.f("fk_challenges_coordinated_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["division_id", "entity_id"],
            ["divisions.id", "divisions.entity_id"],
            name=op.f("fk_challenges_division_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_challenges_ended_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_challenges_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_challenges_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_challenges_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["users.id"], name=op.f("fk_challenges_opened_by_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_challenges_owner_id")),
        sa.ForeignKeyConstraint(["priority_id"], ["priorities.id"], name=op.f("fk_challenges_priority_id")),
        sa.ForeignKeyConstraint(["table_id"], ["escalation_tables.id"], name=op.f("fk_challenges_table_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
        sa.UniqueConstraint("entity_id", "code", name=op.f("uq_challenges_entity_id_code")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_challenges_id_entity_id")),
    )
    op.create_index("ix_challenges_about_id", "challenges", ["about_id"], unique=False)
    op.create_index("ix_challenges_entity_id", "challenges", ["entity_id"], unique=False)
    op.create_index(
        "ix_challenges_search_key",
        "challenges",
        ["search_key"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_key": "gin_trgm_ops"},
    )


def _escalation_routes() -> None:
    op.create_table(
        "escalation_routes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("table_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("tie", sa.Text(), nullable=True),
        sa.Column("from_level", sa.Text(), nullable=False),
        sa.Column("to_level", sa.Text(), nullable=False),
        sa.Column("to_body", sa.Text(), nullable=True),
        sa.Column("escalated_by", sa.Text(), nullable=False),
        sa.Column("after_head", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("limit_days", sa.SmallInteger(), nullable=False),
        sa.Column("title_ar", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(from_level = 'office') = (escalated_by = 'office')", name=op.f("ck_escalation_routes_escalator")
        ),
        sa.CheckConstraint(
            "(to_level in ('committee', 'body')) = (to_body is not null)",
            name=op.f("ck_escalation_routes_holder"),
        ),
        sa.CheckConstraint(
            "escalated_by in ('office', 'head')", name=op.f("ck_escalation_routes_escalated_by")
        ),
        sa.CheckConstraint(
            "from_level in ('office', 'head', 'committee')", name=op.f("ck_escalation_routes_from_below")
        ),
        sa.CheckConstraint(
            "from_level in ('office', 'head', 'committee', 'body', 'unit')",
            name=op.f("ck_escalation_routes_from_level"),
        ),
        sa.CheckConstraint(
            "kind in ('resources', 'coordination', 'legislation', 'technical', 'data', 'people', 'external',"
            " 'other')",
            name=op.f("ck_escalation_routes_kind"),
        ),
        sa.CheckConstraint("tie in ('national_programme', 'own')", name=op.f("ck_escalation_routes_tie")),
        sa.CheckConstraint(
            "to_body in ('supervisory_committee', 'advisory_committee', 'competent_committee',"
            " 'ministry_of_economy', 'ministry_of_finance', 'ministry_of_labour', 'other')",
            name=op.f("ck_escalation_routes_to_body"),
        ),
        sa.CheckConstraint(
            "to_level <> from_level and to_level <> 'office'", name=op.f("ck_escalation_routes_upwards")
        ),
        sa.CheckConstraint(
            "to_level in ('office', 'head', 'committee', 'body', 'unit')",
            name=op.f("ck_escalation_routes_to_level"),
        ),
        sa.CheckConstraint("limit_days between 1 and 120", name=op.f("ck_escalation_routes_limit_days")),
        sa.ForeignKeyConstraint(
            ["table_id"], ["escalation_tables.id"], name=op.f("fk_escalation_routes_table_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_routes")),
        sa.UniqueConstraint("id", "table_id", name=op.f("uq_escalation_routes_id_table_id")),
        sa.UniqueConstraint("table_id", "code", name=op.f("uq_escalation_routes_table_id_code")),
    )


def _challenge_attempts() -> None:
    op.create_table(
        "challenge_attempts",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("tried_on", sa.Date(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("tried_by", sa.Text(), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number between 1 and 100", name=op.f("ck_challenge_attempts_number")),
        sa.ForeignKeyConstraint(
            ["challenge_id", "entity_id"],
            ["challenges.id", "challenges.entity_id"],
            name=op.f("fk_challenge_attempts_challenge_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["users.id"], name=op.f("fk_challenge_attempts_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("challenge_id", "number", name=op.f("pk_challenge_attempts")),
    )


def _challenge_solutions() -> None:
    op.create_table(
        "challenge_solutions",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=18, scale=3), nullable=True),
        sa.Column("days", sa.SmallInteger(), nullable=True),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recommended", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("by_representative", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("analysis", sa.Text(), nullable=True),
        sa.Column("analysed_by_id", sa.Uuid(), nullable=True),
        sa.Column("analysed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cost >= 0 and cost < 'Infinity'", name=op.f("ck_challenge_solutions_cost")),
        sa.CheckConstraint("days between 0 and 3650", name=op.f("ck_challenge_solutions_days")),
        sa.CheckConstraint(
            "not (recommended or by_representative) or analysis is not null",
            name=op.f("ck_challenge_solutions_by_analysis"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(analysis, analysed_by_id, analysed_at) in (0, 3)",
            name=op.f("ck_challenge_solutions_analysed"),
        ),
        sa.CheckConstraint("number between 1 and 20", name=op.f("ck_challenge_solutions_number")),
        sa.ForeignKeyConstraint(
            ["analysed_by_id"], ["users.id"], name=op.f("fk_challenge_solutions_analysed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id", "entity_id"],
            ["challenges.id", "challenges.entity_id"],
            name=op.f("fk_challenge_solutions_challenge_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["users.id"], name=op.f("fk_challenge_solutions_proposed_by_id")
        ),
        sa.PrimaryKeyConstraint("challenge_id", "number", name=op.f("pk_challenge_solutions")),
    )
    op.create_index(
        "uq_challenge_solutions_one_recommended",
        "challenge_solutions",
        ["challenge_id"],
        unique=True,
        postgresql_where=sa.text("recommended and withdrawn_at is null"),
    )


def _challenge_stays() -> None:
    op.create_table(
        "challenge_stays",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("route_id", sa.Uuid(), nullable=True),
        sa.Column("holders", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=False),
        sa.Column("instruction", sa.Text(), nullable=True),
        sa.Column("limit_days", sa.SmallInteger(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("paused_days", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_reason", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("answer_from", sa.Text(), nullable=True),
        sa.Column("answer_letter", sa.Text(), nullable=True),
        sa.Column("answer_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(level in ('committee', 'body')) = (body is not null)",
            name=op.f("ck_challenge_stays_body_of_level"),
        ),
        sa.CheckConstraint(
            "body in ('supervisory_committee', 'advisory_committee', 'competent_committee',"
            " 'ministry_of_economy', 'ministry_of_finance', 'ministry_of_labour', 'other')",
            name=op.f("ck_challenge_stays_body"),
        ),
        sa.CheckConstraint(
            "decision in ('solve_here', 'return_with_instructions', 'escalate', 'close_as_accepted',"
            " 'solved')",
            name=op.f("ck_challenge_stays_decision"),
        ),
        sa.CheckConstraint(
            "ended_at is null or (level in ('committee', 'body')) = (answer_from is not null)",
            name=op.f("ck_challenge_stays_answered"),
        ),
        sa.CheckConstraint(
            "level = 'office' or route_id is not null", name=op.f("ck_challenge_stays_by_route")
        ),
        sa.CheckConstraint(
            "level in ('office', 'head', 'committee', 'body', 'unit')", name=op.f("ck_challenge_stays_level")
        ),
        sa.CheckConstraint(
            "(paused_at is null) = (pause_reason is null) and (paused_at is null or ended_at is null)",
            name=op.f("ck_challenge_stays_paused"),
        ),
        sa.CheckConstraint("ended_at >= opened_at", name=op.f("ck_challenge_stays_forwards")),
        sa.CheckConstraint(
            "limit_days between 1 and 120 and paused_days >= 0 and days >= 0",
            name=op.f("ck_challenge_stays_days"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(answer_from, answer_letter, answer_on) in (0, 3)",
            name=op.f("ck_challenge_stays_answer"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(ended_at, decision, decided_by_id, days, decision_reason) in (0, 5)",
            name=op.f("ck_challenge_stays_decided"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_challenge_stays_number")),
        sa.ForeignKeyConstraint(
            ["challenge_id", "entity_id"],
            ["challenges.id", "challenges.entity_id"],
            name=op.f("fk_challenge_stays_challenge_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_challenge_stays_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_challenge_stays_decision_id")
        ),
        sa.ForeignKeyConstraint(["opened_by_id"], ["users.id"], name=op.f("fk_challenge_stays_opened_by_id")),
        sa.ForeignKeyConstraint(
            ["route_id"], ["escalation_routes.id"], name=op.f("fk_challenge_stays_route_id")
        ),
        sa.PrimaryKeyConstraint("challenge_id", "number", name=op.f("pk_challenge_stays")),
    )
    op.create_index(
        "uq_challenge_stays_one_open",
        "challenge_stays",
        ["challenge_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )


def _shipped_routes() -> None:
    op.execute(
        sa.text(
            "insert into subjects (id, kind, created_at) values (:id, 'escalation_routes', :at)"
        ).bindparams(id=FIRST_TABLE, at=SHIPPED_AT)
    )
    op.execute(
        sa.text(
            "insert into escalation_tables (id, number, office_limit, reason, set_at)"
            " values (:id, 1, 15, :reason, :at)"
        ).bindparams(
            id=FIRST_TABLE,
            reason="المسارات الواردة في دليل المكاتب · The routes that the offices' guide names",
            at=SHIPPED_AT,
        )
    )
    for position, (code, from_, to, body, after_head, days, ar, en) in enumerate(ROUTES):
        op.execute(
            sa.text(
                "insert into escalation_routes (id, table_id, position, code, from_level, to_level, to_body,"
                " escalated_by, after_head, limit_days, title_ar, title_en)"
                " values (:id, :table_id, :position, :code, :from_, :to, :body, :by, :after_head, :days, :ar, :en)"
            ).bindparams(
                sa.bindparam("body", type_=sa.Text()),
                id=uuid.UUID(int=FIRST_TABLE.int + 1 + position),
                table_id=FIRST_TABLE,
                position=position,
                code=code,
                from_=from_,
                to=to,
                body=body,
                by="office" if from_ == "office" else "head",
                after_head=after_head,
                days=days,
                ar=ar,
                en=en,
            )
        )


def _guards() -> None:
    # What it is about, and the routing table it began with, never change; a challenge never comes to a level earlier
    # than it came to the one before, and the clock of a level never runs backwards.
    op.execute(
        """
        create function challenges_guard() returns trigger language plpgsql as $$
        begin
            if (new.id, new.entity_id, new.code, new.about_id, new.about_kind, new.table_id, new.opened_by_id,
                new.opened_at)
               is distinct from
               (old.id, old.entity_id, old.code, old.about_id, old.about_kind, old.table_id, old.opened_by_id,
                old.opened_at)
            then
                raise exception 'what a challenge is about never changes' using errcode = '23514';
            end if;
            if new.held_since < old.held_since or new.stay < old.stay
               or (new.stay = old.stay and new.due < old.due)
            then
                raise exception 'the clock of a challenge never runs backwards' using errcode = '23514';
            end if;
            if not (new.addressed @> old.addressed) then
                raise exception 'whom a challenge was addressed to is never forgotten' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        """
        create function challenge_stays_guard() returns trigger language plpgsql as $$
        begin
            if old.ended_at is not null then
                raise exception 'a stay that has ended never changes' using errcode = '23514';
            end if;
            if (new.challenge_id, new.number, new.entity_id, new.level, new.body, new.route_id, new.holders,
                new.opened_at, new.opened_by_id, new.instruction, new.limit_days)
               is distinct from
               (old.challenge_id, old.number, old.entity_id, old.level, old.body, old.route_id, old.holders,
                old.opened_at, old.opened_by_id, old.instruction, old.limit_days)
            then
                raise exception 'how a stay began never changes' using errcode = '23514';
            end if;
            if new.due < old.due or new.paused_days < old.paused_days then
                raise exception 'the clock of a challenge never runs backwards' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        """
        create function challenge_solutions_guard() returns trigger language plpgsql as $$
        begin
            if old.withdrawn_at is not null then
                raise exception 'a solution that was withdrawn stays so' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    for table in ("challenges", "challenge_stays", "challenge_solutions"):
        op.execute(
            f"create trigger {table}_guard before update on {table} for each row execute function {table}_guard()"
        )


def _grants() -> None:
    for table in ("escalation_tables", "escalation_routes", "challenge_attempts"):
        op.execute(f"grant select, insert on {table} to {ROLE}")
    op.execute(
        "grant select, insert, update (kind, tie, title, cause, impact, division_id, owner_id, priority_id,"
        " classification, state, level, stay, holders, addressed, held_since, due, paused_at, coordinated_on,"
        " coordinated_with, coordination_note, coordinated_by_id, ended_at, ended_by_id, outcome, barred, edited_by,"
        f" exceptional, version) on challenges to {ROLE}"
    )
    op.execute(
        "grant select, insert, update (recommended, by_representative, analysis, analysed_by_id, analysed_at,"
        f" withdrawn_at) on challenge_solutions to {ROLE}"
    )
    op.execute(
        "grant select, insert, update (due, paused_days, paused_at, pause_reason, ended_at, days, decision,"
        " decision_reason, decided_by_id, decision_id, answer_from, answer_letter, answer_on) on challenge_stays"
        f" to {ROLE}"
    )


def _row_level_security() -> None:
    for table in ("challenges", "challenge_attempts", "challenge_solutions", "challenge_stays"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy reachable on {table} to {ROLE} using"
            " (entity_id = any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
            " or (select current_setting('app.national', true) = 'on'))"
        )
