"""Boxes of blank cards for the demonstration: received by one of the desk, counted by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from handlers.cards.boxes import NewBox, StockLevel, read_level, receive
from handlers.cards.payloads import BoxCount
from states.cases.card_box import MOST_CARDS, CardBox
from states.people.user import User
from workflow.model.actor import Actor

if TYPE_CHECKING:
    from handlers.kit.context import CaseEngine

MAKER = "TEST Kart Sanayii"
UNCOUNTED = 100
"""Cards of the box that waits for somebody to count it."""

_FIRST = 7_900_000_000_000_000
_RECEIVES, _COUNTS = ("demo:operator", "operator"), ("demo:officer-1", "officer")


BLANKS = 150
"""Blank cards that the demonstration begins with."""


def begin(engine: CaseEngine) -> None:
    """Begin to keep a stock, unless there is one."""
    if not _level(engine).kept:
        _lay_in(engine, BLANKS)


def refill(engine: CaseEngine, cards: int) -> None:
    """Have so many blank cards at the least, where a stock is kept."""
    if _level(engine).kept:
        _lay_in(engine, cards)


def _lay_in(engine: CaseEngine, cards: int) -> None:
    while (lacking := cards - _level(engine).blanks) > 0:
        quantity = min(lacking, MOST_CARDS)
        box = _receive(engine, quantity)
        engine.fire(box, "count", _actor(engine, *_COUNTS), BoxCount(quantity).payload())


def leave_one_uncounted(engine: CaseEngine) -> None:
    """Have a box that waits to be counted, unless there is one."""
    waiting = select(CardBox.id).where(CardBox.state == "received").limit(1)
    with engine.database.connect() as connection:
        if connection.scalar(waiting) is not None:
            return
    _receive(engine, UNCOUNTED)


def _level(engine: CaseEngine) -> StockLevel:
    with engine.database.connect() as connection:
        return read_level(connection)


def _receive(engine: CaseEngine, quantity: int) -> int:
    with engine.database.connect() as connection:
        number = connection.execute(select(func.count()).select_from(CardBox)).scalar_one() + 1
    first = _FIRST + number * MOST_CARDS
    numbers = [str(first + n) for n in range(quantity)]
    box = NewBox(f"TEST-KUTU-{number}", MAKER, numbers)
    return receive(engine, _actor(engine, *_RECEIVES), box)


def _actor(engine: CaseEngine, subject: str, role: str) -> Actor:
    """Return who acts under an account of the demonstration."""
    query = select(User.id, User.person_id).where(User.subject == subject)
    with engine.database.connect() as connection:
        number, person = connection.execute(query).one()
    return Actor(f"user:{number}", frozenset({role}), "demo", person)
