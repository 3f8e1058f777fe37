"""Reading the certificates out of a CMP answer (RFC 4210, 5.3.4) that was kept as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asn1crypto import parser

if TYPE_CHECKING:
    from collections.abc import Iterator

SEQUENCE = (0, 16)
GIVEN = (2, 0)
"""The tag of a certificate that is given in clear (CertOrEncCert)."""

ANSWERS = {(2, 1), (2, 3), (2, 8)}
"""The bodies that carry certificates: ip, cp, kup."""

_Value = tuple[tuple[int, int], bytes]


def certificates_in(message: bytes) -> tuple[bytes, ...]:
    """Give the certificates (DER) of an answer; none for other messages and for torn ones."""
    try:
        return tuple(_certificates(message))
    except (ValueError, IndexError):
        return ()


def _certificates(message: bytes) -> Iterator[bytes]:
    _, whole = _values(message)[0]
    tag, body = _values(whole)[1]
    if tag not in ANSWERS:
        return
    # caPubs, when there are any, stand before the answers.
    _, answers = _values(_values(body)[0][1])[-1]
    for _, answer in _values(answers):
        # An answer has its status first, and a certificate only when that was granted.
        parts = [content for tag, content in _values(answer) if tag == SEQUENCE]
        for pair in parts[1:]:
            yield from (content for tag, content in _values(pair)[:1] if tag == GIVEN)


def _values(content: bytes) -> list[_Value]:
    """Split a content into the values side by side in it: tag (class, number) and content."""
    found: list[_Value] = []
    while content:
        length = parser.peek(content)
        sort, _, number, _, inner, _ = parser.parse(content[:length], strict=True)
        found.append(((sort, number), inner))
        content = content[length:]
    return found
