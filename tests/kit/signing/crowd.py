"""What somebody without any key of ours makes in great numbers: authorities, lists, answers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asn1crypto import keys, ocsp, x509

from signing.authority.crl import revocation_list
from signing.authority.ocsp import GOOD, Responder, respond
from signing.tokens.keys import signature_algorithm
from signing.x509 import builder
from signing.x509.certificate import X509Certificate
from tests.kit.signing import forge
from tests.kit.signing.house import DAY, NOW

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric import ec

_serials = itertools.count(2**70)
CA = frozenset({"key_cert_sign", "crl_sign"})
WINDOW = (NOW - DAY / 2, NOW + DAY / 2)


def named(common_name: str) -> x509.Name:
    """Give a name."""
    return builder.distinguished_name({"country_name": "TR", "common_name": common_name})


@dataclass(frozen=True)
class Own:
    """A key in memory with a name, which certifies what it likes."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey = field(default_factory=forge.ec_key)

    @property
    def public(self) -> keys.PublicKeyInfo:
        """Give the public key."""
        return forge.public_info(self.key)

    def sign(self, data: bytes) -> bytes:
        """Sign."""
        return forge.raw_sign(self.key, data, "sha256")

    def certify(
        self,
        other: Own,
        *,
        ca: bool = True,
        usage: frozenset[str] = CA,
        issuer: x509.Name | None = None,
        more: tuple[x509.Extension, ...] = (),
        at: datetime = NOW,
    ) -> bytes:
        """Give a certificate of another key, as an authority unless told otherwise."""
        algorithm = signature_algorithm(self.public)
        tbs = builder.to_be_signed(
            serial_number=next(_serials),
            names=(issuer or self.name, other.name),
            validity=(at - 30 * DAY, at + 700 * DAY),
            public=other.public,
            algorithm=algorithm,
            extensions=[
                *([builder.extension("basic_constraints", {"ca": True}, critical=True)] * ca),
                builder.key_usage(usage),
                *more,
            ],
        )
        return builder.signed(tbs, algorithm, self.sign)

    def list(self, number: int, name: x509.Name | None = None) -> bytes:
        """Give an empty revocation list, in this name or another one, signed by this key."""
        face = X509Certificate(self.certify(Own(name or self.name, self.key)))
        return revocation_list(face, (), WINDOW, number, self.sign)

    def answer(self, about: tuple[X509Certificate, X509Certificate], responder: bytes) -> bytes:
        """Give an OCSP answer "good" about a certificate (and its issuer), signed by this key."""
        certificate, issuer = about
        who = Responder(issuer, X509Certificate(responder), self.sign)
        return respond(question(certificate, issuer), who, lambda _: GOOD, NOW)


def question(certificate: X509Certificate, issuer: X509Certificate) -> bytes:
    """Ask about a certificate."""
    asked = {
        "hash_algorithm": {"algorithm": "sha1"},
        "issuer_name_hash": issuer.parsed.subject.sha1,
        "issuer_key_hash": issuer.parsed.public_key.sha1,
        "serial_number": certificate.serial_number,
    }
    body = {"tbs_request": {"request_list": [{"req_cert": asked}]}}
    return bytes(ocsp.OCSPRequest(body).dump())


def ring(count: int, name: str = "TEST Halka") -> tuple[Own, list[bytes]]:
    """Give so many authorities of one name, each certified by the next, and the last's key."""
    owns = [Own(named(name)) for _ in range(count)]
    pairs = zip(owns, owns[1:] + owns[:1], strict=True)
    return owns[0], [above.certify(below) for below, above in pairs]
