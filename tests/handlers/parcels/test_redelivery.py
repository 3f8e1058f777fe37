"""*Evde yoktum*: what the holder asks after a try, once, and what the courier makes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from handlers.kit.courier_service import CourierRefused, LocalCourier, Redelivery
from handlers.parcels import redelivery
from states.cases.application import Application
from states.cases.notice import Notice
from states.cases.parcel import Parcel
from states.logs.desk import DeskEntry
from states.logs.journal import JournalEntry
from tests.kit.handlers.courier.parcels import made, parcel_of
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import World, applicant, operator
from workflow.model.refusal import NotTheSubject, RoleNotAllowed

if TYPE_CHECKING:
    from workflow.model.context import Payload

NEW = "TEST Caddesi 7, İnegöl"


class Courier(LocalCourier):
    """A courier of the house that keeps what it is asked, or refuses it."""

    asked: list[Redelivery]
    refuses: bool

    def redeliver(self, wish: Redelivery, _now: object) -> None:
        """Keep the wish."""
        self.asked.append(wish)
        if self.refuses:
            raise CourierRefused(reason="bölge dışı")


@pytest.fixture
def courier(world: World) -> Courier:
    """Have parcels carried by a courier whose wishes can be read."""
    made_up = Courier(world.engine.database)
    object.__setattr__(made_up, "asked", [])
    object.__setattr__(made_up, "refuses", False)
    world.services = world.engine.services = replace(world.services, courier=made_up)
    return made_up


@pytest.fixture
def tried(world: World, courier: Courier) -> int:
    """Give an application whose parcel was tried once."""
    del courier
    case = made(world)
    world.run_effects("courier.book", "courier.scan_out")
    attempt(world, case)
    return case


def attempt(world: World, case: int) -> None:
    """Have the courier stand before a closed door."""
    world.clock.advance(hours=3)
    world.engine.fire(case, "note_attempt", operator(), reason="absent")


def ask(world: World, case: int, trigger: str, **said: str) -> None:
    """Ask the courier as the holder does."""
    me = applicant(world.read(Application, case).person_id)
    payload: Payload = said
    world.engine.fire(parcel_of(world, case).id, trigger, me, payload, workflow="parcel")


def test_another_address_reaches_the_courier_and_is_the_applications_from_then_on(
    world: World, courier: Courier, tried: int
) -> None:
    due = world.read(Application, tried).due_at
    ask(world, tried, "ask_other_address", address=f" {NEW} ")
    row = world.read(Application, tried)
    assert (row.delivery_address, row.state, row.due_at) == (NEW, "awaiting_collection", due)
    world.run_effects("redelivery.tell_courier")
    [wish] = courier.asked
    assert (wish.address, wish.tracking_number) == (NEW, row.tracking_number)
    [line] = world.all(DeskEntry)
    assert (line.what, line.actor) == ("address", f"person:{row.person_id}")
    assert NEW not in line.text
    parcel = parcel_of(world, tried)
    assert (parcel.wish, parcel.wish_attempt, parcel.state) == ("address", 1, "handed_over")
    assert all(NEW not in one.body for one in world.all(JournalEntry, case_id=parcel.id))
    with world.engine.database.connect() as connection:
        shown = redelivery.under_way(connection, tried)
    assert shown is not None
    assert shown.asked == "address"


def test_it_is_kept_to_be_collected_and_asked_once_after_each_try(
    world: World, courier: Courier, tried: int
) -> None:
    ask(world, tried, "ask_to_keep")
    for again in ("ask_to_keep", "ask_other_address"):
        with denied("not_asked_since"):
            ask(world, tried, again, address=NEW)
    world.run_effects("redelivery.tell_courier")
    assert [one.address for one in courier.asked] == [None]
    attempt(world, tried)
    with world.engine.database.connect() as connection:
        shown = redelivery.under_way(connection, tried)
    assert shown is not None
    assert (shown.asked, shown.attempts) == (None, 2)
    ask(world, tried, "ask_other_address", address=NEW)
    world.run_effects("redelivery.tell_courier")
    assert [one.address for one in courier.asked] == [None, NEW]
    assert len({one.key for one in courier.asked}) == 2


def test_what_the_courier_cannot_do_is_told_with_its_words(
    world: World, courier: Courier, tried: int
) -> None:
    object.__setattr__(courier, "refuses", True)
    ask(world, tried, "ask_to_keep")
    world.run_effects("redelivery.tell_courier", "redelivery.tell_refusal")
    parcel = parcel_of(world, tried)
    assert (parcel.wish, parcel.wish_attempt) == (None, 1)
    [told] = world.all(Notice, template="contact/wish_refused")
    assert "yerine getiremiyor (bölge dışı)" in told.text
    assert parcel.tracking_number in told.text


@pytest.mark.parametrize("address", ["", " ", "x" * 501, "Sokak \U000e0041"])
def test_an_address_that_no_card_can_go_to_is_refused(
    world: World, tried: int, address: str
) -> None:
    with pytest.raises(Exception, match="form.address|form.unprintable"):
        ask(world, tried, "ask_other_address", address=address)
    assert world.read(Parcel, parcel_of(world, tried).id).wish is None


def test_only_its_holder_asks_and_only_while_it_waits(
    world: World, courier: Courier, tried: int
) -> None:
    parcel = parcel_of(world, tried).id
    with pytest.raises(RoleNotAllowed):
        world.engine.fire(parcel, "ask_to_keep", operator(), workflow="parcel")
    with pytest.raises(NotTheSubject):
        world.engine.fire(parcel, "ask_to_keep", applicant(999_999), workflow="parcel")
    ask(world, tried, "ask_to_keep")
    world.engine.fire(tried, "recall", operator(), reason="asked_for")
    attempts = "UPDATE parcel SET attempts = 2 WHERE id = :id"
    world.write(attempts, id=parcel)
    with denied("not_handed_over"):
        ask(world, tried, "ask_to_keep")
    world.engine.fire(tried, "courier_return", operator(), reason="recalled")
    world.run_effects("redelivery.tell_courier")
    assert courier.asked == []
    with world.engine.database.connect() as connection:
        assert redelivery.under_way(connection, tried) is None
