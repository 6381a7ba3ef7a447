"""An index for what is asked of a result each time it is read: whether a later revision corrects it.

Revision: speed, after scores.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "speed"
down_revision: str | Sequence[str] | None = "scores"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # A migration that cannot get its lock soon must fail, not queue every request behind it.
    op.execute("set local lock_timeout = '5s'")
    op.create_index(
        "ix_results_corrects_id",
        "results",
        ["corrects_id"],
        postgresql_where=sa.text("corrects_id is not null"),
    )
