"""``nes journal``: proves the log and takes it out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from web.gate.failure import CommandFailure
from web.terminal.commands.shared import CaseNumber, opened
from web.terminal.commands.terminal import Day, json_option, say, say_json
from workflow.journal import verification as log
from workflow.journal.conformance import conform as judge
from workflow.journal.export import Format, JournalFilter, export
from workflow.model.clock import start_of_day

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
    """Recompute every hash; ends with 1 and names the first broken entry or row.

    That is of entries, definitions, documents, scans, signatures and certificates; and the guard
    of the database is held against what the steps made.

    \b
    Example:
      nes journal verify --json
    """  # noqa: D301 - the same
    with opened() as composition:
        outcome = log.verify(composition.database, composition.library)
    problems = [
        {"case": found.case_id, "n": found.n, "kind": found.kind, "text": found.text,
         "row": found.row}
        for found in outcome.problems
    ]  # fmt: skip
    if as_json:
        say_json({"ok": outcome.ok, "cases": outcome.cases, "entries": outcome.entries,
                  "recomputed": outcome.recomputed, "found": outcome.found,
                  "problems": problems})  # fmt: skip
    else:
        for found in outcome.problems:
            say(str(found))
    if not outcome.ok:
        first = outcome.problems[0]
        raise CommandFailure(
            f"The journal is broken: {first} ({outcome.found} in all). "
            "Keep the database as it is, call the auditor."
        )
    if not as_json:
        counts = ", ".join(f"{rows} {name}" for name, rows in outcome.recomputed.items() if rows)
        say(f"The journal verifies: {outcome.entries} entries of {outcome.cases} cases."
            f" Hashes recomputed from stored bytes: {counts or 'none'}.")  # fmt: skip


@journal.command()
@json_option
def conform(as_json: bool) -> None:  # noqa: FBT001 - the same
    """Judge every entry by its definition, and rows by entries; ends with 1 on a difference.

    \b
    Example:
      nes journal conform --json
    """  # noqa: D301 - the same
    with opened() as composition:
        outcome = judge(composition.database, composition.library)
    if as_json:
        differences = [asdict(found) for found in outcome.differences]
        say_json({"ok": outcome.ok, "entries": outcome.entries, "differences": differences})
    else:
        for found in outcome.differences:
            first = ", ".join(map(str, found.samples))
            say(f"{found.reason}: {found.count}: {first}")
    if not outcome.ok:
        raise CommandFailure(
            "Journal, definitions and rows differ: "
            + ", ".join(f"{found.count} {found.reason}" for found in outcome.differences)
            + ". Keep the database as it is, call the auditor."
        )
    if not as_json:
        say(
            f"Every one of {outcome.entries} entries is a move that its definition allows, "
            "and the rows say what the entries say of them."
        )


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
    criteria = JournalFilter(
        since=start_of_day(first) if first else None,
        until=start_of_day(last + timedelta(days=1)) if last else None,
        **exact,
    )
    with opened() as composition:
        blocks = export(composition.database, criteria, fmt)
        if output is None:
            for block in blocks:
                click.echo(block, nl=False)
            return
        draft = output.with_name(f"{output.name}.part")
        with draft.open("wb") as file:
            file.writelines(blocks)
        draft.replace(output)
    say(f"Written to {output}.")
