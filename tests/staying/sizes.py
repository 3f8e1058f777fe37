"""Measures what an application costs on the disk: rows of a whole way and bytes of each row.

``python -m tests.staying.sizes`` revives the office of 0.3.0 with today's code, lets its worker
send what waits, copies the rows of one delivered renewal some thousand times and prints for each
table how many rows an application has, and bytes per row with indexes and large values.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import psycopg

from migrations.run import upgrade
from states.postgres.database import conninfo, ensure_database
from states.postgres.server import start_server
from tests.kit.postgres import Database
from tests.staying.office import restore, revive
from tests.staying.test_upgrade import people_go_on, the_house_goes_on
from tests.staying.under_load import copy, ensure_role

COPIES = 3_000
CASE = 26
"""The renewal by e-onay whose rows are copied: it was made, sent and delivered by today's code."""

OF_THE_CASE = f"""
SELECT unnest(ARRAY[{CASE}, (SELECT certificate_id FROM application WHERE id = {CASE}),
    (SELECT max(id) FROM consent WHERE person_id = (SELECT person_id FROM application
        WHERE id = {CASE}))])
"""
PERSON = f"(SELECT person_id FROM application WHERE id = {CASE})"

HASH = "encode(sha256(convert_to(t.{0}::text || g || '{1}', 'UTF8')), 'hex')"
TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "application": (f"id = {CASE}", {"id": "1000000 + g", "certificate_id": "NULL",
        "state": "'delivered'"}),
    "certificate": (f"id = (SELECT certificate_id FROM application WHERE id = {CASE})",
        {"id": "1000000 + g", "serial": "'b' || lpad(to_hex(g), 15, '0')", "card_id": "NULL",
         "sha256": HASH.format("id", "c"), "application_id": "NULL"}),
    "consent": (f"id IN (SELECT max(id) FROM consent WHERE person_id = {PERSON})",
        {"id": "1000000 + g", "state": "'superseded'"}),
    "code": (f"id IN (SELECT max(id) FROM code WHERE person_id = {PERSON})",
        {"id": "1000000 + g", "state": "'used'"}),
    "person": (f"id = {PERSON}", {"id": "1000000 + g", "tckn_hash": "sha256(g::text::bytea)"}),
    "card": (f"id = (SELECT card_id FROM certificate WHERE application_id = {CASE})",
        {"id": "1000000 + g", "serial": "t.serial || g"}),
    "notice": (f"id IN (SELECT max(id) FROM notice WHERE person_id = {PERSON})",
        {"id": "1000000 + g", "key": "t.key || g"}),
    "shipment": ("key = (SELECT max(key) FROM shipment)",
        {"key": "t.key || g", "tracking_number": "t.tracking_number || g"}),
    "signature": ("id = (SELECT max(id) FROM signature)",
        {"id": "1000000 + g", "container_sha256": HASH.format("id", "s")}),
    "journal": (f"case_id = {CASE} AND n > 1", {"case_id": "1000000 + g"}),
}  # fmt: skip
"""Which row of each table is copied, and what differs in the copy number ``g``."""

ROWS = {
    "journal": f"SELECT count(*) FROM journal WHERE case_id IN ({OF_THE_CASE})",
    "notice": f"SELECT count(*) FROM notice WHERE person_id = {PERSON}",
    "refused_attempt": f"SELECT count(*) FROM refused_attempt WHERE case_id IN ({OF_THE_CASE})",
}
DOCUMENTS = """
SELECT kind, round(avg(length(content))) FROM document GROUP BY kind ORDER BY kind
"""


def measure(connection: psycopg.Connection) -> dict[str, object]:
    """Return rows of the case and bytes of a row by table, and bytes of documents by kind."""
    rows = {name: scalar(connection, query) for name, query in ROWS.items()}
    documents = {kind: int(size) for kind, size in connection.execute(DOCUMENTS)}
    connection.execute("SET session_replication_role = replica")
    sizes: dict[str, int] = {}
    for table, (row, differing) in TABLES.items():
        before, counted = (
            size_of(connection, table),
            scalar(connection, f"SELECT count(*) FROM {table}"),
        )
        copy(connection, table, row, differing, COPIES)
        made = scalar(connection, f"SELECT count(*) FROM {table}") - counted
        sizes[table] = round((size_of(connection, table) - before) / made)
    return {"rows": rows, "bytes": sizes, "documents": documents}


def size_of(connection: psycopg.Connection, table: str) -> int:
    """Return what a table takes on the disk with its indexes and large values, in bytes."""
    return scalar(connection, f"SELECT pg_total_relation_size('{table}')")


def scalar(connection: psycopg.Connection, query: str) -> int:
    """Return the one number that a query gives."""
    row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0


def main() -> int:
    """Measure on a server of its own; print JSON."""
    with tempfile.TemporaryDirectory(prefix="nes-sizes-") as folder:
        server = start_server(Path(folder) / "postgres")
        try:
            ensure_database(server.url("postgres"), "sizes")
            database = Database(server.url("sizes"))
            ensure_role(database.url)
            restore(database, "0.3.0")
            upgrade(database.url)
            with revive(database, "0.3.0", Path(folder)) as office:
                the_house_goes_on(office)
                people_go_on(office)
                office.stage.until(office.stage.clock.now())
            with psycopg.connect(conninfo(database.url), autocommit=True) as connection:
                found = measure(connection)
            database.dispose()
        finally:
            server.close()
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
