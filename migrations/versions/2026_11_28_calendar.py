"""Calendar feeds: one secret link for each person, kept as its hash.

Revision: calendar, after risks.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "calendar"
down_revision: str | Sequence[str] | None = "risks"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE, WORKER = "mutabaa_app", "mutabaa_worker"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "calendar_feeds",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_calendar_feeds_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    # A secret as those of sign-in: guarded by grants, and none of the worker's business.
    op.execute(
        f"grant select, insert, update (token_hash, made_at, read_at), delete on calendar_feeds to {ROLE}"
    )
    op.execute(f"revoke select on calendar_feeds from {WORKER}")  # noqa: S608  # a constant of ours
