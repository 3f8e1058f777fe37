"""Tests of what is ordered of a production."""

from __future__ import annotations

from handlers.cards.orders import new_serial


def test_a_serial_number_has_128_bits_and_never_repeats() -> None:
    drawn = {new_serial() for _ in range(500)}
    assert len(drawn) == 500
    assert {int(serial, 16).bit_length() for serial in drawn} == {128}
