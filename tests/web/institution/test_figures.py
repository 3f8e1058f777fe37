"""What the radar makes of the kept figures: shares, months, waves, changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.radar.standing import RadarStanding
from handlers.radar.sweep import sweep
from states.people.institution import Institution
from states.people.radar import RadarWeek
from tests.web.institution.conftest import ROW, listed
from web.institution import figures
from web.institution.figures import Radar, UnitFigures, WeekAgo

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.web.institution.conftest import Coordinator

TODAY = date(2026, 3, 15)
NOBODY = UnitFigures("K", "Kurum")
RADAR = Radar(None, NOBODY, NOBODY, (), 0, {}, None)


@pytest.mark.parametrize(
    ("total", "unconsented", "consented", "share"),
    [(0, 0, 0, 0), (3, 3, 0, 0), (3, 0, 3, 100), (1000, 1, 999, 99), (3, 1, 2, 66)],
)
def test_a_campaign_is_over_when_everybody_has_given_it(
    total: int, unconsented: int, consented: int, share: int
) -> None:
    unit = UnitFigures("K", "Kurum", total, unconsented)
    assert (unit.consented, unit.share) == (consented, share)


def test_the_months_ahead_begin_with_this_one_and_cross_the_year() -> None:
    days = {
        date(2026, 2, 28): 1,
        date(2026, 3, 1): 2,
        date(2026, 3, 31): 3,
        date(2027, 1, 1): 4,
        date(2027, 2, 28): 5,
        date(2027, 3, 1): 6,
    }
    months = replace(RADAR, days=days).months(TODAY)
    assert months[0] == (date(2026, 3, 1), 5)
    assert months[10:] == [(date(2027, 1, 1), 4), (date(2027, 2, 1), 5)]
    assert sum(count for _, count in months) == 14


def test_waves_are_days_to_come_on_which_many_end() -> None:
    days = {
        TODAY - timedelta(days=1): figures.COHORT,
        TODAY: figures.COHORT,
        TODAY + timedelta(days=9): figures.COHORT + 1,
        TODAY + timedelta(days=2): figures.COHORT - 1,
    }
    assert replace(RADAR, days=days).cohorts(TODAY) == [
        (TODAY, figures.COHORT),
        (TODAY + timedelta(days=9), figures.COHORT + 1),
    ]
    many = {TODAY + timedelta(days=n): figures.COHORT for n in range(40)}
    assert len(replace(RADAR, days=many).cohorts(TODAY)) == figures.MOST_COHORTS


def test_only_what_is_another_number_has_changed() -> None:
    now = replace(NOBODY, counts={"late": 2, "held": 1, "on_track": 5})
    then = WeekAgo(TODAY, 7, 0, {"late": 1, "on_track": 5, "ended": 3})
    assert figures.changes(replace(RADAR, whole=now)) == []
    assert figures.changes(replace(RADAR, whole=now, before=then)) == [
        (RadarStanding.LATE, 1, 2),
        (RadarStanding.ENDED, 3, 0),
        (RadarStanding.HELD, 0, 1),
    ]


def test_it_is_compared_with_at_least_a_week_ago_or_with_the_oldest(
    world: World, coordinator: Coordinator
) -> None:
    coordinator.upload(listed(ROW))
    sweep(world.engine)
    database = world.engine.database
    (unit,) = world.all(Institution, code="TEST-16-01")
    kept = world.all(RadarWeek, institution_id=unit.id)
    (week,) = (row.week for row in kept)

    def compared(today: date) -> date | None:
        found = figures.read(database, unit, today, 1).before
        return None if found is None else found.week

    assert compared(week) == week
    for weeks in (1, 2):
        world.write(
            "INSERT INTO radar_week SELECT institution_id, week + 7 * :n, 0, 0, '{}'"
            " FROM radar_week WHERE week = :week", n=weeks, week=week,
        )  # fmt: skip
    assert compared(week + timedelta(days=13)) == week
    assert compared(week + timedelta(days=14)) == week + timedelta(days=7)
    world.write("DELETE FROM radar_week")
    assert compared(week) is None


def test_a_unit_that_was_never_counted_has_nobody(world: World, coordinator: Coordinator) -> None:
    coordinator.upload(listed(ROW))
    (unit,) = world.all(Institution, code="TEST-16-01")
    found = figures.read(world.engine.database, unit, TODAY, 1)
    assert (found.swept_at, found.whole, found.own.total) == (
        None, UnitFigures(unit.code, unit.name), 0,
    )  # fmt: skip
    assert [child.total for child in found.children] == [0, 0]
    assert found.units == 2


def test_units_to_choose_from_are_those_with_others_below(world: World) -> None:
    database = world.engine.database
    (top,) = world.all(Institution, code="TEST-16")
    (school,) = world.all(Institution, code="TEST-16-01-1")
    assert [code for code, _ in figures.parents(database, top)] == [
        "TEST-16", "TEST-16-01", "TEST-16-02",
    ]  # fmt: skip
    assert [code for code, _ in figures.parents(database, school)] == ["TEST-16-01-1"]
    assert [code for code, _ in figures.above(database, top, school)] == ["TEST-16", "TEST-16-01"]
    assert figures.above(database, top, top) == []
