"""Path templates: the versions of the way that a plan, a scorecard or an entity's year goes.

Revision: path_templates, after planning.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "path_templates"
down_revision: str | Sequence[str] | None = "planning"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE = "mutabaa_app"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _table()
    _guard()
    _grants()


def _table() -> None:
    op.create_table(
        "path_templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("runs_on", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("title_ar", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("groups", postgresql.JSONB(), nullable=False),
        sa.Column("copied_from_id", sa.Uuid(), nullable=True),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_by_id", sa.Uuid(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state in ('model', 'draft', 'submitted', 'approved', 'superseded', 'discarded')",
            name=op.f("ck_path_templates_state"),
        ),
        sa.CheckConstraint(
            "runs_on in ('plan', 'scorecard', 'entity')", name=op.f("ck_path_templates_runs_on")
        ),
        sa.CheckConstraint(
            "chain in ('results', 'plans', 'detailed_plans', 'reports', 'communication')",
            name=op.f("ck_path_templates_chain"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_path_templates_number")),
        sa.CheckConstraint(
            "case when entity_id is null then state in ('model', 'superseded') else state <> 'model' end",
            name=op.f("ck_path_templates_entity"),
        ),
        sa.CheckConstraint("jsonb_typeof(groups) = 'array'", name=op.f("ck_path_templates_groups")),
        sa.CheckConstraint(
            "(entity_id is null) = (drafted_by_id is null)", name=op.f("ck_path_templates_drafted")
        ),
        sa.CheckConstraint(
            "approved_by_id is null or not (approved_by_id = any(edited_by))",
            name=op.f("ck_path_templates_approved_by_another"),
        ),
        sa.CheckConstraint(
            "(approved_by_id is null) = (approved_at is null) and "
            "(entity_id is null or (state in ('approved', 'superseded')) = (approved_at is not null))",
            name=op.f("ck_path_templates_approved"),
        ),
        sa.CheckConstraint("copied_from_id <> id", name=op.f("ck_path_templates_copied_from_another")),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_path_templates_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_path_templates_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_path_templates_entity_id")),
        sa.ForeignKeyConstraint(
            ["copied_from_id"], ["path_templates.id"], name=op.f("fk_path_templates_copied_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["users.id"], name=op.f("fk_path_templates_drafted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["users.id"], name=op.f("fk_path_templates_submitted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["users.id"], name=op.f("fk_path_templates_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["returned_by_id"], ["users.id"], name=op.f("fk_path_templates_returned_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_path_templates")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_path_templates_id_entity_id")),
        sa.UniqueConstraint(
            "entity_id",
            "code",
            "number",
            name=op.f("uq_path_templates_entity_id_code_number"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    for name, columns, where in (
        ("uq_path_templates_one_open", ["entity_id", "code"], "state in ('draft', 'submitted')"),
        ("uq_path_templates_one_approved", ["entity_id", "code"], "state = 'approved'"),
        ("uq_path_templates_one_model", ["code"], "state = 'model'"),
    ):
        op.create_index(name, "path_templates", columns, unique=True, postgresql_where=sa.text(where))


def _guard() -> None:
    # It holds for whoever owns the tables too: a run keeps the version that it began with.
    op.execute(
        """
        create function path_templates_guard() returns trigger language plpgsql as $$
        begin
            if (new.id, new.entity_id, new.code, new.number, new.runs_on, new.copied_from_id, new.recorded_at,
                new.drafted_by_id)
               is distinct from
               (old.id, old.entity_id, old.code, old.number, old.runs_on, old.copied_from_id, old.recorded_at,
                old.drafted_by_id)
            then
                raise exception 'what a path template is of never changes' using errcode = '23514';
            end if;
            if old.state <> 'draft' and
               (new.chain, new.title_ar, new.title_en, new.note, new.groups, new.edited_by)
               is distinct from
               (old.chain, old.title_ar, old.title_en, old.note, old.groups, old.edited_by)
            then
                raise exception 'a path template changes only while it is a draft' using errcode = '23514';
            end if;
            if new.state <> old.state and (old.state in ('superseded', 'discarded')
               or (old.state in ('approved', 'model') and new.state <> 'superseded'))
            then
                raise exception 'a path template that is % stays so', old.state using errcode = '23514';
            end if;
            if old.approved_at is not null and
               (new.approved_by_id, new.approved_at) is distinct from (old.approved_by_id, old.approved_at)
            then
                raise exception 'who approved a path template never changes' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        "create trigger path_templates_guard before update on path_templates"
        " for each row execute function path_templates_guard()"
    )


def _grants() -> None:
    op.execute(
        "grant select, insert, update (state, version, chain, title_ar, title_en, note, groups, edited_by,"
        " submitted_by_id, submitted_at, approved_by_id, approved_at, returned_by_id, returned_at,"
        f" return_reason) on path_templates to {ROLE}"
    )
    op.execute("alter table path_templates enable row level security")
    # The models are everybody's to read, and nobody's to write.
    reachable = (
        "(entity_id = any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
        " or (select current_setting('app.national', true) = 'on'))"
    )
    op.execute(
        f"create policy reachable on path_templates to {ROLE} using (entity_id is null or {reachable})"
        f" with check (entity_id is not null and {reachable})"
    )
