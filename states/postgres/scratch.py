"""Databases that live for a while only: made empty or copied from a template, then dropped."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from states.postgres.database import conninfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL


@contextmanager
def scratch_database(server: URL, prefix: str, template: str = "template1") -> Iterator[URL]:
    """Give a new database on a server, named after a prefix, and drop it afterwards.

    ``server`` is the owner's address of any database there.
    """
    name = f"{prefix}_{uuid4().hex[:12]}"
    copy_database(server, name, template)
    try:
        yield server.set(database=name)
    finally:
        _run(server, SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def copy_database(server: URL, name: str, template: str) -> None:
    """Make a database from the files of a template, to which nobody may be connected."""
    make = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    _run(server, make.format(Identifier(name), Identifier(template)))


def _run(server: URL, statement: Composed) -> None:
    with psycopg.connect(conninfo(server), autocommit=True) as connection:
        connection.execute(statement)
