"""Codes and signatures that the handshake refuses: late, foreign, denied, tried too often."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from signing.app.protocol import CLAIM_PATH, RESULT_PATH, ResultRequest
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.code import Code
from states.cases.consent import Consent
from states.logs.journal import RefusedAttempt
from tests.kit.handlers.world import SYSTEM
from tests.kit.web.program import Program, address, code_for_consent, digits, signed
from tests.web.portal.test_filing import renewal_of, send

if TYPE_CHECKING:
    from datetime import date

    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.web.portal.conftest import Holder


def holder_end(world: World, holder: Holder) -> date:
    """Return the last day of the holder's certificate."""
    ends_on = world.read(Certificate, holder.held.certificate_id).ends_on
    assert ends_on is not None
    return ends_on


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
