"""Each number of the radar is the count of the list that it leads to, whatever has happened."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import cycle
from typing import TYPE_CHECKING

from handlers.radar.standing import RadarStanding
from handlers.radar.sweep import sweep
from handlers.ways.asked import routing_day
from states.cases.application import Application
from states.people.institution import Institution
from states.people.radar import RadarFigure
from tests.handlers.radar.test_sweep import Crowd
from tests.kit.handlers.consents import consented
from web.institution import figures, roster
from web.institution.roster import WITH, WITHOUT, RosterFilter

if TYPE_CHECKING:
    from typing import Any

    import pytest

    from tests.kit.handlers.world import World


class Counted:
    """The list of the coordinators, counted as a page does."""

    def __init__(self, world: World) -> None:
        self.world, self.routing = world, routing_day(world.engine)

    def total(self, within: str, **filters: Any) -> int:  # noqa: ANN401 - as the filter takes them
        """Return how many lines a filtered list has."""
        found = roster.read(
            self.world.engine.database, RosterFilter(within, **filters), self.routing
        )
        return found.total


STATES = ("held", "couriered", "awaiting_collection", "e_onay", "queued", "in_review")
"""States of applications of which most have a cell of their own."""


def test_each_cell_is_the_count_of_its_list(world: World) -> None:
    crowd = Crowd(world, 1)
    for _ in range(40):
        crowd.happen()
    for me in sorted(crowd.people)[::3]:
        consented(world, me)
    for one, state in zip(world.all(Application, state="draft"), cycle(STATES), strict=False):
        world.write("UPDATE application SET state = :state WHERE id = :id", state=state, id=one.id)
    sweep(world.engine)
    listed, kept = Counted(world), {row.institution_id: row for row in world.all(RadarFigure)}
    for unit in world.all(Institution):
        row = kept[unit.id]
        # What is in no cell is in no list: every line has one standing, and these are all of them.
        assert sum(row.counts.values()) == row.total == listed.total(unit.path)
        assert sum(row.own.values()) == listed.total(unit.path, alone=True)
        for one, number in row.counts.items():
            assert number == listed.total(unit.path, standing=one), (unit.code, one)
        for one, number in row.own.items():
            assert number == listed.total(unit.path, alone=True, standing=one), (unit.code, one)
        assert row.unconsented == listed.total(unit.path, consent=WITHOUT)
        assert row.total - row.unconsented == listed.total(unit.path, consent=WITH)
    [top] = world.all(Institution, code="TEST")
    assert len(kept[top.id].counts) > 4
    for day, number in kept[top.id].days.items():
        assert number == listed.total(top.path, day=date.fromisoformat(day)) > 0
    assert sum(kept[top.id].days.values()) == kept[top.id].total


def test_months_and_waves_lead_to_lists_of_the_same_number(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "COHORT", 2)
    crowd = Crowd(world, 5)
    for _ in range(16):
        crowd.arrive()
    sweep(world.engine)
    [row] = world.all(Institution, code="TEST-16")
    top, today = world.read(Institution, row.id), routing_day(world.engine).today
    radar, listed = figures.read(world.engine.database, top, today, 1), Counted(world)
    months = radar.months(today)
    assert [number for _, number in months] == [
        listed.total(top.path, month=month) for month, _ in months
    ]
    assert sum(number for _, number in months) > 0
    waves = radar.cohorts(today)
    assert waves
    assert all(listed.total(top.path, day=day) == number for day, number in waves)
    page = roster.read(world.engine.database, RosterFilter(top.path), listed.routing)
    every = Counter(one.ends_on for one in page.lines if one.ends_on >= today)
    assert dict(waves) == {day: number for day, number in every.items() if number >= 2}


def test_filters_narrow_each_other_and_bands_share_out_the_list(world: World) -> None:
    crowd = Crowd(world, 7)
    for _ in range(14):
        crowd.arrive()
    for me in sorted(crowd.people)[::2]:
        consented(world, me)
    sweep(world.engine)
    [row] = world.all(Institution, code="TEST")
    path, listed = row.path, Counted(world)
    page = roster.read(world.engine.database, RosterFilter(path), listed.routing)
    assert sum(page.bands.values()) == sum(n for _, n in page.months) == page.total
    assert {band: listed.total(path, band=band) for band in roster.BANDS} == dict(page.bands)
    for one in RadarStanding:
        parts = [listed.total(path, standing=one.value, consent=c) for c in (WITH, WITHOUT)]
        assert sum(parts) == listed.total(path, standing=one.value)
    assert listed.total(path, standing="late", band="sonra") == 0
    assert listed.total(path, band="nothing") == page.total
    assert [one.ends_on for one in page.lines] == sorted(one.ends_on for one in page.lines)
