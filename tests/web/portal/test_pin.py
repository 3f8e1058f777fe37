"""The page on which a holder begins to make the PIN of his card himself, and its handshake."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.cards import pin
from handlers.cards.seed import Held
from signing.app.errors import AnswerMalformed
from signing.app.protocol import CLAIM_PATH, Claim
from signing.app.purpose import SignaturePurpose
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.code import Code
from tests.kit.handlers.world import SYSTEM, operator
from tests.kit.pins import shows
from tests.kit.signing.refusing import refusing
from tests.kit.web.program import Program, address, digits, signed
from web.gate.composition import KEY

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor
    from tests.web.portal.conftest import Holder

NEW_PIN = "864209"


@pytest.fixture
def delivered(world: World, holder: Holder) -> Held:
    """Give the delivered card of an additional certificate, suspended until now."""
    world.consent(holder.person_id, holder.held)
    case = world.file(holder.person_id, "additional")
    world.choose(case, holder.person_id, "e_onay")
    world.engine.fire(case, "start_production", operator())
    world.run_effects("production.make", "courier.book", "courier.scan_out")
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    world.clock.advance(seconds=5)
    world.publish_lists()
    certificate = world.read(Certificate, world.read(Application, case).certificate_id)
    return Held(certificate.id, world.read(Card, certificate.card_id).serial, "123456")


def page_of(world: World, browser: Visitor, held: Held) -> Page:
    """Open the page of a certificate."""
    reference = world.read(Certificate, held.certificate_id).reference
    return browser.get(f"/sertifikalarim/{reference}")


def begin(world: World, browser: Visitor, held: Held, button: str) -> Page:
    """Go from a certificate's page to the code page."""
    text = browser.get(page_of(world, browser, held).links[button])
    assert text.heading == button
    return browser.post(address(text), okudum="y")


def set_on_card(world: World, claim: Claim, held: Held) -> Held:
    """Set the PIN with what the claim handed out, as the program does."""
    assert claim.card == held.card_serial
    assert claim.unlock_secret is not None
    world.services.store().unlock_pin(claim.card, claim.unlock_secret, NEW_PIN)
    return Held(held.certificate_id, held.card_serial, NEW_PIN)


def test_a_new_card_gets_its_pin_first_and_is_activated_with_it(
    world: World, holder: Holder, delivered: Held, program: Program
) -> None:
    start = page_of(world, holder.browser, delivered)
    assert "önce kendi PIN'inizi oluşturunuz" in start.text
    text = holder.browser.get(start.links["PIN oluştur"])
    for said in ("başka kimse bilmez", "4–16 hane", "PIN'inizi bu sitede hiç yazmazsınız"):
        assert said in text.text
    assert "KART PIN'İ BELİRLEME BEYANI" in text.text
    holder.browser.post(address(text), 422)

    page = begin(world, holder.browser, delivered, "PIN oluştur")
    assert page.heading == "Kart PIN'inin belirlenmesi"
    assert page.all("dd") == [delivered.card_serial, "nes-imza'da siz belirleyeceksiniz"]
    assert f"--token {delivered.card_serial} --new-pin --store" in page.all("pre")[0]
    claim = program.claim(digits(page))
    assert (claim.purpose, claim.purpose_title) == (
        SignaturePurpose.PIN,
        "Kart PIN'inin belirlenmesi",
    )
    assert claim.fingerprint in page.text
    mine = set_on_card(world, claim, delivered)
    accepted = program.send(claim.secret, signed(world, mine, claim))
    assert accepted.title == "Kartınızın PIN'i belirlendi."

    after = holder.browser.get(address(page))
    assert after.heading == f"Sertifika {accepted.reference}"
    assert "PIN belirlendi 02.03.2026 12:00" in after.text
    assert "PIN kilidini aç" in after.links
    assert "PIN oluştur" not in after.links
    activation = holder.browser.get(after.links["Etkinleştir"])
    code = holder.browser.post(address(activation), okudum="y")
    assert "Önce PIN oluştur" not in code.links
    assert not shows(code.text, "123456")
    claim = program.claim(digits(code))
    assert claim.card is None
    program.send(claim.secret, signed(world, mine, claim))
    assert world.read(Certificate, delivered.certificate_id).state == "active"


def test_the_way_of_the_activation_offers_the_pin_first_and_still_takes_the_first_one(
    world: World, holder: Holder, delivered: Held, program: Program
) -> None:
    text = holder.browser.get(page_of(world, holder.browser, delivered).links["Etkinleştir"])
    page = holder.browser.post(address(text), okudum="y")
    assert page.all("dd") == [delivered.card_serial, "123456"]
    assert holder.browser.get(page.links["Önce PIN oluştur"]).heading == "PIN oluştur"
    claim = program.claim(digits(page))
    program.send(claim.secret, signed(world, delivered, claim))
    again = page_of(world, holder.browser, delivered)
    assert "PIN kilidini aç" in again.links
    assert "PIN belirlendi" not in again.text


def test_the_pin_of_a_card_in_use_is_set_anew(
    world: World, holder: Holder, program: Program
) -> None:
    world.write("UPDATE card SET pin_sealed = NULL")
    start = page_of(world, holder.browser, holder.held)
    assert "PIN'inizi unuttuysanız ya da kartınız kilitlendiyse" in start.text
    page = begin(world, holder.browser, holder.held, "PIN kilidini aç")
    claim = program.claim(digits(page))
    mine = set_on_card(world, claim, holder.held)
    program.send(claim.secret, signed(world, mine, claim))
    after = holder.browser.get(address(page))
    assert "PIN belirlendi 02.03.2026 12:00" in after.text
    assert world.read(Certificate, holder.held.certificate_id).state == "active"


def test_a_new_code_is_for_the_same_purpose(world: World, holder: Holder, program: Program) -> None:
    page = begin(world, holder.browser, holder.held, "PIN oluştur")
    fresh = holder.browser.post(f"{address(page)}/yeni")
    assert [code.purpose for code in world.all(Code)] == ["pin", "pin"]
    assert program.claim(digits(fresh)).purpose is SignaturePurpose.PIN


def test_a_card_of_another_house_is_told_where_to_turn(world: World, holder: Holder) -> None:
    world.certificate(holder.person_id, date(2026, 9, 1), "abc123")
    foreign = Held(world.all(Certificate, serial="abc123")[0].id, "", "")
    page = page_of(world, holder.browser, foreign)
    assert "PIN için kartı veren kuruluşa başvurunuz." in page.text
    assert "PIN kilidini aç" not in page.links
    back = holder.browser.get(f"{address(page)}/pin")
    assert address(back) == address(page)
    assert back.text.count("PIN için kartı veren kuruluşa başvurunuz.") == 2


def test_a_certificate_of_an_older_process_is_told_where_to_turn(
    world: World, holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.portal.pin.move_of", lambda *_: "no_such_move")
    page = page_of(world, holder.browser, holder.held)
    assert "PIN için kartı veren kuruluşa başvurunuz." in page.text


def test_a_revoked_certificate_offers_no_pin(world: World, holder: Holder) -> None:
    certificate = holder.held.certificate_id
    world.engine.fire(certificate, "revoke", SYSTEM, reason="kayıp")
    page = page_of(world, holder.browser, holder.held)
    assert "PIN" not in page.text
    assert "artık kullanılmıyor" in holder.browser.get(f"{address(page)}/pin").text


def test_a_card_that_has_not_begun_yet_waits_with_its_pin(
    world: World, holder: Holder, delivered: Held
) -> None:
    world.write("UPDATE certificate SET not_before = '2026-05-01 09:00+03' WHERE card_id = 2")
    page = page_of(world, holder.browser, delivered)
    assert "PIN oluşturma ve etkinleştirme en erken: 01.05.2026 09:00" in page.text
    assert "PIN oluştur" not in page.links
    back = holder.browser.get(f"{address(page)}/pin")
    assert "henüz başlamadı" in back.text
    assert address(back) == address(page)


def test_the_secret_of_one_card_is_not_handed_out_a_sixth_time_in_a_day(
    world: World, holder: Holder, program: Program
) -> None:
    start = page_of(world, holder.browser, holder.held)
    text = holder.browser.get(start.links["PIN oluştur"])
    for _ in range(pin.MOST):
        page = holder.browser.post(address(text), okudum="y")
        program.claim(digits(page))
    told = page_of(world, holder.browser, holder.held)
    assert "bir gün içinde 5 kez PIN işlemi başlatıldı" in told.text
    assert "PIN oluştur" not in told.links


def test_what_can_not_be_done_any_more_needs_no_secret(
    world: World, holder: Holder, program: Program
) -> None:
    page = begin(world, holder.browser, holder.held, "PIN oluştur")
    world.engine.fire(holder.held.certificate_id, "revoke", SYSTEM, reason="kayıp")
    problem = program.refused(CLAIM_PATH, {"code": digits(page)}, 409)
    assert problem.code == "wrong_state"
    (code,) = world.all(Code)
    assert (code.state, code.secret_hash) == ("issued", None)


def test_a_code_is_claimed_once_and_with_it_the_secret(
    world: World, holder: Holder, program: Program
) -> None:
    page = begin(world, holder.browser, holder.held, "PIN oluştur")
    program.claim(digits(page))
    answer = program.post(CLAIM_PATH, {"code": digits(page)})
    assert (answer.status_code, answer.json["code"]) == (409, "code_claimed")
    assert "unlock_secret" not in answer.text
    world.clock.advance(seconds=300)
    assert "unlock_secret" not in program.post(CLAIM_PATH, {"code": digits(page)}).text


@pytest.mark.parametrize("speaks", ["", "3", "x", "-4", "٤", "9" * 10])
def test_a_program_that_does_not_know_the_purpose_is_told_so_and_gets_no_secret(
    world: World, holder: Holder, program: Program, speaks: str
) -> None:
    page = begin(world, holder.browser, holder.held, "PIN oluştur")
    program.speaks = speaks
    problem = program.refused(CLAIM_PATH, {"code": digits(page)}, 409)
    assert problem.code == "program_too_old"
    assert "güncel sürümü kurunuz" in problem.detail
    program.speaks = "5"
    assert program.claim(digits(page)).purpose is SignaturePurpose.PIN


def test_a_denied_proof_leaves_everything_as_it_was(
    world: World, holder: Holder, delivered: Held, program: Program
) -> None:
    claim = program.claim(digits(begin(world, holder.browser, delivered, "PIN oluştur")))
    problem = program.rejected(claim.secret, signed(world, holder.held, claim), 422)
    assert problem.code == "activation_other_certificate"
    certificate = world.read(Certificate, delivered.certificate_id)
    assert world.read(Card, certificate.card_id).pin_sealed is not None
    mine = set_on_card(world, claim, delivered)
    program.send(claim.secret, signed(world, mine, claim))


def test_the_answer_names_card_and_secret_for_a_pin_only(
    world: World, holder: Holder, program: Program
) -> None:
    page = begin(world, holder.browser, holder.held, "PIN oluştur")
    answer = program.post(CLAIM_PATH, {"code": digits(page)}).json
    claim = Claim.parse(answer)
    assert claim.unlock_secret is not None
    assert answer["unlock_secret"] not in repr(claim)
    with refusing(AnswerMalformed, match="card"):
        Claim.parse({**answer, "purpose": "activation"})


def test_outside_the_demo_the_code_page_names_the_card_to_insert(
    holder: Holder, app: Flask, world: World
) -> None:
    page = begin(world, holder.browser, holder.held, "PIN oluştur")
    composition = app.extensions[KEY]
    bare = composition.settings.model_copy(update={"demo": False})
    app.extensions[KEY] = type(composition)(
        bare, composition.database, composition.library, composition.clock, composition.engine
    )
    again = holder.browser.get(address(page))
    assert f"İmzalayacak kartın etiketi: {holder.held.card_serial}" in again.text
    assert again.all("pre") == [], "a command is for the demo alone"
    assert not shows(again.text, holder.held.pin)
