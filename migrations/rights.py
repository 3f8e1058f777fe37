"""Giving the role of the office the rights back that a dump loaded without it has lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from migrations.guard import made, standing
from states.postgres.database import APP_ROLE

if TYPE_CHECKING:
    from sqlalchemy import Connection

_RIGHTS = f"rights of {APP_ROLE} on "


def give_back(connection: Connection) -> int:
    """Give what the steps give and the database lacks; return how many things lacked rights.

    For a database at the newest step. Nothing is taken away: what is too much is told by
    `migrations.guard`.
    """
    found = standing(connection)
    lacking = {
        thing.removeprefix(_RIGHTS): rights
        for thing, rights in made().items()
        if thing.startswith(_RIGHTS) and found.get(thing) != rights
    }
    preparer = connection.dialect.identifier_preparer
    for thing, rights in lacking.items():
        kind, _, name = thing.partition(" ")
        # The guard calls all relations tables; of a table there is no right of use.
        sort = "SEQUENCE" if kind == "table" and "USAGE" in rights else kind
        connection.execute(text(f"GRANT {rights} ON {sort} {preparer.quote(name)} TO {APP_ROLE}"))
    return len(lacking)


def lost(connection: Connection) -> bool:
    """Say whether the role may not even write the journal, as after a dump loaded without it."""
    query = text("SELECT has_table_privilege(:role, 'journal', 'INSERT')")
    return not connection.scalar(query, {"role": APP_ROLE})
