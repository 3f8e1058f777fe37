"""The certificate authority as a station sees it: through the office that ordered the card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signing.authority.cmp import ITS_OWN
from signing.x509.profile import compare

if TYPE_CHECKING:
    from asn1crypto.keys import PublicKeyInfo

    from signing.station.office import OrderingOffice
    from signing.station.protocol import OrderSheet
    from signing.x509.builder import CertificateRequest
    from signing.x509.certificate import X509Certificate


class OfficeIssuer:
    """Has the key of one order certified by its office."""

    def __init__(self, office: OrderingOffice, sheet: OrderSheet) -> None:
        self._office, self._sheet = office, sheet
        self._given: bytes | None = None

    @property
    def issuing(self) -> X509Certificate:
        """Give the certificate of the authority, as the order names it."""
        return self._sheet.issuing

    def certify(self, request: CertificateRequest, proof: bytes) -> bytes:  # noqa: ARG002 - the office knows what it ordered
        """Ask the office; it answers the same key again, and no other one."""
        self._given = self._office.certify(self._sheet.label, proof)
        return self._given

    def settle(self, public: PublicKeyInfo) -> None:
        """Forget nothing: the office does, once it has the result."""

    def differences(
        self, certificate: X509Certificate, request: CertificateRequest, public: bytes
    ) -> list[str]:
        """Name the fields that are not as ordered, but for those that an authority may choose.

        What was certified in this run must lie on the card byte for byte; the office compares once
        more what it is handed.
        """
        wrong = [name for name in compare(certificate, request, public) if name not in ITS_OWN]
        if self._given is not None and certificate.der != self._given:
            wrong.append("bytes")
        return wrong
