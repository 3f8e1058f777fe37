"""Changes of a finished container, byte by byte or at a path of its structure."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from asn1crypto import cms

from signing.cms.signed_data import take_apart
from tests.kit.signing.answers import TEXT


def beside(container: bytes, kind: bytes, value: bytes) -> bytes:
    """Put an unsigned attribute into a container, byte for byte."""
    parts = take_apart(container)
    return replace(parts, unsigned=(*parts.unsigned, (kind, value))).dump()


def edit(container: bytes, path: str, value: object) -> bytes:
    """Set one field of a container by its path; `(absent)` takes it away."""
    parsed = cms.ContentInfo.load(container)
    *way, last = path.split("/")
    place: Any = parsed
    for step in way:
        place = place[int(step) if step.isdecimal() else step]
        place = getattr(place, "chosen", place)
    if isinstance(value, str) and value.startswith("hex "):
        value = bytes.fromhex(value[4:])
    place[int(last) if last.isdecimal() else last] = value
    return bytes(parsed.dump(force=True))


def tlv(tag: int, content: bytes) -> bytes:
    """Return a value of DER with its tag and length."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def cut(container: bytes, kind: str, number: int = 0) -> bytes:
    """Spoil the bytes of a container in a way that has a name."""
    head = 4  # of a SEQUENCE with two octets of length
    spoilt = {
        "keep": lambda: container[:number],
        "append": lambda: container + bytes([number]) * 2,
        "twice": lambda: container * 2,
        "prefix": lambda: b"\x00" + container,
        "flip-at": lambda: _flipped(container, number),
        "indefinite": lambda: b"\x30\x80" + container[head:] + b"\x00\x00",
        "long-length": lambda: b"\x30\x83\x00" + container[2:],
        "longer-length": lambda: b"\x30\x82" + (len(container)).to_bytes(2, "big") + container[4:],
        "huge-length": lambda: b"\x30\x84\x7f\xff\xff\xff" + container[head:],
        "deep": lambda: _nested(number),
        "wide": lambda: tlv(0x30, b"\x05\x00" * number),
        "pem": lambda: b"-----BEGIN CMS-----\n" + container.hex().encode() + b"\n",
        "other-digest": lambda: _swapped(container, hashlib.sha256(TEXT).digest()),
        "other-time": lambda: container.replace(b"261122090000Z", b"261122080000Z"),
        "other-binding": lambda: _swapped(container, _binding_hash(container)),
        "other-certificate": lambda: container.replace(b"10000000146", b"10000000078"),
        "other-kind": lambda: _with_revocations(container, [b"\xa2\x02\x05\x00"]),
        "octets": lambda: tlv(0x04, container),
        "wrapped": lambda: tlv(0x30, container),
    }
    return spoilt[kind]()


def _flipped(data: bytes, place: int) -> bytes:
    spoilt = bytearray(data)
    spoilt[place] ^= 1
    return bytes(spoilt)


def _with_revocations(container: bytes, choices: list[bytes]) -> bytes:
    parts = take_apart(container)
    return replace(parts, revocations=tuple(choices)).dump()


def _swapped(data: bytes, part: bytes) -> bytes:
    assert data.count(part) == 1
    return data.replace(part, part[::-1])


def _binding_hash(container: bytes) -> bytes:
    """Give the hash in signing-certificate-v2: the one of a certificate that occurs as bytes."""
    signed_data = cms.ContentInfo.load(container)["content"]
    digests = (hashlib.sha256(one.chosen.dump()).digest() for one in signed_data["certificates"])
    return next(digest for digest in digests if digest in container)


def _nested(depth: int) -> bytes:
    data = b"\x05\x00"
    for _ in range(depth):
        data = tlv(0x30, data)
    return data
