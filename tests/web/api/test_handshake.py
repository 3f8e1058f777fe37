"""The handshake from end to end: browser, code, real card, result."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.cards.seed import Held
from handlers.kit.sessions import IDLE
from handlers.signatures.code import LIFE
from signing.app.protocol import CLAIM_PATH, RESULT_PATH, ResultRequest
from signing.app.purpose import SignaturePurpose
from signing.cms import pades
from signing.cms.profiles import Profile
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.code import Code
from states.cases.consent import Consent
from states.logs.journal import JournalEntry, RefusedAttempt
from states.papers.signature import Signature
from tests.kit.handlers.world import SYSTEM, operator
from tests.kit.web.program import Program, address, code_for_consent, digits, signed
from tests.kit.web.visitor import Visitor
from tests.web.portal.test_filing import renewal_of, send

if TYPE_CHECKING:
    from datetime import date

    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.web.portal.conftest import Holder


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


def delivered(world: World, holder: Holder) -> int:
    """Bring a replacement for a broken card into its holder's hand."""
    me = holder.person_id
    world.consent(me, holder.held)
    case = world.file(me, "fault", holder.held.certificate_id)
    world.choose(case, me, "e_onay")
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    return case


def new_card(world: World, certificate: Certificate, holder: Holder) -> Held:
    """Return the card of a certificate, as its holder has it in his hand."""
    card = world.read(Card, certificate.card_id)
    return Held(certificate.id, card.serial, holder.held.pin)


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


def test_a_late_signature_is_refused_and_recorded(
    world: World, holder: Holder, program: Program
) -> None:
    claim = program.claim(digits(code_for_consent(holder.browser)))
    container = signed(world, holder.held, claim)
    world.clock.advance(seconds=300)
    assert program.rejected(claim.secret, container, 410).code == "code_expired"
    (consent,) = world.all(Consent)
    assert consent.state == "offered"
    (attempt,) = [row for row in world.all(RefusedAttempt) if row.trigger == "sign"]
    assert attempt.code == "code.expired"


def test_a_used_code_carries_no_second_signature(
    world: World, holder: Holder, program: Program
) -> None:
    code = digits(code_for_consent(holder.browser))
    claim = program.claim(code)
    container = signed(world, holder.held, claim)
    program.send(claim.secret, container)
    assert program.rejected(claim.secret, container, 409).code == "code_used"
    assert program.refused(CLAIM_PATH, {"code": code}, 409).code == "code_used"


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


def test_the_secret_of_one_purpose_carries_no_signature_for_another(
    world: World, holder: Holder, program: Program
) -> None:
    consent = program.claim(digits(code_for_consent(holder.browser)))
    text = send(holder.browser, renewal_of(holder), "e_imza")
    form = program.claim(digits(holder.browser.post(address(text), okudum="y")))
    crossed = signed(world, holder.held, form)
    problem = program.rejected(consent.secret, crossed, 422)
    assert problem.code.startswith("signature_")
    assert {row.state for row in world.all(Consent)} == {"offered"}
    assert {row.state for row in world.all(Application)} == {"e_imza"}


def test_a_signature_with_another_persons_card_is_refused(
    world: World, holder: Holder, program: Program, newcomer_id: int
) -> None:
    other = world.card(newcomer_id, holder_end(world, holder))
    claim = program.claim(digits(code_for_consent(holder.browser)))
    problem = program.rejected(claim.secret, signed(world, other, claim), 422)
    assert problem.code == "signature_other_person"
    accepted = program.send(claim.secret, signed(world, holder.held, claim))
    assert accepted.title == "e-onayınız yürürlüğe girdi."


def holder_end(world: World, holder: Holder) -> date:
    """Return the last day of the holder's certificate."""
    ends_on = world.read(Certificate, holder.held.certificate_id).ends_on
    assert ends_on is not None
    return ends_on


@pytest.mark.parametrize("container", [b"", b"\x30", b"\x30\x82\x10\x00", b"imza"])
def test_what_is_no_signature_is_refused(
    holder: Holder, program: Program, container: bytes
) -> None:
    claim = program.claim(digits(code_for_consent(holder.browser)))
    problem = program.rejected(claim.secret, container, 422 if container else 400)
    assert problem.detail


def test_a_signature_over_a_tampered_text_leaves_the_code_usable(
    world: World, holder: Holder, program: Program
) -> None:
    page = code_for_consent(holder.browser)
    claim = program.claim(digits(page))
    forged = world.sign_bytes(holder.held, claim.content.replace("AYŞE".encode(), b"FATMA"))
    program.rejected(claim.secret, forged, 422)
    assert "Gönderilen imza kabul edilmedi." in holder.browser.get(address(page)).text
    assert program.send(claim.secret, signed(world, holder.held, claim)).reference.startswith("O")


def test_the_fifth_denied_signature_locks_the_code(
    world: World, holder: Holder, program: Program
) -> None:
    page = code_for_consent(holder.browser)
    claim = program.claim(digits(page))
    forged = world.sign_bytes(holder.held, b"baska bir metin")
    for _ in range(5):
        program.rejected(claim.secret, forged, 422)
    problem = program.rejected(claim.secret, signed(world, holder.held, claim), 409)
    assert problem.code == "code_locked"
    assert "kod kilitlendi" in holder.browser.get(address(page)).text


def test_a_status_that_can_not_be_learned_is_no_wrong_try_and_no_acceptance(
    world: World, holder: Holder, program: Program
) -> None:
    world.clock.advance(days=30)
    holder.browser.sign_in("person", holder.person_id)
    claim = program.claim(digits(code_for_consent(holder.browser)))
    container = signed(world, holder.held, claim)
    problem = program.rejected(claim.secret, container, 422)
    assert problem.code.startswith("signature_")
    (code,) = world.all(Code)
    assert (code.state, code.wrong_tries) == ("claimed", 0)
    world.publish_lists()
    assert program.send(claim.secret, container).reference.startswith("O")


def test_a_case_that_moved_on_meanwhile_refuses_the_signature(
    world: World, holder: Holder, program: Program
) -> None:
    claim = program.claim(digits(code_for_consent(holder.browser)))
    (consent,) = world.all(Consent)
    world.engine.fire(consent.id, "abandon", SYSTEM)
    problem = program.rejected(claim.secret, signed(world, holder.held, claim), 409)
    assert problem.code == "wrong_state"


def test_a_foreign_secret_is_unknown(program: Program) -> None:
    problem = program.rejected("A" * 43, b"0", 404)
    assert problem.code == "code_unknown"


def test_the_fifth_wrong_code_of_a_source_closes_it_for_a_while(
    holder: Holder, program: Program, app: Flask
) -> None:
    code = digits(code_for_consent(holder.browser))
    for number in range(5):
        program.refused(CLAIM_PATH, {"code": f"{number:015}"}, 404)
    answer = program.post(CLAIM_PATH, {"code": code})
    assert answer.status_code == 429
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"] == "too_many_requests"
    assert int(answer.headers["Retry-After"]) in {300, 301}
    assert program.post(RESULT_PATH, {"secret": "x", "container": "MA=="}).status_code == 429
    elsewhere = Program(app.test_client(), "127.0.0.2")
    assert elsewhere.claim(code).person == "AYŞE ÖRNEKOĞLU"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CLAIM_PATH, {"code": "0" * 15}),
        (RESULT_PATH, {"secret": "A" * 43, "container": "MA=="}),
    ],
)
def test_of_many_wrong_ones_at_once_the_fifth_is_the_last(
    program: Program, app: Flask, path: str, body: dict[str, str]
) -> None:
    many, together = 24, threading.Barrier(24)

    def wrong(_number: int) -> int:
        together.wait(60)
        return int(Program(app.test_client()).post(path, body).status_code)

    with ThreadPoolExecutor(many) as pool:
        answers = list(pool.map(wrong, range(many)))
    assert sorted(answers) == [404] * 5 + [429] * 19
    assert program.post(path, body).status_code == 429


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


def test_of_many_denied_signatures_at_once_the_fifth_is_the_last(
    world: World, holder: Holder, program: Program, app: Flask
) -> None:
    claim = program.claim(digits(code_for_consent(holder.browser)))
    body = ResultRequest(claim.secret, world.sign_bytes(holder.held, b"another text")).body()
    many, together = 12, threading.Barrier(12)

    def denied(_number: int) -> str:
        together.wait(60)
        answer = Program(app.test_client()).post(RESULT_PATH, body)
        return f"{answer.status_code} {answer.json['code']}"

    with ThreadPoolExecutor(many) as pool:
        answers = sorted(pool.map(denied, range(many)))
    assert answers == ["409 code_locked"] * 7 + ["422 signature_hash_failure"] * 5
    assert [row.state for row in world.all(Code)] == ["locked"]
    assert program.rejected(claim.secret, signed(world, holder.held, claim), 409).code == (
        "code_locked"
    )


def test_codes_that_were_really_given_out_do_not_count_as_guesses(
    holder: Holder, program: Program
) -> None:
    code = digits(code_for_consent(holder.browser))
    program.claim(code)
    for _ in range(7):
        program.refused(CLAIM_PATH, {"code": code}, 409)


def test_the_handshake_is_asked_by_post_only(visitor: Visitor) -> None:
    answer = visitor.client.get(CLAIM_PATH)
    assert answer.status_code == 405
    assert answer.mimetype == "application/problem+json"
