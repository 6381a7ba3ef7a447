"""People are told of what is overdue at the level below theirs; while a challenge is paused, what waits has no day.

Revision: flagged, after action_kinds.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "flagged"
down_revision: str | Sequence[str] | None = "action_kinds"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_constraint(op.f("ck_notifications_reason"), "notifications")
    op.create_check_constraint(
        op.f("ck_notifications_reason"),
        "notifications",
        "reason in ('awaited', 'told', 'invited', 'due_soon', 'due_today', 'late', 'flagged')",
    )
    op.execute(
        """
        update waits w set due = null from challenges c
        where c.id = w.subject_id and c.paused_at is not null and w.closed_at is null and w.due is not null
        """
    )
