"""The small interface between production and whoever issues: the demo authority, or a real one.

An applicant's key proves itself: the request is a PKCS#10 (RFC 2986) that the key on the card
has signed. Nothing else is asked of a certificate authority, so a site can plug in its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from asn1crypto import csr
from cryptography.exceptions import UnsupportedAlgorithm

from signing.errors import RequestInvalid
from signing.tokens import keys
from signing.x509.builder import sealed

if TYPE_CHECKING:
    from collections.abc import Callable

    from asn1crypto.keys import PublicKeyInfo
    from asn1crypto.x509 import Name

    from signing.authority.crl import Reason
    from signing.validation.trust import Trust
    from signing.x509.builder import CertificateRequest
    from signing.x509.certificate import X509Certificate


class Certifier(Protocol):
    """Who turns a proven key into a certificate: all that making a card asks for.

    Every method may raise IssuerAway (nothing is decided, ask again later) or what keeps the
    token of the demo authority away; `certify` also RequestInvalid, IssuerRefused and
    CertificateMismatch, after which no certificate of this request is in force.
    """

    @property
    def issuing(self) -> X509Certificate:
        """Give the certificate of the authority that signs persons' certificates."""

    def certify(self, request: CertificateRequest, proof: bytes) -> bytes:
        """Give the certificate (DER) for the key that signed `proof` (PKCS#10, DER).

        Asked again for the same key, at most one certificate of all the answers is in force.
        """

    def settle(self, public: PublicKeyInfo) -> None:
        """Forget what was kept for a repetition: the certificate for this key lies on its card."""

    def differences(
        self, certificate: X509Certificate, request: CertificateRequest, public: bytes
    ) -> list[str]:
        """Name the fields that are not as asked; `public` is the DER of the key on the card."""


class Issuer(Certifier, Protocol):
    """A certifier that answers for its certificates afterwards."""

    @property
    def trust(self) -> Trust:
        """Give its root as anchor and what stands between."""

    def set_status(self, certificate: X509Certificate, reason: Reason | None) -> None:
        """Let the certificate be revoked, held (ON_HOLD) or released (None); repeating is fine."""


def proof_of(name: Name, public: PublicKeyInfo, sign: Callable[[bytes], bytes]) -> bytes:
    """Build a PKCS#10 over this name and key and have the key sign it; `sign` as keys.sign."""
    info = csr.CertificationRequestInfo(
        {"version": "v1", "subject": name, "subject_pk_info": public, "attributes": []}
    )
    return sealed(info.dump(), keys.signature_algorithm(public), sign)


def proven_key(proof: bytes) -> PublicKeyInfo:
    """Give the key of a PKCS#10 that it has signed itself; RequestInvalid for any other bytes."""
    try:
        request = csr.CertificationRequest.load(proof, strict=True)
        info = request["certification_request_info"]
        public = info["subject_pk_info"]
        good = keys.verify(public, info.dump(), request["signature"].native)
    except (ValueError, TypeError, KeyError, UnsupportedAlgorithm) as error:
        raise RequestInvalid(field="key_proof", reason="proof_unreadable") from error
    if not good:
        raise RequestInvalid(field="key_proof", reason="proof_differs")
    return public
