"""Whatever a server answers, nes-imza either understands it or refuses it in words."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from signing.app.protocol import Accepted, Claim, ServerProblem
from signing.app.words.refusals import tell
from signing.errors import SigningError
from signing.fingerprint import short_fingerprint
from tests.signing.app.messages import claim_answer, encoded, pdf_answer, prepared_pdf

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.no_cover

values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


def understood(read: Callable[[], object]) -> bool:
    """Say whether an answer is understood; anything but a refusal of ours goes through."""
    try:
        read()
    except SigningError as error:
        return not tell(error).title
    return True


@given(answer=values)
def test_no_json_makes_an_accident(answer: object) -> None:
    assert not understood(lambda: Claim.parse(answer))
    assert not understood(lambda: Accepted.parse(answer))
    assert not understood(lambda: ServerProblem.parse(answer, 400))


@given(name=st.sampled_from(sorted(claim_answer())), value=values)
def test_no_field_makes_an_accident(name: str, value: object) -> None:
    answer = claim_answer(**{name: value})
    understood(lambda: Claim.parse(answer))
    understood(lambda: Claim.parse(pdf_answer() | {name: value}))


@settings(max_examples=60)
@given(place=st.integers(min_value=0), byte=st.integers(0, 255), cut=st.booleans())
@example(place=0, byte=0, cut=True)
def test_no_change_of_a_pdf_makes_an_accident(
    place: int,
    byte: int,
    cut: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    whole = bytearray(prepared_pdf())
    where = place % len(whole)
    whole[where] = byte
    document = bytes(whole[:where] if cut else whole)
    changed = document != prepared_pdf()
    assert (
        understood(lambda: Claim.parse(pdf_answer() | {"document": encoded(document)})) != changed
    )


@settings(max_examples=60)
@given(document=st.binary(max_size=300).map(lambda tail: b"%PDF-1.7\n" + tail))
def test_no_bytes_that_begin_like_a_pdf_make_an_accident(document: bytes) -> None:
    answer = pdf_answer() | {
        "document": encoded(document),
        "digest": hashlib.sha256(document).hexdigest(),
        "fingerprint": short_fingerprint(document),
    }
    assert not understood(lambda: Claim.parse(answer))
