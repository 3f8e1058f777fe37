"""DER as nested pieces of bytes: taken apart and put together without reading what they mean.

asn1crypto may encode a value anew that it only read; here every byte stays as it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asn1crypto import parser

if TYPE_CHECKING:
    from collections.abc import Iterable

SEQUENCE, SET, OCTETS = 0x30, 0x31, 0x04
LONG_FORM = 0x80


def split(contents: bytes) -> list[bytes]:
    """Give the pieces that stand side by side; ValueError when they do not fill the bytes."""
    pieces, rest = [], contents
    while rest:
        _, _, _, header, inner, trailer = parser.parse(rest)
        size = len(header) + len(inner) + len(trailer)
        pieces.append(rest[:size])
        rest = rest[size:]
    return pieces


def inside(piece: bytes, tag: int) -> list[bytes]:
    """Give the pieces inside one constructed piece of this tag octet; ValueError otherwise."""
    return split(value(piece, tag))


def value(piece: bytes, tag: int) -> bytes:
    """Give the contents of one piece of this tag octet; ValueError otherwise."""
    _, _, _, header, inner, _ = parser.parse(piece, strict=True)
    if piece[0] != tag or header[1] == LONG_FORM:
        raise ValueError("another kind of value is expected")
    return bytes(inner)


def wrap(tag: int, pieces: Iterable[bytes]) -> bytes:
    """Put pieces into one of this tag octet, its length in the shortest form."""
    inner = b"".join(pieces)
    size = len(inner)
    if size < LONG_FORM:
        return bytes((tag, size)) + inner
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, LONG_FORM | len(octets))) + octets + inner
