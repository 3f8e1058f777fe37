"""The productions that a restore finds begun and whose card it does not have.

The card may have been made after the backup's moment, and its certificate may be in the world. To
go on would give the same serial number to another key, so number and card are given up: neither is
ever used again, and the case goes back to the queue of production.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from workflow.model.actor import system

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from handlers.kit.context import CaseEngine

BEGUN = ("in_production", "awaiting_token")
REASON = (
    "Yedekten geri yüklendi: yedekte kartı bulunmayan üretimin seri numarası yeniden kullanılmaz."
)


def give_up(engine: CaseEngine, cards: AbstractSet[str | None]) -> int:
    """Give up each begun production whose card is none of these; return how many there were."""
    begun = (
        select(Application.id, Card.serial)
        .join(Certificate, Certificate.id == Application.certificate_id)
        .join(Card, Card.id == Certificate.card_id)
        .where(Application.state.in_(BEGUN))
    )
    with engine.database.connect() as connection:
        ids = [row.id for row in connection.execute(begun) if row.serial not in cards]
    actor = system("restore")
    tally = engine.fire_many("application", "production_failed", actor, ids, reason=REASON)
    return tally.moved
