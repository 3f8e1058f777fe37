"""The measurement of a restore: all that ``nes restore`` does beside pg_restore alone."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from migrations import run
from states.postgres import programs
from states.postgres.scratch import scratch_database
from web.backup.make import back_up
from web.backup.manifest import DATABASE
from web.backup.restore import restore
from web.bench.kit.table import BELOW, Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import URL

    from web.gate.composition import Composition

HOLD, AIM = 1.5, 1.2
"""How much longer a proved restore may take than pg_restore, and what it aims at."""


def rows(
    server: URL, many: Composition, cases: int, folder: Path, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Yield how long an office of so many cases takes to come back, against its dump alone.

    Both are done twice, in turns, and the quicker of each counts.
    """
    tell(f"backing up {cases:,} cases")
    place = folder / "backup"
    back_up(many.settings, place)
    ours, bare = [], []
    for turn in range(2):
        tell(f"pg_restore alone, {turn + 1}")
        bare.append(_alone(server, place / DATABASE))
        tell(f"nes restore, {turn + 1}")
        ours.append(_ours(server, place, folder / f"restored{turn}"))
    name = f"restore of {cases:,} cases, against pg_restore alone"
    yield Figure(name, min(ours), min(bare), "s", HOLD, AIM, BELOW)


def _alone(server: URL, dump: Path) -> float:
    with scratch_database(server, "nes_bench") as url:
        run.prepare(url)
        begun = perf_counter()
        options = ["--no-owner", "--single-transaction", f"--dbname={url.database}", str(dump)]
        programs.run(url, "pg_restore", options)
        return perf_counter() - begun


def _ours(server: URL, place: Path, var: Path) -> float:
    with scratch_database(server, "nes_bench") as url:
        address = url.render_as_string(hide_password=False)
        begun = perf_counter()
        restore({"NES_VAR": str(var), "NES_DATABASE_URL": address}, place)
        return perf_counter() - begun
