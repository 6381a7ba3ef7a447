"""Runs the migrations on the connection that `app.migrating` opens."""

from alembic import context
from sqlalchemy import Connection

import app.models


def run(connection: Connection) -> None:
    """All pending revisions in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=app.models.Base.metadata,
        compare_type=True,
        compare_server_default=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
