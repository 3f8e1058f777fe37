"""The mark of a page that is sorted by a day: what is not one of ours is the first page."""

from __future__ import annotations

from datetime import date

import pytest

from web.kit.marks import parse_after


def test_a_mark_is_a_day_and_a_number() -> None:
    assert parse_after("2026-04-10.17") == (date(2026, 4, 10), 17)


@pytest.mark.parametrize(
    "mark",
    [
        "", ".", "17", "2026-04-10", "2026-04-10.", ".17", "2026-04-31.17", "2026-04-10.x",
        "2026-04-10.-1", "2026-04-10.1.2", "2026-04-10.٣", "2026-04-10.99999999999999999999",
    ],
)  # fmt: skip
def test_anything_else_is_the_first_page(mark: str) -> None:
    assert parse_after(mark) is None
