"""The ground of the measurement: databases of equal content on the product's own server."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migrations.run import upgrade
from states.postgres.database import make_engine
from states.postgres.scratch import scratch_database
from web.bench.kit import hooks
from workflow.engine.engine import CaseEngine
from workflow.engine.library import Library, publish
from workflow.loading.loader import load
from workflow.model.clock import SystemClock
from workflow.model.entry import EntryContent, utc_text
from workflow.model.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import URL

    from workflow.model.definition import Definition

PROCESS = Path(__file__).with_name("process.yaml")

# Every case is due and has a person of its own, as the table's rules want it. The queue has a past:
# on an empty one a connection plans its foreign key checks once as scans of the whole table, and
# whoever connects first, we or the competitor, pays for every job that follows.
_FILL = """
INSERT INTO person
    (id, given_name, surname, sort_key, tckn_sealed, tckn_hash, tckn_masked, created_at)
SELECT i, 'Deneme', 'Kişi', 'deneme', ''::bytea, sha256(i::text::bytea), '100******46', %(now)s
FROM generate_series(1, %(cases)s) i;

INSERT INTO journal (case_id, n, workflow, trigger, actor, at, body, prev, hash)
SELECT i, 1, 'application', 'file', 'system:seed', %(now)s, body, genesis,
    sha256(genesis || convert_to(body, 'UTF8'))
FROM generate_series(1, %(cases)s) i,
    LATERAL (SELECT %(b0)s || %(at)s || %(b1)s || i || %(b2)s || 'new' || %(b3)s || 1
            || %(b4)s AS body,
        decode(repeat('00', 32), 'hex') AS genesis) entry;

INSERT INTO application (id, kind, method, person_id, production_opens_on, definition, state,
    version, head, due_at, entered_at, created_at)
SELECT i, 'renewal', 'e_onay', i, DATE '2026-01-01', %(definition)s, 'held',
    1, j.hash, TIMESTAMPTZ '2026-01-01 00:00+03', %(now)s, %(now)s
FROM generate_series(1, %(cases)s) i JOIN journal j ON j.case_id = i;

INSERT INTO procrastinate_jobs (queue_name, task_name, status)
SELECT 'effect', 'effect', 'succeeded' FROM generate_series(1, 20000);
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """A filled database on one server, durable as in production, that hands out fresh copies."""

    template: URL
    cases: int

    @contextmanager
    def copy(self) -> Iterator[URL]:
        """Give a copy of the filled database and drop it afterwards."""
        with scratch_database(self.template, "nes_bench", str(self.template.database)) as url:
            yield url


@contextmanager
def filled(server: URL, cases: int) -> Iterator[Ground]:
    """Give a ground with cases that are all due, and clear it away afterwards."""
    with scratch_database(server, "nes_bench_template") as url:
        upgrade(url)
        with office_on(url) as engine:
            (definition,) = engine.library.current.values()
            parameters = {"cases": cases, **_first_entry(definition, engine.clock.now())}
        run_as_owner(url, *((part, parameters) for part in _FILL.split(";\n\n")))
        run_as_owner(url, ("VACUUM ANALYZE", {}), ("CHECKPOINT", {}))
        yield Ground(url, cases)


def run_as_owner(url: URL, *statements: tuple[str, dict[str, object]]) -> None:
    """Run statements one by one, each committed by itself."""
    owner = make_engine(url, owner=True, application="nes bench")
    with owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for statement, parameters in statements:
            connection.exec_driver_sql(statement, parameters)
    owner.dispose()


def _first_entry(definition: Definition, now: datetime) -> dict[str, object]:
    """Return what the filling statements need to write a first entry that verifies."""
    entry = EntryContent(
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
    return {"definition": definition.sha256, "now": now, "at": utc_text(now), **pieces}


@contextmanager
def office_on(url: URL) -> Iterator[CaseEngine[None]]:
    """Give the product's engine over a copy, composed as the product composes it."""
    engine = _office(url)
    try:
        yield engine
    finally:
        engine.database.dispose()


def _office(url: URL) -> CaseEngine[None]:
    database = make_engine(url, application="nes bench")
    registry = Registry.of_modules([hooks])
    definitions = load(PROCESS, registry)
    clock = SystemClock()
    publish(database, definitions, clock.now())
    return CaseEngine(database, Library(database, definitions, registry), clock, None)
