"""Production: what is checked again, reserved, made once, compared, and given up."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from handlers.cards.orders import order_of
from handlers.cards.seed import Held, give_card
from signing.authority.production import ProductionOrder, produce
from signing.x509.builder import CertificateSubject
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from states.logs.journal import JournalEntry
from states.people.person import Person
from tests.handlers.cards.conftest import queued
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM, World, applicant, operator
from workflow.running.effects import run_effect
from workflow.running.sweep import sweep

END = date(2026, 4, 10)


def start(world: World, case: int) -> Certificate:
    world.engine.fire(case, "start_production", operator())
    return reserved(world, case)


def reserved(world: World, case: int) -> Certificate:
    return world.read(Certificate, world.read(Application, case).certificate_id)


def order(world: World, certificate: Certificate) -> ProductionOrder:
    with world.engine.database.connect() as connection:
        return order_of(connection, world.services, certificate)


def finish(world: World, case: int, der: object) -> None:
    world.engine.fire(case, "finish_production", SYSTEM, {"der": der})


def test_serial_and_card_are_reserved_before_anything_is_signed(world: World, case: int) -> None:
    certificate = start(world, case)
    card = world.read(Card, certificate.card_id)
    assert (certificate.state, certificate.der, card.status) == ("reserved", None, "reserved")
    assert certificate.application_id == case
    assert len(card.serial) == 16
    assert b"123456" not in (card.pin_sealed or b"123456")
    assert order(world, certificate) == order(world, certificate)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ("UPDATE person SET surname = 'TASLAKÇI'", "Ad soyad"),
        ("UPDATE person SET email = NULL", "E-posta"),
        ("UPDATE institution SET name = 'Başka Okul'", "Kurum"),
        ("UPDATE application SET institution_id = NULL", "Kurum"),
        ("UPDATE person SET institution_id = NULL", "Kurum"),
        ("UPDATE person SET institution_id = (SELECT min(id) FROM institution)", "Kurum"),
        ("UPDATE application SET kind = 'fault'", "Başvuru türü"),
    ],
)
def test_what_changed_since_the_approval_is_named_and_stops_production(
    world: World, case: int, change: str, field: str
) -> None:
    world.write(change)
    with denied("production.changed", fields=[field]):
        start(world, case)
    assert world.state(case) == "queued"


def test_the_addresses_of_two_applications_do_not_fight(world: World, me: int, case: int) -> None:
    other = world.file(me, "additional")
    payload = {"method": "e_onay", "shown": True, "address": "Başka Sokak 7, İzmir"}
    world.engine.fire(other, "choose_method", applicant(me), payload)
    assert world.read(Person, me).address == "Başka Sokak 7, İzmir"
    start(world, case)
    world.run_effects()
    assert world.read(Application, case).delivery_address == "TEST Sokağı 1, Bursa"
    start(world, other)
    assert world.read(Application, other).delivery_address == "Başka Sokak 7, İzmir"


def test_what_changed_after_the_approval_is_approved_anew_and_its_person_is_told(
    world: World, me: int, case: int
) -> None:
    with denied("production.not_changed"):
        world.engine.fire(case, "return_changed", SYSTEM)
    world.write("UPDATE person SET institution_id = (SELECT min(id) FROM institution)")
    world.write("UPDATE application SET due_at = entered_at WHERE id = :id", id=case)
    sweep(world.engine)
    assert world.state(case) == "returned_to_applicant"
    world.run_effects()
    assert world.all(Notice)[-1].subject == "Başvurunuzu yeniden onaylayınız"
    world.choose(case, me, "e_onay")
    assert world.read(Application, case).institution_id == world.read(Person, me).institution_id
    start(world, case)


def test_nothing_is_approved_or_made_for_a_closed_institution(
    world: World, me: int, case: int
) -> None:
    draft = world.file(me, "additional")
    world.write("UPDATE institution SET closed_on = '2026-02-01'")
    with denied("institution_stands"):
        start(world, case)
    with denied("form.institution_closed", institution="TEST Zeytinlik İlkokulu"):
        world.choose(draft, me, "e_onay")
    with denied("institution_stands"):
        world.file(me, "data_change")


def test_without_a_form_nothing_is_produced(world: World, case: int) -> None:
    world.write("UPDATE application SET form_sha256 = NULL")
    with denied("production.no_form"):
        start(world, case)


def test_a_number_that_is_none_stops_production(world: World, case: int) -> None:
    sealed = world.services.vault.seal("12345678901", "tckn")
    world.write("UPDATE person SET tckn_sealed = :sealed", sealed=sealed)
    with denied("production.person_unsound", fault="tckn.checksum"):
        start(world, case)


def test_a_killed_try_is_carried_on_and_yields_one_certificate(world: World, case: int) -> None:
    certificate = start(world, case)
    made = produce(world.services.store(), world.services.authority(), order(world, certificate))
    assert world.run_effects("production.make") == ["production.make"]
    assert reserved(world, case).der == made.certificate.der
    assert world.state(case) == "produced"


def test_a_repeated_effect_after_the_end_changes_nothing(world: World, case: int) -> None:
    start(world, case)
    effect = next(entry for entry in world.queued() if entry[2] == "production.make")
    world.run_effects("production.make")
    version = world.read(Application, case).version
    run_effect(world.engine, *effect)
    assert world.read(Application, case).version == version


def test_what_was_made_is_kept_suspended_with_its_fingerprint(world: World, case: int) -> None:
    certificate = start(world, case)
    world.run_effects("production.make")
    made = reserved(world, case)
    assert made.state == "suspended"
    assert made.sha256 == hashlib.sha256(made.der or b"").hexdigest()
    assert made.issuer == "TEST NES Sertifika Hizmet Sağlayıcısı"
    assert made.activation_sha256 is not None
    assert world.read(Card, certificate.card_id).status == "made"


def test_a_renewal_begins_the_second_after_the_old_end_and_lasts_three_years(
    world: World, case: int
) -> None:
    certificate = start(world, case)
    assert certificate.not_before == datetime(2026, 4, 10, 21, 0, tzinfo=UTC)
    assert certificate.not_after == datetime(2029, 4, 10, 20, 59, 59, tzinfo=UTC)
    assert certificate.ends_on == date(2029, 4, 10)
    assert certificate.ends_at == certificate.not_after


def test_a_lost_card_is_replaced_by_one_that_begins_now(world: World, me: int, held: Held) -> None:
    certificate = start(world, queued(world, me, held, "lost"))
    assert certificate.not_before == world.clock.now()


def test_a_faulty_card_is_replaced_by_one_of_the_same_end(
    world: World, me: int, held: Held
) -> None:
    certificate = start(world, queued(world, me, held, "fault"))
    old = world.read(Certificate, held.certificate_id)
    assert (certificate.not_before, certificate.not_after) == (world.clock.now(), old.not_after)


def test_what_has_ended_before_it_was_made_stops_for_an_operator(
    world: World, me: int, held: Held
) -> None:
    case = queued(world, me, held, "fault")
    certificate = start(world, case)
    assert certificate.ends_at is not None
    world.clock.set(certificate.ends_at)
    assert world.run_effects("production.make") == ["production.make"]
    assert world.state(case) == "production_stopped"
    assert world.read(Certificate, certificate.id).state == "void"
    entry = json.loads(world.all(JournalEntry, case_id=case)[-1].body)
    assert entry["reason"] == "Üretilen sertifikanın süresi doldu."


def test_an_old_certificate_known_by_its_day_only_ends_with_that_day(
    world: World, me: int, held: Held
) -> None:
    world.consent(me, held)
    old = world.certificate(me, END)
    case = world.file(me, "damaged", old)
    world.choose(case, me, "e_onay")
    assert start(world, case).not_after == datetime(2026, 4, 10, 20, 59, 59, tzinfo=UTC)


def test_a_renewal_leaves_the_old_certificate_to_its_end(
    world: World, case: int, held: Held
) -> None:
    start(world, case)
    world.run_effects("production.make")
    assert world.read(Certificate, held.certificate_id).state == "active"


def test_an_additional_certificate_has_no_old_one_to_act_on(
    world: World, me: int, held: Held
) -> None:
    world.consent(me, held)
    case = world.file(me, "additional")
    world.choose(case, me, "e_onay")
    start(world, case)
    world.run_effects("production.make")
    assert world.state(case) == "produced"


@pytest.mark.parametrize("der", [None, "text"])
def test_no_certificate_no_end(world: World, case: int, der: object) -> None:
    start(world, case)
    with denied("production.no_certificate"):
        finish(world, case, der)


def test_bytes_that_are_no_certificate_are_refused(world: World, case: int) -> None:
    start(world, case)
    with denied("production.unreadable"):
        finish(world, case, b"\x30\x03\x02\x01\x05")


def test_the_certificate_of_another_order_is_refused(world: World, case: int, held: Held) -> None:
    start(world, case)
    old = world.read(Certificate, held.certificate_id)
    with denied("production.differs", fields=["serial_number", "not_before", "not_after"]):
        finish(world, case, old.der)
    assert world.state(case) == "in_production"


def test_a_certificate_for_another_person_is_refused(world: World, case: int) -> None:
    certificate = start(world, case)
    right = order(world, certificate)
    subject = CertificateSubject("İSMAİL TASLAKÇI", "10000000078", "İSMAİL", "TASLAKÇI")
    wrong = replace(right, request=replace(right.request, subject=subject))
    made = produce(world.services.store(), world.services.authority(), wrong)
    with denied("production.differs", fields=["subject", "tckn"]):
        finish(world, case, made.certificate.der)


def test_a_certificate_of_an_unknown_issuer_is_refused(
    world: World, case: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = start(world, case)
    made = produce(world.services.store(), world.services.authority(), order(world, certificate))
    trust = world.services.trust()
    strangers = replace(trust, intermediates=(trust.anchors[0],))
    monkeypatch.setattr(world.engine, "services", replace(world.services, trust=lambda: strangers))
    with denied("production.not_our_issuer"):
        finish(world, case, made.certificate.der)


def test_who_holds_a_card_gets_no_second_one_from_the_seed(
    world: World, me: int, held: Held
) -> None:
    now = world.clock.now()
    assert give_card(world.engine, me, now, now + timedelta(days=9)) == held
