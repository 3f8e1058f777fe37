"""A stranger's server between nes-imza and the site: what it passes on opens nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import requests
from werkzeug.wrappers import Request, Response

from signing.app import flow
from signing.app.client import Service
from signing.app.errors import OriginDiffers, PurposeDiffers
from signing.app.protocol import VERSION, VERSION_HEADER, ClaimRequest
from signing.app.purpose import SignaturePurpose
from signing.cms.binding import HandshakeBinding
from states.cases.consent import Consent
from states.cases.sign_in import SignIn
from tests.kit.web.program import code_for_consent, digits, served
from tests.web.portal.conftest import holder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.program import Program
    from tests.web.auth.conftest import Caller
    from tests.web.portal.conftest import Holder

__all__ = ["holder"]

HERE = "http://localhost"
ELSEWHERE = "http://127.0.0.1:9"
NOBODY = {"person": "", "tckn_masked": ""}
VICTIM = {"person": "AYŞE ÖRNEKOĞLU", "tckn_masked": "100******46"}


class Relay:
    """A server that fetches what a code stands for and hands it on under another name."""

    def __init__(self, site: str, purpose: SignaturePurpose) -> None:
        self.site, self.purpose = site, purpose

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Ask the real site and relabel its answer."""
        return self._answer(Request(environ))(environ, start)

    def _answer(self, request: Request) -> Response:
        real = requests.post(
            self.site + request.path,
            json=request.json,
            headers={VERSION_HEADER: str(VERSION)},
            timeout=30,
        )
        answer = real.json() | {"purpose": self.purpose.value}
        answer |= NOBODY if self.purpose is SignaturePurpose.SIGN_IN else VICTIM
        if self.purpose is SignaturePurpose.PIN:
            answer |= {"card": "KART-1", "unlock_secret": "12345678"}
        return Response(json.dumps(answer), real.status_code, mimetype="application/json")


@pytest.mark.parametrize("name", list(SignaturePurpose))
def test_a_sign_in_that_a_stranger_passes_on_is_not_signed_whatever_he_calls_it(
    caller: Caller, app: Flask, name: SignaturePurpose
) -> None:
    code = ClaimRequest.parse(digits(caller.ask()))
    refusal = OriginDiffers if name is SignaturePurpose.SIGN_IN else PurposeDiffers
    with served(app) as site, served(Relay(site, name)) as relay, pytest.raises(refusal):
        flow.claim(Service(relay), code, lambda: 0.0)


def test_an_e_onay_that_is_called_a_sign_in_is_not_signed(holder: Holder, app: Flask) -> None:
    code = ClaimRequest.parse(digits(code_for_consent(holder.browser)))
    relay = Relay("", SignaturePurpose.SIGN_IN)
    with served(app) as relay.site, served(relay) as address, pytest.raises(PurposeDiffers):
        flow.claim(Service(address), code, lambda: 0.0)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (HandshakeBinding("sign_in", ELSEWHERE), "signature_other_address"),
        (HandshakeBinding("sign_in", "https://localhost"), "signature_other_address"),
        (HandshakeBinding("e_onay", HERE), "signature_other_purpose"),
        (HandshakeBinding("sign_in", f"{HERE}:80/"), ""),
    ],
)
def test_the_site_lets_nobody_in_by_a_signature_that_was_asked_for_elsewhere(
    world: World, caller: Caller, program: Program, asked: HandshakeBinding, refusal: str
) -> None:
    claim = program.claim(digits(caller.ask()))
    container = world.sign_bytes(caller.held, claim.content, asked=asked)
    if refusal:
        problem = program.rejected(claim.secret, container, 422)
        assert problem.code == refusal
        assert "istenmiş" in problem.detail
    else:
        program.send(claim.secret, container)
    (row,) = world.all(SignIn)
    assert (row.state, row.wrong_tries) == (("claimed", 1) if refusal else ("signed", 0))


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (HandshakeBinding("e_onay", ELSEWHERE), "signature_other_address"),
        (HandshakeBinding("sign_in", HERE), "signature_other_purpose"),
        (HandshakeBinding("e_onay", HERE), ""),
    ],
)
def test_no_text_comes_into_force_by_a_signature_that_was_asked_for_elsewhere(
    world: World, holder: Holder, program: Program, asked: HandshakeBinding, refusal: str
) -> None:
    claim = program.claim(digits(code_for_consent(holder.browser)))
    container = world.sign_bytes(holder.held, claim.content, claim.profile, asked)
    if refusal:
        assert program.rejected(claim.secret, container, 422).code == refusal
    else:
        program.send(claim.secret, container)
    (consent,) = world.all(Consent)
    assert consent.state == ("offered" if refusal else "in_force")


def test_a_program_on_this_machine_can_not_have_its_own_address_taken_for_the_sites(
    world: World, caller: Caller
) -> None:
    caller.browser.get("/giris")
    caller.browser.client.post(
        "/giris/kart",
        data={"csrf_token": caller.browser.token},
        headers={"Host": "localhost:9"},
    )
    assert [row.origin for row in world.all(SignIn)] == [HERE]
