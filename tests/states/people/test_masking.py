"""Addresses as they are shown to whoever knows them."""

from __future__ import annotations

import pytest

from states.people.masking import masked_address


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ayse.ornek@ornek.invalid", "a***@ornek.invalid"),
        ('"a@b"@ornek.invalid', '"***@ornek.invalid'),
        ("@ornek.invalid", "***@ornek.invalid"),
        ("+90 532 123 45 67", "*** 67"),
        ("7", "*** 7"),
    ],
)
def test_most_of_an_address_is_hidden(address: str, shown: str) -> None:
    assert masked_address(address) == shown
