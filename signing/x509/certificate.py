"""An X.509 certificate as the rest of the house reads it: holder, issuer, validity, bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, cast

from asn1crypto import x509

from signing.errors import CertificateUnusable

if TYPE_CHECKING:
    from datetime import datetime

TCKN_DIGITS = 11


def is_tckn_shaped(text: str) -> bool:
    """Say whether a text is 11 ASCII digits; its check digits are the business of states/."""
    return len(text) == TCKN_DIGITS and text.isascii() and text.isdecimal()


@dataclass(frozen=True)
class X509Certificate:
    """Read-only face of one certificate; `der` is the truth, everything else is read from it."""

    der: bytes

    def __reduce__(self) -> tuple[type[X509Certificate], tuple[bytes]]:
        """Let only the bytes cross from one process to another."""
        return X509Certificate, (self.der,)

    @cached_property
    def parsed(self) -> x509.Certificate:
        """Give the asn1crypto object of these bytes."""
        return x509.Certificate.load(self.der, strict=True)

    @cached_property
    def sha256(self) -> str:
        """Give the fingerprint of the whole certificate, 64 lower-case hex digits."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def well_formed(self) -> bool:
        """Say whether it keeps two rules that readers differ in, so that all see the same.

        Of each extension there is one at most (RFC 5280, 4.2), and the algorithm that is signed is
        the one that stands beside the signature (4.1.1.2).
        """
        body = self.parsed["tbs_certificate"]
        kinds = [entry["extn_id"].dotted for entry in body["extensions"]]
        inner, outer = body["signature"].dump(), self.parsed["signature_algorithm"].dump()
        return len(kinds) == len(set(kinds)) and bool(inner == outer)

    def _subject(self, name: str) -> str:
        value = self.parsed.subject.native.get(name, "")
        return value if isinstance(value, str) else ""

    @property
    def holder(self) -> str:
        """Give the common name of the subject, or an empty text."""
        return self._subject("common_name")

    @property
    def tckn(self) -> str:
        """Give the subject's serialNumber, which in a NES is the TCKN (a repeated one is none)."""
        return self._subject("serial_number")

    @property
    def given_name(self) -> str:
        """Give the subject's given name, or an empty text."""
        return self._subject("given_name")

    @property
    def surname(self) -> str:
        """Give the subject's surname, or an empty text."""
        return self._subject("surname")

    @property
    def issuer(self) -> str:
        """Give the common name of the issuer, or its whole name when it has none."""
        names = self.parsed.issuer.native
        return str(names.get("common_name") or self.parsed.issuer.human_friendly)

    @property
    def serial_number(self) -> int:
        """Give the serial number that the issuer gave."""
        return cast("int", self.parsed.serial_number)

    @property
    def not_before(self) -> datetime:
        """Give the first moment of validity, UTC."""
        return cast("datetime", self.parsed.not_valid_before)

    @property
    def not_after(self) -> datetime:
        """Give the last moment of validity, UTC, inclusive (RFC 5280, 4.1.2.5)."""
        return cast("datetime", self.parsed.not_valid_after)


_KNOWN = 32
"""So many certificates are kept parsed: what is made is read several times on its way, and those
of the office with each signature."""


@lru_cache(maxsize=_KNOWN)
def read(der: bytes) -> X509Certificate:
    """Parse a certificate wholly; CertificateUnusable when the bytes are not exactly one."""
    certificate = X509Certificate(der)
    try:
        # Forces every part, since asn1crypto parses lazily.
        parsed = certificate.parsed
        _ = parsed.native, parsed.public_key.bit_size, parsed.issuer.human_friendly
    except Exception as error:
        raise CertificateUnusable(reason="certificate_unreadable") from error
    return certificate
