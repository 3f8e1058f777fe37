"""A form sealed by the libraries alone, as a script beside the product would do it.

Typst's own PDF goes into pyHanko as it is, with the key as python-pkcs11 gives it. How much room
the signature takes is told pyHanko, which would otherwise make it twice.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from pkcs11 import Mechanism
from pkcs11.util.ec import encode_ecdsa_signature
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing.tokens import keys

if TYPE_CHECKING:
    import pkcs11
    from asn1crypto import x509

ROOM = 8 * 1024
"""Bytes kept free for a signature, in hexadecimal: those of our seal are half as many."""


class LibrarySigner(Signer):
    """PyHanko's signer over a key of a token that is open."""

    def __init__(self, key: pkcs11.SignMixin, *certificates: x509.Certificate) -> None:
        """Keep the key; the first certificate is its own, the others lead to a root."""
        certificate, *issuers = certificates
        registry: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        for issuer in issuers:
            registry.register(issuer)
        super().__init__(
            signing_cert=certificate,
            cert_registry=registry,
            embed_roots=False,
            signature_mechanism=keys.signature_algorithm(certificate.public_key),
        )
        self._key = key

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,
        dry_run: bool = False,  # noqa: ARG002, FBT001, FBT002 - pyHanko's; nobody asks for one
    ) -> bytes:
        """Sign with the token."""
        hashed = hashlib.new(digest_algorithm, data).digest()
        return bytes(encode_ecdsa_signature(self._key.sign(hashed, mechanism=Mechanism.ECDSA)))


@dataclass(frozen=True)
class LibrarySeal:
    """A seal made with pyHanko."""

    signer: LibrarySigner

    def seal(self, pdf: bytes) -> bytes:
        """Return the PDF sealed (PAdES B-B)."""
        meta = PdfSignatureMetadata(
            field_name="muhur", md_algorithm="sha256", reason="TEST",
            subfilter=SigSeedSubFilter.PADES,
        )  # fmt: skip
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        made: BytesIO = PdfSigner(meta, self.signer).sign_pdf(writer, bytes_reserved=ROOM)
        return made.getvalue()
