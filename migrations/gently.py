"""The ways to change a large table while people work on it.

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
"""Rows that are looked at in one transaction: some tenths of a second."""


def write_in_batches(table: str, statement: str) -> None:
    """Run an UPDATE over all rows of a table, batch by batch; it bounds ids by :low and :high.

    What is done already it must leave out by itself, or write the same again.
    """
    end = text(
        f"SELECT max(id) + 1 FROM (SELECT id FROM {table} WHERE id >= :low"  # noqa: S608 - ours
        " ORDER BY id LIMIT :most) batch"
    )
    with _one_by_one() as connection:
        low = 0
        while high := connection.scalar(end, {"low": low, "most": BATCH}):
            connection.execute(text(statement), {"low": low, "high": high})
            low = high


def build_index(
    name: str, definition: str, *, unique: bool = False, before: str | None = None
) -> None:
    """Build an index, or another one in the place of one of that name, while others write.

    ``definition`` is what follows ON. The former one stands until the new one is whole; where it
    belongs to a constraint, ``before`` is the statement that removes that.
    """
    new = f"{name}_new"
    with _one_by_one() as connection:
        connection.execute(text(f"DROP INDEX IF EXISTS {new}"))
        kind = "UNIQUE INDEX" if unique else "INDEX"
        connection.execute(text(f"CREATE {kind} CONCURRENTLY {new} ON {definition}"))
    op.execute(before or f"DROP INDEX IF EXISTS {name}")
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
