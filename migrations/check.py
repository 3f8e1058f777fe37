"""The proof that the steps lead to the tables and their guard: up, down, up, and no drift."""

from __future__ import annotations

import secrets
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from migrations import guard
from migrations.run import downgrade, undeclared, upgrade
from states.postgres.database import ensure_database, make_engine
from states.postgres.server import start_server
from states.tables import METADATA

if TYPE_CHECKING:
    from sqlalchemy import URL


def drift(url: URL) -> list[str]:
    """Return how a database differs from the tables in the code, one line for each difference."""
    engine = make_engine(url, owner=True, application="nes db")
    options = {"include_object": _ours, "compare_type": True}
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts=options)
            return [repr(difference) for difference in compare_metadata(context, METADATA)]
    finally:
        engine.dispose()


def leftovers(url: URL) -> list[str]:
    """Return what stands in the public schema beside Alembic's own table."""
    engine = make_engine(url, owner=True, application="nes db")
    query = """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
            AND relname NOT LIKE 'alembic_version%%'
        UNION ALL
        SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL
        SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
            AND typname NOT LIKE '%%alembic_version'
        ORDER BY 1
    """
    try:
        with engine.connect() as connection:
            return [str(name) for name in connection.exec_driver_sql(query).scalars()]
    finally:
        engine.dispose()


def check(url: URL) -> list[str]:
    """Go up, down and up again on an empty database; return sentences of what is wrong."""
    upgrade(url)
    downgrade(url, "base")
    faults = [f"the way down leaves {name} behind" for name in leftovers(url)]
    upgrade(url)
    faults += [
        f"step {number} does not say whether older code goes on beside it (compatible = …)"
        for number in undeclared()
    ]
    faults += [f"steps and tables differ: {difference}" for difference in drift(url)]
    return faults + guard.faults(url)


def _ours(_thing: object, name: str | None, sort: str, *_rest: object) -> bool:
    return sort != "table" or not str(name).startswith("procrastinate_")


def main() -> int:
    """Check on a scratch server of its own; 1 when anything is wrong."""
    with tempfile.TemporaryDirectory(prefix="nes-check-") as folder:
        server = start_server(Path(folder) / "postgres")
        try:
            name = f"check_{secrets.token_hex(4)}"
            ensure_database(server.url("postgres"), name)
            faults = check(server.url(name))
        finally:
            server.close()
    for fault in faults:
        sys.stderr.write(f"migrations: {fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":  # pragma: no cover - the door of `python -m`
    sys.exit(main())
