"""``nes backup`` and ``nes restore``."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from states.postgres.database import close_server
from web.gate.failure import CommandFailure
from web.terminal.commands.shared import settings
from web.terminal.commands.terminal import json_option, say, say_json

if TYPE_CHECKING:
    from web.backup.restore import Restored

place_argument = click.argument("place", type=click.Path(path_type=Path))


@click.command()
@place_argument
@json_option
def backup(place: Path, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Write the office as it is at one moment into PLACE.

    PLACE is a new folder, or one file when its name ends with .tar. The office works on meanwhile.
    Secrets that come from the environment are not in it: keep them elsewhere.

    \b
    Example:
      nes backup /backups/nes-2026-11-30
    """  # noqa: D301 - \b tells click to keep the lines
    # Signatures are loaded only where they are used.
    from web.backup.make import back_up  # noqa: PLC0415 - see above

    found = settings()
    try:
        made = back_up(found, place)
    finally:
        close_server(found)
    if as_json:
        say_json(asdict(made))
        return
    say(f"Backed up to {place}: the office as it was at {made.moment}, step {made.step}, "
        f"{made.entries} entries of {made.cases} cases.")  # fmt: skip
    for name, digits in made.fingerprints.items():
        where = "lies in the backup" if name in made.kept else "is not in it: keep it elsewhere"
        say(f"  {name} (fingerprint {digits}) {where}")


@click.command()
@place_argument
@click.option(
    "--database-only", is_flag=True, help="NES_VAR stands and is kept; only the database is empty."
)
@json_option
def restore(place: Path, database_only: bool, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Put a backup back into an empty database and an empty NES_VAR.

    Everything is checked before anything is changed. Older backups are brought up to the steps of
    this version. Sessions end; every hash of the journal is
    recomputed.

    \b
    Example:
      nes restore /backups/nes-2026-11-30
    """  # noqa: D301 - the same
    from web.backup.restore import restore as put_back  # noqa: PLC0415 - as above

    done = put_back(os.environ, place, database_only=database_only)
    if as_json:
        say_json(_as_json(done))
    else:
        _tell(done)
    if done.broken is not None:
        case, n = done.broken
        raise CommandFailure(
            f"Everything was restored as it was, and its journal was broken then: case {case}, "
            f"entry {n}. Run `nes journal verify`, keep the backup as it is, call the auditor."
        )


def _tell(done: Restored) -> None:
    told = done.manifest
    say(f"Restored: the office as it was at {told.moment}.")
    if told.step != done.step:
        say(f"It was of nes-ofis {told.product}, step {told.step}, and was brought up to "
            f"step {done.step}.")  # fmt: skip
    say(f"{done.sessions} sessions were ended; people sign in anew.")
    if done.given_up:
        say(f"{done.given_up} productions whose card is not in the backup were given up and queued "
            "again, under new serial numbers.")  # fmt: skip
    if done.broken is None:
        say(f"Each of {told.entries} entries of {told.cases} cases has the hash of its text and "
            "follows the one before it. `nes journal verify` judges all the rest.")  # fmt: skip


def _as_json(done: Restored) -> dict[str, object]:
    return {
        "moment": done.manifest.moment,
        "from_step": done.manifest.step,
        "step": done.step,
        "sessions_ended": done.sessions,
        "productions_given_up": done.given_up,
        "journal": {
            "ok": done.broken is None,
            "entries": done.manifest.entries,
            "cases": done.manifest.cases,
        },
    }
