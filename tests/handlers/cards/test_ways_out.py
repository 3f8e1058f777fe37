"""Ways out between approval and the doorstep: stopped, scrapped, recalled, and by which day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.desk import claims as desk
from handlers.people.register import enter_user
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from states.cases.shipment import Shipment
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM, World, applicant, officer, operator
from workflow.model.refusal import OwnCase, ReasonMissing, RoleNotAllowed, WrongState
from workflow.running.effects import run_effect
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from handlers.cards.seed import Held

END = date(2026, 4, 10)


@pytest.fixture
def queued(world: World, me: int, held: Held) -> int:
    """Give a renewal that waits for production."""
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    return case


@pytest.fixture
def begun(world: World, queued: int) -> int:
    """Give a renewal whose card is ordered and not made yet."""
    world.engine.fire(queued, "start_production", operator())
    return queued


@pytest.fixture
def produced(world: World, begun: int) -> int:
    """Give a renewal whose card is made and lies in the house."""
    world.run_effects("production.make")
    assert world.state(begun) == "produced"
    return begun


@pytest.fixture
def couriered(world: World, produced: int) -> int:
    """Give a renewal whose card is with the courier."""
    world.run_effects()
    assert world.state(produced) == "couriered"
    return produced


def certificate(world: World, case: int) -> Certificate:
    return world.read(Certificate, world.read(Application, case).certificate_id)


def letters(world: World, case: int) -> list[str]:
    world.run_effects()
    return [notice.template for notice in world.all(Notice, case_id=case)]


def later(world: World, span: timedelta) -> None:
    """Let time pass to the second in which something is due."""
    world.clock.set(world.clock.now() + span)
    sweep(world.engine)


# Stopping a production.


@pytest.mark.parametrize("who", [officer(), operator()])
def test_the_office_stops_a_production_that_is_queued_with_a_reason(
    world: World, queued: int, who: object
) -> None:
    with pytest.raises(ReasonMissing):
        world.engine.fire(queued, "stop_production_by_office", who)  # type: ignore[arg-type]  # one of two actors
    moved = world.engine.fire(queued, "stop_production_by_office", who, reason="data_doubt")  # type: ignore[arg-type]  # the same
    assert moved.state == "production_stopped"
    later(world, timedelta(days=1))
    assert world.state(queued) == "production_stopped"
    assert world.engine.fire(queued, "resume_production", operator()).state == "queued"


def test_a_stopped_production_voids_the_serial_and_the_card_that_were_reserved(
    world: World, begun: int
) -> None:
    reserved = certificate(world, begun)
    world.engine.fire(begun, "stop_production_by_office", officer(), reason="fraud_doubt")
    assert world.read(Certificate, reserved.id).state == "void"
    assert world.read(Card, reserved.card_id).status == "void"
    assert world.read(Application, begun).certificate_id is None


def test_what_the_token_makes_while_somebody_stops_it_changes_nothing(
    world: World, begun: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserved = certificate(world, begun)
    [effect] = [one for one in world.queued() if one[2] == "production.make"]

    def stop(point: str) -> None:
        if point == "after_effect":
            world.engine.fire(begun, "stop_production_by_office", officer(), reason="data_wrong")

    monkeypatch.setattr(world.engine, "point", stop)
    run_effect(world.engine, *effect)
    assert world.state(begun) == "production_stopped"
    assert world.read(Certificate, reserved.id).der is None


def test_who_holds_the_certificate_stops_nothing_by_his_office(
    world: World, queued: int, me: int
) -> None:
    with pytest.raises(RoleNotAllowed):
        world.engine.fire(queued, "stop_production_by_office", applicant(me), reason="asked_for")
    own = officer()
    own = type(own)(own.name, own.roles, own.auth, me)
    with pytest.raises(OwnCase):
        world.engine.fire(queued, "stop_production_by_office", own, reason="asked_for")


@pytest.mark.parametrize("at", ["queued", "begun", "produced"])
def test_its_person_cancels_until_the_card_leaves_the_house(
    world: World, me: int, at: str, request: pytest.FixtureRequest
) -> None:
    case = request.getfixturevalue(at)
    number = world.read(Application, case).certificate_id
    assert world.engine.fire(case, "cancel", applicant(me)).state == "cancelled"
    ends = {"queued": None, "begun": ("void", "void"), "produced": ("revoked", "destroyed")}
    if number is not None:
        made = world.read(Certificate, number)
        assert (made.state, world.read(Card, made.card_id).status) == ends[at]


def test_what_the_courier_has_is_not_cancelled_by_its_person(
    world: World, me: int, couriered: int
) -> None:
    with pytest.raises(WrongState):
        world.engine.fire(couriered, "cancel", applicant(me))


# Taken up by somebody.


def test_what_somebody_has_taken_up_is_left_alone_by_the_timer_until_he_gives_it_back(
    world: World, queued: int
) -> None:
    with world.engine.database.begin() as connection:
        number = enter_user(connection, "Görevli", ["officer"], world.clock.now())
    desk.claim(world.engine, queued, officer(number))
    later(world, timedelta(minutes=10))
    assert world.state(queued) == "queued"
    with denied("production.taken_up"):
        world.engine.fire(queued, "start_production", SYSTEM)
    assert desk.release(world.engine, queued, officer(number))
    sweep(world.engine)
    assert world.state(queued) == "in_production"


def test_an_operator_starts_what_somebody_has_taken_up(world: World, queued: int) -> None:
    with world.engine.database.begin() as connection:
        number = enter_user(connection, "Üretici", ["operator"], world.clock.now())
    desk.claim(world.engine, queued, operator(number))
    assert world.engine.fire(queued, "start_production", operator(number)).state == "in_production"


def test_giving_back_hurries_nothing_but_production(world: World, me: int) -> None:
    case = world.file(me, "first")
    world.choose(case, me, "in_person")
    due = world.read(Application, case).due_at
    with world.engine.database.begin() as connection:
        number = enter_user(connection, "Görevli", ["officer"], world.clock.now())
    desk.claim(world.engine, case, officer(number))
    desk.release(world.engine, case, officer(number))
    assert world.read(Application, case).due_at == due


# A card that cannot be sent.


def test_a_scrapped_card_is_destroyed_and_another_one_is_made(world: World, produced: int) -> None:
    first = certificate(world, produced)
    world.engine.fire(produced, "scrap", operator(), reason="faulty_card")
    assert world.state(produced) == "production_stopped"
    gone = world.read(Certificate, first.id)
    assert (gone.state, world.read(Card, first.card_id).status) == ("revoked", "destroyed")
    reference = world.read(Application, produced).reference
    assert gone.revocation_reason == f"{reference}: scrap: faulty_card"
    world.engine.fire(produced, "resume_production", operator())
    world.engine.fire(produced, "start_production", operator())
    world.run_effects()
    assert world.state(produced) == "couriered"
    second = certificate(world, produced)
    assert (second.id != first.id, second.state) == (True, "suspended")


def test_only_an_operator_scraps_and_only_what_is_in_the_house(
    world: World, couriered: int
) -> None:
    with pytest.raises(WrongState):
        world.engine.fire(couriered, "scrap", operator(), reason="damaged")
    world.engine.fire(couriered, "courier_return", operator(), reason="adres")
    with pytest.raises(RoleNotAllowed):
        world.engine.fire(couriered, "scrap", officer(), reason="damaged")
    assert world.engine.fire(couriered, "scrap", operator(), reason="damaged").state


def test_a_card_that_is_lost_in_the_house_is_reported_lost(world: World, produced: int) -> None:
    made = certificate(world, produced)
    world.engine.fire(produced, "report_lost", operator(), reason="kasada yok")
    assert (world.state(produced), world.read(Certificate, made.id).state) == ("lost", "revoked")


# A parcel that should not arrive.


def test_a_recalled_parcel_is_ordered_back_once_and_its_person_is_told(
    world: World, couriered: int
) -> None:
    world.engine.fire(couriered, "recall", officer(), reason="wrong_address")
    world.write("UPDATE application SET tracking_number = NULL")
    assert "recalled" in letters(world, couriered)
    [shipment] = world.all(Shipment, case_id=couriered)  # by the number that it had then
    assert shipment.recalled_at == world.clock.now()
    asked = world.clock.now()
    world.clock.set(asked + timedelta(hours=1))
    world.services.courier.recall(shipment.tracking_number, world.clock.now())
    assert world.all(Shipment, case_id=couriered)[0].recalled_at == asked


@pytest.mark.parametrize(
    ("trigger", "ends"),
    [("courier_return", "courier_returned"), ("deliver", "delivered"), ("report_lost", "lost")],
)
def test_a_recalled_parcel_comes_back_or_was_faster_or_is_lost(
    world: World, couriered: int, trigger: str, ends: str
) -> None:
    world.engine.fire(couriered, "recall", operator(), reason="silent")
    said = world.handed_over() if trigger == "deliver" else {}
    reason = None if trigger == "deliver" else "kurye bildirdi"
    assert world.engine.fire(couriered, trigger, operator(), said, reason=reason).state == ends


def test_a_card_is_sent_so_often_and_then_handed_over_in_the_house(
    world: World, couriered: int
) -> None:
    for _ in range(2):
        world.engine.fire(couriered, "courier_return", operator(), reason="adreste yok")
        world.engine.fire(couriered, "send_again", operator())
        world.run_effects("courier.book", "courier.scan_out")
    assert world.read(Application, couriered).sendings == 3
    world.engine.fire(couriered, "courier_return", operator(), reason="adreste yok")
    with denied("may_be_sent"):
        world.engine.fire(couriered, "send_again", operator())
    moved = world.engine.fire(couriered, "deliver", operator(8), world.handed_over())
    assert moved.state == "delivered"


# Days by which somebody acts.


@pytest.mark.parametrize(
    ("at", "span", "to"),
    [
        ("begun", timedelta(days=3), "production_stopped"),
        ("produced", timedelta(days=2), "not_booked"),
        ("couriered", timedelta(days=10), "courier_silent"),
    ],
)
def test_what_the_system_or_the_courier_does_not_end_becomes_an_operators(
    world: World, at: str, span: timedelta, to: str, request: pytest.FixtureRequest
) -> None:
    case = request.getfixturevalue(at)
    stood = world.state(case)
    later(world, span - timedelta(seconds=1))
    assert world.state(case) == stood
    later(world, timedelta(seconds=1))
    assert world.state(case) == to
    assert world.read(Application, case).due_at == world.clock.now() + timedelta(days=5)
    assert world.engine.library.workflow("application").states[to].next == "operator"


def test_a_deadline_of_the_office_moves_nothing_by_itself(world: World, produced: int) -> None:
    world.engine.fire(produced, "scrap", operator(), reason="missing")
    due = world.read(Application, produced)
    assert str(due.deadline) == "2026-03-07"
    later(world, timedelta(days=60))
    assert world.state(produced) == "production_stopped"
