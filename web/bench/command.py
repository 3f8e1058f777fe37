"""`nes bench`: the product beside the bare script it competes with, in one run."""

from __future__ import annotations

import json
import logging
import os
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from states.kit.reference import reference
from states.postgres.database import close_server, database_url
from web.bench.kit.crowd import SPAN, crowded
from web.bench.kit.ground import Ground, filled, office_on
from web.bench.kit.table import ABOVE, BELOW, Figure
from web.bench.post import handing as handing_rows
from web.bench.post import routing as routing_rows
from web.bench.rows import cards as card_rows
from web.bench.rows import export as export_rows
from web.bench.rows import judging as judging_rows
from web.bench.rows import lean as lean_rows
from web.bench.rows import moves, sweeps
from web.bench.rows import pages as page_rows
from web.bench.rows import proof as proof_rows
from web.bench.rows import restore as restore_rows
from web.bench.rows import serving as serving_rows
from web.bench.rows import signing as signing_rows
from web.bench.wave import rows as wave_rows
from web.bench.wave.ground import wave_ground
from web.gate.apart import apart
from web.gate.logs import configure_logs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL

FEW = 1_000
"""How many cases are due in the rows about little due among much."""

FEWEST = 2 * moves.WARM_UP + 2 * moves.ROUNDS * moves.PER_ROUND
"""How many cases the single moves need."""


FEWEST_OF_WAVE = 10 * wave_rows.WARM_UP
"""How many cases a wave needs, so that what a worker pays once can be taken off."""

MANY, FEWER = 100_000, 10_000
"""How many cases stand in the database when nobody says, and for a proof or the post."""


@click.command()
@click.option("--cases", type=click.IntRange(FEWEST, 5_000_000),
              help=f"How many cases stand in the database: {MANY:,} when not given,"
                   f" {FEWER:,} for --proof and --post.")  # fmt: skip
@click.option(
    "--web", "of_web", is_flag=True, help="Measure the pages, the export and the serving instead."
)
@click.option("--restore", "of_restore", is_flag=True, help="Measure a restore instead.")
@click.option("--proof", "of_proof", is_flag=True, help="Measure verify and conform instead.")
@click.option("--post", "of_post", is_flag=True,
              help="Measure the post and the router instead.")  # fmt: skip
@click.option("--wave", "wave", type=click.IntRange(FEWEST_OF_WAVE, 100_000), metavar="N",
              help="Measure N renewals from their release to the courier instead.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the rows for machines.")
def bench(cases: int | None, wave: int | None, as_json: bool, **only: bool) -> None:  # noqa: FBT001 - click's signature
    """Measure the product against the bare scripts it competes with, in one run on one server.

    \b
    Example:
      nes bench --cases 1000000
      nes bench --web --cases 1000000
      nes bench --restore
      nes bench --proof
      nes bench --post
      nes bench --wave 200
    """  # noqa: D301 - \b tells click to keep the lines
    settings = apart(os.environ, "bench")
    configure_logs(logging.WARNING)
    fewer = only["of_proof"] or only["of_post"]
    cases = wave or cases or (FEWER if fewer else MANY)
    console = Console(stderr=True)
    try:
        server = database_url(settings).set(database="postgres")
        with console.status("") as status:
            measure = _measure(of_wave=wave is not None, **only)
            # A log has no line that can be written anew.
            tell = status.update if console.is_terminal else partial(print, file=sys.stderr)
            figures = list(measure(server, cases, tell))
    finally:
        close_server(settings)
    if as_json:
        click.echo(json.dumps([figure.as_json() for figure in figures], indent=2))
    else:
        Console().print(_table(figures, cases))
    behind = [figure.name for figure in figures if not figure.holds]
    if behind:
        raise click.ClickException(f"These rows do not hold: {'; '.join(behind)}.")


def _measure(
    *, of_web: bool, of_restore: bool, of_proof: bool, of_post: bool, of_wave: bool
) -> Callable[[URL, int, Callable[[str], None]], Iterator[Figure]]:
    wanted = (
        (of_web, measure_web), (of_restore, measure_restore), (of_proof, measure_proof),
        (of_post, measure_post), (of_wave, measure_wave),
    )  # fmt: skip
    return next((measure for asked, measure in wanted if asked), measure_all)


def measure_all(server: URL, cases: int, tell: Callable[[str], None]) -> Iterator[Figure]:
    """Yield the rows one after the other, telling what is under way."""
    tell(f"filling a database with {cases:,} cases")
    with filled(server, cases) as ground:
        tell("moving single cases")
        yield from _single(ground)
        tell(f"sweeping {cases:,} due cases")
        rates = sweeps.measure(ground)
        yield Figure(f"sweep of {cases:,} due cases", rates.ours, rates.bare,
                     "cases/s", 0.5, 0.9, ABOVE)  # fmt: skip
        yield Figure(f"sweep of {cases:,}, peak memory", rates.peak_mb, 1, "MB",
                     300, 150, BELOW)  # fmt: skip
        tell("moving and sweeping on lean tables")
        yield from lean_rows.rows(ground, rates.ours)
        tell(f"sweeping {FEW:,} due among {cases:,}")
        among_many = sweeps.measure_few(ground, FEW)
    tell(f"sweeping {FEW:,} due among {FEW * 10:,}")
    with filled(server, FEW * 10) as small:
        among_few = sweeps.measure_few(small, FEW)
    yield Figure(f"sweep of {FEW:,} due among {cases:,} against among {FEW * 10:,}",
                 among_many * 1e3, among_few * 1e3, "ms", 2, 1.2, BELOW)  # fmt: skip
    yield from signing_rows.rows(tell)
    yield from card_rows.rows(tell)
    yield from judging_rows.rows(tell)


def measure_web(server: URL, cases: int, tell: Callable[[str], None]) -> Iterator[Figure]:
    """Yield the rows of the pages over so many cases against few, of the export and the serving."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        tell(f"filling an office with {FEW:,} cases, and one with {cases:,}")
        with crowded(server, FEW, folder / "few") as few, crowded(server, cases, folder) as many:
            yield from page_rows.measure((few, FEW), (many, cases), tell)
            url = database_url(many.settings)
            since = many.clock.now() - SPAN / 5
            yield from export_rows.rows(url, since, tell)
            page = f"/is/{reference('application', cases // 2)}"
            yield from serving_rows.rows(url, folder, page, tell)


def measure_restore(server: URL, cases: int, tell: Callable[[str], None]) -> Iterator[Figure]:
    """Yield the row of a backup that is put back."""
    with TemporaryDirectory() as name:
        tell(f"filling an office with {cases:,} cases")
        with crowded(server, cases, Path(name)) as many:
            yield from restore_rows.rows(server, many, cases, Path(name), tell)


def measure_proof(server: URL, cases: int, tell: Callable[[str], None]) -> Iterator[Figure]:
    """Yield the rows of a proof of so many cases."""
    with TemporaryDirectory() as name:
        tell(f"filling an office with {cases:,} cases")
        with crowded(server, cases, Path(name)) as many:
            yield from proof_rows.rows(database_url(many.settings), many, tell)


def measure_post(server: URL, cases: int, tell: Callable[[str], None]) -> Iterator[Figure]:
    """Yield the rows of the post and of the router, over an office of so many cases."""
    with TemporaryDirectory() as name:
        tell(f"filling an office with {cases:,} cases")
        with crowded(server, cases, Path(name)) as many:
            url = database_url(many.settings)
            yield from routing_rows.rows(url, many, cases, tell)
            yield from handing_rows.rows(url, many, cases, Path(name), tell)


def measure_wave(server: URL, cases: int, tell: Callable[[str], None]) -> Iterator[Figure]:
    """Yield the rows of a wave of so many renewals that are released on one day."""
    with TemporaryDirectory(prefix="nes-bench-") as name:
        tell("making the keys of an office")
        with wave_ground(server, Path(name)) as ground:
            yield from wave_rows.rows(ground, cases, apart(os.environ, "bench").var / "wave", tell)


def _single(ground: Ground) -> Iterator[Figure]:
    with ground.copy() as url, office_on(url) as office:
        times = moves.measure(office, url)
    yield Figure("one journaled transition, hook path", times.hooked * 1e6, times.bare * 1e6,
                 "µs", 1.1, 0.9, BELOW)  # fmt: skip
    yield Figure("one journaled transition, pure path", times.pure * 1e6, times.bare * 1e6,
                 "µs", 0.75, 0.4, BELOW)  # fmt: skip


def _table(figures: list[Figure], cases: int) -> Table:
    table = Table(title=f"nes bench, {cases:,} cases, fsync on")
    for heading in ("what", "ours", "bare", "unit", "ratio", "hold", "aim", "holds"):
        table.add_column(heading, justify="left" if heading in {"what", "unit"} else "right")
    for figure in figures:
        row = figure.as_json()
        table.add_row(
            figure.name, f"{figure.ours:,.0f}", f"{figure.bare:,.0f}", figure.unit,
            f"{figure.ratio:.2f}", str(row["hold"]), str(row["aim"]),
            "yes" if figure.holds else "no",
        )  # fmt: skip
    return table
