"""The physical card under a production: which blank is next, and what becomes of it.

A house that keeps no stock has no physical cards on record, and one that has begun to keep it has
none for what it made before. Then nothing here does anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, text, update

from handlers.cards.payloads import Personalised
from handlers.kit import rows
from handlers.kit.production_place import ProductionPlace
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.chip_card import ChipCard
from states.cases.station import StationOrder
from workflow.engine.driver import fetch
from workflow.model.actor import system

if TYPE_CHECKING:
    from handlers.kit.context import Context

_SYSTEM = system("production")

WASTED = ("in_stock", "reserved", "made", "enveloped", "returned")
"""States of a card that lies in the house and can be put aside as spoilt."""

OVER = ("delivered", "destroyed", "lost")
"""States that a card never leaves."""

_MISSING = "missing"
"""The code of the reason by which a card that cannot be found in the house is scrapped."""

# The row is locked while it is chosen: two productions at once take two cards, and none waits.
_LOCKED = " FOR UPDATE OF c SKIP LOCKED"
_NEXT = """
SELECT blank.id, blank.maker FROM (
    SELECT FROM card_box WHERE state IN ('open', 'closed') LIMIT 1) kept
LEFT JOIN LATERAL (
    SELECT c.id, b.maker FROM chip_card c JOIN card_box b ON b.id = c.box_id
    WHERE c.state = 'in_stock' ORDER BY c.box_id, c.position LIMIT 1{lock}) blank ON true
"""


@dataclass(frozen=True, slots=True)
class Stocked:
    """What the stock has for a production.

    ``kept`` says whether the house keeps a stock at all; ``chip_id`` is the next blank card of it
    and ``maker`` who made that, None where none is left.
    """

    kept: bool
    chip_id: int | None = None
    maker: str | None = None

    @property
    def empty(self) -> bool:
        """Say whether production has to wait for another box."""
        return self.kept and self.chip_id is None


def next_blank(context: Context) -> Stocked:
    """Return what the stock has, locked for this move; the same answer within one move.

    Who only asks whether the move would go locks nothing: the last blank would be out of the sight
    of the move that is made meanwhile.
    """
    found = context.recall(Stocked)
    if found is None:
        source = _NEXT.format(lock="" if context.rehearsal else _LOCKED)
        answer = fetch(context.connection, source, {})
        blank = answer[0] if answer else _NOTHING
        found = Stocked(kept=bool(answer), chip_id=blank["id"], maker=blank["maker"])
        context.remember(found)
    return found


_NOTHING = {"id": None, "maker": None}


def reserve(context: Context, chip_id: int, card_id: int) -> None:
    """Reserve a blank for what is going to be personalised on it."""
    person_id = rows.number(context.case, "person_id")
    context.fire(chip_id, "reserve", Personalised(card_id, person_id).payload(), by=_SYSTEM)


def set_status(context: Context, certificate_id: int, status: str) -> int | None:
    """Write what became of a card; return the physical one that it stands on, if any is known."""
    certificate = rows.fetch(context.connection, Certificate, certificate_id)
    chip = select(ChipCard.id).where(ChipCard.card_id == Card.id).scalar_subquery()
    written = update(Card).where(Card.id == certificate.card_id).values(status=status)
    chip_id: int | None = context.connection.scalar(written.returning(chip))
    return chip_id


def make(context: Context, chip_id: int) -> None:
    """State that what was ordered stands on the card."""
    context.fire(chip_id, "make", by=_SYSTEM)


def give_back(context: Context, chip_id: int) -> None:
    """Put a reserved blank back, or aside where it may have been written on."""
    if _untouched(context):
        context.fire(chip_id, "put_back", by=_SYSTEM)
        return
    failed = context.transition.name in _FAILED
    context.fire(chip_id, "spoil", reason="production" if failed else "stopped", by=_SYSTEM)


_FAILED = ("production_failed", "stop_production", "production_overdue")

# Whoever takes the order waits for this lock, and finds the case moved on.
_NOT_BEGUN = text("""
SELECT 1 FROM procrastinate_jobs
WHERE queueing_lock = :key AND status = 'todo' AND attempts = 0 FOR UPDATE SKIP LOCKED
""")


def _untouched(context: Context) -> bool:
    """Say whether nobody has taken up the order to write on the card."""
    if context.case["state"] != "in_production" or _taken_by_station(context):
        return False
    if context.services.made is ProductionPlace.ROOMS:
        return True
    number = rows.number(context.case, "version")
    key = f"{context.case_id}/{number}/production.make"
    return context.connection.scalar(_NOT_BEGUN, {"key": key}) is not None


def _taken_by_station(context: Context) -> bool:
    taken = select(StationOrder.certificate_id).where(
        StationOrder.certificate_id == rows.number(context.case, "certificate_id")
    )
    return context.connection.scalar(taken) is not None


def end(context: Context, chip_id: int) -> None:
    """Put a card aside whose application ends without it, or enter that it is lost."""
    state = context.connection.scalar(select(ChipCard.state).where(ChipCard.id == chip_id))
    if state in OVER:
        return
    code = (context.reason or "").partition(":")[0]
    if context.transition.name == "report_lost":
        there = rows.text(context.case, "state") in _IN_HOUSE
        context.fire(chip_id, "lose", reason="in_house" if there else "by_courier", by=_SYSTEM)
    elif code == _MISSING:
        context.fire(chip_id, "lose", reason="in_house", by=_SYSTEM)
    else:
        if state == "handed_over":
            context.fire(chip_id, "return_card", by=_SYSTEM)
        if state == "handed_over" or state in WASTED:
            context.fire(chip_id, "spoil", reason=_SPOILT_BY.get(code, "stopped"), by=_SYSTEM)


_IN_HOUSE = ("produced", "not_booked", "booked", "courier_returned")
_SPOILT_BY = {code: code for code in ("faulty_card", "damaged", "wrong_print", "unusable")}
