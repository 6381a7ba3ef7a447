"""Evidence: files about subjects, what a result must carry of them, and what it was approved with.

Revision: evidence, after obligations.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "evidence"
down_revision: str | Sequence[str] | None = "obligations"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE = "mutabaa_app"

KINDS = "'document', 'dataset', 'photograph', 'letter', 'minutes', 'other'"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _subjects()
    _evidence()
    _rules()
    _results()
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
        " 'reopening', 'evidence', 'holiday')",
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("classification", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("exceptional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(f"kind in ({KINDS})", name=op.f("ck_evidence_kind")),
        sa.CheckConstraint(
            "classification in ('open', 'internal', 'restricted')", name=op.f("ck_evidence_classification")
        ),
        sa.CheckConstraint(
            "state in ('awaiting_file', 'scanning', 'submitted', 'verified', 'rejected', 'infected',"
            " 'withdrawn', 'superseded')",
            name=op.f("ck_evidence_state"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(sha256, size, media_type, uploaded_by_id, uploaded_at) in (0, 5)"
            " and (file_name is null or sha256 is not null)",
            name=op.f("ck_evidence_file"),
        ),
        sa.CheckConstraint(
            "state in ('awaiting_file', 'withdrawn') or sha256 is not null",
            name=op.f("ck_evidence_file_is_there"),
        ),
        sa.CheckConstraint(
            "state <> 'awaiting_file' or sha256 is null", name=op.f("ck_evidence_file_is_awaited")
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_evidence_sha256")),
        sa.CheckConstraint("size > 0", name=op.f("ck_evidence_size")),
        sa.CheckConstraint(
            "(decided_by_id is null) = (decided_at is null)"
            " and (state not in ('verified', 'rejected') or decided_at is not null)"
            " and (state <> 'rejected' or decision_reason is not null)",
            name=op.f("ck_evidence_decided"),
        ),
        sa.CheckConstraint(
            "decided_by_id is null or not (decided_by_id = any(edited_by))",
            name=op.f("ck_evidence_decided_by_another"),
        ),
        sa.CheckConstraint("supersedes_id <> id", name=op.f("ck_evidence_supersedes_another")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_evidence_created_by_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["users.id"], name=op.f("fk_evidence_uploaded_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_evidence_decided_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_evidence_entity_id")),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_evidence_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_evidence_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["subject_id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_evidence_subject_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id", "subject_id"],
            ["evidence.id", "evidence.subject_id"],
            name=op.f("fk_evidence_supersedes_id_subject_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_evidence_id_entity_id")),
        sa.UniqueConstraint("id", "subject_id", name=op.f("uq_evidence_id_subject_id")),
    )
    op.create_index("ix_evidence_subject_id", "evidence", ["subject_id", "id"], unique=False)
    op.create_index(
        "ix_evidence_sha256",
        "evidence",
        ["sha256"],
        unique=False,
        postgresql_where=sa.text("sha256 is not null"),
    )
    op.create_index(
        "uq_evidence_one_successor",
        "evidence",
        ["supersedes_id"],
        unique=True,
        postgresql_where=sa.text("state not in ('withdrawn', 'infected')"),
    )


def _rules() -> None:
    op.create_table(
        "evidence_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("minimum", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(f"kind in ({KINDS})", name=op.f("ck_evidence_rules_kind")),
        sa.CheckConstraint("minimum between 1 and 20", name=op.f("ck_evidence_rules_minimum")),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name=op.f("fk_evidence_rules_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_rules")),
        sa.UniqueConstraint(
            "subject_id",
            "kind",
            name=op.f("uq_evidence_rules_subject_id_kind"),
            postgresql_nulls_not_distinct=True,
        ),
    )


def _results() -> None:
    op.add_column("results", sa.Column("evidence", postgresql.JSONB(), nullable=True))
    op.create_check_constraint(
        op.f("ck_results_evidence"), "results", "evidence is null or state = 'approved'"
    )


def _guards() -> None:
    op.execute(
        """
        create function results_evidence_guard() returns trigger language plpgsql as $$
        begin
            if new.evidence is distinct from old.evidence and old.state = 'approved' then
                raise exception 'the evidence that a result was approved with never changes'
                    using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    # Whoever writes beside an approval that is not committed yet is refused by the version of the subject,
    # which each change of evidence raises; this refuses whatever comes later.
    op.execute(
        """
        create function evidence_guard() returns trigger language plpgsql as $$
        begin
            if exists (select from results r where r.id = new.subject_id and r.state = 'approved')
               or exists (select from definitions d
                          where d.id = new.subject_id and d.state in ('active', 'superseded'))
            then
                raise exception 'the evidence of what is approved never changes' using errcode = '23514';
            end if;
            if tg_op = 'INSERT' then
                return new;
            end if;
            if (new.id, new.entity_id, new.subject_id, new.created_by_id, new.created_at, new.supersedes_id)
               is distinct from
               (old.id, old.entity_id, old.subject_id, old.created_by_id, old.created_at, old.supersedes_id)
            then
                raise exception 'what a piece of evidence is about never changes' using errcode = '23514';
            end if;
            if old.sha256 is not null and
               (new.sha256, new.size, new.media_type, new.file_name, new.uploaded_by_id, new.uploaded_at)
               is distinct from
               (old.sha256, old.size, old.media_type, old.file_name, old.uploaded_by_id, old.uploaded_at)
            then
                raise exception 'the file of a piece of evidence never changes' using errcode = '23514';
            end if;
            if old.decided_at is not null and
               (new.kind, new.title, new.note, new.classification, new.decided_by_id, new.decided_at,
                new.decision_reason, new.exceptional, new.edited_by)
               is distinct from
               (old.kind, old.title, old.note, old.classification, old.decided_by_id, old.decided_at,
                old.decision_reason, old.exceptional, old.edited_by)
            then
                raise exception 'what is decided about a piece of evidence never changes'
                    using errcode = '23514';
            end if;
            if new.state <> old.state and (old.state in ('withdrawn', 'superseded', 'infected')
               or (old.state in ('verified', 'rejected') and new.state <> 'superseded'))
            then
                raise exception 'evidence that is % stays so', old.state using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    for table, function, when in (
        ("results", "results_evidence_guard", "update"),
        ("evidence", "evidence_guard", "insert or update"),
    ):
        op.execute(
            f"create trigger {function} before {when} on {table} for each row execute function {function}()"
        )


def _grants() -> None:
    op.execute(
        "grant select, insert, update (kind, title, note, classification, state, version, file_name, media_type,"
        " size, sha256, uploaded_by_id, uploaded_at, decided_by_id, decided_at, decision_reason, exceptional,"
        f" edited_by) on evidence to {ROLE}"
    )
    op.execute(f"grant select, insert, delete on evidence_rules to {ROLE}")


def _row_level_security() -> None:
    op.execute("alter table evidence enable row level security")
    op.execute(
        f"create policy reachable on evidence to {ROLE} using"
        " (entity_id = any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
        " or (select current_setting('app.national', true) = 'on'))"
    )
