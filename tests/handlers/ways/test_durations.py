"""How long the steps take by the journal, once it knows enough cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from handlers.ways.durations import ENOUGH, STATED, DurationKeeper, Durations, measure

if TYPE_CHECKING:
    import pytest

    from tests.kit.handlers.world import World

BEGUN = datetime(2026, 2, 1, 9, 0, tzinfo=UTC)
_ENTRY = """
INSERT INTO journal (case_id, n, workflow, trigger, actor, at, body, prev, hash)
VALUES (:case, :n, 'application', :trigger, 'system:test', :at, '{}', sha256('p'), sha256('h'))
"""


def moved(world: World, case: int, **moves: float) -> None:
    """Write moves of a case into the journal, each so many days after the beginning."""
    for n, (trigger, days) in enumerate(moves.items(), start=1):
        at = BEGUN + timedelta(days=days)
        world.write(_ENTRY, case=case, n=n, trigger=trigger, at=at)


def test_a_young_journal_is_not_believed(world: World) -> None:
    assert measure(world.engine.database) == STATED
    for case in range(1000, 1000 + ENOUGH - 1):
        moved(world, case, register_paper=0, approve_paper=9)
    assert measure(world.engine.database) == STATED
    moved(world, 2000, register_paper=0, approve_paper=9)
    assert measure(world.engine.database) == Durations(review=9)
    assert STATED.card == STATED.making + STATED.delivery == 7


def test_the_median_counts_from_the_last_beginning_within_bounds(world: World) -> None:
    for case in range(1000, 1000 + ENOUGH):
        odd = case % 2
        moved(
            world, case, use_wet_signature=0, register_paper=90, approve_paper=90.1,
            queue=91, release=92, hand_to_courier=93.5 if odd else 95.5, deliver=100,
        )  # fmt: skip
    moved(world, 2000, register_paper=0, approve_paper=80)
    found = measure(world.engine.database)
    assert found == Durations(posting=30, review=1, making=3, delivery=6)


def test_they_are_kept_for_an_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper, now = DurationKeeper(), world.clock.now()
    answers = iter((Durations(review=1), Durations(review=2), Durations(review=3)))
    monkeypatch.setattr("handlers.ways.durations.measure", lambda _: next(answers))
    database = world.engine.database
    assert keeper.of(database, now).review == 1
    assert keeper.of(database, now + timedelta(minutes=59)).review == 1
    assert keeper.of(database, now + timedelta(hours=1)).review == 2
    assert keeper.of(database, now).review == 3  # a clock that was set back
