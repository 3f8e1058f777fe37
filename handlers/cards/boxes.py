"""A box of blank cards as it is typed in: its name, its maker and the numbers of its cards."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from states.cases.card_box import MOST_CARDS, CardBox
from states.cases.chip_card import ChipCard
from states.kit.invalid import Invalid
from states.kit.text import normal
from workflow.model.refusal import Conflict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine
    from workflow.model.actor import Actor

LONGEST_NUMBER = 30
"""Digits of a printed card number at the most."""

LONGEST_NAME = 60
"""Characters of the name of a box or of a maker."""

_NUMBER = re.compile(rf"[0-9]{{1,{LONGEST_NUMBER}}}", re.ASCII)
_BETWEEN = re.compile(r"[\s,;]+")
_SAME_NAME = "uq_card_box_name"


@dataclass(frozen=True, slots=True)
class NewBox:
    """A box as somebody takes it in; ``numbers`` in the order in which its cards lie."""

    name: str
    maker: str
    numbers: Sequence[str]


@dataclass(frozen=True, slots=True)
class StockLevel:
    """Whether the house keeps a stock of cards at all, and how many blanks are in it."""

    kept: bool
    blanks: int

    def is_low(self, limit: int) -> bool:
        """Say whether fewer blanks are left than somebody wants to know of."""
        return self.kept and self.blanks < limit


def read_level(connection: Connection) -> StockLevel:
    """Return how many blank cards there are."""
    counted_in = select(CardBox.id).where(CardBox.state.in_(("open", "closed"))).limit(1)
    blanks = select(func.count()).where(ChipCard.state == "in_stock")
    kept = connection.scalar(counted_in) is not None
    return StockLevel(kept, connection.execute(blanks).scalar_one())


def numbers_between(first: str, last: str) -> list[str]:
    """Return the numbers from the first to the last card of a box.

    Raises Invalid for what is no number, for two of different lengths, for an end before the
    beginning and for more cards than a box holds.
    """
    first, last = _number(first), _number(last)
    if len(first) != len(last):
        raise Invalid("stock.lengths", first=first, last=last)
    quantity = int(last) - int(first) + 1
    if quantity < 1:
        raise Invalid("stock.backwards", first=first, last=last)
    _check_quantity(quantity)
    return [f"{int(first) + n:0{len(first)}}" for n in range(quantity)]


def numbers_listed(text: str) -> list[str]:
    """Return the numbers of a list that was pasted, in its order.

    They are parted by blanks, lines, commas or semicolons. Raises Invalid for what is no number,
    for one that stands there twice and for more or fewer cards than a box holds.
    """
    numbers = [_number(part) for part in _BETWEEN.split(text.strip()) if part]
    _check_quantity(len(numbers))
    twice = [number for number, times in Counter(numbers).items() if times > 1]
    if twice:
        raise Invalid("stock.twice", number=twice[0], cards=len(twice))
    return numbers


def _number(text: str) -> str:
    number = text.strip()
    if _NUMBER.fullmatch(number) is None:
        raise Invalid("stock.no_number", number=number[: LONGEST_NUMBER + 1], most=LONGEST_NUMBER)
    return number


def _check_quantity(quantity: int) -> None:
    if not 1 <= quantity <= MOST_CARDS:
        raise Invalid("stock.quantity", quantity=quantity, most=MOST_CARDS)


def receive(engine: CaseEngine, actor: Actor, box: NewBox) -> int:
    """Take a box in, which somebody else has to count; return its case.

    Raises Invalid for a name or maker that is missing or too long and for a name that another box
    has, and the refusal of the move where a card is known from another box.
    """
    name, maker = _word(box.name, "stock.no_name"), _word(box.maker, "stock.no_maker")
    _check_quantity(len(box.numbers))
    values = {
        "name": name,
        "maker": maker,
        "first_number": box.numbers[0],
        "quantity": len(box.numbers),
        "numbers": list(box.numbers),
    }
    try:
        return engine.open("box", "receive", actor, values)
    except Conflict as conflict:
        if conflict.params.get("constraint") != _SAME_NAME:
            raise
        raise Invalid("stock.known_box", box=name) from None


def _word(text: str, code: str) -> str:
    word = normal(text).strip()
    if not 1 <= len(word) <= LONGEST_NAME:
        raise Invalid(code, most=LONGEST_NAME)
    return word
