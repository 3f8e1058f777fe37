"""A person with a card that ends soon, and what is to be made or was delivered beside it."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.cards.seed import Held
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from tests.kit.handlers.courier.parcels import where_people_scan
from tests.kit.handlers.world import World, operator


@pytest.fixture
def desk(world: World) -> World:
    """Give an office where people scan."""
    return where_people_scan(world)


@pytest.fixture
def old(world: World, me: int) -> Held:
    """Give the card that ends soon."""
    return world.card(me, date(2026, 4, 10))


@pytest.fixture
def held(old: Held) -> Held:
    """Give the same card, to who has no other."""
    return old


@pytest.fixture
def new(world: World, me: int, old: Held) -> Held:
    """Give the delivered card of an additional certificate, valid from now on."""
    world.consent(me, old)
    case = world.file(me, "additional")
    world.choose(case, me, "e_onay")
    world.engine.fire(case, "start_production", operator())
    world.run_effects("production.make", "courier.book", "courier.scan_out")
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    world.clock.advance(seconds=5)
    world.publish_lists()
    certificate = world.read(Certificate, world.read(Application, case).certificate_id)
    card = world.read(Card, certificate.card_id)
    return Held(certificate.id, card.serial, "123456")


@pytest.fixture
def case(world: World, me: int, held: Held) -> int:
    """Give a renewal that waits for production."""
    return queued(world, me, held, "renewal")


def queued(world: World, me: int, held: Held, kind: str) -> int:
    """File an application of a kind and bring it into the queue of production."""
    world.consent(me, held)
    case_id = world.file(me, kind, held.certificate_id)
    assert world.choose(case_id, me, "e_onay").state == "queued"
    return case_id
