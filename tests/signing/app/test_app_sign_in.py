"""nes-imza signs in: for whoever holds the card, at the very address it is connected to."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from signing.app import flow
from signing.app.errors import AnswerMalformed
from signing.app.protocol import Claim
from signing.app.purpose import ORIGIN_LINE, SignaturePurpose
from signing.app.words import SAYINGS, Language, Words
from signing.errors import CertificateUnusable
from signing.validation.validate import validate
from tests.kit.signing.house import DAY, NOW
from tests.signing.app.challenge import challenge, sign_in_answer
from tests.signing.app.messages import claim_answer
from tests.signing.app.small_server import Server, server
from tests.signing.app.terminal import Outcome, at_home, nes_imza
from tests.signing.app.test_app_protocol import certificate, held

if TYPE_CHECKING:
    from collections.abc import Callable

    from signing.authority.demo import Authority
    from signing.validation.trust import Revocation

__all__ = ["at_home", "nes_imza", "server"]

URL = "https://nes.example"
HEADING = challenge(URL).splitlines()[0]


def test_a_sign_in_names_nobody() -> None:
    claim = Claim.parse(sign_in_answer(URL))
    assert claim.purpose is SignaturePurpose.SIGN_IN
    assert (claim.person, claim.tckn_masked) == ("", "")


@pytest.mark.parametrize("name", ["person", "tckn_masked"])
@pytest.mark.parametrize("value", ["AYŞE YILMAZ", None, 7, " "])
def test_a_sign_in_that_names_somebody_is_not_understood(name: str, value: object) -> None:
    with pytest.raises(AnswerMalformed) as caught:
        Claim.parse(sign_in_answer(URL, **{name: value}))
    assert caught.value.params["field"] == name


@pytest.mark.parametrize("name", ["person", "tckn_masked"])
def test_nothing_else_may_leave_the_person_out(name: str) -> None:
    with pytest.raises(AnswerMalformed) as caught:
        Claim.parse(claim_answer(**{name: ""}))
    assert caught.value.params["field"] == name


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (challenge(URL), True),
        (challenge("https://other.example"), False),
        (challenge(URL + "/x"), False),
        (challenge(URL) + f"{ORIGIN_LINE}https://other.example\n", False),
        (f"{HEADING}\nMetin: {ORIGIN_LINE}{URL}\n", False),
        (f"{HEADING}\nAdres yok\n", False),
        (challenge("HTTPS://NES.example:443/"), True),
        (challenge("http://nes.example"), False),
    ],
)
def test_the_text_lets_in_at_the_one_address_it_names(text: str, *, same: bool) -> None:
    assert Claim.parse(sign_in_answer(URL, text=text)).lets_in_at(URL) is same


def test_whoever_holds_the_card_signs_in(
    nes_imza: Callable[..., Outcome], server: Server, authority: Authority, lists: Revocation
) -> None:
    server.claim = (200, sign_in_answer(server.url))
    done = nes_imza()
    assert (done.code, done.err) == (0, "")
    assert "Amaç: Kartla giriş" in done.out
    assert "Kişi: Kartın sahibi; kim olduğu imzadan anlaşılır" in done.out
    assert f"{ORIGIN_LINE}{server.url}" in done.out
    assert "Sertifika sahibi: AYŞE YILMAZ" in done.out
    container = base64.b64decode(server.asked[1][1]["container"])
    content = challenge(server.url).encode()
    assert validate(container, content, trust=authority.trust, revocation=lists, at=NOW).qualified


def test_a_sign_in_takes_the_card_of_anybody_that_may_sign(authority: Authority) -> None:
    good = held(certificate(authority))
    ended = held(certificate(authority, not_after=NOW - DAY))
    claim = Claim.parse(sign_in_answer(URL))
    offered = flow.choices([ended, good], claim)
    assert [choice.held for choice in offered] == [good, ended]
    with pytest.raises(CertificateUnusable):
        flow.choices([ended], claim)


def test_a_sign_in_at_another_address_is_not_signed(
    nes_imza: Callable[..., Outcome], server: Server
) -> None:
    server.claim = (200, sign_in_answer(URL))
    done = nes_imza()
    assert done.code == 1
    assert f"bağlanılan adrese ({server.url}) giriş için verilmemiş" in done.err
    assert [path for path, _ in server.asked] == ["/api/imza/claim"]


def test_both_languages_name_the_purpose_and_whoever_holds_the_card() -> None:
    claim = Claim.parse(sign_in_answer(URL))
    english = Words(Language.ENGLISH)
    assert english.purpose(claim.purpose, claim.purpose_title) == "Signing in with the card"
    assert english.person(claim) == SAYINGS[Language.ENGLISH]["document.anyone"]
    assert english.person(Claim.parse(claim_answer())) == "AYŞE YILMAZ (100******46)"
