"""Meetings: series, meetings with who is invited and what is discussed, and their decisions; who is told of them.

Revision: meetings, after notifications.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "meetings"
down_revision: str | Sequence[str] | None = "notifications"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE, WORKER = "mutabaa_app", "mutabaa_worker"
TABLES = ("meeting_series", "meetings", "meeting_people", "agenda_items", "meeting_decisions")


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _words()
    _meeting_series()
    _meetings()
    _meeting_people()
    _agenda_items()
    _meeting_decisions()
    _guards()
    _grants()
    _row_level_security()


def _words() -> None:
    op.drop_constraint(op.f("ck_subjects_kind"), "subjects")
    op.create_check_constraint(
        op.f("ck_subjects_kind"),
        "subjects",
        "kind in ('entity', 'division', 'user', 'membership', 'assignment', 'delegation', 'service_account',"
        " 'decision', 'role_plan', 'indicator', 'definition', 'contribution', 'obligation', 'result',"
        " 'reopening', 'evidence', 'holiday', 'path_template', 'path_run', 'path_stage', 'scorecard',"
        " 'improvement_plan', 'plan', 'proposal', 'detailed_plan', 'initiative', 'progress_report',"
        " 'communication_plan', 'communication_activity', 'site_check', 'programme_participant',"
        " 'challenge', 'escalation_routes', 'meeting_series', 'meeting', 'meeting_decision')",
    )
    op.drop_constraint(op.f("ck_notifications_reason"), "notifications")
    op.create_check_constraint(
        op.f("ck_notifications_reason"),
        "notifications",
        "reason in ('awaited', 'told', 'invited', 'due_soon', 'due_today', 'late')",
    )


def _meeting_series() -> None:
    op.create_table(
        "meeting_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("with_whom", sa.Text(), nullable=False),
        sa.Column("title_ar", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("every", sa.Text(), nullable=False),
        sa.Column("weekday", sa.Text(), nullable=True),
        sa.Column("month_day", sa.SmallInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("classification", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at is not null)", name=op.f("ck_meeting_series_ended")
        ),
        sa.CheckConstraint(
            "case every when 'weekly' then weekday is not null and month_day is null else weekday is null and month_day is not null end",
            name=op.f("ck_meeting_series_day_of_every"),
        ),
        sa.CheckConstraint(
            "classification in ('open', 'internal', 'restricted')",
            name=op.f("ck_meeting_series_classification"),
        ),
        sa.CheckConstraint(
            "every in ('weekly', 'monthly', 'quarterly')", name=op.f("ck_meeting_series_every")
        ),
        sa.CheckConstraint("state in ('running', 'ended')", name=op.f("ck_meeting_series_state")),
        sa.CheckConstraint(
            "weekday in ('sunday', 'monday', 'tuesday', 'wednesday', 'thursday')",
            name=op.f("ck_meeting_series_weekday"),
        ),
        sa.CheckConstraint(
            "with_whom in ('unit_team', 'project_managers', 'divisions', 'internal')",
            name=op.f("ck_meeting_series_with_whom"),
        ),
        sa.CheckConstraint("minutes between 15 and 480", name=op.f("ck_meeting_series_minutes")),
        sa.CheckConstraint("month_day between 1 and 31", name=op.f("ck_meeting_series_month_day")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_meeting_series_forwards")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_meeting_series_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_meeting_series_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_meeting_series_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_meeting_series_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_series")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_meeting_series_id_entity_id")),
    )
    op.create_index("ix_meeting_series_entity_id", "meeting_series", ["entity_id"], unique=False)


def _meetings() -> None:
    op.create_table(
        "meetings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("with_whom", sa.Text(), nullable=False),
        sa.Column("title_ar", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("classification", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("planned_by_id", sa.Uuid(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("exceptional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "search_key",
            sa.Text(),
            sa.Computed("fold(code || ' ' || title_ar || ' ' || title_en)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state in ('held', 'confirmed')) = (held_at is not null) and (held_at is not null or minutes is null)",
            name=op.f("ck_meetings_held"),
        ),
        sa.CheckConstraint(
            "case when state = 'confirmed' then num_nulls(confirmed_at, confirmed_by_id, minutes) = 0"
            " else num_nonnulls(confirmed_at, confirmed_by_id) = 0 end",
            name=op.f("ck_meetings_confirmed"),
        ),
        sa.CheckConstraint(
            "classification in ('open', 'internal', 'restricted')", name=op.f("ck_meetings_classification")
        ),
        sa.CheckConstraint(
            "num_nonnulls(cancelled_at, cancel_reason) = case when state = 'cancelled' then 2 else 0 end",
            name=op.f("ck_meetings_cancelled"),
        ),
        sa.CheckConstraint(
            "starts_at < ends_at and ends_at <= starts_at + interval '24 hours'",
            name=op.f("ck_meetings_forwards"),
        ),
        sa.CheckConstraint(
            "state in ('planned', 'held', 'confirmed', 'cancelled')", name=op.f("ck_meetings_state")
        ),
        sa.CheckConstraint(
            "with_whom in ('unit_team', 'project_managers', 'divisions', 'internal')",
            name=op.f("ck_meetings_with_whom"),
        ),
        sa.CheckConstraint("held_at >= starts_at", name=op.f("ck_meetings_not_before")),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_meetings_sequence")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["users.id"], name=op.f("fk_meetings_confirmed_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_meetings_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"], ["subjects.id", "subjects.entity_id"], name=op.f("fk_meetings_id_entity_id")
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_meetings_id")),
        sa.ForeignKeyConstraint(["planned_by_id"], ["users.id"], name=op.f("fk_meetings_planned_by_id")),
        sa.ForeignKeyConstraint(
            ["series_id", "entity_id"],
            ["meeting_series.id", "meeting_series.entity_id"],
            name=op.f("fk_meetings_series_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("entity_id", "code", name=op.f("uq_meetings_entity_id_code")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_meetings_id_entity_id")),
    )
    op.create_index("ix_meetings_entity_id", "meetings", ["entity_id", "starts_at"], unique=False)
    op.create_index(
        "ix_meetings_search_key",
        "meetings",
        ["search_key"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_key": "gin_trgm_ops"},
    )
    op.create_index("ix_meetings_series_id", "meetings", ["series_id"], unique=False)


def _meeting_people() -> None:
    op.create_table(
        "meeting_people",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "role in ('chair', 'secretary', 'member', 'guest')", name=op.f("ck_meeting_people_role")
        ),
        sa.CheckConstraint(
            "(name is null) = (organisation is null)", name=op.f("ck_meeting_people_outsider")
        ),
        sa.CheckConstraint("num_nonnulls(user_id, name) = 1", name=op.f("ck_meeting_people_who")),
        sa.CheckConstraint("number between 1 and 100", name=op.f("ck_meeting_people_number")),
        sa.ForeignKeyConstraint(
            ["meeting_id", "entity_id"],
            ["meetings.id", "meetings.entity_id"],
            name=op.f("fk_meeting_people_meeting_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_meeting_people_user_id")),
        sa.PrimaryKeyConstraint("meeting_id", "number", name=op.f("pk_meeting_people")),
    )
    op.create_index("ix_meeting_people_user_id", "meeting_people", ["user_id", "meeting_id"], unique=False)
    op.create_index("uq_meeting_people_once", "meeting_people", ["meeting_id", "user_id"], unique=True)
    op.create_index(
        "uq_meeting_people_one_of_role",
        "meeting_people",
        ["meeting_id", "role"],
        unique=True,
        postgresql_where=sa.text("role in ('chair', 'secretary')"),
    )


def _agenda_items() -> None:
    op.create_table(
        "agenda_items",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("number between 1 and 50", name=op.f("ck_agenda_items_number")),
        sa.ForeignKeyConstraint(
            ["about_id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_agenda_items_about_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id", "entity_id"],
            ["meetings.id", "meetings.entity_id"],
            name=op.f("fk_agenda_items_meeting_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("meeting_id", "number", name=op.f("pk_agenda_items")),
    )
    op.create_index("ix_agenda_items_about_id", "agenda_items", ["about_id"], unique=False)
    op.create_index("uq_agenda_items_once", "agenda_items", ["meeting_id", "about_id"], unique=True)


def _meeting_decisions() -> None:
    op.create_table(
        "meeting_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("search_key", sa.Text(), sa.Computed("fold(text)", persisted=True), nullable=False),
        sa.CheckConstraint("state in ('recorded', 'withdrawn')", name=op.f("ck_meeting_decisions_state")),
        sa.CheckConstraint("number between 1 and 100", name=op.f("ck_meeting_decisions_number")),
        sa.ForeignKeyConstraint(
            ["about_id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_meeting_decisions_about_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_meeting_decisions_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_meeting_decisions_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_meeting_decisions_id")),
        sa.ForeignKeyConstraint(
            ["meeting_id", "entity_id"],
            ["meetings.id", "meetings.entity_id"],
            name=op.f("fk_meeting_decisions_meeting_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["users.id"], name=op.f("fk_meeting_decisions_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_decisions")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_meeting_decisions_id_entity_id")),
        sa.UniqueConstraint("meeting_id", "number", name=op.f("uq_meeting_decisions_meeting_id_number")),
    )
    op.create_index("ix_meeting_decisions_about_id", "meeting_decisions", ["about_id"], unique=False)
    op.create_index("ix_meeting_decisions_entity_id", "meeting_decisions", ["entity_id"], unique=False)
    op.create_index(
        "ix_meeting_decisions_search_key",
        "meeting_decisions",
        ["search_key"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_key": "gin_trgm_ops"},
    )


def _guards() -> None:
    # What a meeting is of never changes; confirmed minutes and what was cancelled stay as they are.
    op.execute(
        """
        create function meetings_guard() returns trigger language plpgsql as $$
        begin
            if (new.id, new.entity_id, new.code, new.series_id, new.with_whom, new.planned_by_id, new.planned_at)
               is distinct from
               (old.id, old.entity_id, old.code, old.series_id, old.with_whom, old.planned_by_id, old.planned_at)
            then
                raise exception 'whose meeting it is never changes' using errcode = '23514';
            end if;
            if old.state in ('confirmed', 'cancelled')
               and (new.state, new.title_ar, new.title_en, new.starts_at, new.ends_at, new.place, new.link,
                    new.classification, new.sequence, new.held_at, new.minutes, new.confirmed_at,
                    new.confirmed_by_id, new.exceptional, new.cancelled_at, new.cancel_reason)
                   is distinct from
                   (old.state, old.title_ar, old.title_en, old.starts_at, old.ends_at, old.place, old.link,
                    old.classification, old.sequence, old.held_at, old.minutes, old.confirmed_at,
                    old.confirmed_by_id, old.exceptional, old.cancelled_at, old.cancel_reason)
            then
                raise exception 'confirmed minutes never change' using errcode = '23514';
            end if;
            if new.sequence < old.sequence then
                raise exception 'calendars count changes upwards' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        """
        create function meeting_parts_guard() returns trigger language plpgsql as $$
        declare
            of_meeting uuid;
        begin
            if tg_op = 'DELETE' then
                of_meeting := old.meeting_id;
            else
                of_meeting := new.meeting_id;
            end if;
            if exists (select from meetings m where m.id = of_meeting and m.state in ('confirmed', 'cancelled')) then
                raise exception 'confirmed minutes never change' using errcode = '23514';
            end if;
            return coalesce(new, old);
        end
        $$
        """
    )
    op.execute(
        """
        create function meeting_series_guard() returns trigger language plpgsql as $$
        begin
            if old.state = 'ended' then
                raise exception 'a series that has ended stays so' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    for table in ("meetings", "meeting_series"):
        op.execute(
            f"create trigger {table}_guard before update on {table} for each row execute function {table}_guard()"
        )
    for table in ("meeting_people", "agenda_items", "meeting_decisions"):
        op.execute(
            f"create trigger {table}_guard before insert or update or delete on {table}"
            " for each row execute function meeting_parts_guard()"
        )


def _grants() -> None:
    for granted in (
        "select, insert, update (state, ended_at, version) on meeting_series",
        "select, insert, update (title_ar, title_en, starts_at, ends_at, place, link, classification, state, sequence,"
        " held_at, minutes, confirmed_at, confirmed_by_id, exceptional, cancelled_at, cancel_reason, edited_by,"
        " version) on meetings",
        "select, insert, update (attended), delete on meeting_people",
        "select, insert, delete on agenda_items",
        "select, insert, update (text, about_id, decided_on, state, version) on meeting_decisions",
    ):
        op.execute(f"grant {granted} to {ROLE}")
    # A scanned file is evidence of the meeting, whose version it raises.
    op.execute(f"grant update (version) on meetings to {WORKER}")


def _row_level_security() -> None:
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy reachable on {table} to {ROLE}, {WORKER} using"
            " (entity_id = any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
            " or (select current_setting('app.national', true) = 'on'))"
        )
