"""The mark in an address from which row on a list goes on that is sorted by a day."""

from __future__ import annotations

from datetime import date

from states.kit.reference import read_number


def parse_after(mark: str) -> tuple[date, int] | None:
    """Read the mark of a page sorted by a day; one that is not ours is the first page."""
    day, _, written = mark.partition(".")
    number = read_number(written)
    try:
        return None if number is None else (date.fromisoformat(day), number)
    except ValueError:
        return None
