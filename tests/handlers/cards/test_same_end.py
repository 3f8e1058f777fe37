"""Kinds that take over the end of the old certificate: what rest, warranty and unlocking allow."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.cards.seed import give_card
from states.cases.application import Application
from states.cases.certificate import Certificate
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import World, applicant, operator
from workflow.model.clock import start_of_day

if TYPE_CHECKING:
    from handlers.cards.seed import Held

END = date(2026, 8, 10)
LAST = start_of_day(END + timedelta(days=1)) - timedelta(seconds=1)
SAME_END = ("fault", "damaged", "reissue")


@pytest.fixture
def held(world: World, me: int) -> Held:
    """Give a card of our own, two months old."""
    begun = world.clock.now() - timedelta(days=60)
    held = give_card(world.engine, me, begun, LAST)
    world.publish_lists()
    return held


@pytest.mark.parametrize("kind", SAME_END)
def test_for_a_rest_of_less_than_two_weeks_no_card_is_made(
    world: World, me: int, held: Held, kind: str
) -> None:
    world.clock.set(LAST - timedelta(days=15) + timedelta(seconds=1))
    with denied("rest_enough", old_certificate_ends_on=END):
        world.open(me, kind, held.certificate_id)
    world.clock.advance(seconds=-1)
    world.open(me, kind, held.certificate_id)


def test_the_rest_is_asked_again_when_the_method_is_chosen_and_when_it_is_approved(
    world: World, me: int, held: Held
) -> None:
    case = world.file(me, "fault", held.certificate_id)
    world.clock.set(LAST - timedelta(days=14))
    with denied("rest_enough", old_certificate_ends_on=END):
        world.choose(case, me, "e_imza")
    world.clock.set(LAST - timedelta(days=20))
    world.publish_lists()
    world.choose(case, me, "e_imza")
    world.clock.set(LAST - timedelta(days=14))
    payload = {"container": b""}
    with denied("rest_enough", old_certificate_ends_on=END):
        world.engine.fire(case, "approve_e_imza", applicant(me), payload)


@pytest.mark.parametrize("kind", ["renewal", "lost"])
def test_what_does_not_take_over_the_end_needs_no_rest(
    world: World, me: int, held: Held, kind: str
) -> None:
    world.clock.set(LAST - timedelta(days=1))
    world.open(me, kind, held.certificate_id)


def test_a_fault_is_under_warranty_for_two_years_and_then_of_another_kind(
    world: World, me: int
) -> None:
    begun = datetime(2024, 3, 2, 9, 0, tzinfo=UTC)
    held = give_card(world.engine, me, begun, LAST)
    assert world.clock.now() == begun.replace(year=2026)
    kept = world.file(me, "fault", held.certificate_id)
    world.engine.fire(kept, "cancel", applicant(me))
    world.clock.advance(seconds=1)
    with denied("under_warranty"):
        world.file(me, "fault", held.certificate_id)
    world.file(me, "damaged", held.certificate_id)


@pytest.mark.parametrize("how", ["authority", "signature", "bytes", None])
def test_a_card_that_another_house_made_is_not_replaced_free_of_charge(
    world: World, me: int, how: str | None
) -> None:
    old = world.certificate(me, END)
    world.write("UPDATE certificate SET seen = :how", how=how)
    with denied("free_of_ours"):
        world.file(me, "fault", old)
    assert world.file(me, "damaged", old)


def test_a_card_that_can_be_unlocked_gets_no_successor_before_that_was_tried(
    world: World, me: int, held: Held
) -> None:
    with denied("not_unlockable"):
        world.file(me, "puk_blocked", held.certificate_id)
    world.claimed("certificate", held.certificate_id, me, purpose="pin")
    tried = world.clock.now()
    case = world.file(me, "puk_blocked", held.certificate_id)
    world.engine.fire(case, "cancel", applicant(me))
    world.clock.set(tried + timedelta(days=7, seconds=1))
    with denied("not_unlockable"):
        world.file(me, "puk_blocked", held.certificate_id)


@pytest.mark.parametrize(
    "change",
    ["UPDATE card SET so_pin_sealed = NULL", "UPDATE certificate SET card_id = NULL"],
    ids=["the office holds no secret", "the card is not of this house"],
)
def test_a_card_that_the_office_can_not_unlock_gets_its_successor(
    world: World, me: int, held: Held, change: str
) -> None:
    world.write(change)
    world.file(me, "puk_blocked", held.certificate_id)


def test_a_card_that_is_on_hold_can_not_be_unlocked_so_it_may_be_replaced(
    world: World, me: int, held: Held
) -> None:
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    world.file(me, "puk_blocked", held.certificate_id)


def test_the_new_certificate_ends_to_the_second_with_the_old_one(
    world: World, me: int, held: Held
) -> None:
    world.consent(me, held)
    case = world.file(me, "damaged", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    world.engine.fire(case, "start_production", operator())
    made = world.read(Certificate, world.read(Application, case).certificate_id)
    assert (made.not_after, made.ends_on) == (LAST, END)
