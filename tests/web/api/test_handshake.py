"""The handshake from end to end: browser, code, real card, result."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.kit.sessions import IDLE
from handlers.signatures.code import LIFE
from signing.app.protocol import CLAIM_PATH
from signing.app.purpose import SignaturePurpose
from signing.cms import pades
from signing.cms.profiles import Profile
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.code import Code
from states.cases.consent import Consent
from states.logs.journal import JournalEntry
from states.papers.signature import Signature
from tests.kit.handlers.world import SYSTEM
from tests.kit.web.program import Program, address, code_for_consent, digits, signed
from tests.kit.web.visitor import Visitor
from tests.web.portal.test_filing import renewal_of, send

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.web.portal.conftest import Holder

from tests.kit.web.delivered import delivered, new_card


def test_an_e_onay_goes_from_the_browser_to_the_card_and_back(
    world: World, holder: Holder, program: Program
) -> None:
    page = code_for_consent(holder.browser)
    claim = program.claim(digits(page))
    assert claim.purpose is SignaturePurpose.E_ONAY
    assert claim.purpose_title == "e-onay metninin imzalanması"
    assert (claim.person, claim.tckn_masked) == ("AYŞE ÖRNEKOĞLU", "100******46")
    assert claim.origin == "http://localhost"
    assert claim.profile is Profile.P1  # nobody is there who would stamp what names another
    assert claim.fingerprint in page.text
    assert claim.left == LIFE
    assert len(claim.secret) >= 22  # 128 bits in base64
    assert "imzanız bekleniyor" in holder.browser.get(address(page)).text

    accepted = program.send(claim.secret, signed(world, holder.held, claim))
    (consent,) = world.all(Consent)
    assert (accepted.reference, consent.state) == (consent.reference, "in_force")
    assert accepted.title == "e-onayınız yürürlüğe girdi."

    result = holder.browser.get(address(page))
    assert address(result) == f"/e-onay/{consent.reference}"
    assert "02.03.2026 12:00:00" in result.text
    assert "Geçerli (TOTAL-PASSED)" in result.text
    text = holder.browser.client.get(result.links["İmzalanan metin (.txt)"])
    assert text.data == claim.content
    container = holder.browser.client.get(result.links["İmza dosyası (.p7s)"])
    assert container.mimetype == "application/pkcs7-signature"
    (kept,) = world.all(Signature)
    assert container.data == kept.container


def test_the_journal_says_that_the_code_stood_for_the_person(
    world: World, holder: Holder, program: Program
) -> None:
    claim = program.claim(digits(code_for_consent(holder.browser)))
    program.send(claim.secret, signed(world, holder.held, claim))
    entries = [row for row in world.all(JournalEntry) if row.trigger in {"claim", "sign", "use"}]
    assert sorted(row.trigger for row in entries) == ["claim", "sign", "use"]
    assert all('"auth":"code"' in row.body for row in entries)
    assert {row.actor for row in entries} == {f"person:{holder.person_id}"}
    (code,) = world.all(Code)
    assert claim.secret.encode() not in code.secret_hash
    assert all(claim.secret not in row.body for row in world.all(JournalEntry))


def test_an_application_form_is_signed_and_held_until_its_day(
    world: World, holder: Holder, program: Program
) -> None:
    text = send(holder.browser, renewal_of(holder), "e_imza")
    page = holder.browser.post(address(text), okudum="y")
    assert page.heading == "Başvuru formunun imzalanması"
    claim = program.claim(digits(page))
    assert claim.purpose is SignaturePurpose.E_IMZA
    assert claim.text.startswith("NİTELİKLİ ELEKTRONİK SERTİFİKA BAŞVURU FORMU")
    accepted = program.send(claim.secret, signed(world, holder.held, claim))
    (case,) = world.all(Application)
    assert (case.state, accepted.reference) == ("held", case.reference)
    result = holder.browser.get(address(page))
    assert "Üretim 10.06.2026 tarihinde başlayabilir." in result.text
    signed_form = holder.browser.client.get(result.links["İmzalı başvuru formu (.pdf)"]).data
    found = pades.check(signed_form)
    container = holder.browser.client.get(result.links["İmza dosyası (.p7s)"]).data
    assert (found.content, found.container) == (claim.content, container)


def test_a_delivered_certificate_is_activated_with_its_own_card(
    world: World, holder: Holder, program: Program
) -> None:
    case_id = delivered(world, holder)
    new = world.read(Certificate, world.read(Application, case_id).certificate_id)
    page = holder.browser.get(f"/sertifikalarim/{new.reference}")
    text = holder.browser.get(page.links["Etkinleştir"])
    page = holder.browser.post(address(text), okudum="y")
    assert new.reference.startswith("S")
    claim = program.claim(digits(page))
    assert claim.purpose is SignaturePurpose.ACTIVATION
    replaced = program.rejected(claim.secret, signed(world, holder.held, claim), 422)
    assert replaced.code == "activation_other_certificate"
    card = new_card(world, new, holder)
    accepted = program.send(claim.secret, signed(world, card, claim))
    assert accepted.title == "Sertifikanız etkinleştirildi."
    assert world.read(Certificate, new.id).state == "active"
    assert world.read(Certificate, holder.held.certificate_id).state == "revoked"
    result = holder.browser.get(address(page))
    assert "Sertifikanız geçerli." in result.text
    again = holder.browser.get(address(text))
    assert address(again) == f"/sertifikalarim/{new.reference}"


def test_a_wrong_code_is_unknown(program: Program) -> None:
    problem = program.refused(CLAIM_PATH, {"code": "123456789012345"}, 404)
    assert problem.code == "code_unknown"
    assert problem.detail == ("Böyle bir doğrulama kodu yok; sayfadaki kodu yeniden kopyalayınız.")


def test_a_code_may_be_pasted_with_blanks_and_hyphens(holder: Holder, program: Program) -> None:
    shown = digits(code_for_consent(holder.browser))
    assert program.claim(f" {shown.replace(' ', '-')}\n").person == "AYŞE ÖRNEKOĞLU"


def test_a_code_is_claimed_once(holder: Holder, program: Program) -> None:
    code = digits(code_for_consent(holder.browser))
    program.claim(code)
    problem = program.refused(CLAIM_PATH, {"code": code}, 409)
    assert problem.code == "code_claimed"


def test_an_expired_code_is_gone_before_and_after_its_timer_rang(
    world: World, holder: Holder, program: Program
) -> None:
    code = digits(code_for_consent(holder.browser))
    world.clock.advance(seconds=300)
    assert program.refused(CLAIM_PATH, {"code": code}, 410).code == "code_expired"
    (row,) = world.all(Code)
    world.engine.fire(row.id, "expire", SYSTEM)
    assert program.refused(CLAIM_PATH, {"code": code}, 410).code == "code_expired"


def test_a_code_lives_until_the_last_instant(
    world: World, holder: Holder, program: Program
) -> None:
    code = digits(code_for_consent(holder.browser))
    world.clock.advance(seconds=299.999)
    assert timedelta() < program.claim(code).left < timedelta(seconds=1)


def test_a_new_code_kills_the_old_one_and_keeps_the_tick(
    world: World, holder: Holder, program: Program
) -> None:
    page = code_for_consent(holder.browser)
    claim = program.claim(digits(page))
    fresh = holder.browser.post(f"{address(page)}/yeni")
    assert fresh.heading == "e-onay metninin imzalanması"
    assert digits(fresh) != digits(page)
    assert program.refused(CLAIM_PATH, {"code": digits(page)}, 409).code == "code_replaced"
    container = signed(world, holder.held, claim)
    assert program.rejected(claim.secret, container, 409).code == "code_replaced"
    assert program.claim(digits(fresh)).text == claim.text


@pytest.mark.parametrize("way", ["/cikis", "/cikis/her-yerde", "elsewhere", "idle", "anew"])
@pytest.mark.parametrize("claimed", [False, True])
def test_a_code_ends_with_the_browser_session_that_it_was_shown_in(
    world: World, holder: Holder, program: Program, way: str, *, claimed: bool
) -> None:
    code = digits(code_for_consent(holder.browser))
    claim = program.claim(code) if claimed else None
    end_session(world, holder, way)
    if claim is None:
        refused = program.refused(CLAIM_PATH, {"code": code}, 409)
    else:
        refused = program.rejected(claim.secret, signed(world, holder.held, claim), 409)
    assert refused.code == "code_session_over"
    assert "oturum kapandı" in refused.detail
    assert [row.state for row in world.all(Code)] == ["locked"]
    again = program.refused(CLAIM_PATH, {"code": code}, 409)
    assert again.code == "code_locked"
    assert [row.state for row in world.all(Consent)] == ["offered"]


def end_session(world: World, holder: Holder, way: str) -> None:
    """End the holder's session by its page, from elsewhere, by time or by another sign-in."""
    if way == "elsewhere":
        world.write("UPDATE web_session SET ended = :now, why = 'singly'", now=world.clock.now())
    elif way == "idle":
        world.write("UPDATE web_session SET seen = :late", late=world.clock.now() - 2 * IDLE)
    elif way == "anew":
        holder.browser.sign_in("person", holder.person_id)
    else:
        holder.browser.get("/hesap")
        holder.browser.post(way)


def test_the_unlock_secret_of_a_card_is_not_handed_out_once_the_session_is_over(
    world: World, holder: Holder, program: Program
) -> None:
    number = world.read(Certificate, holder.held.certificate_id).reference
    browser = holder.browser
    text = browser.get(browser.get(f"/sertifikalarim/{number}").links["PIN oluştur"])
    code = digits(browser.post(address(text), okudum="y"))
    browser.post("/cikis")
    answer = program.post(CLAIM_PATH, {"code": code})
    assert (answer.status_code, answer.json["code"]) == (409, "code_session_over")
    assert "unlock_secret" not in answer.text


def test_another_session_of_the_same_person_keeps_no_code_alive(
    holder: Holder, program: Program, app: Flask
) -> None:
    code = digits(code_for_consent(holder.browser))
    other = Visitor(app)
    other.sign_in("person", holder.person_id)
    other.post("/cikis")
    claim = program.claim(code)
    assert claim.person == "AYŞE ÖRNEKOĞLU"
    holder.browser.get("/hesap")
    holder.browser.post("/cikis")
    other.sign_in("person", holder.person_id)
    assert program.rejected(claim.secret, b"0", 409).code == "code_session_over"


def test_the_handshake_is_asked_by_post_only(visitor: Visitor) -> None:
    answer = visitor.client.get(CLAIM_PATH)
    assert answer.status_code == 405
    assert answer.mimetype == "application/problem+json"
