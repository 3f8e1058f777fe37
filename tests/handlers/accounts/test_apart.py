"""Duties apart: who lets production begin, and that nobody acts on a card of his own."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.kit.moves import APPROVED, APPROVES_NOTHING_ANEW
from states.cases.application import Application
from states.papers.document import Document
from tests.kit.handlers.paper import approve_paper
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM, World, applicant, human, officer, operator
from workflow.model import refusal as r
from workflow.model.actor import Actor, system
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Mapping

END = date(2026, 4, 10)
TIMER = system("timer")


def on_paper(world: World) -> int:
    """Register a first application on paper by one officer, and approve it by another."""
    me = world.person()
    case = world.file(me, "first")
    world.choose(case, me, "in_person")
    register(world, case, 1)
    approve_paper(world, case, officer(2))
    return case


def register(world: World, case: int, by: int) -> None:
    form = world.read(Application, case).form_sha256
    listed = {
        "documents": [
            {"kind": "application_form", "number": "1", "copy_at": "arşiv 1"},
            {"kind": "identity_card", "number": "A01B", "copy_at": "arşiv 1"},
        ],
        "verification_code": world.read(Document, form).verification_code,
    }
    world.engine.fire(case, "register_paper", officer(by), listed)


def by_e_onay(world: World) -> tuple[int, int]:
    """Renew by e-onay: the person approved it himself, and it waits for production."""
    me = world.person()
    held = world.card(me, END)
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    return case, me


def test_no_timer_starts_what_officers_approved_on_paper(world: World) -> None:
    case = on_paper(world)
    with denied("release.waits"):
        world.engine.fire(case, "start_production", TIMER)
    world.clock.advance(minutes=11)
    sweep(world.engine)
    assert world.state(case) == "queued"
    world.engine.fire(case, "start_production", operator())
    assert world.state(case) == "in_production"


def test_the_timer_starts_what_the_person_approved_himself(world: World) -> None:
    case, _ = by_e_onay(world)
    world.clock.advance(minutes=11)
    sweep(world.engine)
    assert world.state(case) == "in_production"


def test_every_way_into_approved_is_known_as_an_act_of_the_person_or_not(world: World) -> None:
    moves = world.engine.library.workflow("application").transitions.values()
    found = {move.name for move in moves if move.target == "approved"}
    assert found == APPROVED | APPROVES_NOTHING_ANEW


def test_once_an_operator_has_started_it_a_failed_try_is_repeated_without_him(world: World) -> None:
    case = on_paper(world)
    world.engine.fire(case, "start_production", operator())
    world.engine.fire(case, "production_failed", SYSTEM, reason="CardInUse")
    assert world.engine.fire(case, "start_production", TIMER).state == "in_production"


def test_the_officers_of_a_paper_start_no_production_of_it(world: World) -> None:
    case = on_paper(world)
    for number in (1, 2):
        both = Actor(f"user:{number}", frozenset({"operator"}), "demo", human(number))
        with pytest.raises(r.SamePerson):
            world.engine.fire(case, "start_production", both)
        other_account = Actor("user:77", frozenset({"operator"}), "demo", human(number))
        world.write(
            "INSERT INTO person (id, given_name, surname, sort_key, tckn_sealed, tckn_hash,"
            " tckn_masked, created_at) VALUES (:person, 'K', 'T', 'K', 'x',"
            " sha256(CAST(:id AS text)::bytea), '990******00', now())",
            person=human(number), id=number,
        )  # fmt: skip
        world.write(
            "INSERT INTO office_user (id, name, sort_key, roles, person_id, created_at)"
            " VALUES (:id, 'K', 'K', '{officer}', :person, now())",
            id=number, person=human(number),
        )  # fmt: skip
        with pytest.raises(r.SamePerson):
            world.engine.fire(case, "start_production", other_account)


def test_of_two_rounds_of_paper_the_present_one_counts(world: World) -> None:
    me = world.person()
    case = world.file(me, "first")
    world.choose(case, me, "in_person")
    register(world, case, 1)
    reason = "not_signed: imzasız"
    world.engine.fire(case, "return_to_applicant", officer(2), reason=reason)
    again = {"method": "in_person", "shown": True}
    world.engine.fire(case, "choose_method", applicant(me), again, reason="Form imzalandı.")
    register(world, case, 2)
    with pytest.raises(r.SamePerson):
        approve_paper(world, case, officer(2))
    assert approve_paper(world, case, officer(1)).state != "paper_received"


MOVES: Mapping[str, Mapping[str, object]] = {
    "note_booking": {"tracking_number": "YK1"},
    "courier_return": {},
    "report_lost": {},
    "destroy_card": {},
}


@pytest.mark.parametrize("trigger", MOVES)
def test_nobody_moves_a_card_of_his_own(world: World, trigger: str) -> None:
    case, me = by_e_onay(world)
    world.engine.fire(case, "start_production", operator())
    world.run_effects("production.make")
    if trigger != "note_booking":
        world.run_effects("courier.book", "courier.scan_out")
    if trigger == "destroy_card":
        world.engine.fire(case, "courier_return", operator(), reason="adreste yok")
        world.clock.advance(days=31)
    mine = Actor("user:7", frozenset({"operator"}), "demo", me)
    stood = world.state(case)
    with pytest.raises(r.OwnCase):
        world.engine.fire(case, trigger, mine, MOVES[trigger], reason="kendi kartım")
    assert world.state(case) == stood
    world.engine.fire(case, trigger, operator(), MOVES[trigger], reason="kart")
    assert world.state(case) != stood


def test_who_handed_a_card_over_by_hand_does_not_mark_it_delivered(world: World) -> None:
    case, _ = by_e_onay(world)
    world.engine.fire(case, "start_production", operator())
    world.run_effects("production.make")
    world.engine.fire(case, "note_booking", operator(), {"tracking_number": "YK1"})
    world.engine.fire(case, "hand_to_courier", operator(), {"tracking_number": "YK1"})
    world.clock.advance(hours=1)
    with pytest.raises(r.SamePerson):
        world.engine.fire(case, "deliver", operator(), world.handed_over())
    world.engine.fire(case, "deliver", operator(8), world.handed_over())
    assert world.state(case) == "delivered"


def test_an_account_that_belongs_to_nobody_decides_nothing(world: World) -> None:
    case = on_paper(world)
    with pytest.raises(r.PersonUnknown):
        world.engine.fire(
            case, "start_production", Actor("user:7", frozenset({"operator"}), "demo")
        )
