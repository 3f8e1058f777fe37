"""What a holder is told 400, 100, 40, 20, 1, 0 and −1 days before the end of their certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.ways.durations import STATED
from handlers.ways.router import Situation, route
from handlers.ways.way import RoutingDay
from tests.handlers.ways.people import NOW, certificate, person

if TYPE_CHECKING:
    from workflow.model.definition import Definition


@dataclass(frozen=True)
class Told:
    """What a card says: situation, last day, first day, day of the card by each open method."""

    situation: str
    by: date | None
    opens: date | None
    days: dict[str, date]
    gaps: dict[str, int]
    closed: dict[str, str]


def november(day: int) -> date:
    """Return a day of November 2026."""
    return date(2026, 11, day)


def december(day: int) -> date:
    """Return a day of December 2026."""
    return date(2026, 12, day)


BY_METHOD = ("e_onay", "e_imza", "wet_signature", "in_person")
TABLE = {
    400: Told(
        "far", date(2027, 12, 4), date(2027, 10, 4),
        dict.fromkeys(BY_METHOD, date(2027, 11, 11)), {}, {},
    ),
    100: Told(
        "early", date(2027, 2, 10), december(10),
        dict.fromkeys(BY_METHOD, date(2027, 1, 17)), {}, {},
    ),
    40: Told(
        "due", december(9), date(2026, 10, 9),
        {
            "e_onay": december(7), "e_imza": december(7), "wet_signature": december(15),
            "in_person": december(10),
        },
        {}, {},
    ),
    20: Told(
        "late", november(30), date(2026, 9, 20),
        {
            "e_onay": december(7), "e_imza": december(7), "wet_signature": december(15),
            "in_person": december(10),
        },
        {}, {},
    ),
    10: Told(
        "late", november(30), date(2026, 9, 10),
        {
            "e_onay": december(7), "e_imza": december(7), "wet_signature": december(15),
            "in_person": december(10),
        },
        {"wet_signature": 4}, {},
    ),
    1: Told(
        "late", november(30), date(2026, 9, 1),
        {"e_onay": december(7), "e_imza": december(7), "in_person": december(10)},
        {"e_onay": 5, "e_imza": 5, "in_person": 8}, {"wet_signature": "ways.too_late"},
    ),
    0: Told(
        "last_day", november(30), date(2026, 8, 30),
        {"e_onay": december(7), "e_imza": december(7), "in_person": december(10)},
        {"e_onay": 6, "e_imza": 6, "in_person": 9}, {"wet_signature": "ways.too_late"},
    ),
    -1: Told(
        "ended", None, None, {"in_person": december(10)}, {"in_person": 10},
        {"wet_signature": "paper_accepted"},
    ),
}  # fmt: skip
"""From 30.11.2026 by the stated durations: 5 days to post, 3 to look, 3 to make, 4 to bring."""


@pytest.fixture
def day(definitions: dict[str, Definition]) -> RoutingDay:
    """Give the shipped definition on 30 November 2026."""
    return RoutingDay(definitions["application"], NOW, STATED)


@pytest.mark.parametrize("ends_in", TABLE)
def test_each_holder_is_told_what_by_when_and_how(day: RoutingDay, ends_in: int) -> None:
    found = route(person(certificate(ends_in)), day)
    assert (
        Told(
            found.card.situation,
            found.card.by,
            found.card.opens,
            {way.method: way.expected for way in found.open},
            {way.method: way.gap.days for way in found.open if way.gap},
            {way.method: way.verdict.code for way in found.closed},
        )
        == TABLE[ends_in]
    )
    best = found.open[0]
    assert found.card.way == best
    assert found.card.expected == best.expected
    assert best.kind == ("first" if ends_in < 0 else "renewal")
    assert best.method == ("in_person" if ends_in < 0 else "e_onay")
    assert found.card.asks == (ends_in <= 40)
    assert found.card.situation is Situation(TABLE[ends_in].situation)
