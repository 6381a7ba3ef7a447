"""Planning: the kinds of things that an entity's planning year is made of.

Revision: planning, after speed.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "planning"
down_revision: str | Sequence[str] | None = "speed"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_constraint(op.f("ck_subjects_kind"), "subjects")
    op.create_check_constraint(
        op.f("ck_subjects_kind"),
        "subjects",
        "kind in ('entity', 'division', 'user', 'membership', 'assignment', 'delegation', 'service_account',"
        " 'decision', 'role_plan', 'indicator', 'definition', 'contribution', 'obligation', 'result',"
        " 'reopening', 'evidence', 'holiday', 'path_template', 'path_run', 'path_stage', 'scorecard',"
        " 'improvement_plan', 'plan', 'proposal', 'detailed_plan', 'initiative', 'progress_report',"
        " 'communication_plan', 'communication_activity')",
    )
