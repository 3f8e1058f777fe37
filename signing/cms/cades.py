"""Making a B-B signature with the key on a card: a detached CMS container in DER.

Source: EN 319 122-1 (baseline B-B): contentType, messageDigest, signingTime and
signing-certificate-v2 are signed; the content stays outside the container. EN 319 142-1, 6.3:
a PDF's container has no signingTime, its signature dictionary says the time (/M).
"""

from __future__ import annotations

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from pyhanko.sign.signers import Signer
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing.cms.profiles import Profile, signed_attributes
from signing.errors import CertificateUnusable, KeyAbsent
from signing.tokens import keys

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from datetime import datetime

    from asn1crypto import cms, x509
    from pyhanko.sign.ades.api import CAdESSignedAttrSpec

    from signing.cms.binding import HandshakeBinding
    from signing.tokens.session import TokenSession
    from signing.x509.certificate import X509Certificate

Answer = TypeVar("Answer")


class _CardSigner(Signer):
    """pyHanko's signer over one key of one open session."""

    def __init__(
        self,
        session: TokenSession,
        key_id: bytes,
        certificates: list[x509.Certificate],
        padding: keys.Padding,
    ) -> None:
        certificate, *others = certificates
        registry: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        for other in others:
            # The issuer's certificate, when the card carries it, lets a chain be built.
            if other.subject == certificate.issuer:
                registry.register(other)
        super().__init__(
            signing_cert=certificate,
            cert_registry=registry,
            embed_roots=False,
            signature_mechanism=keys.signature_algorithm(certificate.public_key, padding),
        )
        self._session, self._key_id, self._padding = session, key_id, padding

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,
        dry_run: bool = False,  # noqa: ARG002, FBT001, FBT002 - pyHanko's; nobody asks for one
    ) -> bytes:
        return self._session.sign(self._key_id, data, digest_algorithm, self._padding)


def run(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run a coroutine to its end, also when the caller is already inside an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _run_in_new_loop(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_run_in_new_loop, work).result()


def _run_in_new_loop(work: Coroutine[Any, Any, Answer]) -> Answer:
    # `asyncio.run` puts its handler of Ctrl-C away at the end with `signal.signal`, which takes
    # the repr of that handler and so of the finished task's result: it encodes a whole container
    # again, and costs as much as the signature.
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


def sign(  # noqa: PLR0913 - all but the first two stand in the signed attributes
    session: TokenSession,
    certificate: X509Certificate,
    data: bytes,
    signing_time: datetime | None,
    profile: Profile = Profile.P1,
    padding: keys.Padding = keys.Padding.PKCS1,
    *,
    asked: HandshakeBinding | None = None,
) -> bytes:
    """Sign the bytes and give the container; they are not inside it.

    `session` is logged in; `certificate` is one of those on the card, its key is found by
    CKA_ID; `signing_time` (aware) is what the signer claims, None for a PDF, whose own entry is
    among the bytes; `profile` is the national one that the signature names; `padding` is how an
    RSA key signs (EC has none); `asked` is the purpose and address of a handshake. Raises
    CertificateUnusable when the time is naive, KeyAbsent when the card has no such certificate or
    key.
    """
    if signing_time is not None and signing_time.tzinfo is None:
        raise CertificateUnusable(reason="naive_signing_time")
    found = session.held()
    key_id = next((key for key, entry in found if entry.der == certificate.der), None)
    if key_id is None:
        raise KeyAbsent(label=session.label)
    beside = [entry.parsed for _key, entry in found]
    signer = _CardSigner(session, key_id, [certificate.parsed, *beside], padding)
    digest = keys.digest_for(certificate.parsed.public_key)
    container = run(_made(signer, data, digest, signing_time, signed_attributes(profile, asked)))
    return bytes(container.dump())


async def _made(
    signer: _CardSigner,
    data: bytes,
    digest: str,
    signing_time: datetime | None,
    named: CAdESSignedAttrSpec,
) -> cms.ContentInfo:
    """Let pyHanko make a PDF's container without a time (PAdES), any other with it (CAdES)."""
    if signing_time is None:
        return await signer.async_sign(
            hashlib.new(digest, data).digest(),
            digest,
            use_pades=True,
            signed_attr_settings=PdfCMSSignedAttributes(cades_signed_attrs=named),
        )
    return await signer.async_sign_general_data(
        data,
        digest,
        use_cades=True,
        signed_attr_settings=PdfCMSSignedAttributes(
            signing_time=signing_time.replace(microsecond=0), cades_signed_attrs=named
        ),
    )
