"""A card whose loss was approved signs nothing here any more, whoever made it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from states.cases.certificate import Certificate
from tests.handlers.signatures.test_sign_in import signed, state
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.typed import typed

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from tests.kit.handlers.world import World

LATE = date(2028, 6, 30)


@pytest.fixture
def foreign(world: World, me: int) -> Held:
    """Give a card of another house, of which a list has told, and one that signs beside it."""
    held = typed(world, me)
    world.consent(me, world.card(me, LATE))
    return held


def lose(world: World, me: int, held: Held, *, approve: bool) -> None:
    case = world.file(me, "lost", held.certificate_id)
    if approve:
        world.choose(case, me, "e_onay")


@pytest.mark.parametrize("seen", [False, True], ids=["only typed", "seen"])
def test_nobody_signs_with_a_card_of_another_house_that_was_told_lost(
    world: World, me: int, foreign: Held, *, seen: bool
) -> None:
    if seen:
        world.consent(me, foreign)
    lose(world, me, foreign, approve=True)
    assert world.read(Certificate, foreign.certificate_id).state == "active"
    with denied("signature.certificate_lost"):
        world.consent(me, foreign)
    with denied("signature.certificate_lost"):
        signed(world, foreign)


def test_a_loss_that_was_not_approved_takes_no_card_from_its_holder(
    world: World, me: int, foreign: Held
) -> None:
    lose(world, me, foreign, approve=False)
    assert state(world, signed(world, foreign)) == "signed"
    world.consent(me, foreign)
