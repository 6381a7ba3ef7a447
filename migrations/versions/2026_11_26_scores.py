"""Scores kept with each approved figure, and where each indicator stands.

What was approved before has none yet: `mutabaa migrate` writes them afterwards, by the arithmetic that the
service itself runs (`services/scores/commands.py::fill`).

Revision: scores, after obligations.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "scores"
down_revision: str | Sequence[str] | None = "obligations"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE = "mutabaa_app"

REACHABLE = "any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
NATIONAL = "(select current_setting('app.national', true) = 'on')"

LIGHTS = "('green', 'amber', 'red', 'grey')"
KINDS = (
    "('value', 'minimum_and_top_rank', 'top_rank', 'band', 'range', 'floor', 'ceiling', 'average', 'blank')"
)


def upgrade() -> None:
    # A migration that cannot get its lock soon must fail, not queue every request behind it.
    op.execute("set local lock_timeout = '5s'")
    _scores()
    _standings()
    _served()
    _guards()


def _scores() -> None:
    op.create_table(
        "scores",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("progress", sa.Numeric(), nullable=True),
        sa.Column("on_track", sa.Numeric(), nullable=True),
        sa.Column("light", sa.Text(), nullable=False),
        sa.Column("expected_value", sa.Numeric(), nullable=True),
        sa.Column("expected_rank", sa.Numeric(), nullable=True),
        sa.Column("target_year", sa.SmallInteger(), nullable=True),
        sa.Column("target_kind", sa.Text(), nullable=True),
        sa.Column("mean", sa.Numeric(), nullable=True),
        sa.CheckConstraint(f"light in {LIGHTS}", name=op.f("ck_scores_light")),
        sa.CheckConstraint(f"target_kind in {KINDS}", name=op.f("ck_scores_target_kind")),
        sa.CheckConstraint("(light = 'grey') = (on_track is null)", name=op.f("ck_scores_assessed")),
        sa.CheckConstraint("(target_year is null) = (target_kind is null)", name=op.f("ck_scores_target")),
        sa.ForeignKeyConstraint(
            ["definition_id", "indicator_id"],
            ["definitions.id", "definitions.indicator_id"],
            name=op.f("fk_scores_definition_id_indicator_id"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_scores_entity_id")),
        sa.ForeignKeyConstraint(
            ["indicator_id", "entity_id"],
            ["indicators.id", "indicators.entity_id"],
            name=op.f("fk_scores_indicator_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["result_id", "entity_id"],
            ["results.id", "results.entity_id"],
            name=op.f("fk_scores_result_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("result_id", name=op.f("pk_scores")),
    )
    op.create_index("ix_scores_indicator_id_period_end", "scores", ["indicator_id", "period_end"])
    op.create_index(
        "ix_scores_average", "scores", ["indicator_id"], postgresql_where=sa.text("target_kind = 'average'")
    )


def _standings() -> None:
    op.create_table(
        "standings",
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("progress", sa.Numeric(), nullable=True),
        sa.Column("on_track", sa.Numeric(), nullable=True),
        sa.Column("light", sa.Text(), nullable=False),
        sa.Column("target_kind", sa.Text(), nullable=True),
        sa.Column("before_id", sa.Uuid(), nullable=True),
        sa.Column("before_progress", sa.Numeric(), nullable=True),
        sa.Column("before_on_track", sa.Numeric(), nullable=True),
        sa.Column("before_light", sa.Text(), nullable=True),
        sa.CheckConstraint("scope in ('internal', 'published')", name=op.f("ck_standings_scope")),
        sa.CheckConstraint(f"light in {LIGHTS}", name=op.f("ck_standings_light")),
        sa.CheckConstraint(f"target_kind in {KINDS}", name=op.f("ck_standings_target_kind")),
        sa.ForeignKeyConstraint(["before_id"], ["scores.result_id"], name=op.f("fk_standings_before_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_standings_entity_id")),
        sa.ForeignKeyConstraint(
            ["indicator_id", "entity_id"],
            ["indicators.id", "indicators.entity_id"],
            name=op.f("fk_standings_indicator_id_entity_id"),
        ),
        sa.ForeignKeyConstraint(["result_id"], ["scores.result_id"], name=op.f("fk_standings_result_id")),
        sa.PrimaryKeyConstraint("indicator_id", "scope", name=op.f("pk_standings")),
    )


def _served() -> None:
    op.add_column("obligations", sa.Column("served_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_obligations_unserved",
        "obligations",
        ["indicator_id", "late_until"],
        postgresql_where=sa.text("served_on is null and replaced_at is null and excused_at is null"),
    )


def _guards() -> None:
    # Derived from what is approved: written again when a figure is published, or an earlier one corrected.
    op.execute(f"grant select, insert, update on scores, standings to {ROLE}")
    op.execute(f"grant update (served_on) on obligations to {ROLE}")
    for table, published in (("scores", "published"), ("standings", "scope = 'published'")):
        reachable = f"entity_id = {REACHABLE} or {NATIONAL}"
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy reachable on {table} to {ROLE}"
            f" using ({published} or {reachable}) with check ({reachable})"
        )
