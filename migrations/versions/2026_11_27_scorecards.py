"""Scorecards with their lines, and improvement plans with their actions.

Revision: scorecards, after initiatives.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "scorecards"
down_revision: str | Sequence[str] | None = "initiatives"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE = "mutabaa_app"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _scorecards()
    _lines()
    _plans()
    _actions()
    _guards()
    _grants()
    _row_level_security()


def _users(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], ["users.id"], name=op.f(f"fk_{table}_{column}"))
        for column in columns
    ]


def _of_subject(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f(f"fk_{table}_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"], ["subjects.id", "subjects.entity_id"], name=op.f(f"fk_{table}_id_entity_id")
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f(f"fk_{table}_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("id", "entity_id", name=op.f(f"uq_{table}_id_entity_id")),
    ]


def _people() -> list[sa.Column[object]]:
    return [
        sa.Column(name, postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False)
        for name in ("edited_by", "controlled_by")
    ]


def _stamps(*steps: str) -> list[sa.Column[object]]:
    return [
        column
        for step in steps
        for column in (
            sa.Column(f"{step}_by_id", sa.Uuid(), nullable=True),
            sa.Column(f"{step}_at", sa.DateTime(timezone=True), nullable=True),
        )
    ]


def _scorecards() -> None:
    op.create_table(
        "scorecards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("copied_from_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        *_people(),
        sa.Column("drafted_by_id", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        *_stamps("aligned", "approved", "agreed", "returned"),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("exceptional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("snapshot", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint(
            "state in ('draft', 'aligned', 'approved', 'in_force', 'superseded', 'discarded')",
            name=op.f("ck_scorecards_state"),
        ),
        sa.CheckConstraint("year between 2000 and 2100", name=op.f("ck_scorecards_year")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_scorecards_number")),
        sa.CheckConstraint(
            "aligned_by_id is null or not (aligned_by_id = any(edited_by))",
            name=op.f("ck_scorecards_aligned_by_another"),
        ),
        sa.CheckConstraint(
            "approved_by_id is null or"
            " (not (approved_by_id = any(edited_by)) and (exceptional or approved_by_id is distinct from aligned_by_id))",
            name=op.f("ck_scorecards_approved_by_another"),
        ),
        sa.CheckConstraint(
            "agreed_by_id is null or (not (agreed_by_id = any(edited_by))"
            " and agreed_by_id is distinct from aligned_by_id and agreed_by_id is distinct from approved_by_id)",
            name=op.f("ck_scorecards_agreed_by_another"),
        ),
        sa.CheckConstraint(
            "(state in ('approved', 'in_force', 'superseded')) = (snapshot is not null)",
            name=op.f("ck_scorecards_snapshot"),
        ),
        sa.ForeignKeyConstraint(
            ["copied_from_id", "entity_id"],
            ["scorecards.id", "scorecards.entity_id"],
            name=op.f("fk_scorecards_copied_from_id_entity_id"),
        ),
        *_users(
            "scorecards", "drafted_by_id", "aligned_by_id", "approved_by_id", "agreed_by_id", "returned_by_id"
        ),
        *_of_subject("scorecards"),
        sa.UniqueConstraint("entity_id", "year", "number", name=op.f("uq_scorecards_entity_id_year_number")),
    )
    for name, states in (
        ("uq_scorecards_one_open", "state in ('draft', 'aligned', 'approved')"),
        ("uq_scorecards_one_in_force", "state = 'in_force'"),
    ):
        op.create_index(
            name, "scorecards", ["entity_id", "year"], unique=True, postgresql_where=sa.text(states)
        )


def _lines() -> None:
    op.create_table(
        "scorecard_lines",
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("weight", sa.Numeric(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("weight > 0 and weight <= 100", name=op.f("ck_scorecard_lines_weight")),
        sa.CheckConstraint("rank between 1 and 200", name=op.f("ck_scorecard_lines_rank")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_scorecard_lines_entity_id")),
        sa.ForeignKeyConstraint(
            ["scorecard_id", "entity_id"],
            ["scorecards.id", "scorecards.entity_id"],
            name=op.f("fk_scorecard_lines_scorecard_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id", "entity_id"],
            ["indicators.id", "indicators.entity_id"],
            name=op.f("fk_scorecard_lines_indicator_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["definition_id", "indicator_id"],
            ["definitions.id", "definitions.indicator_id"],
            name=op.f("fk_scorecard_lines_definition_id_indicator_id"),
        ),
        sa.PrimaryKeyConstraint("scorecard_id", "indicator_id", name=op.f("pk_scorecard_lines")),
        sa.UniqueConstraint("scorecard_id", "rank", name=op.f("uq_scorecard_lines_scorecard_id_rank")),
    )
    op.create_index("ix_scorecard_lines_indicator_id", "scorecard_lines", ["indicator_id"], unique=False)


def _plans() -> None:
    op.create_table(
        "improvement_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        *_people(),
        sa.Column("drafted_by_id", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        *_stamps("submitted", "assured", "approved", "returned"),
        sa.Column("return_reason", sa.Text(), nullable=True),
        *_stamps("ended"),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("exceptional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "state in ('draft', 'submitted', 'assured', 'approved', 'completed', 'ended', 'discarded')",
            name=op.f("ck_improvement_plans_state"),
        ),
        sa.CheckConstraint(
            "(state in ('completed', 'ended')) = (ended_at is not null)",
            name=op.f("ck_improvement_plans_ended"),
        ),
        sa.CheckConstraint(
            "state <> 'ended' or end_reason is not null", name=op.f("ck_improvement_plans_end_reason")
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id", "entity_id"],
            ["indicators.id", "indicators.entity_id"],
            name=op.f("fk_improvement_plans_indicator_id_entity_id"),
        ),
        *_users(
            "improvement_plans",
            *("drafted_by_id", "submitted_by_id", "assured_by_id", "approved_by_id", "returned_by_id"),
            "ended_by_id",
        ),
        *_of_subject("improvement_plans"),
    )
    op.create_index(
        "uq_improvement_plans_one_open",
        "improvement_plans",
        ["indicator_id"],
        unique=True,
        postgresql_where=sa.text("state in ('draft', 'submitted', 'assured', 'approved')"),
    )
    op.create_index(
        "ix_improvement_plans_entity_id_state", "improvement_plans", ["entity_id", "state"], unique=False
    )


def _actions() -> None:
    op.create_table(
        "improvement_actions",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("division_id", sa.Uuid(), nullable=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_note", sa.Text(), nullable=True),
        sa.Column("reported_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("number between 1 and 100", name=op.f("ck_improvement_actions_number")),
        sa.CheckConstraint(
            "(done_on is null) = (reported_by_id is null)", name=op.f("ck_improvement_actions_done")
        ),
        sa.CheckConstraint(
            "done_on is not null or done_note is null", name=op.f("ck_improvement_actions_done_note")
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entities.id"], name=op.f("fk_improvement_actions_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "entity_id"],
            ["improvement_plans.id", "improvement_plans.entity_id"],
            name=op.f("fk_improvement_actions_plan_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["division_id", "entity_id"],
            ["divisions.id", "divisions.entity_id"],
            name=op.f("fk_improvement_actions_division_id_entity_id"),
        ),
        *_users("improvement_actions", "reported_by_id"),
        sa.PrimaryKeyConstraint("plan_id", "number", name=op.f("pk_improvement_actions")),
    )


def _guards() -> None:
    op.execute(
        """
        create function scorecards_guard() returns trigger language plpgsql as $$
        begin
            if (new.id, new.entity_id, new.year, new.number, new.reason, new.copied_from_id, new.drafted_by_id,
                new.drafted_at)
               is distinct from
               (old.id, old.entity_id, old.year, old.number, old.reason, old.copied_from_id, old.drafted_by_id,
                old.drafted_at)
            then
                raise exception 'what a scorecard is of never changes' using errcode = '23514';
            end if;
            if old.state <> 'draft' and new.note is distinct from old.note then
                raise exception 'a scorecard changes only while it is a draft' using errcode = '23514';
            end if;
            if old.state in ('in_force', 'superseded') and new.snapshot is distinct from old.snapshot then
                raise exception 'what is agreed of a scorecard never changes' using errcode = '23514';
            end if;
            if old.state in ('superseded', 'discarded')
               or (old.state = 'in_force' and new.state not in ('in_force', 'superseded'))
            then
                raise exception 'a scorecard that is % stays so', old.state using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        """
        create function scorecard_lines_guard() returns trigger language plpgsql as $$
        begin
            if exists (
                select from scorecards s
                where s.id = coalesce(new.scorecard_id, old.scorecard_id) and s.state <> 'draft'
            ) then
                raise exception 'the lines of a scorecard change only while it is a draft'
                    using errcode = '23514';
            end if;
            return coalesce(new, old);
        end
        $$
        """
    )
    op.execute(
        """
        create function improvement_plans_guard() returns trigger language plpgsql as $$
        begin
            if (new.id, new.entity_id, new.indicator_id, new.drafted_by_id, new.drafted_at)
               is distinct from (old.id, old.entity_id, old.indicator_id, old.drafted_by_id, old.drafted_at)
            then
                raise exception 'what an improvement plan is about never changes' using errcode = '23514';
            end if;
            if old.state <> 'draft' and (new.cause, new.goal, new.due) is distinct from (old.cause, old.goal, old.due)
            then
                raise exception 'an improvement plan changes only while it is a draft' using errcode = '23514';
            end if;
            -- Afterwards they may bring evidence of what was done.
            if (old.state = 'submitted' and new.state = 'assured' and new.assured_by_id = any (new.edited_by))
               or (old.state = 'assured' and new.state = 'approved'
                   and (new.approved_by_id = any (new.edited_by) or new.approved_by_id = new.assured_by_id))
            then
                raise exception 'who edited or assured an improvement plan does not control it'
                    using errcode = '23514';
            end if;
            if old.state in ('completed', 'ended', 'discarded') then
                raise exception 'an improvement plan that is % stays so', old.state using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    # What is planned changes in a draft; what was done is told while the plan is carried out.
    op.execute(
        """
        create function improvement_actions_guard() returns trigger language plpgsql as $$
        declare
            stands text := (select state from improvement_plans where id = coalesce(new.plan_id, old.plan_id));
        begin
            if stands = 'draft' then
                return coalesce(new, old);
            end if;
            if tg_op <> 'UPDATE' or stands <> 'approved'
               or (new.plan_id, new.number, new.entity_id, new.title, new.division_id, new.due)
                  is distinct from
                  (old.plan_id, old.number, old.entity_id, old.title, old.division_id, old.due)
            then
                raise exception 'the actions of an improvement plan change only while it is a draft'
                    using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        """
        create function improvement_plans_evidence_guard() returns trigger language plpgsql as $$
        begin
            if exists (
                select from improvement_plans p where p.id = new.subject_id and p.state in ('completed', 'ended')
            ) then
                raise exception 'the evidence of an improvement plan that has ended never changes'
                    using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    for table, function, when in (
        ("scorecards", "scorecards_guard", "update"),
        ("scorecard_lines", "scorecard_lines_guard", "insert or update or delete"),
        ("improvement_plans", "improvement_plans_guard", "update"),
        ("improvement_actions", "improvement_actions_guard", "insert or update or delete"),
        ("evidence", "improvement_plans_evidence_guard", "insert or update"),
    ):
        op.execute(
            f"create trigger {function} before {when} on {table} for each row execute function {function}()"
        )


def _grants() -> None:
    op.execute(
        "grant select, insert, update (state, note, version, edited_by, controlled_by, aligned_by_id, aligned_at,"
        " approved_by_id, approved_at, agreed_by_id, agreed_at, returned_by_id, returned_at,"
        f" return_reason, exceptional, snapshot) on scorecards to {ROLE}"
    )
    op.execute(f"grant select, insert, delete on scorecard_lines to {ROLE}")
    op.execute(
        "grant select, insert, update (state, cause, goal, due, version, edited_by, controlled_by, submitted_by_id,"
        " submitted_at, assured_by_id, assured_at, approved_by_id, approved_at, returned_by_id, returned_at,"
        f" return_reason, ended_by_id, ended_at, end_reason, exceptional) on improvement_plans to {ROLE}"
    )
    op.execute(
        f"grant select, insert, delete, update (done_on, done_note, reported_by_id) on improvement_actions to {ROLE}"
    )
    op.execute(f"grant update (in_scorecard) on indicators to {ROLE}")


def _row_level_security() -> None:
    mine = (
        "(entity_id = any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
        " or (select current_setting('app.national', true) = 'on'))"
    )
    # Everybody's scoreboard is weighed alike, so what is in force is not behind the wall.
    walls = {
        "scorecards": f"state = 'in_force' or {mine}",
        "scorecard_lines": "scorecard_id in (select s.id from scorecards s)",  # itself behind the wall
        "improvement_plans": mine,
        "improvement_actions": mine,
    }
    for table, wall in walls.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy reachable on {table} to {ROLE} using ({wall})")
