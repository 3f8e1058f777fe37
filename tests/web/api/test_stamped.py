"""A signature that comes in by the handshake is stamped by the running product itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from signing import levels
from signing.container import read
from signing.errors import OnlineUnavailable
from signing.levels import Level
from signing.online import Online
from signing.profiles import Profile
from states.application import Application
from states.certificate import Certificate
from states.code import Code
from states.consent import Consent
from states.journal import RefusedAttempt
from states.signature import Signature
from tests.web.api.test_handshake import delivered, new_card
from tests.web.api.test_program import nes_imza
from tests.web.program import Program, address, code_for_consent, digits, served, signed
from web.composition import Composition
from web.demo.outside import connected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from signing.tokens import TokenStore
    from states.settings import Settings
    from tests.handlers.world import World
    from tests.web.portal.conftest import Holder


@pytest.fixture
def composition(world: World, settings: Settings) -> Iterator[Composition]:
    """Give the office of the test with its own authority served on a port."""
    office = world.office
    plain = Composition(settings, office.database, office.library, world.clock, office)
    with connected(plain) as house:
        yield house


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


def test_without_a_time_stamp_nothing_is_taken_or_refused_and_the_code_lives(
    world: World, holder: Holder, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = program.claim(digits(code_for_consent(holder.browser)))
    container = signed(world, holder.held, claim)

    def away(*_: object) -> bytes:
        raise OnlineUnavailable(where="http://x/tsa", reason="ConnectTimeout")

    with monkeypatch.context() as patch:
        patch.setattr(Online, "timestamp", away)
        later = program.rejected(claim.secret, container, 422)
    assert later.code == "signature_not_stamped"
    assert world.all(Signature) == []
    (code,) = world.all(Code)
    assert (code.state, code.wrong_tries) == ("claimed", 0)
    assert len(world.all(RefusedAttempt)) == 1
    program.send(claim.secret, container)
    (consent,) = world.all(Consent)
    assert consent.state == "in_force"


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
