"""The stock of blank cards: boxes received and counted, cards bound, spoilt and destroyed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from handlers.cards.blanks import next_blank
from handlers.cards.payloads import BoxCount, Personalised
from handlers.kit import rows
from handlers.kit.payload import checked
from handlers.kit.roles import acts_alone
from states.cases.application import Application
from states.cases.chip_card import ChipCard
from workflow.model.actor import system
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from handlers.kit.context import Context
    from workflow.model.verdict import Verdict

_SYSTEM = system("stock")

LOCK = 6_210_480
"""The advisory lock under which boxes are received and counted: their numbers never overlap."""

SHOWN = 3
"""How many numbers a sentence names of those that are known already."""


@check
def available(context: Context) -> Verdict:
    """Allow a production for which there is a blank card, or where no stock is kept."""
    return deny("production.stock_empty") if next_blank(context).empty else ALLOW


@check
def fits(context: Context) -> Verdict:
    """Allow a box of which no card is known from another box, in stock or not counted yet."""
    context.connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    known = _known(context.connection, _numbers(context), context.case_id)
    return deny("stock.overlap", numbers=known[:SHOWN], cards=len(known)) if known else ALLOW


def _numbers(context: Context) -> list[str]:
    numbers = context.case["numbers"]
    return [str(number) for number in numbers] if isinstance(numbers, list) else []


_WAITING = text("""
SELECT DISTINCT n FROM card_box b CROSS JOIN unnest(b.numbers) n
WHERE b.state = 'received' AND b.id <> :box AND n = ANY(:numbers)
UNION SELECT number FROM chip_card WHERE number = ANY(:numbers)
ORDER BY 1
""")


def _known(connection: Connection, numbers: Sequence[str], box_id: int) -> list[str]:
    """Return which numbers stand in another box that is not counted yet, or are cards already."""
    found = connection.scalars(_WAITING, {"box": box_id, "numbers": list(numbers)})
    return list(found)


@action
def describe(context: Context) -> None:
    """Put into the journal what box was taken in."""
    box = context.case
    context.note(
        box=rows.text(box, "name"),
        maker=rows.text(box, "maker"),
        first_number=rows.text(box, "first_number"),
        quantity=rows.number(box, "quantity"),
    )


@check
def counted(context: Context) -> Verdict:
    """Allow the count that comes to what the box says it holds."""
    if context.rehearsal:
        return ALLOW
    told = BoxCount.of(context.payload)
    if told is None:
        return deny("stock.not_counted")
    if told.cards != rows.number(context.case, "quantity"):
        return deny("stock.miscounted", counted=told.cards)
    return ALLOW


@action(fires=("card.stock", "box.close"))
def take_in(context: Context) -> None:
    """Open a case for each card of the box, in the order in which they lie in it.

    Boxes that are used up by now are closed, and productions that waited for the stock are tried
    again with the next sweep.
    """
    was_empty = _is_empty(context.connection)
    context.note(counted=checked(BoxCount.of(context.payload)).cards)
    numbers = _numbers(context)
    for position, number in enumerate(numbers, start=1):
        context.open(
            "card", "stock", {"number": number, "box_id": context.case_id, "position": position}
        )
    for box_id in context.connection.scalars(_USED_UP, {"box": context.case_id}).all():
        context.fire(box_id, "close", by=_SYSTEM)
    if was_empty:
        _wake_waiting(context, len(numbers))


_USED_UP = text("""
SELECT b.id FROM card_box b WHERE b.state = 'open' AND b.id <> :box AND NOT EXISTS (
    SELECT FROM chip_card c WHERE c.box_id = b.id AND c.state IN ('in_stock', 'reserved'))
ORDER BY b.id
""")


def _is_empty(connection: Connection) -> bool:
    blank = select(ChipCard.id).where(ChipCard.state == "in_stock").limit(1)
    return connection.scalar(blank) is None


def _wake_waiting(context: Context, most: int) -> None:
    waiting = (
        select(Application.id)
        .where(Application.state == "queued", Application.due_at > context.now)
        .order_by(Application.due_at, Application.id)
        .limit(most)
    )
    for application_id in context.connection.scalars(waiting).all():
        context.wake(application_id)


@check
def used_up(context: Context) -> Verdict:
    """Allow a box of which no card is in stock, nor reserved for a production that may fail."""
    left = select(func.count()).where(
        ChipCard.box_id == context.case_id, ChipCard.state.in_(("in_stock", "reserved"))
    )
    cards = context.connection.scalar(left)
    return deny("stock.not_used_up", cards=cards) if cards else ALLOW


@action
def note_number(context: Context) -> None:
    """Put into the journal which card it is: its printed number, its box and its place there."""
    case = context.case
    context.note(
        number=rows.text(case, "number"),
        box=rows.number(case, "box_id"),
        position=rows.number(case, "position"),
    )


@action
def bind(context: Context) -> None:
    """Keep what is going to be personalised on the card, and for whom."""
    said = checked(Personalised.of(context.payload))
    context.update(card_id=said.card_id, person_id=said.person_id)
    context.note(card=said.card_id)


@action
def unbind(context: Context) -> None:
    """Take what was going to be personalised off the card again: nothing was written on it."""
    context.update(card_id=None, person_id=None)
    context.note(card=None)


@check
def of_no_application(context: Context) -> Verdict:
    """Allow people to put aside or lose only a card that no application has under way.

    Of one that is bound to an application that is said there, so that its certificate ends too.
    """
    if acts_alone(context.actor) or context.case["card_id"] is None:
        return ALLOW
    if context.case["state"] in {"spoilt", "to_be_destroyed"}:
        return ALLOW
    return deny("stock.of_application")
