"""DER as nested values: the one reader of bytes whose meaning is read elsewhere, or not at all.

asn1crypto reads BER too, and may encode a value anew that it only read. Two readers that understand
the same bytes differently are how a signature comes to cover something else than what is shown, so
here only DER counts (X.690, 10.1: definite lengths in the shortest form), every byte stays as it
stands, and each byte is looked at once a level, whoever wrote it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asn1crypto import parser

if TYPE_CHECKING:
    from collections.abc import Iterable

INTEGER, BITS, OCTETS, SEQUENCE, SET = 0x02, 0x03, 0x04, 0x30, 0x31
UTF8, PRINTABLE = 0x0C, 0x13
FIRST, SECOND = 0xA0, 0xA1
"""Tag octets of [0] and [1], constructed."""

DEPTH_LIMIT = 32
_CONSTRUCTED = 0x20
_HIGH_TAG = 0x1F
_LONG_FORM = 0x80


def is_der(data: bytes) -> bool:
    """Say whether the bytes are exactly one DER value, nested no deeper than DEPTH_LIMIT."""
    end = _value_end(data, 0, len(data), DEPTH_LIMIT)
    return end == len(data)


def _value_end(data: bytes, start: int, limit: int, depth: int) -> int | None:
    """Return where the value that starts here ends, or None when it is not DER inside the limit."""
    found = header(data, start, limit)
    if found is None or depth == 0:
        return None
    content, end = found
    if data[start] & _CONSTRUCTED:
        position: int | None = content
        while position is not None and position < end:
            position = _value_end(data, position, end, depth - 1)
        return end if position == end else None
    return end


def header(data: bytes, start: int, limit: int) -> tuple[int, int] | None:
    """Return where the content of a value starts and ends; None when it is not DER in the limit.

    Tags above 30 do not occur in CMS, certificates and revocation data.
    """
    if start + 2 > limit or data[start] & _HIGH_TAG == _HIGH_TAG:
        return None
    first, content = data[start + 1], start + 2
    if first < _LONG_FORM:
        length = first
    else:
        size = first - _LONG_FORM
        octets = data[content : min(content + size, limit)]
        content += size
        length = int.from_bytes(octets, "big")
        # 0x80 is the indefinite length; a leading zero or a small value is not minimal.
        if len(octets) != size or size == 0 or octets[0] == 0 or length < _LONG_FORM:
            return None
    return (content, content + length) if content + length <= limit else None


def content_place(data: bytes, start: int, limit: int) -> tuple[int, int]:
    """Return where the content of the value at a place starts and ends; ValueError unless DER."""
    found = header(data, start, limit)
    if found is None:
        raise ValueError("not DER")
    return found


def places(data: bytes, start: int, limit: int) -> list[tuple[int, int]]:
    """Return where the values start and end that fill this place; ValueError unless DER."""
    found = []
    while start < limit:
        _, end = content_place(data, start, limit)
        found.append((start, end))
        start = end
    return found


def places_inside(data: bytes, start: int, limit: int, tag: int) -> list[tuple[int, int]]:
    """Return where the values inside one value stand, which fills this place and has this tag."""
    return places(data, *_filled(data, start, limit, tag))


def _filled(data: bytes, start: int, limit: int, tag: int) -> tuple[int, int]:
    content, end = content_place(data, start, limit)
    if data[start] != tag or end != limit:
        raise ValueError("another kind of value is expected")
    return content, end


def split(contents: bytes) -> list[bytes]:
    """Return the values that stand side by side; ValueError when they do not fill the bytes."""
    return [contents[start:end] for start, end in places(contents, 0, len(contents))]


def inside(whole: bytes, tag: int) -> list[bytes]:
    """Return the values inside one constructed value of this tag octet; ValueError otherwise."""
    found = places_inside(whole, 0, len(whole), tag)
    return [whole[start:end] for start, end in found]


def value(whole: bytes, tag: int) -> bytes:
    """Return the content of one value of this tag octet; ValueError otherwise."""
    content, end = _filled(whole, 0, len(whole), tag)
    return whole[content:end]


def optional(fields: Iterable[bytes], tag: int) -> list[bytes]:
    """Return the values inside the field of this tag octet; nothing when there is no such field."""
    return next((inside(field, tag) for field in fields if field[0] == tag), [])


def first_size(data: bytes) -> int:
    """Return how long the first value is, in BER too; ValueError when it is cut off.

    For bytes that something follows: what is no DER is then told as such, with its own sentence.
    """
    return int(parser.peek(data))


def wrap(tag: int, values: Iterable[bytes]) -> bytes:
    """Return one value of this tag octet that holds these, its length in the shortest form."""
    inner = b"".join(values)
    size = len(inner)
    if size < _LONG_FORM:
        return bytes((tag, size)) + inner
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _LONG_FORM | len(octets))) + octets + inner
