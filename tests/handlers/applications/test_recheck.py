"""What waits is woken at once when what it rests on changes, instead of on the day it opens."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from states.cases.application import Application
from tests.kit.handlers.world import ISMAIL, applicant
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from tests.kit.handlers.world import World

ENDS_ON = date(2026, 9, 1)


@pytest.fixture
def held(world: World, me: int) -> Held:
    return world.card(me, ENDS_ON)


@pytest.fixture
def case(world: World, me: int, held: Held) -> int:
    """Give an approved renewal that waits for July."""
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "held"
    return case


def revoke(world: World, me: int, held: Held) -> None:
    world.engine.fire(
        held.certificate_id, "revoke", applicant(me), reason="Kart kayboldu ya da çalındı"
    )


def test_a_revoked_certificate_sends_its_held_renewal_to_the_desk_at_the_next_sweep(
    world: World, me: int, held: Held, case: int
) -> None:
    before = world.read(Application, case).due_at
    assert before is not None
    assert before > world.clock.now()
    revoke(world, me, held)
    woken = world.read(Application, case).due_at
    assert woken is not None
    assert woken <= world.clock.now()
    sweep(world.engine)
    assert world.state(case) == "in_person"


def test_a_suspended_certificate_leaves_its_held_renewal_where_it_waits(
    world: World, me: int, held: Held, case: int
) -> None:
    before = world.read(Application, case).due_at
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    assert world.read(Application, case).due_at == before
    sweep(world.engine)
    assert world.state(case) == "held"


def test_the_renewal_of_another_certificate_is_left_alone(world: World, case: int) -> None:
    before = world.read(Application, case).due_at
    other = world.person(ISMAIL, "İsmail", "Iraksak")
    revoke(world, other, world.card(other, ENDS_ON))
    assert world.read(Application, case).due_at == before
