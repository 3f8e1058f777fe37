"""Owns the ground of the measurement: databases of equal content on the product's own server."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg.sql import SQL, Identifier

from migrations.run import upgrade
from states.database import conninfo, ensure_database, make_engine
from web.bench import hooks
from workflow.clock import SystemClock
from workflow.engine import Office
from workflow.entry import Entry
from workflow.library import Library, publish
from workflow.loader import load
from workflow.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import URL

    from workflow.definition import Definition

PROCESS = Path(__file__).with_name("process.yaml")
TEMPLATE = "nes_bench_template"

# Every case is due and has a person of its own, as the table's rules want it.
_FILL = """
INSERT INTO person
    (id, given_name, surname, sort_key, tckn_sealed, tckn_hash, tckn_masked, created_at)
SELECT i, 'Deneme', 'Kişi', 'deneme', ''::bytea, sha256(i::text::bytea), '100******46', %(now)s
FROM generate_series(1, %(cases)s) i;

INSERT INTO journal (case_id, n, workflow, trigger, actor, at, body, prev, hash)
SELECT i, 1, 'application', 'file', 'system:seed', %(now)s, body, genesis,
    sha256(genesis || convert_to(body, 'UTF8'))
FROM generate_series(1, %(cases)s) i,
    LATERAL (SELECT %(b0)s || i || %(b1)s || 'new' || %(b2)s || 1 || %(b3)s AS body,
        decode(repeat('00', 32), 'hex') AS genesis) entry;

INSERT INTO application (id, kind, method, person_id, production_opens_on, definition, state,
    version, head, due_at, entered_at, created_at)
SELECT i, 'renewal', 'e_onay', i, DATE '2026-01-01', %(definition)s, 'held',
    1, j.hash, TIMESTAMPTZ '2026-01-01 00:00+03', %(now)s, %(now)s
FROM generate_series(1, %(cases)s) i JOIN journal j ON j.case_id = i;
"""


class Ground:
    """Hands out fresh copies of one filled database, on one server, durable as in production."""

    def __init__(self, server: URL, cases: int) -> None:
        """Fill the template with cases that are all due."""
        self._server = server
        self._url = server.set(database=TEMPLATE)
        self.cases = cases
        self._run(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(TEMPLATE)))
        ensure_database(server, TEMPLATE)
        upgrade(self._url)
        office = _office(self._url)
        (definition,) = office.library.current.values()
        office.database.dispose()
        parameters = {"cases": cases, **_first_entry(definition, office.clock.now())}
        with psycopg.connect(conninfo(self._url), autocommit=True) as connection:
            for statement in _FILL.split(";\n\n"):
                connection.execute(statement, parameters)
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")

    @contextmanager
    def copy(self, name: str) -> Iterator[URL]:
        """Give a copy of the template under a name of its own, and drop it afterwards."""
        database = Identifier(f"nes_bench_{name}")
        self._run(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
        make = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._run(make.format(database, Identifier(TEMPLATE)))
        try:
            yield self._server.set(database=f"nes_bench_{name}")
        finally:
            self._run(SQL("DROP DATABASE {} WITH (FORCE)").format(database))

    def clear(self) -> None:
        """Drop the template."""
        self._run(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(TEMPLATE)))

    def _run(self, statement: object) -> None:
        with psycopg.connect(conninfo(self._server), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]  # SQL or Composed


def _first_entry(definition: Definition, now: datetime) -> dict[str, object]:
    """Return what the filling statements need to write a first entry that verifies."""
    entry = Entry(
        workflow="application",
        definition=definition.sha256,
        trigger="file",
        target="held",
        actor="system:seed",
        role="system",
        auth="internal",
        at=now,
    )
    pieces = {f"b{place}": piece for place, piece in enumerate(entry.pieces())}
    return {"definition": definition.sha256, "now": now, **pieces}


@contextmanager
def office_on(url: URL) -> Iterator[Office]:
    """Give the product's engine over a copy, composed as the product composes it."""
    office = _office(url)
    try:
        yield office
    finally:
        office.database.dispose()


def _office(url: URL) -> Office:
    database = make_engine(url, application="nes bench")
    registry = Registry.of_modules([hooks])
    definitions = load(PROCESS, registry)
    clock = SystemClock()
    publish(database, definitions, clock.now())
    return Office(database, Library(database, definitions, registry), clock)
