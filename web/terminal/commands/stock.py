"""``nes stock``: boxes of blank cards received, counted and listed in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from sqlalchemy import text

from handlers.cards import boxes
from handlers.cards.payloads import BoxCount
from handlers.kit.sentences import sentence_of
from states.kit.invalid import Invalid
from states.kit.reference import reference
from web.gate.failure import CommandFailure
from web.terminal.commands.shared import actor_named, as_option, opened
from web.terminal.commands.terminal import json_option, say, say_json
from workflow.model.refusal import WorkflowError
from workflow.present.sentences import sentence

if TYPE_CHECKING:
    from typing import TextIO

    from sqlalchemy import Engine

    from web.gate.composition import Composition

_LIST = text("""
SELECT b.reference, b.name, b.maker, b.first_number, b.quantity, b.state,
    count(c.id) FILTER (WHERE c.state = 'in_stock') AS blank
FROM card_box b LEFT JOIN chip_card c ON c.box_id = b.id
GROUP BY b.id, b.reference, b.name, b.maker, b.first_number, b.quantity, b.state ORDER BY b.id
""")


@click.group()
def stock() -> None:
    """Receive, count and list boxes of blank cards.

    \b
    Example:
      nes stock list
    """  # noqa: D301 - \b tells click to keep the lines


@stock.command()
@click.argument("name")
@click.option("--maker", required=True, help="Who made the cards.")
@click.option("--first", help="The number of the first card.")
@click.option("--last", help="The number of the last card.")
@click.option("--numbers", type=click.File(encoding="utf-8"), help="A file of all numbers.")
@as_option
@json_option
def receive(  # noqa: PLR0913, PLR0917 - one argument for each option of the command
    name: str,
    maker: str,
    first: str | None,
    last: str | None,
    numbers: TextIO | None,
    actor_name: str,
    as_json: bool,  # noqa: FBT001 - click's signature
) -> None:  # fmt: skip
    """Take in a box called NAME, which somebody else has to count.

    \b
    Example:
      nes stock receive K-07 --maker "Üretici" --first 000100 --last 000599 --as user:7
    """  # noqa: D301 - the same
    if (numbers is None) == (first is None or last is None):
        raise CommandFailure("Give --first and --last, or --numbers with a file.")
    with opened(keys=True) as composition:
        actor = actor_named(composition.database, actor_name)
        try:
            read = (
                boxes.numbers_between(first or "", last or "")
                if numbers is None
                else boxes.numbers_listed(numbers.read())
            )
            case = boxes.receive(composition.engine, actor, boxes.NewBox(name, maker, read))
        except Invalid as invalid:
            raise CommandFailure(sentence_of(invalid, "en")) from None
        except WorkflowError as error:
            raise _failure(composition, error) from None
    told = {"reference": reference("box", case), "cards": len(read)}
    if as_json:
        say_json(told)
    else:
        say(f"{told['reference']}: {len(read)} cards received, to be counted by somebody else.")


@stock.command()
@click.argument("name")
@click.argument("cards", type=click.IntRange(0))
@as_option
@json_option
def count(name: str, cards: int, actor_name: str, as_json: bool) -> None:  # noqa: FBT001 - the same
    """Count the box called NAME: so many CARDS are in it. Who received it cannot.

    \b
    Example:
      nes stock count K-07 500 --as user:3
    """  # noqa: D301 - the same
    with opened(keys=True) as composition:
        actor = actor_named(composition.database, actor_name)
        box = _box(composition.database, name)
        try:
            composition.engine.fire(box, "count", actor, BoxCount(cards).payload(), workflow="box")
        except WorkflowError as error:
            raise _failure(composition, error) from None
    if as_json:
        say_json({"reference": reference("box", box), "cards": cards})
    else:
        say(f"{reference('box', box)}: {cards} cards are in stock.")


@stock.command("list")
@json_option
def list_(as_json: bool) -> None:  # noqa: FBT001 - the same
    """List the boxes and how many of their cards are blank.

    \b
    Example:
      nes stock list
    """  # noqa: D301 - the same
    with opened() as composition, composition.database.connect() as connection:
        found = [dict(row) for row in connection.execute(_LIST).mappings()]
    if as_json:
        say_json(found)
        return
    for row in found:
        blank = f"{row['blank']} of {row['quantity']} blank"
        say(f"{row['reference']}  {row['name']}  {row['maker']}  {row['state']}  {blank}")


def _box(database: Engine, name: str) -> int:
    with database.connect() as connection:
        found: int | None = connection.scalar(
            text("SELECT id FROM card_box WHERE name = :name AND state <> 'sent_back'"),
            {"name": name},
        )
    if found is None:
        raise CommandFailure(f"There is no box named “{name}”.")
    return found


def _failure(composition: Composition, error: WorkflowError) -> CommandFailure:
    definition = composition.library.workflow("box")
    return CommandFailure(sentence(definition, error.code, error.params, "en"))
