"""Definitions in versions: what an indicator's row said of its method, baseline and targets moves into them.

Revision: definitions, after guards.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "definitions"
down_revision: str | Sequence[str] | None = "guards"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE = "mutabaa_app"


def upgrade() -> None:
    # A migration that cannot get its lock soon must fail, not queue every request behind it.
    op.execute("set local lock_timeout = '5s'")
    _widen_subjects()
    op.create_table(
        "definitions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("method_ar", sa.Text(), nullable=True),
        sa.Column("method_en", sa.Text(), nullable=True),
        sa.Column("formula_ar", sa.Text(), nullable=True),
        sa.Column("formula_en", sa.Text(), nullable=True),
        sa.Column("numerator_ar", sa.Text(), nullable=True),
        sa.Column("numerator_en", sa.Text(), nullable=True),
        sa.Column("denominator_ar", sa.Text(), nullable=True),
        sa.Column("denominator_en", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("decimals", sa.SmallInteger(), nullable=False),
        sa.Column("aggregation", sa.Text(), nullable=False),
        sa.Column("green_at", sa.Numeric(), nullable=False),
        sa.Column("amber_at", sa.Numeric(), nullable=False),
        sa.Column("tolerance", sa.Numeric(), nullable=True),
        sa.Column("baseline_value", sa.Numeric(), nullable=True),
        sa.Column("baseline_rank", sa.Integer(), nullable=True),
        sa.Column("baseline_rank_of", sa.Integer(), nullable=True),
        sa.Column("baseline_year", sa.SmallInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "controlled_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("activated_by_id", sa.Uuid(), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_by_id", sa.Uuid(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("exceptional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "aggregation in ('sum', 'last', 'average', 'ratio')", name=op.f("ck_definitions_aggregation")
        ),
        sa.CheckConstraint(
            "baseline_value > '-Infinity' and baseline_value < 'Infinity'", name=op.f("ck_definitions_finite")
        ),
        sa.CheckConstraint(
            "state in ('draft', 'submitted', 'confirmed', 'active', 'superseded', 'discarded')",
            name=op.f("ck_definitions_state"),
        ),
        sa.CheckConstraint("tolerance > 0 and tolerance < 'Infinity'", name=op.f("ck_definitions_tolerance")),
        sa.CheckConstraint(
            "activated_by_id is null or (not (activated_by_id = any(edited_by)) and activated_by_id is distinct from confirmed_by_id)",
            name=op.f("ck_definitions_activated"),
        ),
        sa.CheckConstraint(
            "amber_at >= 0 and amber_at <= green_at and green_at <= 1000",
            name=op.f("ck_definitions_thresholds"),
        ),
        sa.CheckConstraint(
            "confirmed_by_id is null or not (confirmed_by_id = any(edited_by))",
            name=op.f("ck_definitions_confirmed"),
        ),
        sa.CheckConstraint("decimals between 0 and 10", name=op.f("ck_definitions_decimals")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_definitions_number")),
        sa.ForeignKeyConstraint(
            ["activated_by_id"], ["users.id"], name=op.f("fk_definitions_activated_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["users.id"], name=op.f("fk_definitions_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["users.id"], name=op.f("fk_definitions_drafted_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_definitions_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"],
            ["subjects.id", "subjects.entity_id"],
            name=op.f("fk_definitions_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_definitions_id")),
        sa.ForeignKeyConstraint(
            ["indicator_id", "entity_id"],
            ["indicators.id", "indicators.entity_id"],
            name=op.f("fk_definitions_indicator_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["returned_by_id"], ["users.id"], name=op.f("fk_definitions_returned_by_id")),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["users.id"], name=op.f("fk_definitions_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definitions")),
        sa.UniqueConstraint("id", "indicator_id", name=op.f("uq_definitions_id_indicator_id")),
        sa.UniqueConstraint("indicator_id", "number", name=op.f("uq_definitions_indicator_id_number")),
    )
    op.create_index("ix_definitions_entity_id_state", "definitions", ["entity_id", "state"], unique=False)
    op.create_index(
        "uq_definitions_one_active",
        "definitions",
        ["indicator_id"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index(
        "uq_definitions_one_open",
        "definitions",
        ["indicator_id"],
        unique=True,
        postgresql_where=sa.text("state in ('draft', 'submitted', 'confirmed')"),
    )
    op.create_table(
        "targets",
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("value_max", sa.Numeric(), nullable=True),
        sa.Column("outer_min", sa.Numeric(), nullable=True),
        sa.Column("outer_max", sa.Numeric(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("window_start", sa.SmallInteger(), nullable=True),
        sa.Column("window_end", sa.SmallInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'average') = (window_start is not null) and (kind = 'average') = (window_end is not null)"
            " and window_start <= window_end",
            name=op.f("ck_targets_window"),
        ),
        sa.CheckConstraint(
            "(kind in ('band', 'range')) = (value_max is not null) and value_max > value",
            name=op.f("ck_targets_ends"),
        ),
        sa.CheckConstraint(
            "(kind in ('minimum_and_top_rank', 'top_rank')) = (rank is not null)",
            name=op.f("ck_targets_ranked"),
        ),
        sa.CheckConstraint(
            "(kind not in ('top_rank', 'blank')) = (value is not null)", name=op.f("ck_targets_valued")
        ),
        sa.CheckConstraint(
            "(outer_min is null or (kind = 'band' and outer_min < value))"
            " and (outer_max is null or (kind = 'band' and outer_max > value_max))",
            name=op.f("ck_targets_outer"),
        ),
        sa.CheckConstraint(
            "(value is not null or rank is not null) = (kind <> 'blank')", name=op.f("ck_targets_something")
        ),
        sa.CheckConstraint(
            "(value is null or (value > '-Infinity' and value < 'Infinity'))"
            " and (value_max is null or (value_max > '-Infinity' and value_max < 'Infinity'))"
            " and (outer_min is null or (outer_min > '-Infinity' and outer_min < 'Infinity'))"
            " and (outer_max is null or (outer_max > '-Infinity' and outer_max < 'Infinity'))",
            name=op.f("ck_targets_finite"),
        ),
        sa.CheckConstraint(
            "kind in ('value', 'minimum_and_top_rank', 'top_rank', 'band', 'range', 'floor', 'ceiling', 'average', 'blank')",
            name=op.f("ck_targets_kind"),
        ),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_targets_rank")),
        sa.ForeignKeyConstraint(["definition_id"], ["definitions.id"], name=op.f("fk_targets_definition_id")),
        sa.PrimaryKeyConstraint("definition_id", "year", name=op.f("pk_targets")),
    )
    _fill()
    _change_indicators()
    _change_results()
    _guards()
    _grants()


def _widen_subjects() -> None:
    op.drop_constraint("ck_subjects_kind", "subjects")
    op.create_check_constraint(
        op.f("ck_subjects_kind"),
        "subjects",
        "kind in ('entity', 'division', 'user', 'membership', 'assignment', 'delegation', 'service_account',"
        " 'decision', 'role_plan', 'indicator', 'definition', 'contribution', 'obligation', 'result',"
        " 'reopening', 'holiday')",
    )


def _fill() -> None:
    """The first version of every indicator that is there, with the same event as a loaded one has."""
    op.execute(
        """
        create temporary table first_versions on commit drop as
        select gen_random_uuid() as id, id as indicator_id, entity_id from indicators
        """
    )
    op.execute(
        """
        insert into subjects (id, kind, entity_id, created_at)
        select id, 'definition', entity_id, now() from first_versions
        """
    )
    op.execute(
        """
        insert into definitions (id, indicator_id, entity_id, number, state, source, decimals, aggregation,
                                 green_at, amber_at, baseline_value, baseline_rank, baseline_rank_of,
                                 baseline_year, recorded_at)
        select f.id, i.id, i.entity_id, 1, 'active', i.source, i.decimals, 'last', 90, 70, i.baseline_value,
               i.baseline_rank, i.baseline_rank_of, i.baseline_year, now()
        from first_versions f join indicators i on i.id = f.indicator_id
        """
    )
    op.execute(
        """
        insert into events (subject_id, action, to_state, at)
        select id, 'definitions.load', 'active', now() from first_versions
        """
    )
    op.execute(
        """
        insert into targets (definition_id, year, kind, value, value_max, rank, window_start, window_end, source)
        select f.id, t.year, t.kind, t.value, t.value_max, t.rank, t.window_start, t.window_end, t.source
        from indicator_targets t join first_versions f on f.indicator_id = t.indicator_id
        """
    )


def _change_indicators() -> None:
    op.drop_table("indicator_targets")
    op.add_column("indicators", sa.Column("state", sa.Text(), nullable=True))
    op.add_column("indicators", sa.Column("definition_id", sa.Uuid(), nullable=True))
    op.add_column("indicators", sa.Column("entered_by", sa.Text(), nullable=True))
    op.add_column("indicators", sa.Column("shared", sa.Boolean(), nullable=True))
    op.add_column("indicators", sa.Column("retired_on", sa.Date(), nullable=True))
    op.execute(
        """
        update indicators i set state = 'active', entered_by = 'owner', definition_id = f.id
        from first_versions f where f.indicator_id = i.id
        """
    )
    op.alter_column("indicators", "state", nullable=False)
    op.alter_column("indicators", "entered_by", nullable=False)
    op.alter_column("indicators", "confidence", nullable=True)
    checks = {
        "state": "state in ('draft', 'active', 'retired')",
        "entered_by": "entered_by in ('owner', 'unit')",
        "defined": "state = 'retired' or (state = 'draft') = (definition_id is null)",
        "retired": "(state = 'retired') = (retired_on is not null)",
    }
    for name, condition in checks.items():
        op.create_check_constraint(op.f(f"ck_indicators_{name}"), "indicators", condition)
    # Deferred: an indicator and its first version refer to each other.
    op.create_foreign_key(
        "fk_indicators_definition_id_id",
        "indicators",
        "definitions",
        ["definition_id", "id"],
        ["id", "indicator_id"],
        initially="DEFERRED",
        deferrable=True,
    )
    for column in (
        "decimals",
        "source",
        "baseline_value",
        "baseline_rank",
        "baseline_rank_of",
        "baseline_year",
    ):
        op.drop_column("indicators", column)


def _change_results() -> None:
    op.add_column("results", sa.Column("definition_id", sa.Uuid(), nullable=True))
    op.execute(
        "update results r set definition_id = f.id from first_versions f where f.indicator_id = r.indicator_id"
    )
    op.alter_column("results", "definition_id", nullable=False)
    op.create_unique_constraint(op.f("uq_results_id_entity_id"), "results", ["id", "entity_id"])
    op.create_foreign_key(
        op.f("fk_results_definition_id_indicator_id"),
        "results",
        "definitions",
        ["definition_id", "indicator_id"],
        ["id", "indicator_id"],
    )


def _guards() -> None:
    """What the service may not change, whatever its code says. Loading, by the owner of the tables, may
    correct what it loaded."""
    op.execute(
        f"""
        create function indicators_guard() returns trigger language plpgsql as $$
        begin
            if current_user <> '{ROLE}' then
                return new;
            end if;
            if old.state <> 'draft'
               and (new.unit_ar, new.unit_en, new.polarity, new.measure)
                   is distinct from (old.unit_ar, old.unit_en, old.polarity, old.measure)
            then
                raise exception 'what an indicator measures changes only while it is a draft'
                    using errcode = '23514';
            end if;
            if old.state = 'retired' or (old.state = 'active' and new.state = 'draft') then
                raise exception 'an indicator that is % stays so', old.state using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        f"""
        create function definitions_guard() returns trigger language plpgsql as $$
        begin
            if current_user <> '{ROLE}' then
                return new;
            end if;
            if (new.id, new.indicator_id, new.entity_id, new.number, new.recorded_at, new.drafted_by_id)
               is distinct from
               (old.id, old.indicator_id, old.entity_id, old.number, old.recorded_at, old.drafted_by_id)
            then
                raise exception 'what a definition is of never changes' using errcode = '23514';
            end if;
            if old.state <> 'draft' and
               (new.method_ar, new.method_en, new.formula_ar, new.formula_en, new.numerator_ar, new.numerator_en,
                new.denominator_ar, new.denominator_en, new.source, new.decimals, new.aggregation, new.green_at,
                new.amber_at, new.tolerance, new.baseline_value, new.baseline_rank, new.baseline_rank_of,
                new.baseline_year, new.reason)
               is distinct from
               (old.method_ar, old.method_en, old.formula_ar, old.formula_en, old.numerator_ar, old.numerator_en,
                old.denominator_ar, old.denominator_en, old.source, old.decimals, old.aggregation, old.green_at,
                old.amber_at, old.tolerance, old.baseline_value, old.baseline_rank, old.baseline_rank_of,
                old.baseline_year, old.reason)
            then
                raise exception 'a definition changes only while it is a draft' using errcode = '23514';
            end if;
            if old.state in ('superseded', 'discarded') or (old.state = 'active' and new.state <> 'superseded')
            then
                raise exception 'a definition that is % stays so', old.state using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        f"""
        create function targets_guard() returns trigger language plpgsql as $$
        begin
            if current_user = '{ROLE}' and exists (
                select from definitions d
                where d.id = coalesce(new.definition_id, old.definition_id) and d.state <> 'draft'
            ) then
                raise exception 'the targets of a definition change only while it is a draft'
                    using errcode = '23514';
            end if;
            return coalesce(new, old);
        end
        $$
        """
    )
    # What a result rests on joins what of it never changes.
    op.execute(
        """
        create function results_definition_guard() returns trigger language plpgsql as $$
        begin
            if new.definition_id is distinct from old.definition_id then
                raise exception 'the definition that a result rests on never changes' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    for table, function, when in (
        ("indicators", "indicators_guard", "update"),
        ("definitions", "definitions_guard", "update"),
        ("targets", "targets_guard", "insert or update or delete"),
        ("results", "results_definition_guard", "update"),
    ):
        op.execute(
            f"create trigger {function} before {when} on {table} for each row execute function {function}()"
        )


def _grants() -> None:
    op.execute(f"grant select, insert, update on definitions to {ROLE}")
    op.execute(f"grant select, insert, update, delete on targets to {ROLE}")
    op.execute(f"grant insert on indicators to {ROLE}")
    op.execute(
        "grant update (name_ar, name_en, unit_ar, unit_en, polarity, frequency, measure, priority_id, programme_id,"
        " publisher, note, entered_by, shared, state, definition_id, retired_on, verified)"
        f" on indicators to {ROLE}"
    )
    # What is in force is of the catalogue; drafts are behind the wall.
    op.execute("alter table definitions enable row level security")
    op.execute(
        f"create policy reachable on definitions to {ROLE} using (state in ('active', 'superseded')"
        " or entity_id = any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
        " or (select current_setting('app.national', true) = 'on'))"
    )
    op.execute("alter table targets enable row level security")
    op.execute(
        f"create policy reachable on targets to {ROLE}"
        " using (exists (select from definitions d where d.id = definition_id))"  # itself behind the wall
    )
