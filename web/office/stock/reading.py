"""What the pages of the stock read: boxes with their counts, a card, what is to be destroyed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from states.cases.chip_card import ChipCard
from states.kit.reference import parse, reference
from states.kit.text import normal
from web.gate.composition import composed
from web.kit.reading import find_case
from workflow.model.refusal import UnknownCase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from web.kit.reading import CaseRecord

WORKFLOWS = ("box", "card")
"""The workflows whose cases these pages show."""

SHOWN_BOXES = 200
"""Boxes that are listed, the newest first among those that are used up."""

SHOWN_CARDS = 200
"""Spoilt cards that are listed of each kind; all are counted."""

_BOXES = text("""
SELECT b.reference, b.name, b.maker, b.first_number, b.quantity, b.state, b.due_at,
    count(c.id) FILTER (WHERE c.state = 'in_stock') AS blank,
    count(c.id) FILTER (WHERE c.state = 'reserved') AS reserved,
    count(c.id) FILTER (WHERE c.state IN ('spoilt', 'to_be_destroyed', 'destroyed')) AS spoilt
FROM (SELECT * FROM card_box ORDER BY state IN ('closed', 'sent_back'), id DESC LIMIT :shown) b
LEFT JOIN chip_card c ON c.box_id = b.id
GROUP BY b.id, b.reference, b.name, b.maker, b.first_number, b.quantity, b.state, b.due_at
ORDER BY b.state IN ('closed', 'sent_back'), b.id DESC
""")

_COUNTS = text("SELECT state, count(*) AS cards FROM chip_card GROUP BY state")

_OF_BOX = text("""
SELECT state, count(*) AS cards FROM chip_card WHERE box_id = :box GROUP BY state ORDER BY state
""")

_ASIDE = text("""
SELECT c.id, c.reference, c.number, b.name AS box, b.maker, c.entered_at, c.due_at, j.actor,
    journal_said(j.body) ->> 'reason' AS reason
FROM chip_card c JOIN card_box b ON b.id = c.box_id
JOIN journal j ON j.case_id = c.id AND j.n = c.version
WHERE c.state = :state ORDER BY c.id LIMIT :shown
""")

_APPLICATION = text("""
SELECT s.application_id FROM chip_card c JOIN certificate s ON s.card_id = c.card_id
WHERE c.id = :card
""")


@dataclass(frozen=True, slots=True)
class BoxLine:
    """A box of the list, and how many of its cards are still blank, reserved or spoilt.

    ``due_at`` is the day by which one that was received is counted.
    """

    reference: str
    name: str
    maker: str
    first_number: str
    quantity: int
    state: str
    due_at: datetime | None
    blank: int
    reserved: int
    spoilt: int


@dataclass(frozen=True, slots=True)
class AsideCard:
    """A card that is spoilt or to be destroyed: since when, until when, by whom, and why."""

    id: int
    reference: str
    number: str
    box: str
    maker: str
    entered_at: datetime
    due_at: datetime | None
    actor: str
    reason: str | None


def read_boxes(connection: Connection) -> list[BoxLine]:
    """Return the boxes, those in use first."""
    found = connection.execute(_BOXES, {"shown": SHOWN_BOXES}).mappings()
    return [BoxLine(**row) for row in found]


def read_counts(connection: Connection) -> dict[str, int]:
    """Return how many cards stand in each state."""
    return {row.state: row.cards for row in connection.execute(_COUNTS)}


def read_counts_of(connection: Connection, box_id: int) -> dict[str, int]:
    """Return how many cards of a box stand in each state."""
    return {row.state: row.cards for row in connection.execute(_OF_BOX, {"box": box_id})}


def read_aside(connection: Connection, state: str) -> list[AsideCard]:
    """Return the cards that are spoilt, or that are set aside to be destroyed."""
    found = connection.execute(_ASIDE, {"state": state, "shown": SHOWN_CARDS}).mappings()
    return [AsideCard(**row) for row in found]


def ids_of(references: Sequence[str]) -> list[int]:
    """Return the ids of cards by their references; UnknownCase for what is none."""
    found = []
    for one in references:
        try:
            workflow, case_id = parse(one)
        except ValueError:
            raise UnknownCase(case=one[:40]) from None
        if workflow != "card":
            raise UnknownCase(case=one[:40])
        found.append(case_id)
    return found


def stock_case(text: str) -> CaseRecord:
    """Return the box or card of a reference; UnknownCase for what is none."""
    try:
        workflow, case_id = parse(text)
    except ValueError:
        raise UnknownCase(case=text[:40]) from None
    composition = composed()
    case = find_case(composition.database, composition.library, case_id)
    if case.workflow != workflow or workflow not in WORKFLOWS:
        raise UnknownCase(case=text)
    return case


def card_by_number(connection: Connection, number: str) -> str | None:
    """Return the reference of the card of a printed number, None when there is none."""
    query = select(ChipCard.reference).where(ChipCard.number == normal(number).strip())
    return connection.scalar(query)


def application_of(connection: Connection, card_id: int) -> str | None:
    """Return the reference of the application that a card was made for, if any."""
    found = connection.scalar(_APPLICATION, {"card": card_id})
    return None if found is None else reference("application", found)
