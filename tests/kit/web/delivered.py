"""A replacement for a broken card, in its holder's hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.cards.seed import Held
from states.cases.card import Card
from tests.kit.handlers.world import operator

if TYPE_CHECKING:
    from states.cases.certificate import Certificate
    from tests.kit.handlers.world import World
    from tests.web.portal.conftest import Holder


def delivered(world: World, holder: Holder) -> int:
    """Bring a replacement for a broken card into its holder's hand."""
    me = holder.person_id
    world.consent(me, holder.held)
    case = world.file(me, "fault", holder.held.certificate_id)
    world.choose(case, me, "e_onay")
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    return case


def new_card(world: World, certificate: Certificate, holder: Holder) -> Held:
    """Return the card of a certificate, as its holder has it in his hand."""
    card = world.read(Card, certificate.card_id)
    return Held(certificate.id, card.serial, holder.held.pin)
