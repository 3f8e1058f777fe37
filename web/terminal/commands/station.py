"""``nes station``: the program of a production room, and the stations that an office knows."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from handlers.cards import station as orders
from handlers.cards import stations
from web.terminal.commands.shared import opened
from web.terminal.commands.terminal import json_option, say, say_json
from workflow.model.clock import SystemClock

if TYPE_CHECKING:
    from states.cases.station import Station


@click.group(invoke_without_command=True)
@click.option(
    "--office",
    "offices",
    multiple=True,
    metavar="URL=FILE",
    envvar="STATION_OFFICE",
    help="An office, and the file with the secret that it gave; may be repeated.",
)
@click.option(
    "--spool",
    type=click.Path(path_type=Path),
    envvar="STATION_SPOOL",
    help="Folder for what is made and not handed in yet.",
)
@click.option(
    "--module",
    type=click.Path(path_type=Path),
    envvar="STATION_MODULE",
    help="The PKCS#11 module of the cards; SoftHSM when left out.",
)
@click.option(
    "--reader",
    default="",
    envvar="STATION_READER",
    help="Part of the reader's name, where there are several.",
)
@click.option(
    "--maker",
    "makers",
    multiple=True,
    metavar="MAKER=NAME",
    envvar="STATION_MAKER",
    help="What the cards of a maker of the stock call their manufacturer.",
)
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    envvar="STATION_STORE",
    help="Folder of a SoftHSM store: cards without a reader, to try it.",
)
@click.option("--unattended", is_flag=True, help="Ask nobody: a machine inserts the cards.")
@click.option("--count", type=click.IntRange(1), help="Stop after so many cards.")
@click.option("--drain", is_flag=True, help="Stop when no order waits.")
def station(  # noqa: PLR0913 - each is an option of the command
    *,
    offices: tuple[str, ...],
    spool: Path | None,
    module: Path | None,
    reader: str,
    makers: tuple[str, ...],
    store: Path | None,
    unattended: bool,
    count: int | None,
    drain: bool,
) -> None:
    """Make cards in a production room; add, list and end the stations of an office.

    Without a command it makes the cards that offices order. That needs no database and no
    settings of an office: only its address and the secret that `nes station add` printed.

    \b
    Example:
      nes station --office https://ofis.example=ofis.secret --spool spool --module /usr/lib/card.so
    """  # noqa: D301 - \b tells click to keep the lines
    if click.get_current_context().invoked_subcommand is not None:
        return
    if not offices or spool is None:
        raise click.UsageError("Name an --office with its secret, and a --spool.")
    # Who lists stations loads no cards.
    from signing.station import program  # noqa: PLC0415 - see above

    options = program.StationOptions(
        offices={
            url: Path(path) for url, path in (program.pair_of("--office", one) for one in offices)
        },
        spool=spool,
        store=store,
        module=module,
        reader=reader,
        makers=dict(program.pair_of("--maker", one) for one in makers),
        unattended=unattended,
        count=count,
        drain=drain,
    )
    around = program.StationSurroundings(
        say=say, ask=partial(click.prompt, default="", show_default=False, prompt_suffix=""),
        now=SystemClock().now,
    )  # fmt: skip
    program.run_station(options, around)


@station.command()
@click.argument("name")
@json_option
def add(name: str, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Add a station called NAME and print its secret, once: the office keeps only its hash.

    \b
    Example:
      nes station add "Ankara 2. oda" > ofis.secret
    """  # noqa: D301 - the same
    with opened() as composition:
        secret = stations.add_station(composition.database, name, composition.clock.now())
    if as_json:
        say_json({"name": name, "secret": secret})
    else:
        say(secret)


@station.command("list")
@json_option
def list_(as_json: bool) -> None:  # noqa: FBT001 - the same
    """List the stations: since when, when last seen, ended or not.

    \b
    Example:
      nes station list
    """  # noqa: D301 - the same
    with opened() as composition:
        found = [_row(one) for one in stations.list_stations(composition.database)]
    if as_json:
        say_json(found)
        return
    for row in found:
        seen, ended = row["last_seen_at"] or "never seen", row["ended_at"]
        say(f"{row['name']:<30} {seen}" + (f"  ended {ended}" if ended else ""))


def _row(one: Station) -> dict[str, object]:
    return {
        "name": one.name, "added_at": one.added_at, "last_seen_at": one.last_seen_at,
        "ended_at": one.ended_at,
    }  # fmt: skip


@station.command()
@click.argument("name")
@json_option
def end(name: str, as_json: bool) -> None:  # noqa: FBT001 - the same
    """End the station called NAME for good; other stations get its orders.

    What it had certified and not handed in is made anew, on another card.

    \b
    Example:
      nes station end "Ankara 2. oda"
    """  # noqa: D301 - the same
    with opened() as composition:
        found = stations.station_named(composition.database, name)
        stations.close_station(composition.database, found.id, composition.clock.now())
        orders_left = orders.release(composition.engine, found.id)
    if as_json:
        say_json({"name": name, "orders": orders_left})
    else:
        say(f"{name} is ended; {orders_left} orders go to other stations.")
