"""Signing in with a card that opens nothing: unknown, late, denied, suspended, out of turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signing.app.protocol import VERSION, VERSION_HEADER, ServerProblem
from signing.app.purpose import SignaturePurpose
from states.cases.certificate import Certificate
from states.cases.code import Code
from states.cases.sign_in import SignIn
from states.logs.journal import RefusedAttempt
from tests.kit.handlers.world import SYSTEM, applicant
from tests.kit.web.program import code_for_consent, digits, signed

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.program import Program
    from tests.kit.web.visitor import Visitor
    from tests.web.auth.conftest import Caller


CLAIM = "/api/imza/claim"


def test_a_stranger_learns_nothing_from_the_program_and_what_to_do_from_the_page(
    world: World, caller: Caller, program: Program
) -> None:
    known = caller.ask()
    claim = program.claim(digits(known))
    for_the_known = program.send(claim.secret, signed(world, caller.held, claim))
    caller.browser.get("/giris/kart")
    caller.browser.post("/cikis")
    world.write("UPDATE person SET tckn_hash = :other", other=b"x" * 32)
    page = caller.ask()
    claim = program.claim(digits(page))
    for_the_stranger = program.send(claim.secret, signed(world, caller.held, claim))
    assert for_the_stranger.title == for_the_known.title
    refused = caller.browser.get("/giris/kart", 403)
    assert refused.heading == "Bu kartla giriş yapılamıyor"
    assert "yeni kod alınız" in refused.text
    assert refused.title.startswith("Hata:")
    assert caller.browser.client.get("/hesap").status_code == 302
    assert digits(caller.browser.post("/giris/kart"))


# What opens nothing


def test_a_code_is_claimed_once_and_its_signature_taken_once(
    world: World, caller: Caller, program: Program
) -> None:
    page = caller.ask()
    claim = program.claim(digits(page))
    again = program.refused(CLAIM, {"code": digits(page)}, 409)
    assert again.code == "code_claimed"
    container = signed(world, caller.held, claim)
    program.send(claim.secret, container)
    assert program.rejected(claim.secret, container, 409).code == "code_used"
    caller.browser.get("/giris/kart")
    assert program.rejected(claim.secret, container, 409).code == "code_used"


def test_a_late_claim_and_a_late_signature_are_gone_and_recorded(
    world: World, caller: Caller, program: Program
) -> None:
    page = caller.ask()
    claim = program.claim(digits(page))
    world.clock.advance(seconds=300)
    container = signed(world, caller.held, claim)
    assert program.rejected(claim.secret, container, 410).code == "code_expired"
    assert [row.trigger for row in world.all(RefusedAttempt)] == ["sign"]
    assert "Kodun süresi doldu." in caller.browser.get("/giris/kart").text
    page = caller.browser.post("/giris/kart")
    world.clock.advance(seconds=300)
    assert program.refused(CLAIM, {"code": digits(page)}, 410).code == "code_expired"


def test_a_sign_in_that_nobody_came_for_opens_nothing_later(
    world: World, caller: Caller, program: Program
) -> None:
    caller.prove(world, program, caller.ask())
    world.clock.advance(seconds=300)
    assert "Kodun süresi doldu." in caller.browser.get("/giris/kart").text
    assert caller.browser.client.get("/hesap").status_code == 302


def test_five_denied_signatures_lock_the_code(
    world: World, caller: Caller, program: Program
) -> None:
    claim = program.claim(digits(caller.ask()))
    for _ in range(5):
        refused = program.rejected(claim.secret, world.sign_bytes(caller.held, b"other text"), 422)
        assert refused.code == "signature_hash_failure"
    locked = program.rejected(claim.secret, signed(world, caller.held, claim), 409)
    assert locked.code == "code_locked"
    assert "kod kilitlendi" in caller.browser.get("/giris/kart").text


def test_a_status_out_of_reach_means_later_and_costs_no_try(
    world: World, caller: Caller, program: Program
) -> None:
    world.clock.advance(days=2)
    claim = program.claim(digits(caller.ask()))
    later = program.rejected(claim.secret, signed(world, caller.held, claim), 503)
    assert later.code == "signature_try_later"
    assert [(row.state, row.wrong_tries) for row in world.all(SignIn)] == [("claimed", 0)]
    world.publish_lists()
    program.send(claim.secret, signed(world, caller.held, claim))


def test_a_suspended_card_opens_nothing(world: World, caller: Caller, program: Program) -> None:
    world.engine.fire(caller.held.certificate_id, "suspend", applicant(caller.person_id))
    claim = program.claim(digits(caller.ask()))
    refused = program.rejected(claim.secret, signed(world, caller.held, claim), 422)
    assert refused.code == "signature_certificate_not_active"
    assert world.read(Certificate, caller.held.certificate_id).state == "suspended"


def test_a_new_code_makes_the_old_one_useless(
    world: World, caller: Caller, program: Program
) -> None:
    old = digits(caller.ask())
    fresh = digits(caller.browser.post("/giris/kart"))
    assert program.refused(CLAIM, {"code": old}, 409).code == "code_replaced"
    assert program.claim(fresh).purpose is SignaturePurpose.SIGN_IN
    assert sorted(row.state for row in world.all(SignIn)) == ["claimed", "replaced"]


def test_a_code_for_something_else_signs_nobody_in(
    world: World, caller: Caller, program: Program
) -> None:
    caller.browser.sign_in("person", caller.person_id)
    claim = program.claim(digits(code_for_consent(caller.browser)))
    assert program.rejected(claim.secret, b"x" * 9, 422).code
    assert world.all(SignIn) == []
    assert len(world.all(Code)) == 1


def test_a_program_that_does_not_know_sign_ins_does_not_cost_the_code(
    caller: Caller, program: Program
) -> None:
    page = caller.ask()
    old = program.client.post(
        CLAIM, json={"code": digits(page)}, headers={VERSION_HEADER: str(VERSION - 1)}
    )
    assert old.status_code == 409
    assert ServerProblem.parse(old.json, 409).code == "program_too_old"
    assert program.claim(digits(page)).purpose is SignaturePurpose.SIGN_IN


def test_one_source_gets_twenty_codes_in_five_minutes(world: World, visitor: Visitor) -> None:
    visitor.get("/giris")
    for _ in range(20):
        visitor.post("/giris/kart")
    visitor.post("/giris/kart", 429)
    assert len(world.all(SignIn)) == 20


def test_a_code_needs_the_token_of_our_own_form(world: World, visitor: Visitor) -> None:
    visitor.get("/giris")
    visitor.post("/giris/kart", 400, csrf_token="başka")
    assert world.all(SignIn) == []


# Beside it


def test_the_case_of_a_stranger_has_no_page(world: World, auditor: Visitor) -> None:
    values = {
        "origin": "http://localhost", "nonce": "0" * 32, "code_hash": b"c" * 32,
        "session_hash": b"s" * 32, "expires_at": world.clock.now(),
    }  # fmt: skip
    case_id = world.engine.open("sign_in", "issue", SYSTEM, values)
    journal = auditor.get("/denetim/gunluk")
    assert f"G{case_id:09}" in journal.text
    assert f"/is/G{case_id:09}" not in journal.response.text
    auditor.get(f"/is/G{case_id:09}", 404)
