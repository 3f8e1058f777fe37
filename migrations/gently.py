"""Owns the ways to change a large table while people work on it.

A step that uses them is done in several transactions, so that each of its parts must be able to run
again: a step that was killed midway is simply begun anew.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from alembic import op
from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

BATCH = 10_000
"""Ids of rows that are written in one transaction: some tenths of a second."""


def write_in_batches(table: str, statement: str) -> None:
    """Run an UPDATE over all rows of a table, batch by batch; it bounds ids by :low and :high.

    What is done already it must leave out by itself, or write the same again.
    """
    with _one_by_one() as connection:
        last = connection.scalar(text(f"SELECT coalesce(max(id), 0) FROM {table}"))  # noqa: S608 - ours
        for low in range(0, last + 1, BATCH):
            connection.execute(text(statement), {"low": low, "high": low + BATCH})


def build_index(name: str, definition: str, *, unique: bool = False) -> None:
    """Build an index, or another one in the place of one of that name, while others write.

    ``definition`` is what follows ON. The former one stands until the new one is whole.
    """
    new = f"{name}_new"
    with _one_by_one() as connection:
        connection.execute(text(f"DROP INDEX IF EXISTS {new}"))
        kind = "UNIQUE INDEX" if unique else "INDEX"
        connection.execute(text(f"CREATE {kind} CONCURRENTLY {new} ON {definition}"))
    op.execute(f"DROP INDEX IF EXISTS {name}")
    op.execute(f"ALTER INDEX {new} RENAME TO {name}")


def add_constraint(table: str, name: str, definition: str) -> None:
    """Add a constraint that holds at once for what is written, and then prove it of the rest."""
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition} NOT VALID")
    with _one_by_one() as connection:
        connection.execute(text(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}"))


@contextmanager
def _one_by_one() -> Iterator[Connection]:
    """Give the connection of the steps with each statement a transaction of its own.

    None of them keeps readers out, so they may wait for a lock as long as they must.
    """
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        kept = connection.scalar(text("SHOW lock_timeout"))
        connection.execute(text("SET lock_timeout = 0"))
        try:
            yield connection
        finally:
            connection.execute(text(f"SET lock_timeout = '{kept}'"))
