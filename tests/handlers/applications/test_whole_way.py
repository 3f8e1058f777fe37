"""The three methods from filing to a usable certificate, through the real engine and tokens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.cases.notice import Notice
from states.papers.document import Document
from tests.kit.handlers.paper import approve_paper
from tests.kit.handlers.world import SYSTEM, World, applicant, officer, operator


def test_an_early_renewal_by_e_onay_is_held_produced_on_the_day_and_activated(
    world: World,
) -> None:
    me = world.person()
    held = world.card(me, date(2026, 8, 10))
    consent_id = world.consent(me, held)
    assert world.read(Consent, consent_id).state == "in_force"

    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "held"
    application = world.read(Application, case)
    assert application.production_opens_on == date(2026, 6, 10)

    world.clock.set(datetime(2026, 6, 9, 21, 0, tzinfo=UTC))
    world.engine.fire(case, "release", SYSTEM)
    world.engine.fire(case, "start_production", operator())
    assert world.state(case) == "in_production"
    ran = world.run_effects()
    assert ran.count("production.make") == 1
    assert world.state(case) == "couriered"

    new = world.read(Certificate, world.read(Application, case).certificate_id)
    assert new.state == "suspended"
    assert new.not_before == datetime(2026, 8, 10, 21, 0, tzinfo=UTC)
    world.engine.fire(case, "deliver", operator(), world.handed_over())

    world.clock.set(datetime(2026, 8, 12, 9, 0, tzinfo=UTC))
    world.publish_lists()
    claimed = world.claimed("certificate", new.id, me)
    card = world.read(Card, new.card_id)
    mine = type(held)(new.id, card.serial, "123456")
    payload = replace(claimed, container=world.sign(mine, new.activation_sha256)).payload()
    world.engine.fire(new.id, "activate", applicant(me), payload)
    assert world.read(Certificate, new.id).state == "active"
    world.run_effects()
    templates = [row.template for row in world.all(Notice, person_id=me)]
    assert templates == [
        "consent_given", "held", "couriered", "delivered", "certificate_active",
    ]  # fmt: skip


def test_an_application_signed_with_the_card_goes_the_whole_way(world: World) -> None:
    me = world.person()
    held = world.card(me, date(2026, 4, 10))
    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_imza").state == "e_imza"
    claimed = world.claimed("application", case, me)
    payload = replace(
        claimed, container=world.sign(held, world.read(Application, case).form_sha256)
    ).payload()
    assert world.engine.fire(case, "approve_e_imza", applicant(me), payload).state == "queued"
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    assert world.state(case) == "couriered"


def test_a_first_applicant_shows_himself_to_two_officers(world: World) -> None:
    me = world.person()
    case = world.file(me, "first")
    assert world.choose(case, me, "in_person").state == "in_person"
    form = world.read(Application, case).form_sha256
    listed = {
        "documents": [
            {"kind": "application_form", "number": "1", "copy_at": "arşiv 1"},
            {"kind": "identity_card", "number": "A01B", "copy_at": "arşiv 1"},
        ],
        "verification_code": world.read(Document, form).verification_code,
    }
    world.engine.fire(case, "register_paper", officer(1), listed)
    assert approve_paper(world, case, officer(2)).state == "queued"
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    assert world.state(case) == "couriered"
