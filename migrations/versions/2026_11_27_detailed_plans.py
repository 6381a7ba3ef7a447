"""Detailed execution plans and their tasks (Guide N-3, P-8 annex B, D-1).

Revision: detailed_plans, after communications.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "detailed_plans"
down_revision: str | Sequence[str] | None = "communications"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE = "mutabaa_app"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _plans()
    _tasks()
    _guards()
    _grants()
    _row_level_security()


def _plans() -> None:
    op.create_table(
        "detailed_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=True),
        sa.Column("scorecard_id", sa.Uuid(), nullable=True),
        sa.Column("division_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("parties_enter", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("parties_review", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("parties_approve", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "controlled_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("drafted_by_id", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("presented_by_id", sa.Uuid(), nullable=True),
        sa.Column("presented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("endorsed_by_id", sa.Uuid(), nullable=True),
        sa.Column("endorsed_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.Column("drop_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(about = 'initiative') = (initiative_id is not null) and (about = 'scorecard') = (scorecard_id is not null)",
            name=op.f("ck_detailed_plans_about_one"),
        ),
        sa.CheckConstraint(
            "about in ('initiative', 'scorecard', 'excellence')", name=op.f("ck_detailed_plans_about")
        ),
        sa.CheckConstraint(
            "num_nonnulls(presented_by_id, presented_at) in (0, 2)"
            " and num_nonnulls(endorsed_by_id, endorsed_at) in (0, 2)"
            " and (endorsed_at is null or presented_at is not null)"
            " and (state not in ('submitted', 'reviewed', 'approved') or endorsed_at is not null)",
            name=op.f("ck_detailed_plans_endorsed"),
        ),
        sa.CheckConstraint(
            "state <> 'dropped' or drop_reason is not null", name=op.f("ck_detailed_plans_dropped")
        ),
        sa.CheckConstraint(
            "state in ('draft', 'submitted', 'reviewed', 'approved', 'superseded', 'dropped', 'discarded')",
            name=op.f("ck_detailed_plans_state"),
        ),
        sa.CheckConstraint(
            "approved_by_id is null or (not (approved_by_id = any(edited_by))"
            " and approved_by_id is distinct from reviewed_by_id"
            " and approved_by_id is distinct from endorsed_by_id)",
            name=op.f("ck_detailed_plans_approved_by_another"),
        ),
        sa.CheckConstraint(
            "endorsed_by_id is null or not (endorsed_by_id = any(edited_by))",
            name=op.f("ck_detailed_plans_endorsed_by_another"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_detailed_plans_number")),
        sa.CheckConstraint(
            "reviewed_by_id is null or (not (reviewed_by_id = any(edited_by)) and reviewed_by_id is distinct from endorsed_by_id)",
            name=op.f("ck_detailed_plans_reviewed_by_another"),
        ),
        sa.CheckConstraint("year between 2021 and 2100", name=op.f("ck_detailed_plans_year")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["users.id"], name=op.f("fk_detailed_plans_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["division_id", "entity_id"],
            ["divisions.id", "divisions.entity_id"],
            name=op.f("fk_detailed_plans_division_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["users.id"], name=op.f("fk_detailed_plans_drafted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["endorsed_by_id"], ["users.id"], name=op.f("fk_detailed_plans_endorsed_by_id")
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_detailed_plans_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_detailed_plans_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_detailed_plans_id")),
        sa.ForeignKeyConstraint(
            ["initiative_id", "entity_id"],
            ["initiatives.id", "initiatives.entity_id"],
            name=op.f("fk_detailed_plans_initiative_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "entity_id"],
            ["plans.id", "plans.entity_id"],
            name=op.f("fk_detailed_plans_plan_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["presented_by_id"], ["users.id"], name=op.f("fk_detailed_plans_presented_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["returned_by_id"], ["users.id"], name=op.f("fk_detailed_plans_returned_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["users.id"], name=op.f("fk_detailed_plans_reviewed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["scorecard_id", "entity_id"],
            ["scorecards.id", "scorecards.entity_id"],
            name=op.f("fk_detailed_plans_scorecard_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["users.id"], name=op.f("fk_detailed_plans_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_detailed_plans")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_detailed_plans_id_entity_id")),
    )
    op.create_index(
        "ix_detailed_plans_entity_id_state", "detailed_plans", ["entity_id", "state"], unique=False
    )
    op.create_index("ix_detailed_plans_plan_id", "detailed_plans", ["plan_id"], unique=False)
    op.create_index(
        "uq_detailed_plans_one_approved_of_division",
        "detailed_plans",
        ["division_id", "about", "year"],
        unique=True,
        postgresql_where=sa.text("initiative_id is null and state = 'approved'"),
    )
    op.create_index(
        "uq_detailed_plans_one_approved_of_initiative",
        "detailed_plans",
        ["initiative_id", "year"],
        unique=True,
        postgresql_where=sa.text("initiative_id is not null and state = 'approved'"),
    )
    op.create_index(
        "uq_detailed_plans_one_open_of_division",
        "detailed_plans",
        ["division_id", "about", "year"],
        unique=True,
        postgresql_where=sa.text("initiative_id is null and state in ('draft', 'submitted', 'reviewed')"),
    )
    op.create_index(
        "uq_detailed_plans_one_open_of_initiative",
        "detailed_plans",
        ["initiative_id", "year"],
        unique=True,
        postgresql_where=sa.text("initiative_id is not null and state in ('draft', 'submitted', 'reviewed')"),
    )


def _tasks() -> None:
    op.create_table(
        "detailed_plan_tasks",
        sa.Column("detailed_plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("title_ar", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("output", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("weight", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=True),
        sa.Column("milestone", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint("number between 1 and 100", name=op.f("ck_detailed_plan_tasks_number")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_detailed_plan_tasks_dates")),
        sa.CheckConstraint("weight > 0 and weight <= 100", name=op.f("ck_detailed_plan_tasks_weight")),
        sa.ForeignKeyConstraint(
            ["detailed_plan_id", "entity_id"],
            ["detailed_plans.id", "detailed_plans.entity_id"],
            name=op.f("fk_detailed_plan_tasks_detailed_plan_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entities.id"], name=op.f("fk_detailed_plan_tasks_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id", "entity_id"],
            ["indicators.id", "indicators.entity_id"],
            name=op.f("fk_detailed_plan_tasks_indicator_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("detailed_plan_id", "number", name=op.f("pk_detailed_plan_tasks")),
    )


def _guards() -> None:
    op.execute(
        """
        create function detailed_plans_guard() returns trigger language plpgsql as $$
        begin
            if old.state <> 'draft' and
               (new.name_ar, new.name_en, new.note) is distinct from (old.name_ar, old.name_en, old.note)
            then
                raise exception 'only a draft of a detailed plan changes' using errcode = '23514';
            end if;
            if new.state <> old.state and old.state in ('superseded', 'dropped', 'discarded') then
                raise exception 'a detailed plan that is % stays so', old.state using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        """
        create function detailed_plan_tasks_guard() returns trigger language plpgsql as $$
        begin
            if not exists (
                select from detailed_plans p
                where p.id = coalesce(new.detailed_plan_id, old.detailed_plan_id) and p.state = 'draft'
            ) then
                raise exception 'only the tasks of a draft change' using errcode = '23514';
            end if;
            return coalesce(new, old);
        end
        $$
        """
    )
    op.execute(
        "create trigger detailed_plans_guard before update on detailed_plans"
        " for each row execute function detailed_plans_guard()"
    )
    op.execute(
        "create trigger detailed_plan_tasks_guard before insert or update or delete on detailed_plan_tasks"
        " for each row execute function detailed_plan_tasks_guard()"
    )


def _grants() -> None:
    op.execute(
        "grant select, insert, update (state, version, name_ar, name_en, note, edited_by, controlled_by,"
        " presented_by_id, presented_at, endorsed_by_id, endorsed_at, submitted_by_id, submitted_at,"
        " reviewed_by_id, reviewed_at, approved_by_id, approved_at, returned_by_id, returned_at, return_reason,"
        f" exceptional, drop_reason) on detailed_plans to {ROLE}"
    )
    op.execute(f"grant select, insert, delete on detailed_plan_tasks to {ROLE}")


def _row_level_security() -> None:
    for table in ("detailed_plans", "detailed_plan_tasks"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy reachable on {table} to {ROLE} using"
            " (entity_id = any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
            " or (select current_setting('app.national', true) = 'on'))"
        )
