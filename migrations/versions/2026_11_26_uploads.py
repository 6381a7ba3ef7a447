"""Uploads: what has been received of files that come in pieces.

Revision: uploads, after evidence.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "uploads"
down_revision: str | Sequence[str] | None = "evidence"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE = "mutabaa_app"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "uploads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "parts", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'::uuid[]"), nullable=False
        ),
        sa.Column("metadata", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length > 0 and received between 0 and length", name=op.f("ck_uploads_received")),
        sa.CheckConstraint(
            "(received = length) = (finished_at is not null)", name=op.f("ck_uploads_finished")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_uploads_created_by_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_uploads_entity_id")),
        sa.ForeignKeyConstraint(
            ["evidence_id", "entity_id"],
            ["evidence.id", "evidence.entity_id"],
            name=op.f("fk_uploads_evidence_id_entity_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index("ix_uploads_evidence_id", "uploads", ["evidence_id"], unique=False)
    op.create_index("ix_uploads_expires_at", "uploads", ["expires_at"], unique=False)
    # A tool, not a record: who sends may take it back.
    op.execute(
        "grant select, insert, update (received, parts, expires_at, finished_at), delete"
        f" on uploads to {ROLE}"
    )
    op.execute("alter table uploads enable row level security")
    op.execute(
        f"create policy reachable on uploads to {ROLE} using"
        " (entity_id = any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
        " or (select current_setting('app.national', true) = 'on'))"
    )
