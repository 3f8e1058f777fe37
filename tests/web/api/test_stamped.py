"""A signature that comes in by the handshake is stamped by the running product itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from signing.cms import levels
from signing.cms.container import read
from signing.cms.levels import Level
from signing.cms.profiles import Profile
from signing.errors import OnlineUnavailable
from signing.network.online import Online
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.code import Code
from states.cases.consent import Consent
from states.logs.journal import RefusedAttempt
from states.papers.signature import Signature
from tests.kit.web.delivered import delivered, new_card
from tests.kit.web.program import Program, address, code_for_consent, digits, served, signed
from tests.web.api.test_program import nes_imza
from tests.web.portal.test_filing import renewal_of, send
from web.demo.outside import connected
from web.gate.composition import Composition
from workflow.running.effects import run_effect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from signing.tokens.slots import TokenStore
    from states.kit.settings import Settings
    from tests.kit.handlers.world import World
    from tests.web.portal.conftest import Holder


@pytest.fixture
def composition(world: World, settings: Settings) -> Iterator[Composition]:
    """Give the office of the test with its own authority served on a port."""
    office = world.engine
    plain = Composition(settings, office.database, office.library, world.clock, office)
    with connected(plain) as composition:
        yield composition


def test_an_e_onay_is_kept_with_its_time_stamp_and_evidence(
    world: World, holder: Holder, program: Program
) -> None:
    claim = program.claim(digits(code_for_consent(holder.browser)))
    container = signed(world, holder.held, claim)
    program.send(claim.secret, container)
    (kept,) = world.all(Signature)
    assert levels.level(kept.container) is Level.B_LT
    (token,) = levels.time_stamps(kept.container)
    assert levels.stamped_at(token) == world.clock.now()
    assert kept.report["proved_time"] == world.clock.now().isoformat()
    assert kept.augment_at is not None
    assert (claim.profile, kept.report["profile"]) == (Profile.P4, "P4")


@pytest.mark.parametrize("named", [Profile.P1, Profile.P2, Profile.P3])
def test_a_signature_that_does_not_name_the_profile_of_the_claim_is_refused_in_words(
    world: World, holder: Holder, program: Program, named: Profile
) -> None:
    claim = program.claim(digits(code_for_consent(holder.browser)))
    assert claim.profile is Profile.P4
    other = world.sign_bytes(holder.held, claim.content, named)
    refused = program.rejected(claim.secret, other, 422)
    assert refused.code == "signature_other_profile"
    assert "istenen imza profilini (P4) belirtmiyor" in refused.detail
    (code,) = world.all(Code)
    assert (code.state, code.wrong_tries) == ("claimed", 1)
    (consent,) = world.all(Consent)
    assert consent.state == "offered"
    program.send(claim.secret, signed(world, holder.held, claim))
    assert world.read(Consent, consent.id).state == "in_force"


def test_the_real_program_names_the_profile_of_the_office(
    world: World, app: Flask, holder: Holder, token_store: TokenStore
) -> None:
    code = digits(code_for_consent(holder.browser))
    with served(app) as site:
        ran = nes_imza(site, token_store, holder, code, holder.held.pin)
    assert ran.returncode == 0, ran.stderr
    (kept,) = world.all(Signature)
    assert read(kept.container).policy_oid == "2.16.792.1.61.0.1.5070.3.3.1"
    assert kept.indication == "TOTAL-PASSED"


def away(*_: object) -> bytes:
    raise OnlineUnavailable(where="http://x/tsa", reason="ConnectTimeout")


def test_without_a_time_stamp_an_e_onay_is_taken_waits_and_comes_into_force_by_itself(
    world: World,
    composition: Composition,
    holder: Holder,
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = code_for_consent(holder.browser)
    claim = program.claim(digits(page))
    with monkeypatch.context() as patch:
        patch.setattr(Online, "timestamp", away)
        taken = program.send(claim.secret, signed(world, holder.held, claim))
    assert taken.title.startswith("İmzanız alındı. Sertifikanızın durumu")
    (consent,) = world.all(Consent)
    assert (taken.reference, consent.state) == (consent.reference, "awaiting_status")
    (code,) = world.all(Code)
    assert (code.state, code.wrong_tries) == ("used", 0)
    assert world.all(RefusedAttempt) == []

    result = holder.browser.get(address(page))
    assert address(result) == f"/e-onay/{consent.reference}"
    for said in (
        "İmza denetleniyor",
        "e-onay henüz yürürlükte değil",
        "Sizin bir şey yapmanız gerekmiyor",
        "Sonuç en geç 05.03.2026 tarihinde belli olur",
        "(INDETERMINATE)",
    ):
        assert said in result.text
    again = holder.browser.post("/e-onay/basla")
    assert address(again) == f"/e-onay/{consent.reference}"

    run_effect(composition.engine, *asking(world))
    result = holder.browser.get(f"/e-onay/{consent.reference}")
    assert "Yürürlükte" in result.text
    assert "Geçerli (TOTAL-PASSED)" in result.text


def test_an_e_onay_that_is_being_checked_can_be_dropped(
    world: World, holder: Holder, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = program.claim(digits(code_for_consent(holder.browser)))
    monkeypatch.setattr(Online, "timestamp", away)
    taken = program.send(claim.secret, signed(world, holder.held, claim))
    page = holder.browser.get(f"/e-onay/{taken.reference}")
    dropping = holder.browser.get(page.links["e-onaydan vazgeç"])
    assert "e-onay yürürlüğe girmez" in dropping.text
    holder.browser.post(address(dropping), seen=str(world.all(Consent)[0].version))
    assert world.all(Consent)[0].state == "abandoned"


def test_a_form_that_is_being_checked_says_so_and_can_not_be_signed_twice(
    world: World,
    composition: Composition,
    holder: Holder,
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = send(holder.browser, renewal_of(holder), "e_imza")
    claim = program.claim(digits(holder.browser.post(address(text), okudum="y")))
    with monkeypatch.context() as patch:
        patch.setattr(Online, "timestamp", away)
        taken = program.send(claim.secret, signed(world, holder.held, claim))
    page = holder.browser.get(f"/basvurularim/{taken.reference}")
    assert "İmza denetleniyor" in page.text
    assert "Sonuç en geç 05.03.2026 tarihinde belli olur" in page.text
    assert "Formu imzala" not in page.links
    assert "Başvurudan vazgeç" in page.text
    run_effect(composition.engine, *asking(world))
    assert world.all(Application)[0].state == "held"


def asking(world: World) -> tuple[int, int, str]:
    return [effect for effect in world.queued() if effect[2] == "status.ask"][-1]


def test_a_new_card_is_activated_by_a_signature_with_a_time_stamp(
    world: World, holder: Holder, program: Program
) -> None:
    new = world.read(Certificate, world.read(Application, delivered(world, holder)).certificate_id)
    page = holder.browser.get(f"/sertifikalarim/{new.reference}")
    text = holder.browser.get(page.links["Etkinleştir"])
    claim = program.claim(digits(holder.browser.post(address(text), okudum="y")))
    program.send(claim.secret, signed(world, new_card(world, new, holder), claim))
    assert world.read(Certificate, new.id).state == "active"
    kept = world.all(Signature)[-1]
    assert levels.level(kept.container) is Level.B_T


def test_a_code_that_serves_no_more_makes_us_ask_nobody(
    world: World, holder: Holder, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = program.claim(digits(code_for_consent(holder.browser)))
    container = signed(world, holder.held, claim)
    world.clock.advance(seconds=300)
    asked: list[object] = []
    monkeypatch.setattr(Online, "timestamp", lambda *given: asked.append(given))
    assert program.rejected(claim.secret, container, 410).code == "code_expired"
    assert asked == []


def test_an_activation_without_a_time_stamp_says_that_it_is_being_checked(
    world: World,
    composition: Composition,
    holder: Holder,
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    new = world.read(Certificate, world.read(Application, delivered(world, holder)).certificate_id)
    page = holder.browser.get(f"/sertifikalarim/{new.reference}")
    text = holder.browser.get(page.links["Etkinleştir"])
    claim = program.claim(digits(holder.browser.post(address(text), okudum="y")))
    with monkeypatch.context() as patch:
        patch.setattr(Online, "timestamp", away)
        program.send(claim.secret, signed(world, new_card(world, new, holder), claim))
    page = holder.browser.get(f"/sertifikalarim/{new.reference}")
    assert "Etkinleştirme imzanız 02.03.2026 tarihinde alındı" in page.text
    assert "Sonuç en geç 05.03.2026 tarihinde belli olur" in page.text
    assert "Etkinleştir" not in page.links
    run_effect(composition.engine, *asking(world))
    assert "Sertifikanız geçerli." in holder.browser.get(f"/sertifikalarim/{new.reference}").text
