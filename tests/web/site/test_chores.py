"""What a worker does by the clock: each thing once, under its name, in its own time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.kit import rate_limits
from handlers.upkeep import figures
from states.cases.revocation import RevocationList
from states.people.session import TryCount
from web.site.chores import chores

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.handlers.world import World

EVERY = {
    "revocation_lists": 1.0, "post": 1.0, "receipts": 15.0, "policy": None, "signatures": None,
    "sessions": None, "figures": 60.0, "radar": 60.0, "letters": 600.0,
    "unit_letters": 2.0, "reminders": 600.0,
    "data_checks": 600.0, "ladder": 600.0, "asked_reminders": 2.0,
    "secrets": 60.0, "retention": 86_400.0, "guard": 60.0,
    "finished_jobs": 86_400.0, "forgetting": 86_400.0, "proof": 3.0, "absences": 300.0,
    "batches": 2.0, "uploads": 2.0,
}  # fmt: skip


def do(world: World) -> dict[str, Callable[[], object]]:
    """Return what is done, under its name."""
    return {chore.name: chore.do for chore in chores(world.engine)}


def test_each_is_done_once_in_its_own_time(world: World) -> None:
    made = chores(world.engine)
    assert [chore.name for chore in made] == list(EVERY)
    assert {chore.name: chore.every for chore in made} == EVERY


def test_in_an_office_in_which_nothing_is_due_each_comes_to_its_end(world: World) -> None:
    for name, done in do(world).items():
        done()
        done()
        assert name in EVERY


def test_the_figures_are_counted(world: World) -> None:
    assert figures.counted(world.engine).at is None
    do(world)["figures"]()
    assert figures.counted(world.engine).at == world.clock.now()


def test_a_revocation_list_is_there_after_the_first_look_and_fresh_at_the_second(
    world: World,
) -> None:
    refresh = do(world)["revocation_lists"]
    assert world.all(RevocationList) == []
    refresh()
    numbers = [one.number for one in world.all(RevocationList)]
    assert numbers
    refresh()
    assert [one.number for one in world.all(RevocationList)] == numbers


def test_wrong_guesses_are_forgotten_once_their_time_is_over(world: World) -> None:
    database, now = world.engine.database, world.clock.now()
    rate_limits.add(database, "code/1.2.3.4", 1, timedelta(minutes=5), now)
    rate_limits.add(database, "code/1.2.3.5", 1, timedelta(days=2), now)
    clean_up = do(world)["sessions"]
    clean_up()
    assert len(world.all(TryCount)) == 2
    world.clock.advance(days=1)
    clean_up()
    assert len(world.all(TryCount)) == 1
