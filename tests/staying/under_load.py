"""Measures how long the steps from the last release stop an office in which people work.

``python -m tests.staying.under_load --cases 200000`` restores the office of 0.3.0, copies its cases
until there are as many, has readers ask what pages ask every tenth of a second, and a writer move
cases, brings the database to the newest step meanwhile, and tells the longest any of them waited.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from migrations.run import upgrade
from states.postgres.database import conninfo, ensure_database
from states.postgres.server import start_server
from tests.kit.postgres import Database
from tests.kit.until import until
from tests.staying.office import restore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import URL

ENTRIES = 5
"""Journal entries of each application."""

COPIED: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("person", "id = (SELECT person_id FROM application WHERE id = 26)", {
        "id": "1000000 + g", "tckn_hash": "decode(lpad(to_hex(g), 64, '0'), 'hex')",
        "surname": "'Soyad ' || g", "sort_key": "lpad(to_hex(g), 8, '0')"}),
    ("certificate", "id = 27", {
        "id": "100000000 + g", "person_id": "1000000 + g", "card_id": "NULL",
        "serial": "'a' || lpad(to_hex(g), 15, '0')", "sha256": "lpad(to_hex(g), 64, '0')",
        "activation_sha256": "NULL"}),
    ("consent", "id = 28", {"id": "200000000 + g", "person_id": "1000000 + g"}),
    ("application", "id = 26", {
        "id": "300000000 + g", "person_id": "1000000 + g", "old_certificate_id": "100000000 + g",
        "state": "CASE WHEN g % 20 = 0 THEN 'wet_signature' ELSE 'delivered' END",
        "due_at": "CASE WHEN g % 20 = 0 THEN now() + interval '60 days' END",
        "method": "CASE WHEN g % 2 = 0 THEN 'e_onay' ELSE 'wet_signature' END",
        "applicant_key": "lpad(to_hex(g), 8, '0')"}),
)  # fmt: skip
"""Which row of the release is copied, and what differs in the copy number ``g``."""

JOURNAL = (
    ("case_id = 26 AND n <= 5", "300000000 + g"),
    ("case_id = 27 AND n = 1", "100000000 + g"),
    ("case_id = 28 AND n <= 2", "200000000 + g"),
)

READ = """
SELECT a.state, p.surname, c.serial, (SELECT max(j.n) FROM journal j WHERE j.case_id = a.id)
FROM application a JOIN person p ON p.id = a.person_id
    LEFT JOIN certificate c ON c.id = a.old_certificate_id
WHERE a.id = 300000000 + %(one)s
"""
LIST = """
SELECT id, deadline FROM application WHERE state = 'wet_signature' ORDER BY deadline, id LIMIT 50
"""
WRITE = (
    "UPDATE application SET version = version + 1, due_at = due_at WHERE id = 300000000 + %(one)s"
)


@dataclass
class Client:
    """Somebody at work: asks one thing again and again and notes how long it took."""

    url: URL
    query: str
    most: int
    slowest: float = 0.0
    asked: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        """Ask every tenth of a second until told to stop."""
        with psycopg.connect(conninfo(self.url), autocommit=True) as connection:
            while not self.stop.wait(0.1):
                one = 1 + (self.asked * 7919) % self.most
                began = time.perf_counter()
                connection.execute(self.query.encode(), {"one": one})
                self.slowest = max(self.slowest, time.perf_counter() - began)
                self.asked += 1


def fill(url: URL, cases: int) -> None:
    """Copy the rows of the release until there are so many applications."""
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for table, row, differing in COPIED:
            copy(connection, table, row, differing, cases)
        for row, case in JOURNAL:
            copy(connection, "journal", row, {"case_id": case}, cases)
        connection.execute("VACUUM ANALYZE")


def copy(
    connection: psycopg.Connection, table: str, row: str, differing: Mapping[str, str], cases: int
) -> None:
    """Insert a row again and again, with some columns reckoned from the number of the copy."""
    query = """
        SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0
            AND NOT attisdropped AND attgenerated = ''
    """
    names = [name for (name,) in connection.execute(query, [table])]
    if table == "journal":
        names = [name for name in names if name != "xid"]
    values = ", ".join(differing.get(name, f"t.{name}") for name in names)
    statement = (
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} t, "
        f"generate_series(1, {cases}) g WHERE t.{row}"
    )
    connection.execute(statement.encode())


def measure(url: URL, cases: int) -> dict[str, float]:
    """Bring the database to the newest step beside clients; return seconds by what was done."""
    clients = {name: Client(url, query, cases) for name, query in
               {"case": READ, "list": LIST, "move": WRITE}.items()}  # fmt: skip
    threads = [threading.Thread(target=client.work) for client in clients.values()]
    for thread in threads:
        thread.start()
    for client in clients.values():
        until(lambda who=client: who.asked, "every client has been answered")  # type: ignore[misc]
    began = time.perf_counter()
    upgrade(url)
    took = time.perf_counter() - began
    for client in clients.values():
        client.stop.set()
    for thread in threads:
        thread.join()
    return {"upgrade": took, **{name: client.slowest for name, client in clients.items()}}


def main() -> int:
    """Measure on a server of its own; print JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--folder", default=None, help="where the server may write")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nes-load-", dir=given.folder) as folder:
        server = start_server(Path(folder) / "postgres")
        try:
            ensure_database(server.url("postgres"), "load")
            url = server.url("load")
            ensure_role(url)
            restore(Database(url), "0.3.0")
            began = time.perf_counter()
            fill(url, given.cases)
            sys.stderr.write(f"filled in {time.perf_counter() - began:.0f} s\n")
            found = {name: round(value, 2) for name, value in measure(url, given.cases).items()}
        finally:
            server.close()
    sys.stdout.write(json.dumps({"cases": given.cases, **found}) + "\n")
    return 0


def ensure_role(url: URL) -> None:
    """Make the role that the dump gives rights to."""
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        connection.execute("CREATE ROLE nes_app NOLOGIN")


if __name__ == "__main__":
    sys.exit(main())
