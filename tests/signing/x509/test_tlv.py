"""The one DER reader: what it takes, what it refuses."""

from __future__ import annotations

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from signing.x509 import tlv

VALUES = st.lists(st.binary(max_size=300).map(lambda data: tlv.wrap(tlv.OCTETS, [data])))


@given(VALUES)
def test_what_was_wrapped_comes_out_byte_for_byte(values: list[bytes]) -> None:
    whole = tlv.wrap(tlv.SEQUENCE, values)
    assert tlv.is_der(whole)
    assert tlv.inside(whole, tlv.SEQUENCE) == values
    assert tlv.split(b"".join(values)) == values
    assert tlv.value(whole, tlv.SEQUENCE) == b"".join(values)
    assert tlv.first_size(whole + b"\0") == len(whole)


@given(st.integers(0, 70_000))
def test_a_length_is_written_as_asn1crypto_writes_it(size: int) -> None:
    assert tlv.wrap(tlv.OCTETS, [bytes(size)]) == core.OctetString(bytes(size)).dump()


@pytest.mark.parametrize(
    "whole",
    [
        b"",
        b"\x30",
        b"\x30\x01",
        b"\x30\x02\x01",
        b"\x30\x80\x05\x00\x00\x00",
        b"\x30\x81\x03\x05\x00\x00",
        b"\x30\x82\x00\x03\x05\x00\x00",
        b"\x3f\x0a\x00",
        b"\x31\x05",
    ],
)
def test_what_is_no_der_is_refused(whole: bytes) -> None:
    for read in (tlv.inside, tlv.value):
        with pytest.raises(ValueError, match=r"not DER|another kind"):
            read(whole, tlv.SEQUENCE)
    assert not tlv.is_der(whole)


def test_another_tag_and_trailing_bytes_are_refused() -> None:
    whole = tlv.wrap(tlv.SEQUENCE, [b"\x05\x00"])
    for data, tag in ((whole, tlv.SET), (whole + b"\0", tlv.SEQUENCE)):
        with pytest.raises(ValueError, match="another kind of value is expected"):
            tlv.inside(data, tag)


def test_of_optional_fields_the_first_of_the_tag_counts() -> None:
    null, number = b"\x05\x00", b"\x02\x01\x07"
    fields = [number, tlv.wrap(tlv.FIRST, [null]), tlv.wrap(tlv.FIRST, [number])]
    assert tlv.optional(fields, tlv.FIRST) == [null]
    assert tlv.optional(fields, tlv.SECOND) == []


def test_places_are_those_inside_a_part_of_the_bytes() -> None:
    whole = tlv.wrap(tlv.SEQUENCE, [b"\x05\x00", b"\x02\x01\x07"])
    data = b"xx" + whole + b"yy"
    end = len(data) - 2
    assert tlv.places_inside(data, 2, end, tlv.SEQUENCE) == [(4, 6), (6, 9)]
    assert tlv.content_place(data, 2, end) == (4, 9)
    with pytest.raises(ValueError, match="not DER"):
        tlv.places(data, 2, end - 1)
