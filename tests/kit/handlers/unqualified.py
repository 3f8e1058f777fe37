"""A card whose certificate is of a person and not qualified."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.cards.orders import new_serial, order_of
from handlers.cards.seed import Held
from handlers.kit import rows
from signing.authority.production import produce
from states.cases.certificate import Certificate

if TYPE_CHECKING:
    from tests.kit.handlers.world import World


def unqualified_card(world: World, held: Held) -> Held:
    """Make a card for the person of another one, with that one's PIN and no statements."""
    with world.engine.database.connect() as connection:
        known = rows.fetch(connection, Certificate, held.certificate_id)
        order = order_of(connection, world.services, known)
    plain = replace(order.request, serial_number=int(new_serial(), 16), qualified=False)
    card = replace(order.card, serial=f"PLAIN{known.person_id:011}")
    produce(
        world.services.store(), world.services.authority(), replace(order, card=card, request=plain)
    )
    return Held(0, card.serial, held.pin)
