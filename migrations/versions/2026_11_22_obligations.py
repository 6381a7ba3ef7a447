"""Contributions of other entities, schedules with what is due when, and holidays that can be edited.

Revision: obligations, after definitions.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "obligations"
down_revision: str | Sequence[str] | None = "definitions"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE = "mutabaa_app"

REACHABLE = "any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
NATIONAL = "(select current_setting('app.national', true) = 'on')"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _contributions()
    _obligations()
    _holidays()
    _reopenings()
    _partners()
    _grants()
    _row_level_security()


def _contributions() -> None:
    op.create_table(
        "contributions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("contributor_id", sa.Uuid(), nullable=False),
        sa.Column("part_id", sa.Uuid(), nullable=True),
        sa.Column("weight", sa.Numeric(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("invited_by_id", sa.Uuid(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(state in ('accepted', 'left')) <= (part_id is not null)", name=op.f("ck_contributions_part")
        ),
        sa.CheckConstraint(
            "state in ('invited', 'accepted', 'refused', 'withdrawn', 'left')",
            name=op.f("ck_contributions_state"),
        ),
        sa.CheckConstraint("contributor_id <> entity_id", name=op.f("ck_contributions_another_entity")),
        sa.CheckConstraint("part_id <> indicator_id", name=op.f("ck_contributions_another_indicator")),
        sa.CheckConstraint("weight > 0 and weight <= 100", name=op.f("ck_contributions_weight")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["users.id"], name=op.f("fk_contributions_answered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["contributor_id"], ["entities.id"], name=op.f("fk_contributions_contributor_id")
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_contributions_ended_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_contributions_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_contributions_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_contributions_id")),
        sa.ForeignKeyConstraint(
            ["indicator_id", "entity_id"],
            ["indicators.id", "indicators.entity_id"],
            name=op.f("fk_contributions_indicator_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["invited_by_id"], ["users.id"], name=op.f("fk_contributions_invited_by_id")),
        sa.ForeignKeyConstraint(
            ["part_id", "contributor_id"],
            ["indicators.id", "indicators.entity_id"],
            name=op.f("fk_contributions_part_id_contributor_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributions")),
    )
    op.create_index("ix_contributions_contributor_id", "contributions", ["contributor_id"], unique=False)
    op.create_index("ix_contributions_entity_id", "contributions", ["entity_id"], unique=False)
    op.create_index("ix_contributions_part_id", "contributions", ["part_id"], unique=False)
    op.create_index(
        "uq_contributions_one_part",
        "contributions",
        ["indicator_id", "part_id"],
        unique=True,
        postgresql_where=sa.text("state = 'accepted'"),
    )
    op.create_index(
        "uq_contributions_one_standing",
        "contributions",
        ["indicator_id", "contributor_id"],
        unique=True,
        postgresql_where=sa.text("state in ('invited', 'accepted')"),
    )
    op.create_table(
        "contribution_absences",
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("explained_by_id", sa.Uuid(), nullable=False),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("period_end >= period_start", name=op.f("ck_contribution_absences_period")),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_contribution_absences_contribution_id")
        ),
        sa.ForeignKeyConstraint(
            ["explained_by_id"], ["users.id"], name=op.f("fk_contribution_absences_explained_by_id")
        ),
        sa.PrimaryKeyConstraint(
            "contribution_id", "period_start", "period_end", name=op.f("pk_contribution_absences")
        ),
    )
    op.create_table(
        "result_parts",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("contributor_id", sa.Uuid(), nullable=False),
        sa.Column("weight", sa.Numeric(), nullable=False),
        sa.Column("part_result_id", sa.Uuid(), nullable=True),
        sa.Column("absence", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(part_result_id is null) = (absence is not null)",
            name=op.f("ck_result_parts_present_or_explained"),
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_result_parts_contribution_id")
        ),
        sa.ForeignKeyConstraint(
            ["contributor_id"], ["entities.id"], name=op.f("fk_result_parts_contributor_id")
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_result_parts_entity_id")),
        sa.ForeignKeyConstraint(
            ["part_result_id"], ["results.id"], name=op.f("fk_result_parts_part_result_id")
        ),
        sa.ForeignKeyConstraint(
            ["result_id", "entity_id"],
            ["results.id", "results.entity_id"],
            name=op.f("fk_result_parts_result_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("result_id", "contribution_id", name=op.f("pk_result_parts")),
    )


def _obligations() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("opens_after", sa.SmallInteger(), nullable=False),
        sa.Column("due_after", sa.SmallInteger(), nullable=False),
        sa.Column("late_for", sa.SmallInteger(), nullable=False),
        sa.Column("closes_after", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("set_by_id", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "frequency in ('monthly', 'quarterly', 'semiannual', 'annual', 'biennial', 'irregular')",
            name=op.f("ck_schedules_frequency"),
        ),
        sa.CheckConstraint(
            "opens_after >= 1 and due_after >= opens_after and late_for >= 0 and closes_after >= 0",
            name=op.f("ck_schedules_windows"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_schedules_entity_id")),
        sa.ForeignKeyConstraint(
            ["indicator_id", "entity_id"],
            ["indicators.id", "indicators.entity_id"],
            name=op.f("fk_schedules_indicator_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["set_by_id"], ["users.id"], name=op.f("fk_schedules_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("id", "indicator_id", name=op.f("uq_schedules_id_indicator_id")),
        sa.UniqueConstraint("indicator_id", "number", name=op.f("uq_schedules_indicator_id_number")),
    )
    op.create_table(
        "obligations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("late_until", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("excused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("excused_by_id", sa.Uuid(), nullable=True),
        sa.Column("excuse", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("indicator_id"), "="),
            (sa.text("daterange(period_start, period_end, '[]')"), "&&"),
            where=sa.text("replaced_at is null"),
            using="gist",
            name="ex_obligations_one_at_a_time",
        ),
        sa.CheckConstraint(
            "(excused_at is null) = (excused_by_id is null) and (excused_at is null) = (excuse is null)",
            name=op.f("ck_obligations_excused"),
        ),
        sa.CheckConstraint(
            "period_end < opens_on and opens_on <= due_on and due_on <= late_until and late_until <= closes_on",
            name=op.f("ck_obligations_dates"),
        ),
        sa.CheckConstraint("period_end >= period_start", name=op.f("ck_obligations_period")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_obligations_entity_id")),
        sa.ForeignKeyConstraint(["excused_by_id"], ["users.id"], name=op.f("fk_obligations_excused_by_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_obligations_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_obligations_id")),
        sa.ForeignKeyConstraint(
            ["indicator_id", "entity_id"],
            ["indicators.id", "indicators.entity_id"],
            name=op.f("fk_obligations_indicator_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id", "indicator_id"],
            ["schedules.id", "schedules.indicator_id"],
            name=op.f("fk_obligations_schedule_id_indicator_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligations")),
    )
    op.create_index("ix_obligations_entity_id_due_on", "obligations", ["entity_id", "due_on"], unique=False)
    op.create_index(
        "ix_obligations_indicator_id_period_end", "obligations", ["indicator_id", "period_end"], unique=False
    )
    op.create_index(
        "ix_obligations_list",
        "obligations",
        ["due_on", "id"],
        unique=False,
        postgresql_where=sa.text("replaced_at is null"),
    )


def _holidays() -> None:
    op.add_column("holidays", sa.Column("id", sa.Uuid(), nullable=True))
    op.add_column("holidays", sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("holidays", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.execute("update holidays set id = gen_random_uuid()")
    op.execute("insert into subjects (id, kind, created_at) select id, 'holiday', now() from holidays")
    op.alter_column("holidays", "id", nullable=False)
    op.drop_constraint("pk_holidays", "holidays")
    op.create_primary_key("pk_holidays", "holidays", ["id"])
    op.create_foreign_key(op.f("fk_holidays_id"), "holidays", "subjects", ["id"], ["id"])
    op.create_index(
        "uq_holidays_day", "holidays", ["day"], unique=True, postgresql_where=sa.text("cancelled_at is null")
    )


def _reopenings() -> None:
    op.add_column("reopenings", sa.Column("obligation_id", sa.Uuid(), nullable=True))
    op.alter_column("reopenings", "result_id", nullable=True)
    op.create_foreign_key(
        op.f("fk_reopenings_obligation_id"), "reopenings", "obligations", ["obligation_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_reopenings_scope"), "reopenings", "num_nonnulls(result_id, obligation_id) = 1"
    )
    op.create_index("ix_reopenings_result_id", "reopenings", ["result_id"])
    op.create_index("ix_reopenings_obligation_id", "reopenings", ["obligation_id"])
    op.create_index(
        "uq_reopenings_one_asked_of_a_period",
        "reopenings",
        ["obligation_id"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )


def _partners() -> None:
    # Who asks is loaded before the wall knows them, so this looks over it: it tells only which entity lies
    # on the other side of a contribution and, once it is accepted, which indicator. An invited entity
    # reaches the one that invites it, where its invitation lies.
    op.execute(
        """
        create function shared_with(entities uuid[]) returns table (entity_id uuid, indicator_id uuid)
        language sql stable security definer set search_path = pg_catalog, public
        begin atomic
            select c.entity_id, case c.state when 'accepted' then c.indicator_id end from contributions c
            where c.state in ('invited', 'accepted') and c.contributor_id = any (entities)
            union all
            select c.contributor_id, c.part_id from contributions c
            where c.state = 'accepted' and c.entity_id = any (entities);
        end
        """
    )
    # All who share an indicator see how far each part has come, though not each figure. A period of the
    # part ends with that of the whole; only an irregular part may have its latest figure before.
    op.execute(
        """
        create function part_figure(part uuid, starts date, ends date)
            returns table (result_id uuid, state text, period text)
        language sql stable security definer set search_path = pg_catalog, public
        begin atomic
            select f.id, f.state, f.period
            from (values (1)) as always_one_row
            left join lateral (
                select r.id, r.state, r.period from results r join indicators i on i.id = r.indicator_id
                where r.indicator_id = part and r.state in ('submitted', 'reviewed', 'approved')
                  and r.period_end between starts and ends
                  and (i.frequency = 'irregular' or r.period_end = ends)
                order by r.period_end desc, r.state = 'approved' desc, r.period_start, r.revision desc
                limit 1
            ) f on true;
        end
        """
    )
    for function in ("shared_with(uuid[])", "part_figure(uuid, date, date)"):
        op.execute(f"revoke execute on function {function} from public")
        op.execute(f"grant execute on function {function} to {ROLE}")


def _grants() -> None:
    op.execute(
        "grant select, insert, update (weight, part_id, state, message, answered_by_id, answered_at,"
        f" ended_by_id, ended_at, reason, version) on contributions to {ROLE}"
    )
    op.execute(
        "grant select, insert, update (reason, explained_by_id, explained_at)"
        f" on contribution_absences to {ROLE}"
    )
    op.execute(f"grant select, insert on result_parts, schedules to {ROLE}")
    op.execute(
        "grant select, insert, update (opens_on, due_on, late_until, closes_on, replaced_at, excused_at,"
        f" excused_by_id, excuse, version) on obligations to {ROLE}"
    )
    op.execute(
        f"grant insert, update (name_ar, name_en, estimated, cancelled_at, version) on holidays to {ROLE}"
    )
    op.execute(f"grant update (due) on waits to {ROLE}")  # a holiday moves what is due


def _row_level_security() -> None:
    for table, condition in (
        ("obligations", f"entity_id = {REACHABLE} or {NATIONAL}"),
        ("result_parts", f"entity_id = {REACHABLE} or {NATIONAL}"),
        (
            "contributions",
            f"state = 'accepted' or entity_id = {REACHABLE} or contributor_id = {REACHABLE} or {NATIONAL}",
        ),
        (
            "contribution_absences",
            "exists (select from contributions c where c.id = contribution_id)",  # itself behind the wall
        ),
    ):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy reachable on {table} to {ROLE} using ({condition})")
    # An invited entity answers before the owner is within its reach.
    op.execute(
        f"alter policy reachable on waits using (entity_id = {REACHABLE} or {NATIONAL} or exists"
        f" (select from contributions c where c.id = subject_id and c.contributor_id = {REACHABLE}))"
    )
