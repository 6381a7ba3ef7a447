"""${message}.

Revision: ${up_revision}, after ${down_revision | comma,n}
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision: str = ${repr(up_revision)}
down_revision: str | Sequence[str] | None = ${repr(down_revision)}
branch_labels: str | Sequence[str] | None = ${repr(branch_labels)}
depends_on: str | Sequence[str] | None = ${repr(depends_on)}


def upgrade() -> None:
    # A migration that cannot get its lock soon must fail, not queue every request behind it.
    op.execute("set local lock_timeout = '5s'")
    ${upgrades if upgrades else "pass"}
