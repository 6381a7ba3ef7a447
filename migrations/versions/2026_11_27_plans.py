"""Plans: those of the nation for reference, the annual plans of entities with their items and checks, proposals.

Revision: plans, after scorecards.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "plans"
down_revision: str | Sequence[str] | None = "scorecards"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE = "mutabaa_app"

OF_AN_ENTITY = ("plans", "plan_items", "plan_checks", "job_plan_links", "proposals")


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _development_plans()
    _plans()
    _plan_items()
    _plan_checks()
    _job_plan_links()
    _proposals()
    _guards()
    _grants()
    _row_level_security()


def _development_plans() -> None:
    op.create_table(
        "development_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("part_of_id", sa.Uuid(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'work_programme') = (part_of_id is not null)", name=op.f("ck_development_plans_part_of")
        ),
        sa.CheckConstraint(
            "kind in ('vision', 'five_year', 'work_programme')", name=op.f("ck_development_plans_kind")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_development_plans_dates")),
        sa.ForeignKeyConstraint(
            ["part_of_id"], ["development_plans.id"], name=op.f("fk_development_plans_part_of_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_development_plans")),
        sa.UniqueConstraint("code", name=op.f("uq_development_plans_code")),
    )


def _plans() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("development_plan_id", sa.Uuid(), nullable=True),
        sa.Column("classification", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("criteria", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("proposals_open", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("funded_cut_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("platform_entry", postgresql.JSONB(), nullable=True),
        sa.Column("snapshot", postgresql.JSONB(), nullable=True),
        sa.Column("parties_enter", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("parties_review", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("parties_approve", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("exceptional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("verified_by_id", sa.Uuid(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_revision", sa.Integer(), nullable=True),
        sa.Column("preliminary_by_id", sa.Uuid(), nullable=True),
        sa.Column("preliminary_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_by_id", sa.Uuid(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "classification in ('open', 'internal', 'restricted')", name=op.f("ck_plans_classification")
        ),
        sa.CheckConstraint("jsonb_typeof(criteria) = 'array'", name=op.f("ck_plans_criteria")),
        sa.CheckConstraint("not proposals_open or state = 'draft'", name=op.f("ck_plans_proposals_open")),
        sa.CheckConstraint(
            "state <> 'confirmed' or confirmed_at is not null", name=op.f("ck_plans_confirmed")
        ),
        sa.CheckConstraint(
            "state in ('draft', 'preliminary', 'approved', 'confirmed', 'superseded', 'discarded')",
            name=op.f("ck_plans_state"),
        ),
        sa.CheckConstraint(
            "state not in ('approved', 'confirmed') or approved_at is not null",
            name=op.f("ck_plans_approved"),
        ),
        sa.CheckConstraint("approved_at is null or snapshot is not null", name=op.f("ck_plans_frozen")),
        sa.CheckConstraint(
            "approved_by_id is null or not (approved_by_id = any(edited_by))",
            name=op.f("ck_plans_approved_by_another"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(verified_by_id, verified_at, verified_revision) in (0, 3)",
            name=op.f("ck_plans_verified"),
        ),
        sa.CheckConstraint("number >= 1 and revision >= 1", name=op.f("ck_plans_number")),
        sa.CheckConstraint("year between 2021 and 2100", name=op.f("ck_plans_year")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["users.id"], name=op.f("fk_plans_approved_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["users.id"], name=op.f("fk_plans_confirmed_by_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_plans_decision_id")),
        sa.ForeignKeyConstraint(
            ["development_plan_id"], ["development_plans.id"], name=op.f("fk_plans_development_plan_id")
        ),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["users.id"], name=op.f("fk_plans_drafted_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_plans_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"], ["subjects.id", "subjects.entity_id"], name=op.f("fk_plans_id_entity_id")
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_plans_id")),
        sa.ForeignKeyConstraint(["preliminary_by_id"], ["users.id"], name=op.f("fk_plans_preliminary_by_id")),
        sa.ForeignKeyConstraint(["returned_by_id"], ["users.id"], name=op.f("fk_plans_returned_by_id")),
        sa.ForeignKeyConstraint(["verified_by_id"], ["users.id"], name=op.f("fk_plans_verified_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("entity_id", "year", "number", name=op.f("uq_plans_entity_id_year_number")),
        sa.UniqueConstraint("id", "entity_id", name=op.f("uq_plans_id_entity_id")),
    )
    op.create_index(
        "ix_plans_list", "plans", [sa.literal_column("year desc"), sa.literal_column("id desc")], unique=False
    )
    op.create_index(
        "uq_plans_one_in_force",
        "plans",
        ["entity_id", "year"],
        unique=True,
        postgresql_where=sa.text("state in ('approved', 'confirmed')"),
    )
    op.create_index(
        "uq_plans_one_open",
        "plans",
        ["entity_id", "year"],
        unique=True,
        postgresql_where=sa.text("state in ('draft', 'preliminary')"),
    )


def _plan_items() -> None:
    op.create_table(
        "plan_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_ar", sa.Text(), nullable=True),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("priority_id", sa.Uuid(), nullable=True),
        sa.Column("indicator_id", sa.Uuid(), nullable=True),
        sa.Column("initiative_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("drop_reason", sa.Text(), nullable=True),
        sa.Column("dropped_by_id", sa.Uuid(), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edited_by", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'goal') = (title_ar is not null) and (kind = 'indicator') = (indicator_id is not null)"
            " and (kind = 'initiative') = (initiative_id is not null)"
            " and (kind = 'goal' or num_nonnulls(title_en, priority_id) = 0)",
            name=op.f("ck_plan_items_shape"),
        ),
        sa.CheckConstraint(
            "(state = 'dropped') = (dropped_at is not null) and (state = 'dropped') = (drop_reason is not null)",
            name=op.f("ck_plan_items_dropped"),
        ),
        sa.CheckConstraint("kind in ('goal', 'indicator', 'initiative')", name=op.f("ck_plan_items_kind")),
        sa.CheckConstraint("state in ('kept', 'dropped')", name=op.f("ck_plan_items_state")),
        sa.CheckConstraint("number between 1 and 30000 and revision >= 1", name=op.f("ck_plan_items_number")),
        sa.ForeignKeyConstraint(["dropped_by_id"], ["users.id"], name=op.f("fk_plan_items_dropped_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_plan_items_entity_id")),
        sa.ForeignKeyConstraint(
            ["indicator_id", "entity_id"],
            ["indicators.id", "indicators.entity_id"],
            name=op.f("fk_plan_items_indicator_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id", "entity_id"],
            ["initiatives.id", "initiatives.entity_id"],
            name=op.f("fk_plan_items_initiative_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "entity_id"],
            ["plans.id", "plans.entity_id"],
            name=op.f("fk_plan_items_plan_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["priority_id"], ["priorities.id"], name=op.f("fk_plan_items_priority_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_items")),
        sa.UniqueConstraint("id", "plan_id", name=op.f("uq_plan_items_id_plan_id")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_items_plan_id_number")),
    )
    op.create_index(
        "ix_plan_items_initiative_id",
        "plan_items",
        ["initiative_id"],
        unique=False,
        postgresql_where=sa.text("initiative_id is not null"),
    )
    op.create_index(
        "uq_plan_items_indicator",
        "plan_items",
        ["plan_id", "indicator_id"],
        unique=True,
        postgresql_where=sa.text("state = 'kept' and indicator_id is not null"),
    )
    op.create_index(
        "uq_plan_items_initiative",
        "plan_items",
        ["plan_id", "initiative_id"],
        unique=True,
        postgresql_where=sa.text("state = 'kept' and initiative_id is not null"),
    )


def _plan_checks() -> None:
    op.create_table(
        "plan_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("seen", sa.LargeBinary(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("checked_by_id", sa.Uuid(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "question in ('aligned', 'template', 'indicators', 'effective', 'wording')",
            name=op.f("ck_plan_checks_question"),
        ),
        sa.CheckConstraint("passed or remark is not null", name=op.f("ck_plan_checks_remark")),
        sa.CheckConstraint("octet_length(seen) = 32", name=op.f("ck_plan_checks_seen")),
        sa.ForeignKeyConstraint(["checked_by_id"], ["users.id"], name=op.f("fk_plan_checks_checked_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_plan_checks_entity_id")),
        sa.ForeignKeyConstraint(
            ["item_id", "plan_id"],
            ["plan_items.id", "plan_items.plan_id"],
            name=op.f("fk_plan_checks_item_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "entity_id"],
            ["plans.id", "plans.entity_id"],
            name=op.f("fk_plan_checks_plan_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_checks")),
    )
    op.create_index(
        "ix_plan_checks_item_id",
        "plan_checks",
        ["item_id", "question", sa.literal_column("id desc")],
        unique=False,
    )


def _job_plan_links() -> None:
    op.create_table(
        "job_plan_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("division_id", sa.Uuid(), nullable=False),
        sa.Column("half", sa.SmallInteger(), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("linked", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_by_id", sa.Uuid(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(verified_by_id is null) = (verified_at is null)", name=op.f("ck_job_plan_links_verified")
        ),
        sa.CheckConstraint("half in (1, 2)", name=op.f("ck_job_plan_links_half")),
        sa.CheckConstraint(
            "staff between 1 and 1000000 and linked between 0 and staff",
            name=op.f("ck_job_plan_links_counts"),
        ),
        sa.CheckConstraint(
            "verified_by_id <> recorded_by_id", name=op.f("ck_job_plan_links_verified_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["division_id", "entity_id"],
            ["divisions.id", "divisions.entity_id"],
            name=op.f("fk_job_plan_links_division_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_job_plan_links_entity_id")),
        sa.ForeignKeyConstraint(
            ["plan_id", "entity_id"],
            ["plans.id", "plans.entity_id"],
            name=op.f("fk_job_plan_links_plan_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["users.id"], name=op.f("fk_job_plan_links_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["users.id"], name=op.f("fk_job_plan_links_verified_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_plan_links")),
        sa.UniqueConstraint(
            "plan_id", "division_id", "half", name=op.f("uq_job_plan_links_plan_id_division_id_half")
        ),
    )


def _proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("idea", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=True),
        sa.Column("cost", sa.Numeric(precision=18, scale=3), nullable=True),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=True),
        sa.Column("meets", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("sorted_by_id", sa.Uuid(), nullable=True),
        sa.Column("sorted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("initiative_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(rank is null) = (sorted_at is null) and (sorted_by_id is null) = (sorted_at is null)"
            " and (state not in ('sorted', 'accepted') or sorted_at is not null)",
            name=op.f("ck_proposals_sorted"),
        ),
        sa.CheckConstraint(
            "(state in ('accepted', 'refused')) = (decided_at is not null) and (decided_by_id is null) = (decided_at is null)"
            " and (state <> 'refused' or reason is not null) and (initiative_id is null or state = 'accepted')",
            name=op.f("ck_proposals_decided"),
        ),
        sa.CheckConstraint(
            "state in ('submitted', 'sorted', 'accepted', 'refused', 'withdrawn')",
            name=op.f("ck_proposals_state"),
        ),
        sa.CheckConstraint("cost >= 0 and cost < 1e15", name=op.f("ck_proposals_cost")),
        sa.CheckConstraint("rank between 1 and 9999", name=op.f("ck_proposals_rank")),
        sa.CheckConstraint(
            "sorted_by_id <> proposed_by_id and decided_by_id <> proposed_by_id",
            name=op.f("ck_proposals_decided_by_another"),
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_proposals_decided_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_proposals_entity_id")),
        sa.ForeignKeyConstraint(
            ["id", "entity_id"], ["subjects.id", "subjects.entity_id"], name=op.f("fk_proposals_id_entity_id")
        ),
        sa.ForeignKeyConstraint(["id"], ["subjects.id"], name=op.f("fk_proposals_id")),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicators.id"], name=op.f("fk_proposals_indicator_id")),
        sa.ForeignKeyConstraint(
            ["initiative_id", "entity_id"],
            ["initiatives.id", "initiatives.entity_id"],
            name=op.f("fk_proposals_initiative_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "entity_id"],
            ["plans.id", "plans.entity_id"],
            name=op.f("fk_proposals_plan_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["users.id"], name=op.f("fk_proposals_proposed_by_id")),
        sa.ForeignKeyConstraint(["sorted_by_id"], ["users.id"], name=op.f("fk_proposals_sorted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index(
        "ix_proposals_plan_id", "proposals", ["plan_id", sa.literal_column("id desc")], unique=False
    )
    op.create_index("ix_proposals_proposed_by_id", "proposals", ["proposed_by_id"], unique=False)


def _guards() -> None:
    op.execute(
        """
        create function plan_guard() returns trigger language plpgsql as $$
        begin
            if (new.id, new.entity_id, new.year, new.number, new.recorded_at, new.drafted_by_id)
               is distinct from
               (old.id, old.entity_id, old.year, old.number, old.recorded_at, old.drafted_by_id)
            then
                raise exception 'what a plan is of never changes' using errcode = '23514';
            end if;
            if old.state not in ('draft', 'preliminary') and
               (new.name_ar, new.name_en, new.development_plan_id, new.classification, new.criteria,
                new.snapshot, new.edited_by, new.revision)
               is distinct from
               (old.name_ar, old.name_en, old.development_plan_id, old.classification, old.criteria,
                old.snapshot, old.edited_by, old.revision)
            then
                raise exception 'a plan changes only while it is in work' using errcode = '23514';
            end if;
            if old.state in ('superseded', 'discarded') and new.state <> old.state then
                raise exception 'a plan that is % stays so', old.state using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        """
        create function plan_items_guard() returns trigger language plpgsql as $$
        begin
            if not exists (select from plans p where p.id = new.plan_id and p.state in ('draft', 'preliminary'))
            then
                raise exception 'the items of a plan change only while it is in work' using errcode = '23514';
            end if;
            if tg_op = 'UPDATE' and
               (new.id, new.plan_id, new.entity_id, new.number, new.kind, new.indicator_id, new.initiative_id)
               is distinct from
               (old.id, old.plan_id, old.entity_id, old.number, old.kind, old.indicator_id, old.initiative_id)
            then
                raise exception 'what an item of a plan is never changes' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        """
        create function plan_checks_guard() returns trigger language plpgsql as $$
        begin
            if exists (select from plan_items i where i.id = new.item_id and new.checked_by_id = any (i.edited_by))
            then
                raise exception 'who wrote an item never checks it' using errcode = '23514';
            end if;
            if not exists (select from plans p where p.id = new.plan_id and p.state in ('draft', 'preliminary'))
            then
                raise exception 'a plan is checked only while it is in work' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        """
        create function proposal_guard() returns trigger language plpgsql as $$
        begin
            if (new.id, new.plan_id, new.entity_id, new.title, new.problem, new.idea, new.effect,
                new.indicator_id, new.cost, new.proposed_by_id, new.proposed_at)
               is distinct from
               (old.id, old.plan_id, old.entity_id, old.title, old.problem, old.idea, old.effect,
                old.indicator_id, old.cost, old.proposed_by_id, old.proposed_at)
            then
                raise exception 'what somebody proposed never changes' using errcode = '23514';
            end if;
            if old.state in ('accepted', 'refused', 'withdrawn') and new.state <> old.state then
                raise exception 'a proposal that is % stays so', old.state using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        """
        create function job_plan_links_guard() returns trigger language plpgsql as $$
        begin
            if old.verified_at is not null then
                raise exception 'what is verified of the link to job plans stays so' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    for table, function, when in (
        ("plans", "plan_guard", "update"),
        ("plan_items", "plan_items_guard", "insert or update"),
        ("plan_checks", "plan_checks_guard", "insert"),
        ("proposals", "proposal_guard", "update"),
        ("job_plan_links", "job_plan_links_guard", "update"),
    ):
        op.execute(
            f"create trigger {function} before {when} on {table} for each row execute function {function}()"
        )


def _grants() -> None:
    op.execute(f"grant select on development_plans to {ROLE}")
    op.execute(f"grant select, insert, update on plans to {ROLE}")
    op.execute(f"grant select, insert, update on plan_items to {ROLE}")
    op.execute(f"grant select, insert on plan_checks to {ROLE}")
    op.execute(
        "grant select, insert, update (staff, linked, remark, recorded_by_id, recorded_at, verified_by_id,"
        f" verified_at) on job_plan_links to {ROLE}"
    )
    op.execute(
        "grant select, insert, update (state, version, rank, meets, sorted_by_id, sorted_at, decided_by_id,"
        f" decided_at, reason, initiative_id) on proposals to {ROLE}"
    )


def _row_level_security() -> None:
    for table in OF_AN_ENTITY:
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy reachable on {table} to {ROLE} using"
            " (entity_id = any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
            " or (select current_setting('app.national', true) = 'on'))"
        )
