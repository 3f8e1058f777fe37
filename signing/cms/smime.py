"""Signed mail: multipart/signed with a detached container (RFC 8551, 3.5.3; RFC 1847).

What is signed is one MIME part, byte by byte with CRLF at the end of each line; the heads that only
carry the mail stay outside.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from email.parser import BytesParser
from typing import TYPE_CHECKING

from asn1crypto import cms

from signing.cms import cades, container
from signing.errors import ContainerUnusable, KeyAbsent
from signing.verdict import Stopped
from signing.x509.policy import STRICT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime
    from email.message import Message

    from signing.tokens.slots import TokenStore
    from signing.x509.policy import AllowedAlgorithms

LARGEST = 32 * 1024 * 1024
"""Bytes of the largest mail that is read."""

PROTOCOLS = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})
"""How the container is called; the second name is that of S/MIME 2, still in use."""

_EDGE_LENGTH = 32
_BARE_LF = re.compile(rb"(?<!\r)\n")
_HEAD = re.compile(rb"[^\r\n]+\r\n(?:[ \t][^\r\n]*\r\n)*")
_MICALG = {"sha256": "sha-256", "sha384": "sha-384", "sha512": "sha-512"}


_SIGNATURE_HEAD = (
    b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n"
    b"Content-Transfer-Encoding: base64\r\n"
    b"Content-Disposition: attachment; filename=smime.p7s\r\n\r\n"
)


@dataclass(frozen=True)
class SignedMail:
    """A mail that somebody signed: its whole, the part that is signed, and the container (DER)."""

    mail: bytes
    content: bytes
    container: bytes


class MailSigner:
    """Signs with the one certificate of a person or an organisation that a token holds."""

    def __init__(self, store: Callable[[], TokenStore], label: str, pin: str) -> None:
        """Open nothing yet."""
        self._store, self._label, self._pin = store, label, pin

    def sign(self, content: bytes, at: datetime) -> bytes:
        """Give a detached container (CAdES B-B); raises the refusals of the token.

        KeyAbsent when the token holds no such certificate, or several.
        """
        with self._store().pooled(self._label, self._pin) as session:
            found = [one for _key, one in session.held() if not one.parsed.ca]
            if len(found) != 1:
                raise KeyAbsent(label=self._label)
            return cades.sign(session, found[0], content, at)


def sign_mail(mail: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """Return a mail signed; ``sign`` makes the detached container over the bytes that it is given.

    The mail has CRLF at its line ends and bodies of 7 bits, as whatever is on the way may encode
    others anew (RFC 8551, 3.1.3). ContainerUnusable where it is none.
    """
    head, blank, body = mail.partition(b"\r\n\r\n")
    if not blank or not mail.isascii() or _BARE_LF.search(mail):
        raise ContainerUnusable(reason="no_mail_of_7_bits")
    outside, inside = _parted(head + b"\r\n")
    content = inside + b"\r\n" + body
    made = sign(content)
    edge = "s-" + hashlib.sha256(content).hexdigest()[:_EDGE_LENGTH]
    return b"".join(
        (
            outside,
            b"MIME-Version: 1.0\r\n",
            f'Content-Type: multipart/signed; boundary="{edge}"; micalg={_micalg(made)};\r\n'
            '\tprotocol="application/pkcs7-signature"\r\n\r\n'.encode(),
            f"--{edge}\r\n".encode(),
            content,
            f"\r\n--{edge}\r\n".encode(),
            _SIGNATURE_HEAD,
            base64.encodebytes(made).replace(b"\n", b"\r\n"),
            f"--{edge}--\r\n".encode(),
        )
    )


def open_mail(mail: bytes, limit: int = LARGEST) -> SignedMail:
    """Return what is signed in a mail and the container; ContainerUnusable where nothing is.

    Nothing is validated here. Line ends without CR, as a maildir keeps them, are read as CRLF.
    """
    if len(mail) > limit:
        raise ContainerUnusable(reason="mail_too_large")
    whole = _BARE_LF.sub(b"\r\n", mail)
    head = _headers(whole)
    edge = head.get_boundary()
    protocol = str(head.get_param("protocol") or "").lower()  # ASCII: a media type
    if head.get_content_type() != "multipart/signed" or not edge or protocol not in PROTOCOLS:
        raise ContainerUnusable(reason="mail_not_signed")
    _, _, body = whole.partition(b"\r\n\r\n")
    line, lines = b"--" + edge.encode("ascii", "replace"), body.split(b"\r\n")
    marks = [at for at, found in enumerate(lines[:-1]) if found.rstrip(b" \t") == line]
    if len(marks) != 2:  # noqa: PLR2004 - before the content, and before the signature
        raise ContainerUnusable(reason="mail_not_of_two_parts")
    content, rest = lines[marks[0] + 1 : marks[1]], lines[marks[1] + 1 :]
    return SignedMail(whole, b"\r\n".join(content), _decoded(b"\r\n".join(rest), line[2:]))


def check_signer(
    mail: SignedMail,
    signers: Collection[bytes],
    at: datetime,
    allowed: AllowedAlgorithms = STRICT,
) -> None:
    """Raise ContainerUnusable unless one of these certificates (DER) signed, and signed just this.

    A certificate counts in the time that it names; nobody else vouches for it.
    """
    try:
        found = container.read(mail.container)
        container.check_integrity(found, mail.content, at, allowed)
    except Stopped as stop:
        raise ContainerUnusable(reason=f"mail_signature_{stop.sub.value}") from stop
    signer = found.certificate
    if signer.der not in signers:
        raise ContainerUnusable(reason="mail_signer_unknown")
    if not signer.not_before <= at <= signer.not_after:
        raise ContainerUnusable(reason="mail_signer_expired")


def _parted(head: bytes) -> tuple[bytes, bytes]:
    """Return the headers of the mail, and those of its content."""
    outside, inside = [], []
    for one in _HEAD.findall(head):
        name = one.partition(b":")[0].lower()  # ASCII: names of headers
        if name.startswith(b"content-"):
            inside.append(one)
        elif name != b"mime-version":
            outside.append(one)
    return b"".join(outside), b"".join(inside)


def _micalg(made: bytes) -> str:
    digest = cms.ContentInfo.load(made)["content"]["digest_algorithms"][0]["algorithm"].native
    return _MICALG[digest]


def _headers(part: bytes) -> Message:
    return BytesParser().parsebytes(part, headersonly=True)


def _decoded(part: bytes, edge: bytes) -> bytes:
    """Return the container of the second part."""
    content, last, _ = part.partition(b"\r\n--" + edge + b"--")
    head, _, body = content.partition(b"\r\n\r\n")
    named = _headers(head + b"\r\n\r\n")
    coding = str(named["Content-Transfer-Encoding"] or "").strip().lower()  # ASCII: a name
    if not last or named.get_content_type() not in PROTOCOLS or coding != "base64":
        raise ContainerUnusable(reason="mail_without_signature")
    try:
        return base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error as error:
        raise ContainerUnusable(reason="mail_without_signature") from error
