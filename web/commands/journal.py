"""Owns ``nes journal``: proves the log and takes it out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from web.commands.failure import Failure
from web.commands.house import CaseNumber, office
from web.commands.terminal import Day, json_option, say, say_json
from workflow import journal as log
from workflow.clock import start_of_day
from workflow.conformance import conform as judge
from workflow.export import Format, JournalFilter, export

if TYPE_CHECKING:
    from datetime import date


@click.group()
def journal() -> None:
    """Prove the journal and take it out.

    \b
    Example:
      nes journal verify
    """  # noqa: D301 - \b tells click to keep the lines


@journal.command()
@json_option
def verify(as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Recompute every hash; ends with 1 and names the first broken entry when one is found.

    \b
    Example:
      nes journal verify --json
    """  # noqa: D301 - the same
    with office() as house:
        outcome = log.verify(house.database, house.library)
    problems = [
        {"case": found.case_id, "n": found.n, "kind": found.kind, "text": found.text}
        for found in outcome.problems
    ]
    if as_json:
        say_json({"ok": outcome.ok, "cases": outcome.cases, "entries": outcome.entries,
                  "found": outcome.found, "problems": problems})  # fmt: skip
    else:
        for found in outcome.problems:
            say(f"case {found.case_id} entry {found.n}: {found.kind}: {found.text}")
    if not outcome.ok:
        first = outcome.problems[0]
        raise Failure(
            f"The journal is broken: case {first.case_id}, entry {first.n}, {first.kind}: "
            f"{first.text} ({outcome.found} in all). Keep the database as it is, call the auditor."
        )
    if not as_json:
        say(f"The journal verifies: {outcome.entries} entries of {outcome.cases} cases.")


@journal.command()
@json_option
def conform(as_json: bool) -> None:  # noqa: FBT001 - the same
    """Judge every entry by the definition it names; ends with 1 when one is no legal move.

    \b
    Example:
      nes journal conform --json
    """  # noqa: D301 - the same
    with office() as house:
        outcome = judge(house.database, house.library)
    if as_json:
        differences = [asdict(found) for found in outcome.differences]
        say_json({"ok": outcome.ok, "entries": outcome.entries, "differences": differences})
    else:
        for found in outcome.differences:
            first = ", ".join(f"case {sample.case} entry {sample.n}" for sample in found.samples)
            say(f"{found.reason}: {found.count}: {first}")
    if not outcome.ok:
        raise Failure(
            "The journal holds moves that no definition allows: "
            + ", ".join(f"{found.count} {found.reason}" for found in outcome.differences)
            + ". Keep the database as it is, call the auditor."
        )
    if not as_json:
        say(f"Every one of {outcome.entries} entries is a move that its definition allows.")


@journal.command(name="export")
@click.option("--format", "fmt", type=click.Choice(get_args(Format)), default="jsonl")
@click.option("--from", "first", type=Day(), help="The first day, in Istanbul.")
@click.option("--to", "last", type=Day(), help="The last day, in Istanbul.")
@click.option("--case", "case_id", type=CaseNumber(), help="Only this case.")
@click.option("--workflow", help="Only this workflow.")
@click.option("--trigger", help="Only this transition.")
@click.option("--actor", help="Only this actor, for example user:3.")
@click.option("--batch", help="Only this batch, for example sweep:4.")
@click.option("--output", type=click.Path(path_type=Path), help="A file instead of the terminal.")
def take_out(
    fmt: Format,
    first: date | None,
    last: date | None,
    output: Path | None,
    **exact: Any,  # noqa: ANN401 - the options above, named like the fields of the filter
) -> None:
    """Print the journal, ordered by case; JSON Lines can be verified without this program.

    XES (IEEE 1849) is for process mining: a trace for each case, an event for each entry.

    \b
    Example:
      nes journal export --case B000000123 --format csv --output case.csv
    """  # noqa: D301 - the same
    wanted = JournalFilter(
        since=start_of_day(first) if first else None,
        until=start_of_day(last + timedelta(days=1)) if last else None,
        **exact,
    )
    with office() as house:
        blocks = export(house.database, wanted, fmt)
        if output is None:
            for block in blocks:
                click.echo(block, nl=False)
            return
        draft = output.with_name(f"{output.name}.part")
        with draft.open("wb") as file:
            file.writelines(blocks)
        draft.replace(output)
    say(f"Written to {output}.")
