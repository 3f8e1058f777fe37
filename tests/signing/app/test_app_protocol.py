"""The messages of nes-imza, read strictly, and the choice among the certificates of a card."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signing.app import flow
from signing.app.clock import moment
from signing.app.content import MediaType, readable
from signing.app.errors import AnswerMalformed, CodeMalformed, FingerprintDiffers
from signing.app.protocol import Accepted, Claim, ClaimRequest, ResultRequest, ServerProblem
from signing.app.purpose import SignaturePurpose
from signing.app.words import Language, Words
from signing.app.words.refusals import tell
from signing.cms import pades
from signing.cms.container import read
from signing.cms.profiles import RULES, Profile
from signing.errors import CertificateUnusable, DocumentUnusable, WrongHolder
from signing.fingerprint import short_fingerprint
from signing.tokens.pin import Pin
from signing.tokens.present import TokenInfo
from signing.x509.certificate import X509Certificate
from tests.kit.signing import forge
from tests.kit.signing import house as kit
from tests.kit.signing.house import DAY, NOW

if TYPE_CHECKING:
    from signing.authority.demo import Authority
    from signing.tokens.slots import TokenStore

from tests.signing.app.messages import (
    ACCEPTED,
    CODE,
    REFUSED,
    TEXT,
    claim_answer,
    encoded,
    pdf_answer,
    plain_pdf,
    prepared_pdf,
)

NAMES = [
    "secret",
    "origin",
    "purpose",
    "purpose_title",
    "person",
    "tckn_masked",
    "media_type",
    "document",
    "digest",
    "fingerprint",
    "profile",
    "created_at",
    "expires_at",
    "server_time",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [None, "", 7, ["x"], "\x1b[2J"])
def test_a_claim_with_a_field_missing_or_odd_is_not_understood(name: str, value: object) -> None:
    with pytest.raises(AnswerMalformed) as caught:
        Claim.parse(claim_answer(**{name: value}))
    assert caught.value.params["field"] == name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("purpose", "e_para"),
        ("profile", "P5"),
        ("profile", "p4"),
        ("profile", "2.16.792.1.61.0.1.5070.3.3.1"),
        ("created_at", "22.11.2026"),
        ("expires_at", "2026-11-22T09:00:00"),
        ("person", "AYŞE\nYILMAZ"),
        ("text", "a\u202eb"),
        ("text", "a\u200bb"),
        ("text", None),
        ("text", 7),
        ("media_type", "text/html"),
        ("document", "ğ!"),
        ("document", "MAA"),
        ("document", base64.b64encode("a\u202eb".encode()).decode()),
        ("document", base64.b64encode(b"\xff").decode()),
    ],
)
def test_a_claim_with_an_impossible_field_is_not_understood(name: str, value: str) -> None:
    with pytest.raises(AnswerMalformed) as caught:
        Claim.parse(claim_answer(**{name: value}))
    assert caught.value.params["field"] == name


def test_a_claim_is_read_as_it_was_written() -> None:
    claim = Claim.parse(claim_answer())
    assert claim.purpose is SignaturePurpose.E_ONAY
    assert claim.profile is Profile.P1
    assert claim.content == TEXT.encode()
    assert claim.left == timedelta(seconds=292)


@pytest.mark.parametrize("profile", Profile)
def test_the_signature_names_the_profile_that_the_server_asks_for(
    profile: Profile, signer: kit.Signer, store: TokenStore
) -> None:
    for language in Language:
        assert Words(language)(f"profile.{profile.value}").startswith(f"{profile.value} – ")
    order = flow.Order(Claim.parse(claim_answer(profile=profile.value)), 0.0, "https://nes.example")
    (mine,) = flow.look_at(store, signer.produced.card_serial)
    container = flow.sign(store, mine, order, Pin(kit.PIN), lambda: 0.0)
    assert read(container).policy_oid == RULES[profile].identifier


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fingerprint", "0000-0000-0000-0000"),
        ("digest", "0" * 64),
        ("text", ""),
        ("text", TEXT + " "),
        ("document", base64.b64encode(TEXT.encode() + b" ").decode()),
    ],
)
def test_a_document_that_is_not_what_the_server_shows_is_not_signed(name: str, value: str) -> None:
    with pytest.raises(FingerprintDiffers):
        Claim.parse(claim_answer(**{name: value}))


def test_of_a_pdf_the_program_itself_computes_what_is_signed() -> None:
    document = prepared_pdf()
    claim = Claim.parse(pdf_answer(document))
    assert claim.media_type is MediaType.PDF
    assert claim.document == document
    assert claim.content == pades.covered(document)
    assert len(claim.content) < len(document)
    for name, value in (("digest", hashlib.sha256(document).hexdigest()), ("fingerprint", "0")):
        with pytest.raises(FingerprintDiffers):
            Claim.parse(pdf_answer(document, **{name: value}))


def test_a_pdf_that_grew_after_it_was_prepared_is_not_signed() -> None:
    document = prepared_pdf()
    writer = IncrementalPdfFileWriter(BytesIO(document))
    writer.root["/PageLayout"] = pdf_name("/SinglePage")
    writer.update_root()  # type: ignore[no-untyped-call]
    grown = BytesIO()
    writer.write(grown)  # type: ignore[no-untyped-call]
    with pytest.raises(AnswerMalformed) as caught:
        Claim.parse(pdf_answer(grown.getvalue()))
    assert caught.value.params["field"] == "document"


@pytest.mark.parametrize("document", [b"%PDF-1.7 no", TEXT.encode(), plain_pdf()])
def test_what_is_no_prepared_pdf_is_not_signed(document: bytes) -> None:
    with pytest.raises(DocumentUnusable):
        Claim.parse(claim_answer(media_type="application/pdf", document=encoded(document)))


@pytest.mark.parametrize("text", ["a\x00b", "a\x07b", "\ufeffa", "\ud800", "\u2066a"])
def test_a_text_that_a_terminal_could_show_otherwise_is_told_apart(text: str) -> None:
    assert not readable(text)
    assert readable("İlk satır\tsütun\r\nikinci satır – “tırnak” ğüşıöç")


def test_the_server_side_reads_what_the_program_sends() -> None:
    request = ResultRequest("gizli", b"\x30\x00")
    assert ResultRequest.parse(request.body()) == request
    for field_name, bad in (
        ("secret", {"container": "MAA="}),
        ("container", {"secret": "x"}),
        ("container", {"secret": "x", "container": "MAA"}),
        ("container", {"secret": "x", "container": "ğ!"}),
        ("JSON", None),
    ):
        with pytest.raises(AnswerMalformed) as caught:
            ResultRequest.parse(bad)
        assert caught.value.params["field"] == field_name


def test_codes_are_read_with_the_gaps_people_copy() -> None:
    assert ClaimRequest.parse(" 123 456-789\u00a0012 345\n").body() == {"code": CODE}
    with pytest.raises(CodeMalformed):
        ClaimRequest.parse("123_456_789_012_345")


def test_problems_keep_the_status_of_the_answer_and_not_of_the_body() -> None:
    problem = ServerProblem.parse(REFUSED, 409)
    assert (problem.status, problem.code) == (409, "wrong_holder")
    assert Accepted.parse(ACCEPTED) == Accepted("NES-2026-7", "Onayınız alındı.")


def certificate(authority: Authority, **deviations: object) -> X509Certificate:
    request = forge.person_request(2**80 + 1, subject=kit.PERSON, **deviations)
    return X509Certificate(forge.Forger.of(authority, request).certificate)


def held(found: X509Certificate) -> flow.CardCertificate:
    """Lay a certificate on some card."""
    names = ("pin_set", "tries_fewer", "last_try", "locked", "must_change")
    flags = dict.fromkeys(names, False) | {"pin_set": True}
    return flow.CardCertificate(TokenInfo(label="KART", serial="1", **flags), found)


def test_of_several_certificates_the_usable_one_that_lasts_longest_is_chosen(
    authority: Authority,
) -> None:
    claim = Claim.parse(claim_answer())
    short = certificate(authority, not_after=NOW + DAY)
    long = certificate(authority, not_after=NOW + 2 * DAY)
    plain = certificate(authority, not_after=NOW + 3 * DAY, qualified=False)
    found = [held(short), held(plain), held(long)]
    chosen = flow.choices(found, claim)
    assert [choice.held for choice in chosen] == [found[2], found[0], found[1]]
    assert [choice.fault and choice.fault.code for choice in chosen] == [
        None,
        None,
        "qc_compliance",
    ]
    assert flow.choices(found[::-1], claim) == chosen


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("Sertifika seri numarası: {serial:x}\n", True),
        ("Sertifika seri numarası: {serial:x}\nSertifika seri numarası: 1\n", False),
        ("Sertifika seri numarası: yok\n", False),
        ("", False),
    ],
)
def test_a_certificate_that_the_text_names_goes_before_one_that_lasts_longer(
    line: str, *, first: bool, authority: Authority
) -> None:
    named = certificate(authority, not_after=NOW + DAY)
    request = forge.person_request(2**80 + 7, subject=kit.PERSON, not_after=NOW + 2 * DAY)
    longer = X509Certificate(forge.Forger.of(authority, request).certificate)
    text = TEXT + line.format(serial=named.serial_number)
    claim = Claim.parse(
        claim_answer(
            text=text,
            document=base64.b64encode(text.encode()).decode(),
            digest=hashlib.sha256(text.encode()).hexdigest(),
            fingerprint=short_fingerprint(text.encode()),
        )
    )
    chosen = flow.choices([held(longer), held(named)], claim)[0].held.certificate
    assert chosen == (named if first else longer)
    ended = certificate(authority, not_after=NOW - DAY)
    assert flow.choices([held(longer), held(ended)], claim)[0].held.certificate == longer


@pytest.mark.parametrize(
    ("deviation", "reason"),
    [
        ({"not_after": NOW - DAY}, "Geçerlilik 21.11.2026 12:00 tarihinde bitti."),
        ({"not_before": NOW + DAY}, "Geçerlilik 23.11.2026 12:00 tarihinde başlıyor."),
        ({"qualified": False}, "Nitelikli sertifika beyanı (QcCompliance) yok."),
    ],
)
def test_a_certificate_that_may_not_sign_now_is_told_why(
    deviation: dict[str, object], reason: str, authority: Authority
) -> None:
    found = certificate(authority, **deviation)
    with pytest.raises(CertificateUnusable) as caught:
        flow.choices([held(found)], Claim.parse(claim_answer()))
    assert tell(caught.value).text == reason


def test_another_persons_certificate_is_never_chosen(authority: Authority) -> None:
    other = Claim.parse(claim_answer(tckn_masked=flow.masked("10000000078")))
    with pytest.raises(WrongHolder):
        flow.choices([held(certificate(authority))], other)


def test_times_are_shown_as_in_istanbul() -> None:
    assert moment(NOW) == "22.11.2026 12:00"
