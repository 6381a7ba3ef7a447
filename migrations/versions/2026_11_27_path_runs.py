"""Path runs: paths that a plan, a scorecard or an entity's year walks, their stages and who took them.

Revision: path_runs, after path_templates.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "path_runs"
down_revision: str | Sequence[str] | None = "path_templates"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE = "mutabaa_app"

TABLES = ("path_runs", "path_stages", "path_stage_acts")


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _tables()
    _guards()
    _grants()
    _row_level_security()


def _tables() -> None:
    op.create_table(
        "path_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("kept_dates", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("parties", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("unit_sees", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("started_by_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_by_id", sa.Uuid(), nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'running') = (ended_at is null)", name=op.f("ck_path_runs_ended")),
        sa.CheckConstraint(
            "(state = 'stopped') = (stop_reason is not null) and (stopped_by_id is not null) = (state = 'stopped')",
            name=op.f("ck_path_runs_stopped"),
        ),
        sa.CheckConstraint(
            "(subject_kind = 'entity') = (subject_id = entity_id)", name=op.f("ck_path_runs_of_the_entity")
        ),
        sa.CheckConstraint("state in ('running', 'finished', 'stopped')", name=op.f("ck_path_runs_state")),
        sa.CheckConstraint(
            "subject_kind in ('entity', 'plan', 'scorecard')", name=op.f("ck_path_runs_subject_kind")
        ),
        sa.CheckConstraint("year between 2000 and 2100", name=op.f("ck_path_runs_year")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_path_runs_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"], ["subjects.id", "subjects.entity_id"], name=op.f("fk_path_runs_id_entity_id")
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_path_runs_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["users.id"], name=op.f("fk_path_runs_started_by_id")),
        sa.ForeignKeyConstraint(["stopped_by_id"], ["users.id"], name=op.f("fk_path_runs_stopped_by_id")),
        sa.ForeignKeyConstraint(
            ["subject_id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_path_runs_subject_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["template_id", "entity_id"],
            ["path_templates.id", "path_templates.entity_id"],
            name=op.f("fk_path_runs_template_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_path_runs")),
        sa.UniqueConstraint(
            "id", "entity_id", "subject_id", name=op.f("uq_path_runs_id_entity_id_subject_id")
        ),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_path_runs_id_entity_id")),
    )
    op.create_index(
        "uq_path_runs_one_running",
        "path_runs",
        ["subject_id"],
        unique=True,
        postgresql_where=sa.text("state = 'running' and subject_kind <> 'entity'"),
    )
    op.create_index("ix_path_runs_subject_id", "path_runs", ["subject_id"], unique=False)
    op.create_index("ix_path_runs_entity_id_state", "path_runs", ["entity_id", "state"], unique=False)
    op.create_index(
        "uq_path_runs_one_running_in_year",
        "path_runs",
        ["subject_id", "code", "year"],
        unique=True,
        postgresql_where=sa.text("state = 'running' and subject_kind = 'entity'"),
    )
    op.create_table(
        "path_stages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("group_number", sa.SmallInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("occasion", sa.SmallInteger(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_ar", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("parties", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("seats", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("controls", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("fires", sa.Text(), nullable=True),
        sa.Column("due_from", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("due_since", sa.Text(), nullable=True),
        sa.Column("due_days", sa.SmallInteger(), nullable=True),
        sa.Column("state_at_open", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("returned_to", sa.Text(), nullable=True),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'returned') = (returned_to is not null)", name=op.f("ck_path_stages_returned")
        ),
        sa.CheckConstraint(
            "(state in ('done', 'approved', 'returned', 'not_applicable', 'voided', 'stopped')) = (ended_at is not null)",
            name=op.f("ck_path_stages_ended"),
        ),
        sa.CheckConstraint(
            "due_since in ('start', 'previous_group', 'year_end')", name=op.f("ck_path_stages_due_since")
        ),
        sa.CheckConstraint(
            "kind in ('prepare', 'verify', 'discuss', 'approve_preliminarily', 'approve', 'send', 'record_answer',"
            " 'enter_in_platform', 'transfer_knowledge', 'inform')",
            name=op.f("ck_path_stages_kind"),
        ),
        sa.CheckConstraint("state <> 'open' or opened_at is not null", name=op.f("ck_path_stages_opened")),
        sa.CheckConstraint("state <> 'pending' or opened_at is null", name=op.f("ck_path_stages_pending")),
        sa.CheckConstraint(
            "state in ('pending', 'open', 'done', 'approved', 'returned', 'not_applicable', 'voided', 'stopped')",
            name=op.f("ck_path_stages_state"),
        ),
        sa.CheckConstraint(
            "state not in ('returned', 'not_applicable') or reason is not null",
            name=op.f("ck_path_stages_with_a_reason"),
        ),
        sa.CheckConstraint("(due_since is null) = (due_days is null)", name=op.f("ck_path_stages_due_rule")),
        sa.CheckConstraint(
            "cardinality(parties) >= 1 and cardinality(parties) = cardinality(seats)",
            name=op.f("ck_path_stages_parties"),
        ),
        sa.CheckConstraint("due_from <= due", name=op.f("ck_path_stages_due")),
        sa.CheckConstraint(
            "group_number >= 0 and position >= 0 and number >= 1", name=op.f("ck_path_stages_place")
        ),
        sa.CheckConstraint("occasion >= 1 and round >= 1", name=op.f("ck_path_stages_counts")),
        sa.CheckConstraint(
            "superseded_at is null or ended_at is not null", name=op.f("ck_path_stages_superseded")
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_path_stages_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_path_stages_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_path_stages_id")),
        sa.ForeignKeyConstraint(
            ["run_id", "entity_id", "subject_id"],
            ["path_runs.id", "path_runs.entity_id", "path_runs.subject_id"],
            name=op.f("fk_path_stages_run_id_entity_id_subject_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_path_stages")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_path_stages_id_entity_id")),
        sa.UniqueConstraint(
            "run_id", "key", "occasion", "round", name=op.f("uq_path_stages_run_id_key_occasion_round")
        ),
    )
    op.create_index("ix_path_stages_run_id", "path_stages", ["run_id"], unique=False)
    op.create_index(
        "ix_path_stages_open",
        "path_stages",
        ["subject_id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "path_stage_acts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("parties", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "answers",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("outside_letter", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("exceptional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("acting_for_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome in ('done', 'approved', 'returned', 'not_applicable')",
            name=op.f("ck_path_stage_acts_outcome"),
        ),
        sa.CheckConstraint(
            "outcome not in ('returned', 'not_applicable') or reason is not null",
            name=op.f("ck_path_stage_acts_with_a_reason"),
        ),
        sa.CheckConstraint("cardinality(parties) >= 1", name=op.f("ck_path_stage_acts_parties")),
        sa.CheckConstraint(
            "recorded_by_id <> person_id", name=op.f("ck_path_stage_acts_recorded_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["acting_for_id"], ["users.id"], name=op.f("fk_path_stage_acts_acting_for_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_path_stage_acts_decision_id")
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_path_stage_acts_entity_id")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_path_stage_acts_person_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["users.id"], name=op.f("fk_path_stage_acts_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["stage_id", "entity_id"],
            ["path_stages.id", "path_stages.entity_id"],
            name=op.f("fk_path_stage_acts_stage_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_path_stage_acts")),
        sa.UniqueConstraint(
            "stage_id",
            "person_id",
            "exceptional",
            name=op.f("uq_path_stage_acts_stage_id_person_id_exceptional"),
        ),
    )


def _guards() -> None:
    # They hold for whoever owns the tables too: a run keeps its template, and what a stage came to stays so.
    op.execute(
        """
        create function path_runs_guard() returns trigger language plpgsql as $$
        begin
            if (new.id, new.entity_id, new.subject_id, new.subject_kind, new.template_id, new.code, new.year,
                new.kept_dates, new.started_by_id, new.started_at)
               is distinct from
               (old.id, old.entity_id, old.subject_id, old.subject_kind, old.template_id, old.code, old.year,
                old.kept_dates, old.started_by_id, old.started_at)
            then
                raise exception 'what a path run is of never changes' using errcode = '23514';
            end if;
            if old.state <> 'running' and
               (new.state, new.ended_at, new.stopped_by_id, new.stop_reason)
               is distinct from (old.state, old.ended_at, old.stopped_by_id, old.stop_reason)
            then
                raise exception 'a path run that is % stays so', old.state using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        """
        create function path_stages_guard() returns trigger language plpgsql as $$
        begin
            if (new.id, new.entity_id, new.run_id, new.subject_id, new.group_number, new.position, new.number,
                new.key, new.occasion, new.round, new.kind, new.title_ar, new.title_en, new.due_since,
                new.due_days, new.controls, new.fires)
               is distinct from
               (old.id, old.entity_id, old.run_id, old.subject_id, old.group_number, old.position, old.number,
                old.key, old.occasion, old.round, old.kind, old.title_ar, old.title_en, old.due_since,
                old.due_days, old.controls, old.fires)
            then
                raise exception 'what a stage is of never changes' using errcode = '23514';
            end if;
            if old.ended_at is not null and
               (new.state, new.parties, new.seats, new.due_from, new.due, new.state_at_open, new.opened_at,
                new.ended_at, new.reason, new.returned_to, new.edited_by)
               is distinct from
               (old.state, old.parties, old.seats, old.due_from, old.due, old.state_at_open, old.opened_at,
                old.ended_at, old.reason, old.returned_to, old.edited_by)
            then
                raise exception 'a stage that is % stays so', old.state using errcode = '23514';
            end if;
            if old.superseded_at is not null and new.superseded_at is distinct from old.superseded_at then
                raise exception 'a round that is over stays so' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    for table in ("path_runs", "path_stages"):
        op.execute(
            f"create trigger {table}_guard before update on {table} for each row execute function {table}_guard()"
        )


def _grants() -> None:
    op.execute(
        "grant select, insert, update (state, version, parties, unit_sees, ended_at, stopped_by_id, stop_reason)"
        f" on path_runs to {ROLE}"
    )
    op.execute(
        "grant select, insert, update (state, version, parties, seats, due_from, due, state_at_open, opened_at,"
        f" ended_at, reason, returned_to, edited_by, superseded_at) on path_stages to {ROLE}"
    )
    op.execute(f"grant select, insert on path_stage_acts to {ROLE}")


def _row_level_security() -> None:
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy reachable on {table} to {ROLE} using"
            " (entity_id = any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
            " or (select current_setting('app.national', true) = 'on'))"
        )
