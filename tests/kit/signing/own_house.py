"""An authority with one key in memory, and certificates of it that name addresses."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from asn1crypto import x509

from signing.authority import ocsp, tsa
from signing.authority.crl import revocation_list
from signing.network.fetch import Fetcher, FetchTimeouts
from signing.x509 import builder
from signing.x509.certificate import X509Certificate
from tests.kit.signing import forge
from tests.kit.signing.house import NOW

if TYPE_CHECKING:
    from signing.x509.builder import CertificateRequest

DIGEST = hashlib.sha256(b"a signature value").digest()
QUICK = Fetcher(patience=FetchTimeouts(connect=1, read=0.15, whole=0.3))
PATIENT = Fetcher(patience=FetchTimeouts(connect=10, read=60, whole=120))
"""For whatever is answered: a busy machine is no reason to give up."""


@dataclass(frozen=True)
class House:
    """An authority whose only key is in memory: it stamps, lists and answers for itself."""

    key: forge.Key
    certificate: X509Certificate

    def sign(self, data: bytes) -> bytes:
        """Sign."""
        return forge.raw_sign(self.key, data, "sha256")

    def stamp(self, request: bytes, serial: int = 2**64 + 1) -> bytes:
        """Answer a time-stamp request."""
        stamper = tsa.Stamper(self.certificate, (), self.sign)
        return tsa.respond(request, stamper, NOW, serial)

    def status(self, request: bytes) -> bytes:
        """Answer an OCSP request: all is good."""
        responder = ocsp.Responder(self.certificate, self.certificate, self.sign)
        return ocsp.respond(request, responder, lambda _serial: ocsp.GOOD, NOW)

    def list(self, number: int = 1, hours: int = 24) -> bytes:
        """Give an empty list."""
        window = (NOW, NOW + timedelta(hours=hours))
        return revocation_list(self.certificate, (), window, number, self.sign)


def make_house() -> House:
    """Make an authority that certifies itself."""
    key = forge.rsa_key()  # signs the same list twice alike
    return House(key, X509Certificate(forge.self_signed(key, forge.person_request())))


def subject(house: House, points: list[list[str]], responders: list[str]) -> x509.Certificate:
    """Make a certificate of the house that names these addresses."""
    request: CertificateRequest = forge.person_request()
    named = [x509.GeneralName("uniform_resource_identifier", url) for url in responders]
    extensions = [
        builder.extension(
            "crl_distribution_points",
            [
                {
                    "distribution_point": x509.DistributionPointName(
                        "full_name",
                        [x509.GeneralName("uniform_resource_identifier", url) for url in urls],
                    )
                }
                for urls in points
            ],
        ),
        builder.extension(
            "authority_information_access",
            [{"access_method": "ocsp", "access_location": name} for name in named],
        ),
    ]
    algorithm = forge.algorithm(house.key, "sha256")
    tbs = builder.to_be_signed(
        serial_number=request.serial_number + 1,
        names=(house.certificate.parsed.subject, request.subject.name()),
        validity=(request.not_before, request.not_after),
        public=house.certificate.parsed.public_key,
        algorithm=algorithm,
        extensions=extensions if points or responders else extensions[:0],
    )
    return x509.Certificate.load(builder.signed(tbs, algorithm, house.sign))
