"""Papers that are packed against a specimen: read as they were, and refused once changed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from states.papers import packing

if TYPE_CHECKING:
    from collections.abc import Callable

FORM = 1
"""The number of the hand-over form's specimen."""


def paper(words: bytes = b"TEST Zeytinlik", *, moved: int = 700) -> bytes:
    """Return a paper like the specimen: a part is another one, and what follows has moved."""
    whole = packing.specimen(FORM)
    return whole[:20_000] + words * 3 + whole[20_000 + moved :]


def test_a_released_specimen_never_changes() -> None:
    sums = {
        number: hashlib.sha256(packing.specimen(number)).hexdigest() for number in packing.SPECIMENS
    }
    assert sums == {1: "61b05613e7b0b1fc70e8d9bb9d2898823c15d96faf07cf468883ddd164b881ff"}
    assert packing.number_of("hand_over-01") == 1
    assert packing.number_of("hand_over-02") is None


@pytest.mark.parametrize("content", [paper(), paper(moved=0), paper(b""), packing.specimen(FORM)])
def test_a_paper_is_read_as_it_was_kept_and_takes_a_fraction(content: bytes) -> None:
    kept = packing.pack(content, FORM)
    assert kept.startswith(b"\0nes\x01")
    assert len(kept) < len(content) / 30
    assert packing.unpack(kept) == content


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7 short", "düz yazı".encode(), bytes(range(256))]
)
def test_what_packing_does_not_make_smaller_is_kept_as_it_is(content: bytes) -> None:
    assert packing.pack(content, FORM) == content
    assert packing.unpack(content) == content


def cut(kept: bytes) -> bytes:
    return kept[:-40]


def emptied(kept: bytes) -> bytes:
    return kept[:4]


def of_a_later_release(kept: bytes) -> bytes:
    return kept[:4] + b"\xff" + kept[5:]


def turned(kept: bytes) -> bytes:
    return kept[:11] + bytes([kept[11] ^ 0xFF]) + kept[12:]


@pytest.mark.parametrize("change", [emptied, of_a_later_release, turned])
def test_packed_bytes_that_nothing_opens_are_refused(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ValueError, match="packed bytes that no specimen opens"):
        packing.unpack(change(packing.pack(paper(), FORM)))


def test_what_was_cut_off_is_missing() -> None:
    assert packing.unpack(cut(packing.pack(paper(), FORM))) != paper()


def test_a_piece_never_grows_beyond_its_size() -> None:
    kept = bytearray(packing.pack(paper(), FORM))
    kept[5:9] = (10).to_bytes(4, "big")
    assert len(packing.unpack(bytes(kept))) <= packing.PIECE
