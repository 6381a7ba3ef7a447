"""Actions that are followed to their end, and periodic evaluations.

Revision: actions, after meetings.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "actions"
down_revision: str | Sequence[str] | None = "meetings"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE, WORKER = "mutabaa_app", "mutabaa_worker"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _subjects()
    _evaluations()
    _actions()
    _action_notes()
    _action_postponements()
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
        " 'challenge', 'escalation_routes', 'meeting_series', 'meeting', 'meeting_decision', 'action', 'evaluation')",
    )


def _evaluations() -> None:
    op.create_table(
        "evaluations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("rating", sa.Text(), nullable=False),
        sa.Column("classification", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("drafted_by_id", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discard_reason", sa.Text(), nullable=True),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("exceptional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(state = 'discarded') = (discard_reason is not null)", name=op.f("ck_evaluations_discarded")
        ),
        sa.CheckConstraint(
            "classification in ('open', 'internal', 'restricted')", name=op.f("ck_evaluations_classification")
        ),
        sa.CheckConstraint(
            "num_nonnulls(ended_at, ended_by_id) = case state when 'draft' then 0 else 2 end",
            name=op.f("ck_evaluations_ended"),
        ),
        sa.CheckConstraint("rating in ('on_track', 'at_risk', 'late')", name=op.f("ck_evaluations_rating")),
        sa.CheckConstraint("state in ('draft', 'approved', 'discarded')", name=op.f("ck_evaluations_state")),
        sa.CheckConstraint("period_to >= period_from", name=op.f("ck_evaluations_period")),
        sa.ForeignKeyConstraint(
            ["about_id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_evaluations_about_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["users.id"], name=op.f("fk_evaluations_drafted_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_evaluations_ended_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_evaluations_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_evaluations_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_evaluations_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
        sa.UniqueConstraint("entity_id", "code", name=op.f("uq_evaluations_entity_id_code")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_evaluations_id_entity_id")),
    )
    op.create_index("ix_evaluations_about_id", "evaluations", ["about_id"], unique=False)
    op.create_index("ix_evaluations_entity_id", "evaluations", ["entity_id"], unique=False)


def _actions() -> None:
    op.create_table(
        "actions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("division_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("classification", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=True),
        sa.Column("letter_number", sa.Text(), nullable=True),
        sa.Column("letter_date", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("opened_by_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by_id", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_by_id", sa.Uuid(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_by_id", sa.Uuid(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("exceptional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "search_key", sa.Text(), sa.Computed("fold(code || ' ' || title)", persisted=True), nullable=False
        ),
        sa.CheckConstraint(
            "(source in ('directive', 'improvement_proposal')) = (source_id is null)",
            name=op.f("ck_actions_source_id"),
        ),
        sa.CheckConstraint(
            "(state in ('cancelled', 'refused')) = (end_reason is not null)",
            name=op.f("ck_actions_end_reason"),
        ),
        sa.CheckConstraint(
            "case when state in ('reported', 'done') then num_nulls(outcome, reported_at, reported_by_id) = 0"
            " when state in ('proposed', 'open', 'refused') then num_nonnulls(outcome, reported_at, reported_by_id) = 0 else true end",
            name=op.f("ck_actions_reported"),
        ),
        sa.CheckConstraint(
            "classification in ('open', 'internal', 'restricted')", name=op.f("ck_actions_classification")
        ),
        sa.CheckConstraint(
            "num_nonnulls(ended_at, ended_by_id) = case when state in ('done', 'cancelled', 'refused') then 2 else 0 end",
            name=op.f("ck_actions_ended"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(letter_number, letter_date, issued_by) = case source when 'directive' then 3 else 0 end",
            name=op.f("ck_actions_letter"),
        ),
        sa.CheckConstraint(
            "source in ('meeting', 'challenge', 'risk', 'evaluation', 'directive', 'improvement_proposal')",
            name=op.f("ck_actions_source"),
        ),
        sa.CheckConstraint(
            "state in ('proposed', 'open', 'reported', 'done', 'cancelled', 'refused')",
            name=op.f("ck_actions_state"),
        ),
        sa.CheckConstraint(
            "state not in ('proposed', 'refused') or source = 'improvement_proposal'",
            name=op.f("ck_actions_proposed"),
        ),
        sa.CheckConstraint("num_nonnulls(division_id, owner_id) = 1", name=op.f("ck_actions_one_owner")),
        sa.CheckConstraint(
            "num_nonnulls(returned_at, returned_by_id, return_reason) in (0, 3)",
            name=op.f("ck_actions_returned"),
        ),
        sa.ForeignKeyConstraint(
            ["about_id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_actions_about_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["users.id"], name=op.f("fk_actions_accepted_by_id")),
        sa.ForeignKeyConstraint(
            ["division_id", "entity_id"],
            ["divisions.id", "divisions.entity_id"],
            name=op.f("fk_actions_division_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_actions_ended_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_actions_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"], ["subjects.id", "subjects.entity_id"], name=op.f("fk_actions_id_entity_id")
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_actions_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["users.id"], name=op.f("fk_actions_opened_by_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_actions_owner_id")),
        sa.ForeignKeyConstraint(["reported_by_id"], ["users.id"], name=op.f("fk_actions_reported_by_id")),
        sa.ForeignKeyConstraint(["returned_by_id"], ["users.id"], name=op.f("fk_actions_returned_by_id")),
        sa.ForeignKeyConstraint(
            ["source_id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_actions_source_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
        sa.UniqueConstraint("entity_id", "code", name=op.f("uq_actions_entity_id_code")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_actions_id_entity_id")),
    )
    op.create_index("ix_actions_about_id", "actions", ["about_id"], unique=False)
    op.create_index("ix_actions_entity_id", "actions", ["entity_id"], unique=False)
    op.create_index("ix_actions_owner_id", "actions", ["owner_id"], unique=False)
    op.create_index(
        "ix_actions_search_key",
        "actions",
        ["search_key"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_key": "gin_trgm_ops"},
    )
    op.create_index("ix_actions_source_id", "actions", ["source_id"], unique=False)


def _action_notes() -> None:
    op.create_table(
        "action_notes",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number between 1 and 200", name=op.f("ck_action_notes_number")),
        sa.ForeignKeyConstraint(
            ["action_id", "entity_id"],
            ["actions.id", "actions.entity_id"],
            name=op.f("fk_action_notes_action_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["written_by_id"], ["users.id"], name=op.f("fk_action_notes_written_by_id")),
        sa.PrimaryKeyConstraint("action_id", "number", name=op.f("pk_action_notes")),
    )


def _action_postponements() -> None:
    op.create_table(
        "action_postponements",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("due_before", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("postponed_by_id", sa.Uuid(), nullable=False),
        sa.Column("postponed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("due > due_before", name=op.f("ck_action_postponements_later")),
        sa.CheckConstraint("number between 1 and 50", name=op.f("ck_action_postponements_number")),
        sa.ForeignKeyConstraint(
            ["action_id", "entity_id"],
            ["actions.id", "actions.entity_id"],
            name=op.f("fk_action_postponements_action_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["postponed_by_id"], ["users.id"], name=op.f("fk_action_postponements_postponed_by_id")
        ),
        sa.PrimaryKeyConstraint("action_id", "number", name=op.f("pk_action_postponements")),
    )


def _guards() -> None:
    # What an action comes from and serves never changes, and nothing of it once it has ended; only its day may be put
    # off, never brought forward unnoticed.
    op.execute(
        """
        create function actions_guard() returns trigger language plpgsql as $$
        begin
            if old.state in ('done', 'cancelled', 'refused') then
                raise exception 'an action that has ended never changes' using errcode = '23514';
            end if;
            if (new.id, new.entity_id, new.code, new.source, new.source_id, new.about_id, new.issued_by,
                new.letter_number, new.letter_date, new.opened_by_id, new.opened_at)
               is distinct from
               (old.id, old.entity_id, old.code, old.source, old.source_id, old.about_id, old.issued_by,
                old.letter_number, old.letter_date, old.opened_by_id, old.opened_at)
            then
                raise exception 'what an action comes from never changes' using errcode = '23514';
            end if;
            if new.due < old.due then
                raise exception 'the day of an action is only put off' using errcode = '23514';
            end if;
            if not (new.edited_by @> old.edited_by) then
                raise exception 'who had a hand in an action is never forgotten' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        """
        create function evaluations_guard() returns trigger language plpgsql as $$
        begin
            if old.state <> 'draft' then
                raise exception 'an evaluation that was approved or discarded never changes' using errcode = '23514';
            end if;
            if (new.id, new.entity_id, new.code, new.about_id, new.drafted_by_id, new.drafted_at)
               is distinct from
               (old.id, old.entity_id, old.code, old.about_id, old.drafted_by_id, old.drafted_at)
            then
                raise exception 'what an evaluation is about never changes' using errcode = '23514';
            end if;
            if not (new.edited_by @> old.edited_by) then
                raise exception 'who wrote an evaluation is never forgotten' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    for table in ("actions", "evaluations"):
        op.execute(
            f"create trigger {table}_guard before update on {table} for each row execute function {table}_guard()"
        )


def _grants() -> None:
    for table in ("action_notes", "action_postponements"):
        op.execute(f"grant select, insert on {table} to {ROLE}")
    op.execute(
        "grant select, insert, update (title, description, division_id, owner_id, due, classification, state, outcome,"
        " accepted_by_id, accepted_at, reported_by_id, reported_at, returned_by_id, returned_at, return_reason,"
        f" ended_by_id, ended_at, end_reason, edited_by, exceptional, version) on actions to {ROLE}"
    )
    op.execute(
        "grant select, insert, update (title, period_from, period_to, findings, conclusion, rating, classification,"
        " state, ended_by_id, ended_at, discard_reason, edited_by, exceptional, version) on evaluations"
        f" to {ROLE}"
    )
    # A file of evidence that was found clean or infected raises the version of what it is about.
    op.execute(f"grant update (version) on actions to {WORKER}")


def _row_level_security() -> None:
    for table in ("evaluations", "actions", "action_notes", "action_postponements"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy reachable on {table} to {ROLE}, {WORKER} using"
            " (entity_id = any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
            " or (select current_setting('app.national', true) = 'on'))"
        )
