"""A person with a card that ends soon, and the additional one that was delivered beside it."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.cards.seed import Held
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from tests.kit.handlers.world import World, operator


@pytest.fixture
def old(world: World, me: int) -> Held:
    """Give the card that ends soon."""
    return world.card(me, date(2026, 4, 10))


@pytest.fixture
def new(world: World, me: int, old: Held) -> Held:
    """Give the delivered card of an additional certificate, valid from now on."""
    world.consent(me, old)
    case = world.file(me, "additional")
    world.choose(case, me, "e_onay")
    world.engine.fire(case, "start_production", operator())
    world.run_effects("production.make", "courier.book")
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    world.clock.advance(seconds=5)
    world.publish_lists()
    certificate = world.read(Certificate, world.read(Application, case).certificate_id)
    card = world.read(Card, certificate.card_id)
    return Held(certificate.id, card.serial, "123456")
