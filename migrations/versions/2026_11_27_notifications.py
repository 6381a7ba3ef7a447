"""Notifications: the outbox, what people are told, the mails, the worker's jobs and its role.

Revision: notifications, after challenges.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision: str = "notifications"
down_revision: str | Sequence[str] | None = "challenges"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE, WORKER = "mutabaa_app", "mutabaa_worker"

JOBS = Path(__file__).resolve().parent.parent / "jobs.sql"

OPERATED = {
    # mutabaa tick
    "subjects": "insert",
    "obligations": "insert, update (opens_on, due_on, late_until, closes_on, version)",
    "indicators": "update (frequency, version)",
    # mutabaa scan, and what both write of a change
    "events": "insert",
    "waits": "insert, update (due, closed_at, closed_by_event)",
    "evidence": "update (state, version)",
    "results": "update (version)",
    "definitions": "update (version)",
    "path_stages": "update (version)",
    "improvement_plans": "update (version)",
    "initiatives": "update (version)",
    "progress_reports": "update (version)",
    "site_checks": "update (version)",
    "communication_activities": "update (version)",
    "challenges": "update (version)",
    # mutabaa sweep; a row that is locked before it goes asks for a right to update, here of what never changes
    "idempotency_keys": "delete, update (key)",
    "sign_in_brakes": "delete, update (key)",
    "refresh_tokens": "delete, update (token_hash)",
    "sessions": "delete, update (id)",
    "invitations": "delete, update (token_hash)",
    "uploads": "delete, update (id)",
    # telling
    "outbox": "insert, update, delete",
    "notifications": "insert, update (mail_id)",
    "mails": "insert, update (state, due_at, error, ended_at)",
    "deliveries": "insert, update (state, ended_at, error)",
    "chores": "insert, update, delete",
}
"""What the worker writes, beside reading everything."""

OF_A_PERSON = "id, email, name_ar, name_en, language, is_active, version, mail"
"""What the worker reads of people: not their passwords."""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for statement in re.split(r"(?m)^(?=CREATE )", JOBS.read_text(encoding="utf-8"))[1:]:
        op.get_bind().exec_driver_sql(statement)
    op.add_column("users", sa.Column("mail", sa.Text(), server_default=sa.text("'daily'"), nullable=False))
    op.create_check_constraint(op.f("ck_users_mail"), "users", "mail in ('at_once', 'daily', 'none')")
    _outbox()
    _mails()
    _notifications()
    _guards()
    _grants()
    _row_level_security()


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_outbox_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_id")),
    )
    op.create_index("ix_outbox_due_at", "outbox", ["due_at"], postgresql_where=sa.text("parked_at is null"))
    op.create_table(
        "chores",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_chores")),
        sa.UniqueConstraint("id", name=op.f("uq_chores_id")),
    )


def _mails() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('pending', 'sent', 'dropped', 'parked')", name=op.f("ck_mails_state")),
        sa.CheckConstraint("(state = 'pending') = (ended_at is null)", name=op.f("ck_mails_ended")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_mails_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index("ix_mails_due_at", "mails", ["due_at"], postgresql_where=sa.text("state = 'pending'"))
    op.create_index("ix_mails_parked", "mails", ["ended_at"], postgresql_where=sa.text("state = 'parked'"))
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'sending'"), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state in ('sending', 'sent', 'failed', 'unknown')", name=op.f("ck_deliveries_state")
        ),
        sa.CheckConstraint("(state = 'sending') = (ended_at is null)", name=op.f("ck_deliveries_ended")),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_deliveries_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index("ix_deliveries_mail_id", "deliveries", ["mail_id"])


def _notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("title_ar", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "reason in ('awaited', 'told', 'due_soon', 'due_today', 'late')",
            name=op.f("ck_notifications_reason"),
        ),
        sa.CheckConstraint("mail_id is null or mail_due_at is not null", name=op.f("ck_notifications_mail")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_notifications_person_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_notifications_entity_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_notifications_event_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_notifications_mail_id")),
        sa.ForeignKeyConstraint(
            ["subject_id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_notifications_subject_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint(
            "person_id", "event_id", "reason", name=op.f("uq_notifications_person_id_event_id_reason")
        ),
    )
    op.create_index("ix_notifications_person_id", "notifications", ["person_id", "id"])
    op.create_index("ix_notifications_mail_id", "notifications", ["mail_id"])
    op.create_index(
        "ix_notifications_mail_due_at",
        "notifications",
        ["mail_due_at"],
        postgresql_where=sa.text("mail_id is null and mail_due_at is not null"),
    )


def _guards() -> None:
    # A delivery id that was used is used for good: nothing ends twice, and no ended attempt begins again.
    op.execute(
        """
        create function deliveries_guard() returns trigger language plpgsql as $$
        begin
            if old.state <> 'sending' or (new.id, new.mail_id, new.begun_at)
               is distinct from (old.id, old.mail_id, old.begun_at)
            then
                raise exception 'what became of a delivery never changes' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        "create trigger deliveries_guard before update on deliveries"
        " for each row execute function deliveries_guard()"
    )


def _grants() -> None:
    # The service writes the outbox and wakes the worker; people read and mark what they were told; an administrator
    # lets what is parked be tried again.
    for granted in (
        "select, insert, update (due_at, attempts, parked_at) on outbox",
        "select on chores",
        "select, update (read_at, mail_due_at) on notifications",
        "select, update (state, due_at, counted_from, ended_at) on mails",
        "select on deliveries",
        "insert on jobs.pgqueuer",
    ):
        op.execute(f"grant {granted} to {ROLE}")
    for role in (ROLE, WORKER):
        op.execute(f"grant usage on schema jobs to {role}")
    op.execute(f"grant usage on sequence jobs.pgqueuer_id_seq to {ROLE}")
    op.execute(f"grant select, insert, update, delete on all tables in schema jobs to {WORKER}")
    op.execute(f"grant usage on all sequences in schema jobs to {WORKER}")
    # It reads what people may be told of, which is everything, in each person's own context.
    op.execute(f"grant usage on schema public to {WORKER}")
    op.execute(f"grant select on all tables in schema public to {WORKER}")
    op.execute(f"revoke select on users from {WORKER}")  # noqa: S608  # a constant of ours
    op.execute(f"grant select ({OF_A_PERSON}) on users to {WORKER}")
    op.execute(f"alter default privileges in schema public grant select on tables to {WORKER}")
    op.execute(
        f"""
        do $$
        declare ours oid;
        begin
            for ours in
                select p.oid from pg_proc p
                where p.pronamespace = 'public'::regnamespace and has_function_privilege('{ROLE}', p.oid, 'execute')
            loop
                execute format('grant execute on function %s to {WORKER}', ours::regprocedure);
            end loop;
        end
        $$
        """  # noqa: S608  # constants of ours
    )
    for table, rights in OPERATED.items():
        op.execute(f"grant {rights} on {table} to {WORKER}")


def _row_level_security() -> None:
    op.execute("alter table notifications enable row level security")
    op.execute(
        f"create policy reachable on notifications to {ROLE} using"
        " (entity_id = any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
        " or (select current_setting('app.national', true) = 'on'))"
    )
    # The worker stands behind the same wall: in a person's context it reaches what they reach.
    op.execute(
        f"""
        do $$
        declare wall record;
        begin
            for wall in
                select policyname, tablename from pg_policies
                where schemaname = 'public' and '{ROLE}' = any (roles)
            loop
                execute format('alter policy %I on %I to {ROLE}, {WORKER}', wall.policyname, wall.tablename);
            end loop;
        end
        $$
        """  # noqa: S608  # constants of ours
    )
