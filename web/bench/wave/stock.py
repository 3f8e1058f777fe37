"""The stock of blank cards of an office of the wave, taken in by its own moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.cards.boxes import NewBox, numbers_between, receive
from handlers.cards.payloads import BoxCount
from states.cases.card_box import MOST_CARDS
from workflow.model.actor import Actor

if TYPE_CHECKING:
    from handlers.kit.context import CaseEngine

RECEIVING, COUNTING = (
    Actor(f"user:{number}", frozenset({"operator"}), "demo", number) for number in (1, 2)
)


def take_in(engine: CaseEngine, cards: int) -> None:
    """Take so many blank cards in, in as few boxes as they fit into."""
    for first in range(1, cards + 1, MOST_CARDS):
        last = min(first + MOST_CARDS - 1, cards)
        numbers = numbers_between(f"{first:06}", f"{last:06}")
        case = receive(engine, RECEIVING, NewBox(f"K-{first:06}", "TEST", numbers))
        engine.fire(case, "count", COUNTING, BoxCount(len(numbers)).payload(), workflow="box")
