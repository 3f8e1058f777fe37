"""Whether bytes are one strictly encoded DER value: definite, minimal lengths, nothing after it.

asn1crypto reads BER too; two readers that understand the same container differently are how a
signature comes to cover something else than what is shown, so anything but DER is refused.
"""

from __future__ import annotations

DEPTH_LIMIT = 32
_CONSTRUCTED = 0x20
_HIGH_TAG = 0x1F
_LONG = 0x80


def is_der(data: bytes) -> bool:
    """Say whether the bytes are exactly one DER value, nested no deeper than DEPTH_LIMIT."""
    end = _value_end(data, 0, len(data), DEPTH_LIMIT)
    return end == len(data)


def _value_end(data: bytes, start: int, limit: int, depth: int) -> int | None:
    """Give where the value that starts here ends, or None when it is not DER inside the limit."""
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
    """Give where the content of a value starts and ends, None when it is not DER inside the limit.

    Tags above 30 do not occur in CMS.
    """
    if start + 2 > limit or data[start] & _HIGH_TAG == _HIGH_TAG:
        return None
    first, content = data[start + 1], start + 2
    if first < _LONG:
        length = first
    else:
        size = first - _LONG
        octets = data[content : min(content + size, limit)]
        content += size
        length = int.from_bytes(octets, "big")
        # 0x80 is the indefinite length; a leading zero or a small value is not minimal.
        if len(octets) != size or size == 0 or octets[0] == 0 or length < _LONG:
            return None
    return (content, content + length) if content + length <= limit else None
