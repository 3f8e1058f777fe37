"""``nes demo``: the whole office in a minute, on a scratch database with an injected clock."""

from __future__ import annotations

import json
import logging
import os
from datetime import timedelta
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from handlers import registry
from handlers.kit.services import open_services
from migrations.run import upgrade
from states.postgres.database import close_server, database_url, make_engine
from states.postgres.scratch import scratch_database
from web.demo.outside import connected
from web.demo.programme import perform
from web.demo.scenes import programme
from web.demo.stage import DemoOffice
from web.demo.wave.release import MOST, release_wave
from web.gate.apart import apart
from web.gate.composition import Composition, definitions
from web.gate.failure import CommandFailure
from web.gate.logs import configure_logs
from workflow.engine.engine import CaseEngine
from workflow.engine.library import Library, publish
from workflow.journal.verification import verify
from workflow.model.clock import FixedClock, SystemClock

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

    from states.kit.settings import Settings
    from web.demo.programme import SceneOutcome
    from workflow.journal.verification import Verification

WIDTH = 170
"""Columns that the table needs at least."""


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
@click.pass_context
def demo(context: click.Context, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Play the scenes of the office on a scratch database and verify the journal.

    Everything stays in var/demo, apart from any office, and the signed containers can be checked
    there with openssl.

    \b
    Example:
      nes demo --json
      nes demo wave 500      # into the demonstration that `make run` serves
    """  # noqa: D301 - \b tells click to keep the lines
    configure_logs(logging.WARNING)
    if context.invoked_subcommand is None:
        _play(as_json=as_json)


@demo.command()
@click.argument("cases", type=click.IntRange(1, MOST), default=500)
@click.option(
    "--rest", "rests", is_flag=True,
    help="Leave them the ten minutes before production begins by itself, for an operator to start.",
)  # fmt: skip
def wave(cases: int, rests: bool) -> None:  # noqa: FBT001 - click's signature
    """Enter CASES renewals held until today into the running demonstration, and release them.

    Their people are invented, and their rows are written as the office writes them; from their
    release on the office does everything by itself. Call it as often as you like.

    \b
    Example:
      nes demo wave 500
    """  # noqa: D301 - \b tells click to keep the lines
    done = release_wave(cases, rests=rests)
    click.echo(
        f"{done.cases} held renewals were entered ({done.first} to {done.last}); "
        f"{done.released} are released as of today."
    )
    click.echo("Watch them as the operator, on the page /ofis/uretim of the running site.")


def _play(*, as_json: bool) -> None:
    settings = apart(os.environ, "demo")
    console = Console(stderr=True)
    try:
        server = database_url(settings)
        with scratch_database(server, "nes_demo") as url, console.status("") as status:
            composition, clock = _house(settings, url)
            try:
                with connected(composition) as open_house:
                    stage = _stage(open_house, clock)
                    outcomes = perform(stage, programme(), status.update)
                outcome = verify(composition.database, composition.library)
            finally:
                composition.database.dispose()
    finally:
        close_server(settings)
    (_print_json if as_json else _print_table)(stage, outcomes, outcome)
    if not outcome.ok:
        raise CommandFailure(f"The journal does not verify: {outcome.problems[0]}.")


def _house(settings: Settings, url: URL) -> tuple[Composition, FixedClock]:
    """Compose an office whose clock starts at this noon and is moved by the scenes."""
    start = SystemClock().now().replace(minute=0, second=0, microsecond=0)
    clock = FixedClock(start)
    upgrade(url)
    database = make_engine(url, application="nes demo", pool_size=10)
    loaded = definitions()
    publish(database, loaded, clock.now() - timedelta(days=1))
    library = Library(database, loaded, registry())
    engine = CaseEngine(database, library, clock, open_services(settings, database))
    return Composition(settings, database, library, clock, engine), clock


def _stage(composition: Composition, clock: FixedClock) -> DemoOffice:
    services = composition.engine.services
    folder = composition.settings.var
    services.establish_keys()
    _anchors(folder).write_bytes(services.authority().anchors_pem())
    stage = DemoOffice(composition.engine, services, clock, folder)
    stage.prepare()
    return stage


def _anchors(folder: Path) -> Path:
    return folder / "anchors.pem"


def _print_json(stage: DemoOffice, outcomes: list[SceneOutcome], journal: Verification) -> None:
    document = {
        "cases": [outcome.as_json() for outcome in outcomes],
        "anchors": str(_anchors(stage.folder)),
        "containers": [
            {
                "name": signed.name,
                "container": str(signed.container),
                "content": str(signed.content),
                "certificate": str(signed.certificate),
                "signed_pdf": str(signed.pdf) if signed.pdf else None,
            }
            for signed in stage.signed
        ],
        "journal": {"ok": journal.ok, "cases": journal.cases, "entries": journal.entries},
    }
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def _print_table(stage: DemoOffice, outcomes: list[SceneOutcome], journal: Verification) -> None:
    table = Table(title="nes demo", show_lines=True)
    table.add_column("case", no_wrap=True)
    table.add_column("method", no_wrap=True)
    table.add_column("way taken")
    table.add_column("held", justify="right", no_wrap=True)
    table.add_column("refused", justify="right")
    table.add_column("certificate serial", no_wrap=True)
    table.add_column("tracking", no_wrap=True)
    for outcome in outcomes:
        table.add_row(
            f"{outcome.reference}\n{outcome.title}",
            outcome.method,
            " → ".join(outcome.way),
            f"{outcome.days_held} days" if outcome.days_held else "–",
            str(outcome.refused),
            outcome.certificate_serial or "–",
            outcome.tracking_number or "–",
        )
    # Serial and tracking numbers are there to be copied: never cut, however narrow the screen.
    console = Console(width=max(Console().width, WIDTH))
    console.print(table)
    console.print(f"{len(stage.signed)} signed containers in {stage.folder}")
    word = "verifies" if journal.ok else "DOES NOT VERIFY"
    console.print(f"The journal {word}: {journal.cases} cases, {journal.entries} entries.")
