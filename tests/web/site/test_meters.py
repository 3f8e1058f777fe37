"""The gauges of the world outside and of what goes on by itself: what is unknown is no number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import isnan
from typing import TYPE_CHECKING

import pytest
from prometheus_client import CollectorRegistry

from handlers.kit.lanes import LANES
from handlers.upkeep import figures, liveness
from handlers.upkeep.figures import Counted
from handlers.upkeep.liveness import QueueLength, Vitals
from handlers.upkeep.service_outages import SERVICES
from states.kit.errors import DatabaseUnavailable
from web.site import outside_meters
from web.site.outside_meters import OutsideMeters
from web.site.running_meters import RunningMeters

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.handlers.world import World
    from web.gate.composition import Composition

MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def sample(registry: CollectorRegistry, name: str, **labels: str) -> float:
    """Return what a gauge says."""
    found = registry.get_sample_value(name, labels)
    assert found is not None, (name, labels)
    return found


def outside_row(party: str, code: str, waits: int, minutes: int) -> dict[str, object]:
    """Return a row of the figure of what waits for a service, for so many minutes."""
    since = (MOMENT - timedelta(minutes=minutes)).isoformat()
    return {
        "party": party, "code": code, "waits": waits, "since": since, "last": since,
        "again": since, "cases": ["B000000001"],
    }  # fmt: skip


def told(world: World, counted: Counted | None) -> CollectorRegistry:
    """Return the gauges of the outside after a look."""
    registry = CollectorRegistry()
    OutsideMeters(registry).look(world.engine, counted)
    return registry


def test_each_service_says_how_much_waits_for_it_and_since_when(world: World) -> None:
    world.clock.set(MOMENT)
    rows = [outside_row("courier", "courier_away", 3, 10), outside_row("notice", "mail_away", 1, 2)]
    registry = told(world, Counted(MOMENT, {"outside": rows, figures.CLOCK: [{"seconds": -7.5}]}))
    waits = {one: sample(registry, "nes_outside_waiting", service=one) for one in SERVICES}
    assert waits == {**dict.fromkeys(SERVICES, 0.0), "courier": 3.0, "mail": 1.0}
    oldest = {one: sample(registry, "nes_outside_oldest_seconds", service=one) for one in SERVICES}
    assert oldest == {**dict.fromkeys(SERVICES, 0.0), "courier": 600.0, "mail": 120.0}
    assert sample(registry, "nes_clock_ahead_seconds", process="worker") == -7.5


def test_what_begins_to_wait_only_later_has_not_waited(world: World) -> None:
    world.clock.set(MOMENT)
    rows = [outside_row("courier", "courier_away", 1, -3)]
    registry = told(world, Counted(MOMENT, {"outside": rows}))
    assert sample(registry, "nes_outside_oldest_seconds", service="courier") == 0.0


def test_what_nobody_has_counted_is_no_number(world: World) -> None:
    registry = told(world, None)
    for name in SERVICES:
        assert isnan(sample(registry, "nes_outside_waiting", service=name))
        assert isnan(sample(registry, "nes_outside_oldest_seconds", service=name))
    assert isnan(sample(registry, "nes_clock_ahead_seconds", process="worker"))
    uncounted = told(world, Counted(MOMENT, {}))
    assert sample(uncounted, "nes_outside_waiting", service="token") == 0.0
    assert isnan(sample(uncounted, "nes_clock_ahead_seconds", process="worker"))


def test_the_own_clock_is_read_and_no_number_without_a_database(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside_meters, "difference", lambda _: timedelta(seconds=4, minutes=1))
    assert sample(told(world, None), "nes_clock_ahead_seconds", process="web") == 64.0

    def away(_: object) -> timedelta:
        raise DatabaseUnavailable("The database is away.")

    monkeypatch.setattr(outside_meters, "difference", away)
    assert isnan(sample(told(world, None), "nes_clock_ahead_seconds", process="web"))


RUNNING = (
    "nes_workers", "nes_effects_due", "nes_effects_due_oldest_timestamp_seconds",
    "nes_sweep_finished_timestamp_seconds", "nes_revocation_list_until_timestamp_seconds",
)  # fmt: skip


@pytest.fixture
def running(composition: Composition, tmp_path: Path) -> tuple[RunningMeters, CollectorRegistry]:
    """Give gauges of a house whose folder is there."""
    composition.settings.var.mkdir(exist_ok=True)
    assert composition.settings.var.is_relative_to(tmp_path)
    registry = CollectorRegistry()
    return RunningMeters(registry), registry


def test_the_vitals_become_gauges_in_seconds_since_1970(
    running: tuple[RunningMeters, CollectorRegistry],
    composition: Composition,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    meters, registry = running
    found = Vitals(
        workers=2, swept=MOMENT, list_until=MOMENT + timedelta(hours=1),
        list_since=MOMENT - timedelta(hours=1), list_entries=7, list_changes=9, blank_cards=12,
        queues={
            "making": QueueLength(4, MOMENT - timedelta(seconds=30)),
            "telling": QueueLength(1, MOMENT),
        },
    )  # fmt: skip
    monkeypatch.setattr(liveness, "read", lambda *_: found)
    monkeypatch.setattr(liveness, "room", lambda _: (3, 8))
    meters.look(composition.engine, composition.settings)
    cards = [sample(registry, f"nes_blank_cards{name}") for name in ("", "_low")]
    assert cards == [12, composition.settings.stock_low]
    at = MOMENT.timestamp()
    assert [sample(registry, name) for name in RUNNING] == [2, 5, at - 30, at, at + 3600]
    due = [sample(registry, "nes_queue_due", queue=one) for one in ("making", "telling")]
    assert due == [4, 1]
    oldest = "nes_queue_due_oldest_timestamp_seconds"
    assert sample(registry, oldest, queue="making") == at - 30
    assert sample(registry, oldest, queue="telling") == at
    assert sample(registry, "nes_revocation_list_timestamp_seconds") == at - 3600
    assert sample(registry, "nes_revocation_list_entries") == 7
    assert sample(registry, "nes_revocation_changes_waiting") == 9
    assert sample(registry, "nes_database_up") == 1
    assert sample(registry, "nes_disk_free_bytes") == 3
    assert sample(registry, "nes_disk_size_bytes") == 8


def test_a_moment_that_has_not_been_is_no_number(
    running: tuple[RunningMeters, CollectorRegistry],
    composition: Composition,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    meters, registry = running
    found = Vitals(
        workers=0, swept=None, list_until=None, list_since=None, list_entries=None, list_changes=0,
        blank_cards=None,
        queues={"making": QueueLength(0, None)},
    )  # fmt: skip
    monkeypatch.setattr(liveness, "read", lambda *_: found)
    meters.look(composition.engine, composition.settings)
    assert [sample(registry, name) for name in RUNNING[:2]] == [0, 0]
    assert all(isnan(sample(registry, name)) for name in RUNNING[2:])
    assert isnan(sample(registry, "nes_queue_due_oldest_timestamp_seconds", queue="making"))


def test_a_database_that_is_away_leaves_no_old_number_behind(
    running: tuple[RunningMeters, CollectorRegistry],
    composition: Composition,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    meters, registry = running
    meters.look(composition.engine, composition.settings)
    assert sample(registry, "nes_database_up") == 1
    assert [sample(registry, "nes_queue_due", queue=lane.name) for lane in LANES.lanes] == (
        [0] * len(LANES.lanes)
    )

    def away(*_: object) -> Vitals:
        raise DatabaseUnavailable("The database is away.")

    monkeypatch.setattr(liveness, "read", away)
    meters.look(composition.engine, composition.settings)
    assert sample(registry, "nes_database_up") == 0
    for lane in LANES.lanes:
        for name in ("nes_queue_due", "nes_queue_due_oldest_timestamp_seconds"):
            assert registry.get_sample_value(name, {"queue": lane.name}) is None
    assert all(isnan(sample(registry, name)) for name in RUNNING)
    assert sample(registry, "nes_disk_size_bytes") > sample(registry, "nes_disk_free_bytes") > 0


def test_a_folder_that_is_not_there_has_no_room_and_the_rest_is_told(
    running: tuple[RunningMeters, CollectorRegistry],
    composition: Composition,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    meters, registry = running

    def gone(_: Path) -> tuple[int, int]:
        raise FileNotFoundError

    monkeypatch.setattr(liveness, "room", gone)
    meters.look(composition.engine, composition.settings)
    assert isnan(sample(registry, "nes_disk_free_bytes"))
    assert isnan(sample(registry, "nes_disk_size_bytes"))
    assert sample(registry, "nes_database_up") == 1
