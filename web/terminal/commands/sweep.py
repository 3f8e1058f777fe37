"""``nes sweep``: moves, or only counts, every case whose time has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from web.terminal.commands.shared import opened
from web.terminal.commands.terminal import Day, json_option, progress_wanted, say, say_json
from workflow.model.clock import FixedClock, SystemClock, start_of_day
from workflow.running.sweep import sweep as run_sweep

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from workflow.running.sweep_report import SweepLine, SweepReport


@click.command()
@click.option("--as-of", "day", type=Day(), help="Sweep as if this day had begun (2026-11-22).")
@click.option("--dry-run", is_flag=True, help="Only count; move nothing.")
@json_option
def sweep(day: date | None, dry_run: bool, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Move every case whose timer has rung, and print what moved and what was refused why.

    \b
    Example:
      nes sweep --as-of 2027-02-17 --dry-run
    """  # noqa: D301 - \b tells click to keep the lines
    clock = FixedClock(start_of_day(day)) if day else SystemClock()
    with opened(clock, "nes sweep", keys=not dry_run) as composition:
        report = run_sweep(composition.engine, dry_run=dry_run, progress=_progress(as_json=as_json))
    if as_json:
        say_json(_plain(report))
    else:
        _show(report)


def _progress(*, as_json: bool) -> Callable[[SweepLine], None] | None:
    """Return what shows how far the sweep is, when somebody looks."""
    if as_json or not progress_wanted():
        return None
    status = Console(stderr=True)

    def tell(line: SweepLine) -> None:
        done = sum(line.moved.values()) + sum(line.refused.values())
        status.print(f"{line.workflow} {line.state}: {done}", end="\r", highlight=False)

    return tell


def _plain(report: SweepReport) -> dict[str, object]:
    rows = [
        {"workflow": row.workflow, "state": row.state, "moved": row.moved, "refused": row.refused}
        for row in report.rows
    ]
    return {
        "as_of": report.as_of, "dry_run": report.dry_run, "batch": report.batch,
        "moved": report.moved, "refused": report.refused, "rows": rows,
    }  # fmt: skip


def _show(report: SweepReport) -> None:
    verb = "would move" if report.dry_run else "moved"
    table = Table("workflow", "state", verb, "refused")
    for row in report.rows:
        table.add_row(row.workflow, row.state, _counts(row.moved), _counts(row.refused))
    if report.rows:
        Console().print(table)
    say(
        f"As of {report.as_of:%Y-%m-%d %H:%M} UTC: {verb} {report.moved}, refused {report.refused}."
    )


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {cases}" for name, cases in counts.items()) or "-"
