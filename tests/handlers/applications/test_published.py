"""The tests that standing cases go on by the definitions they were opened under."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

import handlers
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.papers.document import Document
from tests.kit.handlers.old import before, published
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import ISMAIL, SYSTEM, World, applicant, officer, operator
from workflow.loading.loader import resolve
from workflow.loading.publish import sha256_of

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from workflow.model.context import Payload
    from workflow.model.definition import Definition

OLD = published()
SOON, LATE = date(2026, 4, 10), date(2026, 8, 10)


def paper_of(world: World, case: int) -> dict[str, object]:
    form = world.read(Document, world.read(Application, case).form_sha256)
    return {
        "documents": [
            {"kind": "application_form", "number": "1", "copy_at": "arşiv 1"},
            {"kind": "identity_card", "number": "A01B", "copy_at": "arşiv 1"},
        ],
        "verification_code": form.verification_code,
    }


def signed_by_new_card(world: World, me: int, case: int, held: Held) -> Payload:
    new = world.read(Certificate, world.read(Application, case).certificate_id)
    claimed = world.claimed("certificate", new.id, me)
    mine = type(held)(new.id, world.read(Card, new.card_id).serial, "123456")
    return replace(claimed, container=world.sign(mine, new.activation_sha256)).payload()


def consented(world: World, me: int, held: Held) -> None:
    """Give an e-onay that was begun before and is signed now."""
    consent = before(world).offer(me)
    claimed = world.claimed("consent", consent, me)
    payload = replace(
        claimed, container=world.sign(held, world.read(Consent, consent).document_sha256)
    ).payload()
    assert world.engine.fire(consent, "sign", applicant(me), payload).state == "in_force"


def in_the_post(world: World, case: int) -> None:
    """Make the card of a queued case and hand it to the courier."""
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    assert world.state(case) == "couriered"


def standing(world: World, me: int, kind: str, old: int | None = None) -> int:
    """File an application before; it is pinned to the definition of that time."""
    case = before(world).file(me, kind, old)
    assert world.read(Application, case).definition == OLD["application"].sha256
    return case


@pytest.mark.parametrize("definition", OLD.values(), ids=OLD.keys())
def test_every_definition_published_before_can_still_be_run(definition: Definition) -> None:
    assert resolve(definition, handlers.registry()) == []
    assert definition.sha256 == sha256_of(definition.canonical)


def test_a_standing_renewal_by_e_onay_is_held_produced_delivered_and_activated(
    world: World,
) -> None:
    me = world.person()
    held = world.card(me, LATE)
    consented(world, me, held)
    case = standing(world, me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "held"

    world.clock.set(datetime(2026, 6, 9, 21, 0, tzinfo=UTC))
    assert world.engine.fire(case, "release", SYSTEM).state == "queued"
    in_the_post(world, case)
    world.engine.fire(case, "deliver", operator(), {"handed_to": "holder"})
    assert world.state(case) == "delivered"

    world.clock.set(datetime(2026, 8, 12, 9, 0, tzinfo=UTC))
    world.publish_lists()
    new = world.read(Certificate, world.read(Application, case).certificate_id)
    payload = signed_by_new_card(world, me, case, held)
    assert world.engine.fire(new.id, "activate", applicant(me), payload).state == "active"


def test_a_standing_renewal_signed_with_the_card_is_produced(world: World) -> None:
    me = world.person()
    held = world.card(me, SOON)
    case = standing(world, me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_imza").state == "e_imza"
    claimed = world.claimed("application", case, me)
    payload = replace(
        claimed, container=world.sign(held, world.read(Application, case).form_sha256)
    ).payload()
    assert world.engine.fire(case, "approve_e_imza", applicant(me), payload).state == "queued"
    in_the_post(world, case)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE person SET standing = 'dead'", "person.stopped"),
        ("UPDATE institution SET closed_on = '2026-01-01'", "form.institution_closed"),
        (
            "UPDATE certificate SET person_id = (SELECT max(id) FROM person)",
            "form.old_certificate_of_other_person",
        ),
        ("UPDATE person SET institution_id = NULL", "production.changed"),
    ],
)
def test_a_standing_case_is_not_made_for_whom_nothing_could_be_filed_any_more(
    world: World, change: str, code: str
) -> None:
    me = world.person()
    held = world.card(me, SOON)
    world.person(ISMAIL, "İsmail", "Iraksak")
    consented(world, me, held)
    case = standing(world, me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    world.write(change)
    with denied(code):
        world.engine.fire(case, "start_production", operator())
    assert world.state(case) == "queued"


def test_the_standing_certificate_of_who_is_stopped_is_not_activated(world: World) -> None:
    me = world.person()
    held = before(world).card(me, SOON)
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    world.publish_lists()
    certificate = world.read(Certificate, held.certificate_id)
    assert certificate.definition == OLD["certificate"].sha256
    claimed = world.claimed("certificate", certificate.id, me)
    payload = replace(claimed, container=world.sign(held, certificate.activation_sha256)).payload()
    world.write("UPDATE person SET standing = 'blocked'")
    with denied("person.stopped"):
        world.engine.fire(certificate.id, "activate", applicant(me), payload)
    world.write("UPDATE person SET standing = 'in_office'")
    assert world.engine.fire(certificate.id, "activate", applicant(me), payload).state == "active"


def test_a_standing_kind_that_names_no_moment_ends_the_old_certificate_when_the_new_one_is_made(
    world: World,
) -> None:
    me = world.person()
    held = world.card(me, LATE)
    consented(world, me, held)
    case = standing(world, me, "fault", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    assert world.read(Certificate, held.certificate_id).state == "active"
    in_the_post(world, case)
    assert world.read(Certificate, held.certificate_id).state == "revoked"


@pytest.mark.parametrize("kind", ["first", "renewal", "lost"])
def test_a_standing_application_on_paper_goes_by_two_officers(world: World, kind: str) -> None:
    me = world.person()
    old = None if kind == "first" else world.card(me, SOON).certificate_id
    case = standing(world, me, kind, old)
    assert world.choose(case, me, "wet_signature").state == "wet_signature"
    world.engine.fire(case, "register_paper", officer(1), paper_of(world, case))
    assert world.engine.fire(case, "approve_paper", officer(2)).state == "queued"
    in_the_post(world, case)


def test_a_standing_application_is_returned_corrected_and_then_rejected(world: World) -> None:
    me = world.person()
    case = standing(world, me, "renewal", world.card(me, SOON).certificate_id)
    world.choose(case, me, "wet_signature")
    world.engine.fire(case, "register_paper", officer(1), paper_of(world, case))
    world.engine.fire(case, "return_to_applicant", officer(1), reason="unreadable")
    world.clock.advance(days=1)
    assert world.choose(case, me, "wet_signature").state == "wet_signature"
    world.engine.fire(case, "register_paper", officer(1), paper_of(world, case))
    moved = world.engine.fire(case, "reject", officer(2), reason="identity_not_proved")
    assert moved.state == "rejected"


@pytest.mark.parametrize(
    ("ways", "end"),
    [
        (["courier_return", "destroy_card"], "cancelled"),
        (["courier_return", "report_lost"], "lost"),
        (["report_lost"], "lost"),
    ],
)
def test_a_standing_parcel_that_comes_to_nothing_has_its_certificate_revoked(
    world: World, ways: list[str], end: str
) -> None:
    me = world.person()
    held = world.card(me, SOON)
    consented(world, me, held)
    case = standing(world, me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    in_the_post(world, case)
    for way in ways:
        world.engine.fire(case, way, operator(), reason="other: TEST")
    assert world.state(case) == end
    new = world.read(Certificate, world.read(Application, case).certificate_id)
    assert new.state == "revoked"


def test_a_certificate_is_revoked_while_its_card_travels_for_a_standing_application(
    world: World,
) -> None:
    me = world.person()
    held = world.card(me, SOON)
    consented(world, me, held)
    case = standing(world, me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    in_the_post(world, case)
    new = world.read(Application, case).certificate_id
    assert new is not None
    assert world.engine.fire(new, "revoke", SYSTEM, reason="TEST").state == "revoked"
    assert world.state(case) == "couriered"


def test_a_standing_certificate_is_suspended_and_revoked(world: World) -> None:
    me = world.person()
    held = before(world).card(me, SOON)
    assert world.read(Certificate, held.certificate_id).definition == OLD["certificate"].sha256
    for way, end in (("suspend", "suspended"), ("revoke", "revoked")):
        moved = world.engine.fire(held.certificate_id, way, applicant(me), reason="other: TEST")
        assert moved.state == end


def test_a_standing_certificate_ends_with_its_last_day(world: World) -> None:
    me = world.person()
    certificate = before(world).certificate(me, SOON)
    assert world.read(Certificate, certificate).definition == OLD["certificate"].sha256
    world.clock.set(datetime(2026, 4, 10, 21, 0, tzinfo=UTC))
    assert world.engine.fire(certificate, "end", SYSTEM).state == "expired"
