"""Communication plans and their activities (Guide O-4, C-1, C-2).

Revision: communications, after plans and scorecards.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "communications"
down_revision: str | Sequence[str] | None = "plans"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE = "mutabaa_app"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _plans()
    _activities()
    _guards()
    _grants()
    _row_level_security()


def _plans() -> None:
    op.create_table(
        "communication_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("audiences", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("messages", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("channels", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("parties_enter", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("parties_approve", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "controlled_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("drafted_by_id", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_by_id", sa.Uuid(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("exceptional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("unit_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("support_asked", sa.Text(), nullable=True),
        sa.Column("support_asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("support_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("support_answer", sa.Text(), nullable=True),
        sa.Column("support_answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("support_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "jsonb_typeof(audiences) = 'array' and jsonb_array_length(audiences) <= 30"
            " and jsonb_typeof(messages) = 'array' and jsonb_array_length(messages) <= 30"
            " and jsonb_typeof(channels) = 'array' and jsonb_array_length(channels) <= 30",
            name=op.f("ck_communication_plans_lists"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'submitted', 'approved', 'superseded', 'discarded')",
            name=op.f("ck_communication_plans_state"),
        ),
        sa.CheckConstraint(
            "state not in ('approved', 'superseded') or (approved_by_id is not null and approved_at is not null)",
            name=op.f("ck_communication_plans_approved"),
        ),
        sa.CheckConstraint(
            "approved_by_id is null or not (approved_by_id = any(edited_by))",
            name=op.f("ck_communication_plans_approved_by_another"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(support_asked, support_asked_by_id, support_asked_at) in (0, 3)"
            " and num_nonnulls(support_answer, support_answered_by_id, support_answered_at) in (0, 3)"
            " and (support_answer is null or support_asked is not null) and (support_asked is null or unit_from is not null)",
            name=op.f("ck_communication_plans_support"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_communication_plans_number")),
        sa.CheckConstraint("year between 2021 and 2100", name=op.f("ck_communication_plans_year")),
        sa.ForeignKeyConstraint(
            ["about_id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_communication_plans_about_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["about_id"], ["subjects.id"], name=op.f("fk_communication_plans_about_id")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["users.id"], name=op.f("fk_communication_plans_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["users.id"], name=op.f("fk_communication_plans_drafted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entities.id"], name=op.f("fk_communication_plans_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_communication_plans_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_communication_plans_id")),
        sa.ForeignKeyConstraint(
            ["returned_by_id"], ["users.id"], name=op.f("fk_communication_plans_returned_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["users.id"], name=op.f("fk_communication_plans_submitted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["support_answered_by_id"],
            ["users.id"],
            name=op.f("fk_communication_plans_support_answered_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["support_asked_by_id"], ["users.id"], name=op.f("fk_communication_plans_support_asked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_communication_plans")),
        sa.UniqueConstraint(
            "about_id", "year", "number", name=op.f("uq_communication_plans_about_id_year_number")
        ),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_communication_plans_id_entity_id")),
    )
    op.create_index(
        "ix_communication_plans_entity_id_state", "communication_plans", ["entity_id", "state"], unique=False
    )
    op.create_index(
        "uq_communication_plans_one_approved",
        "communication_plans",
        ["about_id", "year"],
        unique=True,
        postgresql_where=sa.text("state = 'approved'"),
    )
    op.create_index(
        "uq_communication_plans_one_open",
        "communication_plans",
        ["about_id", "year"],
        unique=True,
        postgresql_where=sa.text("state in ('draft', 'submitted')"),
    )


def _activities() -> None:
    op.create_table(
        "communication_activities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("division_id", sa.Uuid(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reached", sa.Integer(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by_id", sa.Uuid(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by_id", sa.Uuid(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancellation_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at is not null)",
            name=op.f("ck_communication_activities_cancelled"),
        ),
        sa.CheckConstraint(
            "(state = 'done') = (outcome is not null) and (state = 'done') = (done_on is not null) and (state = 'done' or reached is null)",
            name=op.f("ck_communication_activities_done"),
        ),
        sa.CheckConstraint(
            "scope in ('internal', 'external')", name=op.f("ck_communication_activities_scope")
        ),
        sa.CheckConstraint(
            "state in ('drafted', 'planned', 'done', 'cancelled')",
            name=op.f("ck_communication_activities_state"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(division_id, owner) = 1", name=op.f("ck_communication_activities_owner")
        ),
        sa.CheckConstraint(
            "reached between 0 and 1000000000", name=op.f("ck_communication_activities_reached")
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_communication_activities_dates")),
        sa.ForeignKeyConstraint(
            ["cancelled_by_id"], ["users.id"], name=op.f("fk_communication_activities_cancelled_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_communication_activities_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["division_id", "entity_id"],
            ["divisions.id", "divisions.entity_id"],
            name=op.f("fk_communication_activities_division_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entities.id"], name=op.f("fk_communication_activities_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_communication_activities_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_communication_activities_id")),
        sa.ForeignKeyConstraint(
            ["plan_id", "entity_id"],
            ["communication_plans.id", "communication_plans.entity_id"],
            name=op.f("fk_communication_activities_plan_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["users.id"], name=op.f("fk_communication_activities_reported_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["stage_id", "entity_id"],
            ["path_stages.id", "path_stages.entity_id"],
            name=op.f("fk_communication_activities_stage_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_communication_activities")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_communication_activities_id_entity_id")),
    )
    op.create_index(
        "ix_communication_activities_plan_id", "communication_activities", ["plan_id"], unique=False
    )
    op.create_index(
        "ix_communication_activities_planned",
        "communication_activities",
        ["entity_id", "ends_on"],
        unique=False,
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_index(
        "ix_communication_activities_stage_id",
        "communication_activities",
        ["stage_id"],
        unique=False,
        postgresql_where=sa.text("stage_id is not null"),
    )


def _guards() -> None:
    op.execute(
        """
        create function communication_plans_guard() returns trigger language plpgsql as $$
        begin
            if old.state <> 'draft' and
               (new.name_ar, new.name_en, new.note, new.audiences, new.messages, new.channels, new.reason)
               is distinct from
               (old.name_ar, old.name_en, old.note, old.audiences, old.messages, old.channels, old.reason)
            then
                raise exception 'only a draft of a communication plan changes' using errcode = '23514';
            end if;
            if new.state <> old.state and old.state in ('superseded', 'discarded') then
                raise exception 'a communication plan that is % stays so', old.state using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        """
        create function communication_activities_guard() returns trigger language plpgsql as $$
        begin
            if old.state <> 'drafted' and
               (new.name_ar, new.name_en, new.scope, new.audience, new.channel, new.division_id, new.owner,
                new.starts_on, new.ends_on, new.stage_id, new.reason)
               is distinct from
               (old.name_ar, old.name_en, old.scope, old.audience, old.channel, old.division_id, old.owner,
                old.starts_on, old.ends_on, old.stage_id, old.reason)
            then
                raise exception 'only an activity of a draft changes' using errcode = '23514';
            end if;
            if old.state in ('done', 'cancelled') and
               (new.state, new.outcome, new.reached, new.done_on, new.reported_by_id, new.reported_at,
                new.cancelled_by_id, new.cancelled_at, new.cancellation_reason)
               is distinct from
               (old.state, old.outcome, old.reached, old.done_on, old.reported_by_id, old.reported_at,
                old.cancelled_by_id, old.cancelled_at, old.cancellation_reason)
            then
                raise exception 'an activity that is % stays so', old.state using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    for table in ("communication_plans", "communication_activities"):
        op.execute(
            f"create trigger {table}_guard before update on {table} for each row execute function {table}_guard()"
        )


def _grants() -> None:
    op.execute(
        "grant select, insert, update (state, version, name_ar, name_en, note, audiences, messages, channels,"
        " edited_by, controlled_by, submitted_by_id, submitted_at, approved_by_id, approved_at, returned_by_id,"
        " returned_at, return_reason, exceptional, unit_from, support_asked, support_asked_by_id,"
        " support_asked_at, support_answer, support_answered_by_id, support_answered_at)"
        f" on communication_plans to {ROLE}"
    )
    op.execute(
        "grant select, insert, update (plan_id, state, version, name_ar, name_en, scope, audience, channel,"
        " division_id, owner, starts_on, ends_on, stage_id, outcome, reached, done_on, edited_by, reported_by_id,"
        " reported_at, cancelled_by_id, cancelled_at, cancellation_reason)"
        f" on communication_activities to {ROLE}"
    )


def _row_level_security() -> None:
    for table in ("communication_plans", "communication_activities"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy reachable on {table} to {ROLE} using"
            " (entity_id = any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
            " or (select current_setting('app.national', true) = 'on'))"
        )
