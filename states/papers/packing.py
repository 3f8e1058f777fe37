"""Papers packed against a specimen: what all papers of one template share is not kept again.

A sealed paper is fonts, tags and words that are the same for everybody, and some facts. It is laid
out without compression (`handlers.papers.letters.sheets`), so that it can be packed against a
specimen of its template, a paper for nobody that stands beside this module: by raw DEFLATE
(RFC 1951) in pieces, each with that window of the specimen as preset dictionary which lies where
the piece does, because DEFLATE looks 32 KiB back. The bytes of a paper never change by it: what is
read is what was kept, and its SHA-256 is of that.
"""

from __future__ import annotations

import zlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = b"\0nes"
"""What packed bytes begin with: no PDF and no text begins with a zero byte."""

SPECIMENS = {1: "hand_over-01"}
"""The specimens by their number in packed bytes; neither number nor bytes may ever change."""

PIECE, WINDOW, BACK = 4 * 1024, 32 * 1024, 12 * 1024
"""Bytes of a piece, of the part of a specimen that it is packed against, and how far that begins
before the place of the piece."""

_HEAD = len(MARK) + 1 + 4
_LENGTH = 2
"""Bytes before the pieces (mark, number, length of the whole), and before each (its length)."""


@cache
def specimen(number: int) -> bytes:
    """Return a specimen; KeyError for a number that this release does not know."""
    file = resources.files(__package__) / "specimens" / f"{SPECIMENS[number]}.pdf"
    return file.read_bytes()


def number_of(name: str) -> int | None:
    """Return the number of the specimen of a template (KIND-REVISION), or None without one."""
    return next((number for number, known in SPECIMENS.items() if known == name), None)


def pack(content: bytes, number: int) -> bytes:
    """Return a paper as it is kept: packed, or as it is where that saves nothing."""
    pieces = [
        _packed(content[start : start + PIECE], _window(number, start, len(content)))
        for start in range(0, len(content), PIECE)
    ]
    head = MARK + number.to_bytes(1, "big") + len(content).to_bytes(4, "big")
    kept = head + b"".join(len(piece).to_bytes(_LENGTH, "big") + piece for piece in pieces)
    return kept if len(kept) < len(content) else content


def unpack(kept: bytes) -> bytes:
    """Return the paper of what is kept; whatever is not packed is returned as it is.

    ValueError when packed bytes were changed, or when a later release packed them against a
    specimen that this one lacks.
    """
    if not kept.startswith(MARK):
        return kept
    try:
        return b"".join(_pieces(kept))
    except (zlib.error, IndexError, KeyError) as error:
        message = "packed bytes that no specimen opens"
        raise ValueError(message) from error


def _pieces(kept: bytes) -> Iterator[bytes]:
    number, length = kept[len(MARK)], int.from_bytes(kept[len(MARK) + 1 : _HEAD], "big")
    place = _HEAD
    for start in range(0, length, PIECE):
        end = place + _LENGTH + int.from_bytes(kept[place : place + _LENGTH], "big")
        inside = zlib.decompressobj(-zlib.MAX_WBITS, zdict=_window(number, start, length))
        yield inside.decompress(kept[place + _LENGTH : end], PIECE)
        place = end


def _packed(piece: bytes, window: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=window)
    return packer.compress(piece) + packer.flush()


def _window(number: int, start: int, length: int) -> bytes:
    """Return the part of a specimen that lies where a piece does, in proportion."""
    whole = specimen(number)
    place = max(0, min(start * len(whole) // length - BACK, len(whole) - WINDOW))
    return whole[place : place + WINDOW]


class Packed(TypeDecorator[bytes]):
    """A column of papers: whoever packs one says so (`pack`); reading unpacks what is packed."""

    impl = LargeBinary
    cache_ok = True

    def process_result_value(self, value: bytes | None, _dialect: object) -> bytes | None:
        """Return the paper itself."""
        return None if value is None else unpack(value)
