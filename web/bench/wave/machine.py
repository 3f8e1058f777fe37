"""What the machine has to give: its cores, and the CPU that the database's server takes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

PROCESSES = Path("/proc")
_PARENT, _OWN, _ENDED = 1, slice(11, 13), slice(13, 15)
"""Where /proc/PID/stat says, after the name, who began a process, and its CPU: its own, and that
of its children that have ended."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def server_cpu(engine: Engine) -> float:
    """Return the seconds of CPU that the server of a database has taken, all its processes.

    0.0 for a server on another machine.
    """
    with engine.connect() as connection:
        backend = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        known = dict(_processes())
    if backend not in known:
        return 0.0
    first = int(known[backend][_PARENT])
    ticks = sum(map(int, [*known[first][_OWN], *known[first][_ENDED]]))
    for fields in known.values():
        if int(fields[_PARENT]) == first:
            ticks += sum(map(int, fields[_OWN]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _processes() -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each process that runs, and what its stat says after its name."""
    for folder in PROCESSES.glob("[0-9]*"):
        try:
            said = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:  # it has ended
            continue
        yield int(folder.name), said.rpartition(")")[2].split()
