"""What an application costs and who pays, by the dated table."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.kit.fees import PAYERS, WrongFees, charge_of, read_table, shipped

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

TABLE = """
currency: TRY
fees:
  - {from: 2026-02-01, kind: first, kurus: 250}
  - {from: 2020-01-01, kind: first, kurus: 100}
"""


def test_the_newest_row_of_a_kind_that_has_begun_applies() -> None:
    table = read_table(TABLE)
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2026, 1, 31), date(2026, 2, 1)]
    assert [table.on("first", day) for day in days] == [None, 100, 100, 250]
    assert table.on("renewal", days[-1]) is None


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("[]", "`currency` and `fees`"),
        ("{currency: TRY, fees: [], more: 1}", "nothing else"),
        ("{currency: lira, fees: []}", "no code of a currency"),
        ("{currency: 7, fees: []}", "no code of a currency"),
        ("{currency: TRY, fees: [{from: x, kind: a, kurus: 1}]}", "row 1"),
        ("{currency: TRY, fees: [{from: 2026-01-01, kind: a, kurus: -1}]}", "row 1"),
        ("{currency: TRY, fees: [{from: 2026-01-01, kind: a, kurus: 100000001}]}", "row 1"),
        ("{currency: TRY, fees: [{from: 2026-01-01, kind: a, kurus: 1, x: 1}]}", "row 1"),
        (TABLE.replace("2020-01-01", "2026-02-01"), "two rows of one day"),
    ],
)
def test_a_table_that_cannot_be_is_refused_with_its_row(table: str, said: str) -> None:
    with pytest.raises(WrongFees, match=said):
        read_table(table)


def test_every_kind_has_a_payer_and_whoever_pays_an_amount(world: World) -> None:
    definition = world.engine.library.workflow("application")
    day = date(2026, 3, 2)
    charges = {kind: charge_of(definition, kind, day) for kind in definition.kinds}
    assert {one.payer for one in charges.values()} == set(PAYERS)
    for one in charges.values():
        assert one.currency == "TRY"
        assert (one.kurus == 0) is (one.payer == "authority")
    assert charges["renewal"].kurus == 85_000
    assert charge_of(definition, "renewal", date(2025, 12, 31)).kurus == 13_000
    assert charge_of(definition, "renewal", date(2018, 5, 27)).kurus is None
    assert {one.kind for one in shipped().fees} <= set(definition.kinds)
