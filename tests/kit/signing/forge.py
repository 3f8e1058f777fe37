"""Certificates and containers that no honest card would make, signed with keys held in memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from asn1crypto import algos, cms, core, keys, tsp, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from signing.x509 import builder
from signing.x509.builder import CertificateRequest
from tests.kit.signing.house import NOW, OTHER_PERSON

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from signing.authority.demo import Authority

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "sha256": hashes.SHA256,
    "sha512": hashes.SHA512,
}


@cache
def rsa_key(bits: int = 3072) -> rsa.RSAPrivateKey:
    """Give an RSA key in memory, always the same one of its size, since making one is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def ec_key(curve: type[ec.EllipticCurve] = ec.SECP256R1) -> ec.EllipticCurvePrivateKey:
    """Make an EC key in memory."""
    return ec.generate_private_key(curve())


def public_info(key: Key) -> keys.PublicKeyInfo:
    """Give the SubjectPublicKeyInfo of a key in memory."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return keys.PublicKeyInfo.load(key.public_key().public_bytes(serialization.Encoding.DER, form))


def raw_sign(key: Key, data: bytes, digest: str) -> bytes:
    """Sign with PKCS#1 v1.5 or ECDSA."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), HASHES[digest]())
    return key.sign(data, ec.ECDSA(HASHES[digest]()))


def algorithm(key: Key, digest: str) -> algos.SignedDigestAlgorithm:
    """Name the signature algorithm of this key with this digest."""
    family = "rsa" if isinstance(key, rsa.RSAPrivateKey) else "ecdsa"
    return algos.SignedDigestAlgorithm({"algorithm": f"{digest}_{family}"})


def certificate(
    key: Key, signer: Key, request: CertificateRequest, issuer: x509.Name, digest: str = "sha256"
) -> bytes:
    """Make a certificate that a key in memory signs, with whatever digest."""
    kind = algorithm(signer, digest)
    tbs = builder.to_be_signed(
        serial_number=request.serial_number,
        names=(issuer, request.subject.name()),
        validity=(request.not_before, request.not_after),
        public=public_info(key),
        algorithm=kind,
        extensions=builder.person_extensions(request, public_info(key), public_info(signer)),
    )
    return builder.signed(tbs, kind, lambda data: raw_sign(signer, data, digest))


def self_signed(key: Key, request: CertificateRequest) -> bytes:
    """Make a certificate that vouches for itself."""
    return certificate(key, key, request, request.subject.name())


def changed(der: bytes, change: Callable[[x509.TbsCertificate], None]) -> bytes:
    """Give a certificate with changed content and a signature that no longer fits."""
    parsed = x509.Certificate.load(der)
    change(parsed["tbs_certificate"])
    return bytes(parsed.dump(force=True))


@dataclass
class Forger:
    """Signs containers with a key in memory and bends any rule that a field names."""

    key: Key
    certificate: bytes
    others: tuple[bytes, ...] = ()
    digest: str = "sha256"
    binding_digest: str = "sha256"
    bound_to: bytes | None = None
    without: frozenset[str] = field(default_factory=frozenset)
    twice: frozenset[str] = field(default_factory=frozenset)
    attached: bool = False
    content_type: str = "data"
    signers: int = 1
    plain_rsa: bool = False

    @classmethod
    def of(
        cls, authority: Authority, request: CertificateRequest, key: Key | None = None
    ) -> Forger:
        """Let the authority certify a key in memory, as it would one on a card."""
        own = key or ec_key()
        return cls(own, authority.issue(request, public_info(own)), (authority.issuing.der,))

    def bent(self, **changes: object) -> Forger:
        """Give a forger that differs in these fields."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def sign(self, text: bytes, at: datetime = NOW) -> bytes:
        """Make the container."""
        attributes = cms.CMSAttributes(self._attributes(text, at))
        parsed = x509.Certificate.load(self.certificate)
        info = {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": {
                        "issuer": parsed.issuer,
                        "serial_number": parsed.serial_number,
                    }
                }
            ),
            "digest_algorithm": {"algorithm": self.digest},
            "signature_algorithm": {"algorithm": "rsassa_pkcs1v15"}
            if self.plain_rsa
            else algorithm(self.key, self.digest),
            "signed_attrs": attributes,
            "signature": raw_sign(self.key, attributes.dump(), self.digest),
        }
        content: dict[str, object] = {"content_type": self.content_type}
        if self.attached:
            content["content"] = text
        ders = [] if "certificate" in self.without else [self.certificate]
        signed_data = {
            "version": "v1",
            "digest_algorithms": [{"algorithm": self.digest}],
            "encap_content_info": content,
            "certificates": [
                cms.CertificateChoices("certificate", x509.Certificate.load(der))
                for der in (*ders, *self.others)
            ],
            "signer_infos": [info] * self.signers,
        }
        return bytes(
            cms.ContentInfo(
                {"content_type": "signed_data", "content": cms.SignedData(signed_data)}
            ).dump()
        )

    def _attributes(self, text: bytes, at: datetime) -> list[dict[str, object]]:
        bound = self.bound_to or self.certificate
        binding = tsp.SigningCertificateV2(
            {
                "certs": [
                    {
                        "hash_algorithm": {"algorithm": self.binding_digest},
                        "cert_hash": hashlib.new(self.binding_digest, bound).digest(),
                    }
                ]
            }
        )
        values: dict[str, object] = {
            "content_type": "data",
            "message_digest": hashlib.new(self.digest, text).digest(),
            "signing_time": cms.Time({"utc_time": core.UTCTime(at)}),
            "signing_certificate_v2": binding,
        }
        return [
            {"type": name, "values": [value] * (2 if name in self.twice else 1)}
            for name, value in values.items()
            if name not in self.without
        ]


def person_request(serial_number: int = 2**80 + 1, **deviations: object) -> CertificateRequest:
    """Give a request for the other person's certificate, in force around NOW."""
    return replace(_REQUEST, serial_number=serial_number, **deviations)  # type: ignore[arg-type]


_REQUEST = CertificateRequest(
    OTHER_PERSON, 1, NOW.replace(year=NOW.year - 1), NOW.replace(year=NOW.year + 1)
)
