"""How a production ends that brings no card into its holder's hands."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from handlers.cards.production import TRIES
from signing.errors import CardInUse, RequestInvalid
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.logs.journal import JournalEntry
from tests.handlers.cards.test_production import order, start
from tests.kit.handlers.world import SYSTEM, World, applicant, officer, operator
from workflow.model import refusal as r
from workflow.model.request import Request
from workflow.present.sentences import sentence
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from handlers.cards.seed import Held


def test_a_card_that_our_keys_did_not_sign_stops_production_until_an_operator_queues_it_again(
    world: World, case: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = start(world, case)
    trust = world.services.trust()
    strangers = replace(trust, intermediates=(trust.anchors[0],))
    with monkeypatch.context() as patch:
        patch.setattr(world.engine, "services", replace(world.services, trust=lambda: strangers))
        assert world.run_effects("production.make") == ["production.make"]
    assert world.state(case) == "production_stopped"
    entry = json.loads(world.all(JournalEntry, case_id=case)[-1].body)
    assert (entry["trigger"], entry["role"]) == ("stop_production", "system")
    assert entry["reason"] == sentence(None, "production.not_our_issuer", {})
    assert world.read(Certificate, certificate.id).state == "void"
    world.clock.advance(days=1)
    assert sweep(world.engine).moved == 0, "nothing but a person goes on"
    (me,) = {row.person_id for row in world.all(Application)}
    with pytest.raises(r.RoleNotAllowed):
        world.engine.fire(case, "resume_production", applicant(me))
    assert world.engine.fire(case, "resume_production", operator()).state == "queued"
    assert start(world, case).serial != certificate.serial
    world.run_effects("production.make")
    assert world.state(case) == "produced"


@pytest.mark.parametrize("move", ["cancel_by_office", "reject", "return_to_applicant"])
def test_an_officer_ends_a_production_that_can_not_succeed(
    world: World, case: int, monkeypatch: pytest.MonkeyPatch, move: str
) -> None:
    start(world, case)

    def impossible(*_: object) -> None:
        raise RequestInvalid(field="ad", reason="çok uzun")

    with monkeypatch.context() as patch:
        patch.setattr("handlers.cards.production.produce", impossible)
        world.run_effects("production.make")
    assert world.state(case) == "production_stopped"
    moved = world.engine.fire(case, move, officer(), reason="other: ad düzeltilmeli")
    assert moved.state in {"cancelled", "rejected", "returned_to_applicant"}


def test_a_faulty_order_gives_up_card_and_serial_and_the_next_try_takes_others(
    world: World, case: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = start(world, case)

    def occupied(*_: object) -> None:
        raise CardInUse(label="x")

    with monkeypatch.context() as patch:
        patch.setattr("handlers.cards.production.produce", occupied)
        world.run_effects("production.make")
    assert world.state(case) == "queued"
    assert world.read(Certificate, first.id).state == "void"
    assert world.read(Card, first.card_id).status == "void"
    second = start(world, case)
    assert (second.serial, second.card_id) != (first.serial, first.card_id)
    world.run_effects("production.make")
    assert world.state(case) == "produced"


def test_production_stops_after_its_third_failure_and_an_operator_begins_anew(
    world: World, case: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def occupied(*_: object) -> None:
        raise CardInUse(label="x")

    monkeypatch.setattr("handlers.cards.production.produce", occupied)
    for state in ("queued", "queued", "production_stopped"):
        start(world, case)
        world.run_effects("production.make")
        assert world.state(case) == state
    assert len(world.all(Card, status="void")) == TRIES
    world.engine.fire(case, "resume_production", operator())
    start(world, case)
    world.run_effects("production.make")
    assert world.state(case) == "queued"


def couriered(world: World, case: int) -> Certificate:
    certificate = start(world, case)
    world.run_effects("production.make", "courier.book", "courier.scan_out")
    assert world.state(case) == "couriered"
    return certificate


def test_a_card_lost_on_the_way_takes_its_certificate_with_it(world: World, case: int) -> None:
    certificate = couriered(world, case)
    world.engine.fire(case, "report_lost", operator(), reason="araç kazası")
    gone = world.read(Certificate, certificate.id)
    reference = world.read(Application, case).reference
    reason = f"{reference}: report_lost: araç kazası"
    assert (gone.state, gone.revocation_reason) == ("revoked", reason)
    assert world.read(Card, certificate.card_id).status == "destroyed"


def test_a_card_that_nobody_took_is_destroyed_and_revoked(world: World, case: int) -> None:
    certificate = couriered(world, case)
    world.engine.fire(case, "courier_return", operator(), reason="adreste yok")
    world.engine.fire(case, "destroy_card", SYSTEM)
    gone = world.read(Certificate, certificate.id)
    reference = world.read(Application, case).reference
    assert (gone.state, gone.revocation_reason) == ("revoked", f"{reference}: destroy_card")
    assert world.state(case) == "cancelled"


def test_a_certificate_revoked_before_its_card_was_lost_stays_as_it_is(
    world: World, me: int, case: int
) -> None:
    certificate = couriered(world, case)
    world.engine.fire(certificate.id, "revoke", applicant(me), reason="vazgeçtim")
    world.engine.fire(case, "report_lost", operator(), reason="araç kazası")
    assert world.read(Certificate, certificate.id).revocation_reason == "vazgeçtim"


def test_a_certificate_that_production_did_not_reserve_is_not_made(
    world: World, held: Held
) -> None:
    certificate = world.read(Certificate, held.certificate_id)
    certificate.not_after = None
    with pytest.raises(ValueError, match="not reserved"):
        order(world, certificate)


def test_asking_whether_production_may_end_needs_no_certificate(world: World, case: int) -> None:
    start(world, case)
    world.engine.rehearse(case, Request("finish_production", SYSTEM))
