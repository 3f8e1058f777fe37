"""How Alembic runs our steps: on the connection it is handed, each in a transaction."""

from __future__ import annotations

from alembic import context

from migrations.steps import note
from states.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    compare_type=True,
    compare_server_default=False,
    transaction_per_migration=True,
    on_version_apply=note,
)
with context.begin_transaction():
    context.run_migrations()
