"""What a text is for, and for whom a signature was asked: neither hangs on the server's word."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import pytest
from asn1crypto import cms, core

from signing.app import flow
from signing.app.client import Service
from signing.app.content import MediaType
from signing.app.errors import OriginDiffers, PurposeDiffers
from signing.app.protocol import Claim, ClaimRequest
from signing.app.purpose import HEADINGS, SignaturePurpose, written_for
from signing.cms import binding, cades, container, pades
from signing.cms.binding import OID, HandshakeBinding, canonical
from signing.errors import DocumentUnusable
from signing.fingerprint import short_fingerprint
from signing.tokens.pin import Pin
from signing.validation.validate import validate
from signing.verdict import SubIndication
from signing.x509 import tlv
from tests.kit.signing import house as kit
from tests.kit.signing.house import NOW
from tests.signing.app.challenge import challenge, sign_in_answer
from tests.signing.app.messages import (
    CODE,
    claim_answer,
    pdf_answer,
    pin_answer,
    plain_pdf,
    prepared_pdf,
)
from tests.signing.app.small_server import Server, server

if TYPE_CHECKING:
    from signing.authority.demo import Authority
    from signing.tokens.slots import TokenStore
    from signing.validation.trust import Revocation

__all__ = ["server"]

URL = "https://nes.example"
TEXT = b"Bunu beyan ederim.\n"
BY_PURPOSE = {purpose: heading for heading, purpose in HEADINGS.items()}


def text_of(purpose: SignaturePurpose) -> str:
    """Write a text of a purpose; that of a sign-in is for our address."""
    if purpose is SignaturePurpose.SIGN_IN:
        return challenge(URL)
    return f"{BY_PURPOSE[purpose]}\n\nBunu beyan ederim.\n"


def called(name: SignaturePurpose, text: str) -> dict[str, object]:
    """Give an answer that calls a text by a purpose, with all that goes with that purpose."""
    whole = text.encode()
    shown: dict[str, object] = {
        "text": text,
        "document": base64.b64encode(whole).decode(),
        "digest": hashlib.sha256(whole).hexdigest(),
        "fingerprint": short_fingerprint(whole),
    }
    if name is SignaturePurpose.PIN:
        return pin_answer("KART-1") | shown
    if name is SignaturePurpose.SIGN_IN:
        return sign_in_answer(URL) | shown
    return claim_answer(purpose=name.value) | shown


@pytest.mark.parametrize("name", list(SignaturePurpose))
@pytest.mark.parametrize("true", list(SignaturePurpose))
def test_a_text_passes_for_its_own_purpose_and_for_no_other(
    true: SignaturePurpose, name: SignaturePurpose
) -> None:
    answer = called(name, text_of(true))
    if true is name:
        assert Claim.parse(answer).purpose is name
        return
    with pytest.raises(PurposeDiffers):
        Claim.parse(answer)


@pytest.mark.parametrize(
    "name", [name for name in SignaturePurpose if name is not SignaturePurpose.E_IMZA]
)
def test_a_form_in_pdf_passes_for_nothing_else(name: SignaturePurpose) -> None:
    assert Claim.parse(pdf_answer()).purpose is SignaturePurpose.E_IMZA
    other = called(name, "") | {
        key: value
        for key, value in pdf_answer().items()
        if key in {"text", "media_type", "document", "digest", "fingerprint"}
    }
    with pytest.raises(PurposeDiffers):
        Claim.parse(other)


@pytest.mark.parametrize(
    "text",
    [
        "Bunu beyan ederim.\n",
        f"\n{BY_PURPOSE[SignaturePurpose.E_ONAY]}\n",
        f"Ek\n{BY_PURPOSE[SignaturePurpose.E_ONAY]}\n",
        f"{BY_PURPOSE[SignaturePurpose.E_ONAY]}\n{BY_PURPOSE[SignaturePurpose.SIGN_IN]}\n",
        f"{BY_PURPOSE[SignaturePurpose.E_ONAY]}\u2028{BY_PURPOSE[SignaturePurpose.SIGN_IN]}\n",
        f"{BY_PURPOSE[SignaturePurpose.E_ONAY]}\n{BY_PURPOSE[SignaturePurpose.E_ONAY]}\n",
        BY_PURPOSE[SignaturePurpose.E_ONAY].lower() + "\n",
    ],
)
def test_a_text_with_no_heading_of_ours_or_with_two_is_for_nothing(text: str) -> None:
    with pytest.raises(PurposeDiffers):
        written_for(MediaType.TEXT, text.encode())


def test_a_pdf_that_is_signed_for_another_reason_is_no_form() -> None:
    other = pades.prepare(plain_pdf(), name="AYŞE YILMAZ", reason="Sözleşme", at=NOW)
    with pytest.raises(PurposeDiffers):
        Claim.parse(pdf_answer(other))


def test_the_reason_of_a_pdf_is_read_from_its_signature_signed_or_not(
    signer: kit.Signer,
) -> None:
    reason = pades.reason_of(prepared_pdf())
    signed = pades.embed(prepared_pdf(), signer.sign(pades.covered(prepared_pdf())))
    assert pades.reason_of(signed) == reason
    for odd in (plain_pdf(), b"%PDF-1.7\n", prepared_pdf().replace(b"/Reason", b"/Raeson")):
        with pytest.raises(DocumentUnusable):
            pades.reason_of(odd)


@pytest.mark.parametrize("name", list(SignaturePurpose))
def test_a_challenge_of_another_site_is_never_signed_whatever_it_is_called(
    server: Server, name: SignaturePurpose
) -> None:
    server.claim = (200, called(name, challenge(URL)))
    with pytest.raises(OriginDiffers if name is SignaturePurpose.SIGN_IN else PurposeDiffers):
        flow.claim(Service(server.url), ClaimRequest(CODE), lambda: 0.0)
    assert [path for path, _ in server.asked] == ["/api/imza/claim"]


@pytest.mark.parametrize("document", [TEXT, pades.covered(prepared_pdf())])
def test_the_signature_itself_says_what_it_was_asked_for(
    document: bytes, signer: kit.Signer, authority: Authority, lists: Revocation
) -> None:
    asked = HandshakeBinding("e_onay", "HTTPS://Nes.Example:443/")
    at = NOW if document == TEXT else None
    with signer.store.session(signer.produced.card_serial, signer.pin) as session:
        made = cades.sign(session, signer.produced.certificate, document, at, asked=asked)
    assert container.read(made).asked == HandshakeBinding("e_onay", URL)
    assert validate(made, document, trust=authority.trust, revocation=lists, at=NOW).qualified
    changed = made.replace(b"https://nes.example", b"https://sen.example")
    found = validate(changed, document, trust=authority.trust, revocation=lists, at=NOW)
    assert found.sub_indication is SubIndication.SIG_CRYPTO_FAILURE


def test_nothing_is_said_where_nothing_is_asked_or_nothing_can_be_read(signer: kit.Signer) -> None:
    found = container.opened(signer.sign(TEXT))
    assert found is not None
    assert found.asked is None
    assert container.opened(b"no container") is None


def test_the_program_writes_the_address_it_is_connected_to_and_not_what_it_is_told(
    server: Server, store: TokenStore, signer: kit.Signer
) -> None:
    server.claim = (200, claim_answer(origin=URL))
    (mine,) = flow.look_at(store, signer.produced.card_serial)
    order = flow.claim(Service(server.url), ClaimRequest(CODE), lambda: 0.0)
    made = flow.sign(store, mine, order, Pin(kit.PIN), lambda: 0.0)
    assert container.read(made).asked == HandshakeBinding("e_onay", server.url)


@pytest.mark.parametrize(
    "value",
    [
        core.Integer(7),
        core.UTF8String("e_onay"),
        core.Sequence.load(b"\x30\x00"),
        core.Sequence.load(b"\x30\x06\x0c\x01a\x02\x01\x07"),
        core.Sequence.load(b"\x30\x06\x0c\x01\xff\x0c\x01b"),
    ],
)
def test_an_odd_value_makes_the_container_unreadable(value: core.Asn1Value) -> None:
    attribute = tlv.wrap(0x30, [core.ObjectIdentifier(OID).dump(), tlv.wrap(0x31, [value.dump()])])
    with pytest.raises((ValueError, TypeError)):
        binding.read(cms.CMSAttributes.load(tlv.wrap(0x31, [attribute])))


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://nes.example/", URL),
        ("https://NES.EXAMPLE:443", URL),
        ("http://127.0.0.1:80/", "http://127.0.0.1"),
        ("http://127.0.0.1:8000/nes/", "http://127.0.0.1:8000/nes"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://nes.example:80", "https://nes.example:80"),
        ("https://nes.example:99999", "https://nes.example:99999"),
        ("no address", "no address"),
        ("", ""),
    ],
)
def test_an_address_is_written_in_one_way(url: str, written: str) -> None:
    assert canonical(url) == written
