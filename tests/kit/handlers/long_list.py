"""Measures a long revocation list: made from its rows, signed and stored, in a process of its own.

    python -m tests.kit.handlers.long_list 100000

The office around it stands in a process beside; what is told is of the one that makes the list.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import text

from handlers.certificates import revocation_lists
from handlers.kit.services import open_services
from migrations.run import upgrade
from signing.authority.crl import Reason, RevokedEntry, encode_entry
from states.kit.settings import load_settings
from states.postgres.database import close_server, database_url, open_database

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_BATCH = 10_000
_INSERT = text("""
INSERT INTO revocation_status (serial, entry)
SELECT * FROM unnest(CAST(:serials AS text[]), CAST(:entries AS bytea[]))
""")


def run(count: int) -> dict[str, Any]:
    """Fill an office with this many certificates on hold, and have a list made of them."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(_environment(folder))
        upgrade(database_url(settings))
        database = open_database(settings)
        open_services(settings, database).establish_keys()
        for first in range(0, count, _BATCH):
            numbers = [(1 << 64) + number for number in range(first, min(first + _BATCH, count))]
            entries = [encode_entry(RevokedEntry(one, NOW, Reason.ON_HOLD)) for one in numbers]
            given = {"serials": [f"{one:x}" for one in numbers], "entries": entries}
            with database.begin() as connection:
                connection.execute(_INSERT, given)
        command = [sys.executable, "-m", "tests.kit.handlers.long_list", "in", folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        database.dispose()
        close_server(settings)
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told


def _environment(folder: str) -> dict[str, str]:
    return {"NES_VAR": str(Path(folder) / "var"), "NES_DEMO": "1"}


def _make(folder: str) -> dict[str, Any]:
    """Make a small renewal first, which opens token and database, and then the one to measure."""
    settings = load_settings(_environment(folder))
    database = open_database(settings)
    services = open_services(settings, database)
    services.authority()
    with database.connect() as connection:
        connection.execute(text("SELECT 1"))
    idle, clock, cpu = _peak(), perf_counter(), process_time()
    made = revocation_lists.publish_due(database, services, NOW + timedelta(seconds=1))
    told = {"seconds": perf_counter() - clock, "cpu": process_time() - cpu, "made": made}
    with database.connect() as connection:
        size = "SELECT entries, length(issuing) AS bytes FROM revocation_list"
        told |= connection.execute(text(size)).mappings().one()
    database.dispose()
    close_server(settings)
    return {**told, "idle_mb": idle, "peak_mb": _peak()}


def _peak() -> float:
    """Return the most memory of this process in MB.

    `resource.getrusage` would tell that of the process which started it too (ru_maxrss is kept
    across exec).
    """
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("utf-8"))
    return round(int(found[1]) / 1024, 1) if found else 0.0


def main(*arguments: str) -> None:
    """Print what was measured as JSON."""
    found = _make(arguments[1]) if arguments[0] == "in" else run(int(arguments[0]))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
