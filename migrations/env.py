"""Owns how Alembic runs our steps: on the connection it is handed, in one transaction."""

from __future__ import annotations

from alembic import context

from states.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    compare_type=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
