"""A container is, to the byte, the one that pyHanko makes of the same key, text and time."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import cms
from pyhanko.sign.ades.api import CAdESSignedAttrSpec
from pyhanko.sign.ades.cades_asn1 import SignaturePolicyId, SignaturePolicyIdentifier
from pyhanko.sign.signers import Signer
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing.cms import cades
from signing.cms.profiles import GUIDE_SHA256, RULES, Profile
from signing.errors import KeyAbsent
from signing.tokens import keys
from signing.tokens.keys import Padding
from tests.kit.signing.house import NOW

if TYPE_CHECKING:
    from signing.authority.demo import Authority
    from signing.tokens.session import TokenSession
    from signing.x509.certificate import X509Certificate
    from tests.kit.signing import house as kit

TEXT = b"Bunu beyan ederim.\n"
SIGNATURE = bytes(range(200))
KEY = b"one-key"


@dataclass
class FixedCard:
    """A card whose signatures are always the same bytes; it keeps what it was asked to sign."""

    entries: list[tuple[bytes, X509Certificate]]
    label: str = "TEST"
    asked: list[tuple[object, ...]] = field(default_factory=list)

    def held(self) -> list[tuple[bytes, X509Certificate]]:
        """Return the certificates on it."""
        return self.entries

    def sign(self, *asked: object) -> bytes:
        """Sign."""
        self.asked.append(asked)
        return SIGNATURE


class PyHankoSigner(Signer):
    """PyHanko's signer over the same fixed signature."""

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,  # noqa: ARG002 - pyHanko's
        dry_run: bool = False,  # noqa: ARG002, FBT001, FBT002 - pyHanko's
    ) -> bytes:
        """Sign."""
        self.signed = data
        return SIGNATURE


def theirs(
    certificate: X509Certificate,
    issuer: X509Certificate | None,
    at: datetime | None,
    profile: Profile,
    padding: Padding,
) -> tuple[bytes, bytes]:
    """Return the container as pyHanko makes it, and what it signed."""
    parsed = certificate.parsed
    registry: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    if issuer is not None:
        registry.register(issuer.parsed)
    signer = PyHankoSigner(
        signing_cert=parsed,
        cert_registry=registry,
        signature_mechanism=keys.signature_algorithm(parsed.public_key, padding),
    )
    policy = SignaturePolicyIdentifier(
        "signature_policy_id",
        SignaturePolicyId(
            {
                "sig_policy_id": RULES[profile].identifier or "1.2.3",
                "sig_policy_hash": {
                    "digest_algorithm": {"algorithm": "sha256"},
                    "digest": bytes.fromhex(GUIDE_SHA256),
                },
            }
        ),
    )
    named = CAdESSignedAttrSpec(
        signature_policy_identifier=policy if RULES[profile].identifier else None
    )
    digest = keys.digest_for(parsed.public_key)
    made = signer.async_sign(
        hashlib.new(digest, TEXT).digest(),
        digest,
        use_pades=True,
        is_pdf_sig=at is None,
        signed_attr_settings=PdfCMSSignedAttributes(signing_time=at, cades_signed_attrs=named),
    )
    return asyncio.run(made).dump(), signer.signed


@pytest.mark.parametrize("at", [None, NOW], ids=["pdf", "text"])
@pytest.mark.parametrize("profile", Profile)
def test_the_container_is_the_one_that_pyhanko_makes(
    signer: kit.Signer, authority: Authority, at: datetime | None, profile: Profile
) -> None:
    certificate, issuing = signer.produced.certificate, authority.issuing
    card = FixedCard([(b"root", authority.root), (b"issuer", issuing), (KEY, certificate)])
    container, signed = theirs(certificate, issuing, at, profile, Padding.PKCS1)
    assert cades.sign(card, certificate, TEXT, at, profile) == container  # type: ignore[arg-type]
    assert card.asked == [(KEY, signed, "sha256", Padding.PKCS1)]


@pytest.mark.parametrize("padding", Padding)
def test_an_rsa_key_is_named_as_pyhanko_names_it(repeating: Authority, padding: Padding) -> None:
    """The issuer of the issuing certificate is a root, which stays outside."""
    issuing, root = repeating.issuing, repeating.root
    card = FixedCard([(b"root", root), (KEY, issuing)])
    container, _ = theirs(issuing, None, NOW, Profile.P1, padding)
    made = cades.sign(card, issuing, TEXT, NOW, padding=padding)  # type: ignore[arg-type]
    assert made == container
    assert card.asked[0][3] is padding


def time_of(container: bytes) -> tuple[str, datetime]:
    """Return the kind and the value of the claimed time."""
    info = cms.ContentInfo.load(container)["content"]["signer_infos"][0]
    (time,) = (
        entry["values"][0] for entry in info["signed_attrs"]
        if entry["type"].native == "signing_time"
    )  # fmt: skip
    return time.name, time.native


@pytest.mark.parametrize(("year", "kind"), [(2049, "utc_time"), (2050, "generalized_time")])
def test_a_time_is_written_as_rfc_5652_wants_it_in_its_year(
    signer: kit.Signer, year: int, kind: str
) -> None:
    certificate = signer.produced.certificate
    card: Any = FixedCard([(KEY, certificate)])
    at = datetime(year, 12, 31, 23, 59, 58, 999_999, tzinfo=UTC)
    found = time_of(cades.sign(card, certificate, TEXT, at))
    assert found == (kind, at.replace(microsecond=0))


def test_a_card_without_the_certificate_has_no_key_for_it(
    signer: kit.Signer, authority: Authority
) -> None:
    card: TokenSession = FixedCard([(KEY, authority.issuing)])  # type: ignore[assignment]
    with pytest.raises(KeyAbsent):
        cades.sign(card, signer.produced.certificate, TEXT, NOW)
