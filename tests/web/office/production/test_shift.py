"""The figures of a shift: by hour of a day in Istanbul, by day, and as CSV."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.upkeep import figures
from tests.web.office.production.test_line import entry
from tests.web.office.queues.test_overview import pictures, rows_of
from web.office.production.shift import SERIES, ShiftFigures, ShiftRow, as_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor

    Many = Callable[..., list[int]]

SHIFT = "/ofis/uretim/vardiya"
FIRST_HOUR = datetime(2026, 3, 1, 21, 30, tzinfo=UTC)
"""Half past midnight of 2 March in Istanbul."""

_SPOILT = """
INSERT INTO journal (case_id, n, workflow, trigger, actor, at, body, prev, hash)
VALUES (900001, 3, 'card', 'spoil', 'user:1', :at, '{}', '', '')
"""


@pytest.fixture
def busy(world: World, many: Many) -> None:
    """Have cards made, failed, spoilt and handed over around the midnight before 2 March."""
    (case,) = many(1, "couriered")
    before, hour = FIRST_HOUR - timedelta(hours=1), timedelta(hours=1)
    for n, (trigger, at) in enumerate(
        (
            ("finish_production", before),
            ("finish_production", FIRST_HOUR),
            ("finish_production", FIRST_HOUR + timedelta(minutes=29)),
            ("finish_production", FIRST_HOUR + 2 * hour),
            ("production_failed", FIRST_HOUR),
            ("hand_to_courier", FIRST_HOUR + 2 * hour),
            ("deliver", FIRST_HOUR),
        ),
        start=50,
    ):
        entry(world, case, trigger, at, n=n)
    world.write(_SPOILT, at=FIRST_HOUR)


@pytest.mark.usefixtures("busy")
def test_the_hours_of_a_day_are_those_of_istanbul(operator: Visitor) -> None:
    page = operator.get(SHIFT)
    assert page.heading == "Vardiya sayıları"
    assert rows_of(page)[1:] == [
        ["00–01", "2", "1", "1", "0"], ["02–03", "1", "0", "0", "1"],
        ["Toplam", "3", "1", "1", "1"],
    ]  # fmt: skip
    assert "Yapılan kart, 2 Mart 2026: 3." in pictures(page)
    assert "Kuryeye verilen gönderi, 2 Mart 2026: 1." in pictures(page)
    assert "Henüz sayım yapılmadı" in page.text
    eve = operator.get(f"{SHIFT}?gun=2026-03-01")
    assert rows_of(eve)[1:] == [["23–24", "1", "0", "0", "0"], ["Toplam", "1", "0", "0", "0"]]


@pytest.mark.usefixtures("busy")
def test_the_last_days_are_those_that_the_worker_has_counted(
    world: World, operator: Visitor
) -> None:
    figures.count(world.engine)
    page = operator.get(SHIFT)
    assert ["01.03.2026", "1", "0", "0", "0"] in rows_of(page)
    assert ["02.03.2026", "3", "1", "1", "1"] in rows_of(page)
    assert ["Toplam", "4", "1", "1", "1"] in rows_of(page)
    assert "Yapılan kart, son 30 gün: 4." in pictures(page)


@pytest.mark.parametrize("typed", ["2026-03-03", "dün", "1999-12-31", "2026-02-30", "9" * 300])
@pytest.mark.usefixtures("busy")
def test_a_day_that_is_none_or_to_come_gets_a_sentence_and_today(
    operator: Visitor, typed: str
) -> None:
    page = operator.get(f"{SHIFT}?gun={typed}")
    assert "Yazılan gün anlaşılamadı ya da henüz gelmedi" in page.text
    assert page.title.startswith("Hata:")
    assert "2 Mart 2026" in page.all("h2")


@pytest.mark.usefixtures("busy")
def test_the_takeout_holds_what_the_page_shows(world: World, operator: Visitor) -> None:
    answer = operator.client.get(f"{SHIFT}.csv?gun=2026-03-02")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="uretim-2026-03-02.csv"'
    lines = answer.text.removeprefix("\ufeff").splitlines()
    assert lines[0].split(";")[0].strip('"') == "Saat, 02.03.2026"
    assert lines[1].split(";") == ["00–01", "2", "1", "1", "0"]
    assert lines[-1].split(";") == ["Toplam", "3", "1", "1", "1"]
    assert len(lines) == 1 + 24 + 1
    figures.count(world.engine)
    days = operator.client.get(f"{SHIFT}.csv").text.splitlines()
    assert len(days) == 1 + figures.DAYS_BACK + 1
    assert days[-2].split(";") == ["02.03.2026", "3", "1", "1", "1"]


def test_an_empty_day_says_so(operator: Visitor, officer: Visitor) -> None:
    assert "Bu aralıkta hiçbir şey yapılmadı." in operator.get(SHIFT).text
    assert officer.get(SHIFT).heading == "Vardiya sayıları"


def test_nobody_outside_the_desk_sees_a_shift(auditor: Visitor) -> None:
    auditor.get(SHIFT, status=403)
    assert auditor.client.get(f"{SHIFT}.csv").status_code == 403


def test_the_table_ends_with_the_sum_of_its_columns() -> None:
    found = ShiftFigures([ShiftRow("a", (1, 2, 3, 4)), ShiftRow("b", (5, 0, 0, 0))])
    assert list(as_table(found, "Saat"))[-1] == ("Toplam", 6, 2, 3, 4)
    assert found.of("hand_to_courier") == [("a", 4), ("b", 0)]
    assert [len(row.counts) for row in found.rows] == [len(SERIES)] * 2
