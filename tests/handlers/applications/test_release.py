"""What lets a timer begin or end a production: an operator's start, and no doubt of the person."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.desk import claims as desk
from states.cases.application import Application
from states.cases.certificate import Certificate
from tests.handlers.accounts.test_apart import TIMER, on_paper
from tests.handlers.desk.test_stuck import pass_days
from tests.kit.handlers.old import before
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import officer, open_account, operator

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from tests.kit.handlers.world import World

LATE = date(2026, 8, 10)
ASKED = {"asked_by": "office", "recognised": "own_records"}


def test_what_an_operator_started_in_vain_is_left_to_an_operator_when_it_can_not_go_on(
    world: World,
) -> None:
    case = on_paper(world)
    world.engine.fire(case, "start_production", operator())
    world.engine.fire(case, "production_failed", TIMER, reason="card.faulty")
    world.write("UPDATE institution SET closed_on = '2026-03-01'")
    assert pass_days(world, case, 5)[-1] == "production_stopped"


@pytest.fixture
def renamed(world: World, me: int) -> Held:
    """Hold a certificate of a person, one of two, because it bears a name of before."""
    held = world.card(me, LATE)
    world.engine.fire(held.certificate_id, "hold", officer(), ASKED, reason="data_changed")
    return held


def approved(world: World, me: int) -> int:
    """Approve a loss of another certificate by e-onay; it waits for its production."""
    other = world.card(me, LATE)
    world.consent(me, other)
    case = world.file(me, "lost", other.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    return case


def test_a_hold_for_a_new_name_needs_no_operator_for_life(
    world: World, me: int, renamed: Held
) -> None:
    told = {"asked_by": "holder", "recognised": "in_person"}
    world.engine.fire(
        renamed.certificate_id, "revoke_by_office", officer(), told, reason="data_changed"
    )
    assert world.read(Certificate, renamed.certificate_id).suspended_by == "office"
    case = approved(world, me)
    world.engine.fire(case, "start_production", TIMER)
    assert world.state(case) == "in_production"


@pytest.mark.parametrize("first", ["identity_doubt", "data_changed"])
def test_a_doubt_beside_a_new_name_is_a_doubt_until_its_hold_is_lifted(
    world: World, me: int, first: str
) -> None:
    held = world.card(me, LATE)
    both = {first, "identity_doubt", "data_changed"}
    for reason in (first, *sorted(both - {first})):
        world.engine.fire(held.certificate_id, "hold", officer(), ASKED, reason=reason)
    case = approved(world, me)
    with denied("release.in_doubt"):
        world.engine.fire(case, "start_production", TIMER)
    world.engine.fire(held.certificate_id, "release_hold", officer(), reason="görüldü")
    world.engine.fire(held.certificate_id, "hold", officer(), ASKED, reason="data_changed")
    world.engine.fire(case, "start_production", TIMER)
    assert world.state(case) == "in_production"


def test_what_is_held_and_somebody_has_taken_up_stays_with_him(world: World, me: int) -> None:
    old = world.certificate(me, date(2026, 8, 20))
    world.consent(me, world.card(me, LATE))
    case = world.file(me, "renewal", old)
    assert world.choose(case, me, "e_onay").state == "held"
    world.write("UPDATE certificate SET state = 'void' WHERE id = :id", id=old)
    opens = world.read(Application, case).production_opens_on
    assert opens is not None
    world.clock.set(world.clock.now().replace(month=opens.month, day=opens.day))
    with world.engine.database.begin() as connection:
        assert open_account(connection, "Görevli", "officer", world.clock.now()) == 1
    desk.claim(world.engine, case, officer())
    assert pass_days(world, case, 5) == ["held"] * 5
    desk.release(world.engine, case, officer())
    assert pass_days(world, case, 2)[-1] == "production_stopped"


def test_a_standing_case_that_can_not_be_started_is_late_in_every_list(
    world: World, me: int
) -> None:
    held = world.card(me, LATE)
    world.consent(me, held)
    case = before(world).file(me, "lost", held.certificate_id)
    world.choose(case, me, "e_onay")
    world.write("UPDATE institution SET closed_on = '2026-03-01'")
    assert pass_days(world, case, 5) == ["queued"] * 5
    deadline = world.read(Application, case).deadline
    assert deadline is not None
    assert deadline < date(2026, 3, 7)
