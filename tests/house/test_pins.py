"""A PIN is found where it is told, and not within a longer number."""

from __future__ import annotations

import pytest

from tests.kit.pins import shows


@pytest.mark.parametrize("text", ["1234", "PIN: 1234", "pin='1234')", "…1234…", "7\n1234\n"])
def test_a_pin_that_is_told_is_found(text: str) -> None:
    assert shows(text, "1234")


@pytest.mark.parametrize("text", ["", "12345", "a1234", "8712345642", "123 4"])
def test_digits_of_something_else_are_no_pin(text: str) -> None:
    assert not shows(text, "1234")
