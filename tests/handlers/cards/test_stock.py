"""The stock: boxes received and counted, blanks reserved in order, cards put away for good."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text

from handlers.cards.payloads import BoxCount
from states.cases.application import Application
from states.cases.card import Card
from states.cases.card_box import CardBox
from states.cases.certificate import Certificate
from states.cases.chip_card import ChipCard
from states.logs.journal import JournalEntry
from tests.handlers.cards.conftest import queued
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.stock import count_box, fill_stock, receive_box
from tests.kit.handlers.world import ISMAIL, SYSTEM, World, officer, operator
from workflow.engine.transaction import Work
from workflow.model.refusal import Conflict, RoleNotAllowed, SamePerson, WrongState
from workflow.model.request import Request

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Select

    from handlers.cards.seed import Held


def chips(world: World) -> list[tuple[str, str]]:
    """Return number and state of each card, in the order in which they lie in their boxes."""
    with world.engine.database.connect() as connection:
        found = connection.execute(
            select(ChipCard.number, ChipCard.state).order_by(ChipCard.box_id, ChipCard.position)
        )
        return [(number, state) for number, state in found]


def chip_of(world: World, case: int) -> ChipCard:
    """Return the physical card of an application."""
    certificate = world.read(Certificate, world.read(Application, case).certificate_id)
    with world.engine.database.connect() as connection:
        number = connection.scalar(
            select(ChipCard.id).where(ChipCard.card_id == certificate.card_id)
        )
    return world.read(ChipCard, number)


def details(world: World, case_id: int, trigger: str) -> object:
    """Return what the newest entry of a trigger tells in its details."""
    newest = (
        select(JournalEntry.body)
        .where(JournalEntry.case_id == case_id, JournalEntry.trigger == trigger)
        .order_by(JournalEntry.n.desc())
        .limit(1)
    )
    return json.loads(scalar(world, newest))["details"]


def scalar(world: World, query: str | Select[Any]) -> Any:  # noqa: ANN401 - any column
    """Return what a query answers first."""
    with world.engine.database.connect() as connection:
        return connection.scalar(text(query) if isinstance(query, str) else query)


def moves(world: World, case_id: int) -> list[tuple[str, str, str | None]]:
    """Return trigger, actor and reason of each entry of a case."""
    with world.engine.database.connect() as connection:
        entries = connection.scalars(
            select(JournalEntry.body)
            .where(JournalEntry.case_id == case_id)
            .order_by(JournalEntry.n)
        )
        found = [json.loads(body) for body in entries]
    return [(said["trigger"], said["actor"], said["reason"]) for said in found]


def test_a_box_that_one_received_and_another_counted_is_in_stock_card_by_card(
    world: World,
) -> None:
    box = receive_box(world, "K1", "0098", 3)
    assert (world.read(CardBox, box).state, chips(world)) == ("received", [])
    count_box(world, box, 3)
    assert world.read(CardBox, box).state == "open"
    assert chips(world) == [("0098", "in_stock"), ("0099", "in_stock"), ("0100", "in_stock")]
    kept = world.read(CardBox, box)
    assert (kept.reference[0], kept.first_number, kept.quantity) == ("T", "0098", 3)
    assert details(world, box, "receive") == {
        "box": "K1", "maker": "TEST", "first_number": "0098", "quantity": 3,
    }  # fmt: skip
    assert details(world, box, "count") == {"counted": 3}


def test_who_received_a_box_does_not_count_it(world: World) -> None:
    box = receive_box(world, "K1", "100", 2)
    with pytest.raises(SamePerson):
        world.engine.fire(box, "count", operator(), BoxCount(2).payload())
    assert (world.read(CardBox, box).state, chips(world)) == ("received", [])
    world.engine.fire(box, "count", operator(8), BoxCount(2).payload())
    assert world.read(CardBox, box).state == "open"


@pytest.mark.parametrize("counted", [0, 1, 3, 1000])
def test_a_count_that_does_not_agree_takes_nothing_in(world: World, counted: int) -> None:
    box = receive_box(world, "K1", "100", 2)
    with denied("stock.miscounted", counted=counted):
        count_box(world, box, counted)
    with denied("stock.not_counted"):
        world.engine.fire(box, "count", officer(), {"cards": "2"})
    assert (world.read(CardBox, box).state, chips(world)) == ("received", [])
    world.engine.fire(box, "send_back", operator(), reason="miscounted")
    assert world.read(CardBox, box).state == "sent_back"


@pytest.mark.parametrize(("first", "quantity"), [("99", 2), ("100", 1), ("101", 4), ("98", 9)])
def test_numbers_that_another_box_has_are_refused_counted_or_not(
    world: World, first: str, quantity: int
) -> None:
    first = first.zfill(3)
    box = receive_box(world, "K1", "100", 3)
    known = [str(n) for n in range(100, 103) if int(first) <= n < int(first) + quantity]
    for _ in range(2):
        with denied("stock.overlap", numbers=known[:3], cards=len(known)):
            receive_box(world, "K2", first, quantity)
        if world.read(CardBox, box).state == "received":
            count_box(world, box, 3)


def test_a_box_that_was_sent_back_blocks_neither_its_numbers_nor_its_name(world: World) -> None:
    box = receive_box(world, "K1", "100", 2)
    world.engine.fire(box, "send_back", operator(), reason="typed_wrong")
    again = receive_box(world, "K1", "100", 2)
    with pytest.raises(Conflict) as refused:
        receive_box(world, "K1", "300", 2)
    assert refused.value.params["constraint"] == "uq_card_box_name"
    count_box(world, again, 2)
    assert chips(world) == [("100", "in_stock"), ("101", "in_stock")]


@pytest.mark.parametrize("quantity", [0, 1001])
def test_a_box_holds_one_to_a_thousand_cards(world: World, quantity: int) -> None:
    with pytest.raises(Conflict) as refused:
        receive_box(world, "K1", "100000", quantity)
    assert refused.value.params["constraint"] == "ck_card_box_quantity"


def test_only_operators_receive_and_the_system_counts_nothing(world: World) -> None:
    with pytest.raises(RoleNotAllowed):
        receive_box(world, "K1", "100", 2, by=officer())
    box = receive_box(world, "K1", "100", 2)
    with pytest.raises(RoleNotAllowed):
        world.engine.fire(box, "count", SYSTEM, BoxCount(2).payload())


def test_production_takes_the_next_blank_and_says_who_made_it(world: World, case: int) -> None:
    fill_stock(world, "K1", "100", 2, maker="ÖRNEK KART")
    world.engine.fire(case, "start_production", operator())
    chip = chip_of(world, case)
    certificate = world.read(Certificate, world.read(Application, case).certificate_id)
    assert (chip.number, chip.state, chip.person_id) == ("100", "reserved", certificate.person_id)
    assert world.read(Card, certificate.card_id).maker == "ÖRNEK KART"
    assert chips(world) == [("100", "reserved"), ("101", "in_stock")]
    assert details(world, chip.id, "reserve") == {"card": certificate.card_id}
    world.run_effects("production.make")
    assert chip_of(world, case).state == "made"
    assert [move[:2] for move in moves(world, chip.id)] == [
        ("stock", "user:1"), ("reserve", "system:production"), ("make", "system:production"),
    ]  # fmt: skip


def test_a_house_without_a_stock_produces_as_before(world: World, case: int) -> None:
    receive_box(world, "K1", "100", 2)
    world.engine.fire(case, "start_production", operator())
    world.run_effects("production.make")
    certificate = world.read(Certificate, world.read(Application, case).certificate_id)
    assert world.read(Card, certificate.card_id).maker == "TEST"
    assert chips(world) == []


def test_who_only_asks_keeps_the_last_blank_from_nobody(world: World, case: int) -> None:
    fill_stock(world, "K1", "100", 1)
    engine, wish = world.engine, Request("start_production", operator())
    with engine.database.connect() as connection:
        work = Work(engine, connection, world.clock.now())
        definition, row = work.read(engine.library.workflow("application"), case)
        work.judge(definition, wish, row, rehearsal=True)
        world.engine.fire(case, "start_production", operator())
    assert chips(world) == [("100", "reserved")]


def test_an_empty_stock_leaves_the_case_queued_until_another_box_is_counted(
    world: World, case: int
) -> None:
    fill_stock(world, "K1", "100", 1)
    blank = scalar(world, "SELECT id FROM chip_card")
    world.engine.fire(blank, "spoil", operator(), reason="damaged")
    with denied("production.stock_empty"):
        world.engine.fire(case, "start_production", operator())
    assert world.state(case) == "queued"
    assert world.read(Application, case).certificate_id is None
    world.write(f"UPDATE application SET due_at = due_at + interval '1 day' WHERE id = {case}")
    box = fill_stock(world, "K2", "200", 1)
    assert world.read(Application, case).due_at == world.clock.now()
    assert [state for _, state in chips(world)] == ["spoilt", "in_stock"]
    assert scalar(world, "SELECT string_agg(state, ' ' ORDER BY id) FROM card_box") == "closed open"
    world.engine.fire(case, "start_production", operator())
    with denied("stock.not_used_up", cards=1):
        world.engine.fire(box, "close", operator())
    world.run_effects("production.make")
    world.engine.fire(box, "close", operator())
    assert world.read(CardBox, box).state == "closed"


def test_two_productions_at_once_take_two_cards(world: World, case: int) -> None:
    fill_stock(world, "K1", "100", 2)
    with world.engine.database.begin() as other:
        held = text("SELECT id FROM chip_card WHERE number = '100' FOR UPDATE")
        other.execute(held)
        world.engine.fire(case, "start_production", operator())
    assert chip_of(world, case).number == "101"


def test_a_blank_that_nobody_began_to_write_on_goes_back(world: World, case: int) -> None:
    fill_stock(world, "K1", "100", 1)
    world.engine.fire(case, "start_production", operator())
    chip = chip_of(world, case)
    world.engine.fire(case, "stop_production_by_office", officer(3), reason="asked_for")
    again = world.read(ChipCard, chip.id)
    assert (again.state, again.card_id, again.person_id) == ("in_stock", None, None)
    assert details(world, chip.id, "put_back") == {"card": None}
    world.engine.fire(case, "resume_production", operator())
    world.engine.fire(case, "start_production", operator(8))
    assert chip_of(world, case).id == chip.id


def test_a_blank_that_a_worker_has_taken_up_is_spoilt(world: World, case: int) -> None:
    fill_stock(world, "K1", "100", 2)
    world.engine.fire(case, "start_production", operator())
    chip = chip_of(world, case)
    world.write("UPDATE procrastinate_jobs SET attempts = 1")
    world.engine.fire(case, "stop_production_by_office", officer(3), reason="asked_for")
    assert world.read(ChipCard, chip.id).state == "spoilt"
    assert moves(world, chip.id)[-1] == ("spoil", "system:production", "stopped")


def test_each_failed_try_spoils_its_blank_and_takes_the_next(world: World, case: int) -> None:
    fill_stock(world, "K1", "100", 2)
    world.engine.fire(case, "start_production", operator())
    chip = chip_of(world, case)
    world.write("UPDATE procrastinate_jobs SET attempts = 1")
    world.engine.fire(case, "production_failed", SYSTEM, reason="Kart yazılamadı")
    assert moves(world, chip.id)[-1] == ("spoil", "system:production", "production")
    world.engine.fire(case, "start_production", operator())
    assert chip_of(world, case).number == "101"


@pytest.mark.parametrize(
    ("code", "state", "reason"),
    [
        ("faulty_card", "spoilt", "faulty_card"),
        ("wrong_print", "spoilt", "wrong_print"),
        ("other: çizik", "spoilt", "stopped"),
        ("missing", "lost", "in_house"),
    ],
)
def test_a_card_that_is_scrapped_is_spoilt_or_lost(
    world: World, case: int, code: str, state: str, reason: str
) -> None:
    chip = made(world, case)
    world.engine.fire(case, "scrap", operator(), reason=code)
    assert world.read(ChipCard, chip.id).state == state
    assert moves(world, chip.id)[-1][2] == reason


def made(world: World, case: int) -> ChipCard:
    """Have the application produced with a card of the stock."""
    fill_stock(world, "K1", "100", 1)
    world.engine.fire(case, "start_production", operator())
    world.run_effects("production.make")
    assert world.state(case) == "produced"
    return chip_of(world, case)


def test_a_card_reported_lost_is_lost_and_made_again_touches_it_no_more(
    world: World, case: int
) -> None:
    chip = made(world, case)
    world.engine.fire(case, "report_lost", operator(), reason="kayıp")
    assert moves(world, chip.id)[-1] == ("lose", "system:production", "in_house")
    world.engine.fire(case, "make_again", operator(), reason="in_house")
    assert world.read(ChipCard, chip.id).state == "lost"
    assert len(moves(world, chip.id)) == 4


def test_a_card_with_the_courier_is_taken_back_before_it_is_spoilt(world: World, case: int) -> None:
    chip = made(world, case)
    for trigger in ("enclose", "hand_over"):
        world.engine.fire(chip.id, trigger, operator())
    world.engine.fire(case, "scrap", operator(), reason="damaged")
    assert [move[0] for move in moves(world, chip.id)][-2:] == ["return_card", "spoil"]


def test_people_put_aside_only_what_no_application_has(world: World, case: int) -> None:
    chip = made(world, case)
    for trigger in ("spoil", "lose"):
        with denied("stock.of_application"):
            world.engine.fire(chip.id, trigger, operator(), reason="other: x")
    assert world.read(ChipCard, chip.id).state == "made"


def test_a_spoilt_card_is_destroyed_by_two_people_and_stays_so(world: World) -> None:
    fill_stock(world, "K1", "100", 1)
    chip = scalar(world, "SELECT id FROM chip_card")
    world.engine.fire(chip, "spoil", operator(), reason="damaged")
    with pytest.raises(WrongState):
        world.engine.fire(chip, "destroy", operator(8))
    world.engine.fire(chip, "set_aside", operator())
    with pytest.raises(SamePerson):
        world.engine.fire(chip, "destroy", operator())
    world.engine.fire(chip, "destroy", officer(3))
    assert world.read(ChipCard, chip).state == "destroyed"
    for trigger in ("spoil", "lose", "set_aside", "destroy"):
        with pytest.raises(WrongState):
            world.engine.fire(chip, trigger, operator(8), reason="other: x")


def test_a_spoilt_card_that_is_gone_is_lost(world: World, case: int) -> None:
    chip = made(world, case)
    world.engine.fire(case, "scrap", operator(), reason="damaged")
    world.engine.fire(chip.id, "set_aside", operator())
    world.engine.fire(chip.id, "lose", operator(), reason="in_house")
    assert world.read(ChipCard, chip.id).state == "lost"


def test_a_stock_that_ends_within_a_batch_leaves_the_rest_queued(
    world: World, old: Held, case: int
) -> None:
    fill_stock(world, "K1", "100", 1)
    person = world.person(ISMAIL, surname="Iraksak")
    other = queued(world, person, world.card(person, old_end(old, world)), "renewal")
    tally = world.engine.fire_many(
        "application", "start_production", operator(), [case, other], batch="7"
    )
    assert (tally.moved, tally.refused) == (1, {"production.stock_empty": 1})
    assert [world.state(one) for one in (case, other)] == ["in_production", "queued"]
    assert world.read(Application, other).certificate_id is None


def test_each_case_has_a_card_of_its_own(world: World, me: int, old: Held, case: int) -> None:
    fill_stock(world, "K1", "100", 5)
    other_person = world.person(ISMAIL, surname="Iraksak")
    other = queued(world, other_person, world.card(other_person, old_end(old, world)), "renewal")
    for one in (case, other):
        world.engine.fire(one, "start_production", operator())
    world.run_effects("production.make")
    assert {chip_of(world, one).number for one in (case, other)} == {"100", "101"}
    assert me != other_person


def old_end(old: Held, world: World) -> date:
    """Return the day on which the card of the one also ends."""
    ends = world.read(Certificate, old.certificate_id).ends_on
    assert ends is not None
    return ends
