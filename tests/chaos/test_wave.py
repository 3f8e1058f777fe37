"""Workers are killed in the middle of a wave, and what is wrong afterwards would be seen."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from signing.tokens import shards
from tests.chaos.wave.__main__ import IN_ROOMS
from tests.chaos.wave.batch import Batch
from tests.chaos.wave.crew import Wave
from tests.chaos.wave.findings import Looker
from tests.chaos.wave.stages import PRODUCTION
from tests.chaos.wave.victims import Doom, Victim, forked
from web.bench.wave.ground import wave_ground

if TYPE_CHECKING:
    from pathlib import Path

    from states.postgres.server import EmbeddedServer


def test_a_wave_outlives_kills_at_its_points(server: EmbeddedServer, tmp_path: Path) -> None:
    wave = Wave(tmp_path, 10, 3, 600, lambda _: None, due=40, lanes=1, of_many=5)
    wave.run_on(server)
    assert wave.wrong == {}, wave.said
    assert wave.killed.total() >= 10
    stages = {name.partition("/")[0] for name in wave.killed}
    assert {"release of many", "start of many", "production"} <= stages


def test_stations_outlive_kills_at_their_points(server: EmbeddedServer, tmp_path: Path) -> None:
    seed = 2
    assert (seed + 1_000) % IN_ROOMS == 0
    wave = Wave(tmp_path, 5, seed, 600, lambda _: None, due=0, lanes=1)
    wave.run_on(server)
    assert wave.wrong == {}, wave.said
    assert wave.killed.total() >= 5
    assert "rooms" in {name.partition("/")[0] for name in wave.killed}


def test_what_killed_processes_could_leave_is_found(server: EmbeddedServer, tmp_path: Path) -> None:
    with wave_ground(server.url("postgres"), tmp_path) as ground, ground.office(2) as office:
        office.composition.database.dispose()
        looker = Looker(office)
        before = looker.before()
        shard = office.folder / "tokens" / shards.CARDS / "00"
        (shard / "card-STRAY" / "tokens").mkdir(parents=True)
        (shard / "card-STRAY" / "tokens" / "file.draft").touch()
        (shard / ".card-HALF").mkdir()
        looker.site.ask("INSERT INTO card (serial, maker, status, created_at)"
                        " VALUES ('LOST', 'x', 'made', '2026-01-01')")  # fmt: skip
        (office.folder / "victims.log").write_text('{"event": "ended_by_error"}\n')
        assert looker.look(before) == {
            "lost: not with the courier": 2,
            "lost: no form went with the card": 2,
            "lost: its person was not told": 2,
            "lost: in no letter to its institution": 2,
            "lost: a booking": 2,
            "lost or twice: parcels of one case": 2,
            "lost or twice: chip cards of one case": 2,
            "lost: a change that is in no list": 2,
            "twice or not: certificates in force": 2,
            "orphan: a card that no certificate knows": 1,
            "orphan: a card in a shard that no row knows": 1,
            "orphan: a file half copied": 1,
            "orphan: a card half put down": 1,
            "in the log: ended_by_error": 1,
        }


def test_a_seed_says_who_dies_where() -> None:
    told = []
    for seed in (1, 1, 2):
        batch = Batch(9, seed)
        dooms = [batch.doom(PRODUCTION) for _ in range(40)]
        told.append([(doom.point, doom.passing) for doom in dooms])
    assert told[0] == told[1] != told[2]
    assert len({point for point, _ in told[0]}) > 10
    assert all(passing == 1 for point, passing in told[0] if point in PRODUCTION.once)


@pytest.mark.parametrize(("passing", "lives"), [(1, 0), (3, 2)])
def test_a_process_dies_at_the_passing_it_is_told(passing: int, lives: int, tmp_path: Path) -> None:
    doom = Doom("here", passing)

    def live(told: int) -> None:
        for _ in range(5):
            doom("there")
            doom("here")
            os.write(told, b".")

    process, reading = forked(live, tmp_path / "log")
    _, status = os.waitpid(process, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert os.read(reading, 100) == b"." * lives
    os.close(reading)


def test_a_process_that_meets_no_point_is_killed_from_outside(tmp_path: Path) -> None:
    process, reading = forked(lambda told: signal.pause() if os.write(told, b".") else None,
                              tmp_path / "log")  # fmt: skip
    victim = Victim(process, reading, Doom("never", 1))
    assert victim.is_up(60)
    assert os.WTERMSIG(victim.end(0.01)) == signal.SIGKILL
