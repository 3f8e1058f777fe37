"""A card of another house, of whose certificate the office knows what a list has typed."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import TYPE_CHECKING

from handlers.cards.orders import new_serial, request_of
from handlers.cards.seed import Held
from signing.authority.production import ProductionOrder, produce
from signing.tokens.card import BlankCard
from states.cases.certificate import Certificate
from workflow.model.clock import start_of_day

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

SOON = date(2026, 4, 10)
"""The end that is typed unless a test wants another, and the true one too."""

PIN = "654321"
_cards = itertools.count(7 * 10**15)


def typed(world: World, person_id: int, true: date = SOON, said: date = SOON) -> Held:
    """Give a card that can sign until a day, and the record that a list makes of it.

    The card is made by the tests' authority, which the office trusts; that the office made it is
    nowhere recorded.
    """
    end = start_of_day(true + timedelta(days=1)) - timedelta(seconds=1)
    begin = (world.clock.now() - timedelta(days=900)).replace(microsecond=0)
    serial = new_serial()
    wanted = Certificate(person_id=person_id, serial=serial, not_before=begin, not_after=end)
    with world.engine.database.connect() as connection:
        request = request_of(connection, world.services, wanted)
    card = BlankCard(f"{next(_cards):016}", "87654321", PIN)
    order = ProductionOrder(card, request)
    produce(world.services.store(), world.services.authority(), order)
    world.publish_lists()
    return Held(world.stated(person_id, said, serial), card.serial, PIN)
