"""Boxes of blank cards for the tests: received by an operator, counted by an officer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.cards.payloads import BoxCount
from tests.kit.handlers.world import officer, operator

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor


def receive_box(
    world: World,
    name: str,
    first: str,
    quantity: int,
    *,
    maker: str = "TEST",
    by: Actor | None = None,
) -> int:
    """Receive a box of numbers that follow one another; return its case."""
    numbers = [f"{int(first) + n:0{len(first)}}" for n in range(quantity)]
    values = {
        "name": name, "maker": maker, "first_number": first, "quantity": quantity,
        "numbers": numbers,
    }  # fmt: skip
    return world.engine.open("box", "receive", by or operator(), values)


def count_box(world: World, box: int, cards: int) -> None:
    """Count a box as somebody else than who received it."""
    world.engine.fire(box, "count", officer(), BoxCount(cards).payload())


def fill_stock(world: World, name: str, first: str, quantity: int, *, maker: str = "TEST") -> int:
    """Receive a box and count it in; return its case."""
    box = receive_box(world, name, first, quantity, maker=maker)
    count_box(world, box, quantity)
    return box
