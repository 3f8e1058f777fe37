"""The stock of an office of the wave: boxes that one person received and another counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.cards.payloads import BoxCount
from web.demo.stage import FIRST_OFFICER, OPERATOR

if TYPE_CHECKING:
    from handlers.kit.context import CaseEngine

IN_A_BOX = 16
"""Cards of a box: fewer than an office needs, so that it ends in the middle of the wave."""


def fill_stock(engine: CaseEngine, cards: int) -> None:
    """Take so many blank cards into stock, and a few more than a wave needs."""
    for number in range(cards // IN_A_BOX + 1):
        numbers = [f"TEST-{number:04}-{place:03}" for place in range(IN_A_BOX)]
        box = engine.open("box", "receive", OPERATOR, {
            "name": f"KUTU-{number}", "maker": "TEST", "first_number": numbers[0],
            "quantity": IN_A_BOX, "numbers": numbers,
        })  # fmt: skip
        engine.fire(box, "count", FIRST_OFFICER, BoxCount(IN_A_BOX).payload())
