"""``nes station``: the stations that an office knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from handlers.cards import station as orders
from handlers.cards import stations
from web.terminal.commands.shared import opened
from web.terminal.commands.terminal import json_option, say, say_json

if TYPE_CHECKING:
    from states.cases.station import Station


@click.group()
def station() -> None:
    """Make cards in a production room; add, list and end the stations of an office.

    \b
    Example:
      nes station list
    """  # noqa: D301 - \b tells click to keep the lines


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
