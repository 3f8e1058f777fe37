"""Tests that the row about cards makes whole cards on one side and bare keys on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.bench.rows import cards as card_rows

if TYPE_CHECKING:
    import pytest


def test_whole_cards_are_measured_against_bare_keys_and_signatures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[int] = []
    real = card_rows._made  # noqa: SLF001 - what is measured

    def counted(*what: object) -> bytes:
        made.append(len(what))
        return real(*what)  # type: ignore[arg-type]  # as it is called

    monkeypatch.setattr(card_rows, "_made", counted)
    monkeypatch.setattr(card_rows, "ROUNDS", 2)
    monkeypatch.setattr(card_rows, "PER_ROUND", 1)
    told: list[str] = []
    (row,) = card_rows.rows(told.append)
    assert (row.name, row.hold, row.aim) == ("certificate on a card, one process", 0.5, 0.75)
    assert row.ours > 0
    assert row.bare > 0
    assert len(made) == 2
    assert told == ["making cards"]
