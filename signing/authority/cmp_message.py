"""Reading the certificates out of a CMP answer (RFC 4210, 5.3.4) that was kept as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signing.x509 import tlv

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWERS = frozenset({0xA1, 0xA3, 0xA8})
"""The tag octets of the bodies that carry certificates: ip, cp, kup."""


def certificates_in(message: bytes) -> tuple[bytes, ...]:
    """Return the certificates (DER) of an answer; none for other messages and for torn ones."""
    try:
        return tuple(_certificates(message))
    except (ValueError, IndexError):
        return ()


def _certificates(message: bytes) -> Iterator[bytes]:
    body = tlv.inside(message, tlv.SEQUENCE)[1]
    if body[0] not in ANSWERS:
        return
    (reply,) = tlv.inside(body, body[0])
    # caPubs, when there are any, stand before the answers.
    for answer in tlv.inside(tlv.inside(reply, tlv.SEQUENCE)[-1], tlv.SEQUENCE):
        # An answer has its status first, and a certificate only when that was granted.
        parts = [one for one in tlv.inside(answer, tlv.SEQUENCE) if one[0] == tlv.SEQUENCE]
        for pair in parts[1:]:
            given = tlv.inside(pair, tlv.SEQUENCE)[:1]
            # One that is given in clear (CertOrEncCert, [0]).
            yield from (tlv.value(one, tlv.FIRST) for one in given if one[0] == tlv.FIRST)
