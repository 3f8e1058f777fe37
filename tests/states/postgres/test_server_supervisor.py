"""The keeper of the embedded server: it comes back after a kill, and nothing outlives its users."""

from __future__ import annotations

import fcntl
import os
import signal
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest

from states.kit.errors import DatabaseUnavailable
from states.postgres import cluster, supervisor
from states.postgres.backoff import Restarts
from states.postgres.database import conninfo
from states.postgres.server import EmbeddedServer, start_server
from states.postgres.supervisor import Keeper, KeeperNotes, is_kept, locked, notes, told
from tests.kit.postgres import TUNING
from tests.states.postgres.test_server import (
    ask,
    folder,  # noqa: F401 - a fixture
    is_up,
    kill,
    other_process,
    postmaster,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 120.0


def wait(process: psutil.Process) -> None:
    """Wait until a process is gone."""
    gone, _ = psutil.wait_procs([process], timeout=PATIENCE)
    assert gone == [process]


def wait_until_back(server: EmbeddedServer) -> object:
    """Start as any other process does, which waits until the server is back; ask it something."""
    other = start_server(server.folder, TUNING)
    try:
        return ask(other, "SELECT word FROM kept")
    finally:
        other.close()


def test_a_killed_server_comes_back_and_so_does_a_killed_keeper(
    folder: Path,  # noqa: F811 - the fixture
) -> None:
    server = start_server(folder, {**TUNING, "fsync": "on"})
    url = conninfo(server.url("postgres"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'ığü' AS word")
        backend = connection.info.backend_pid
        frozen = psutil.Process(backend)
        frozen.suspend()  # it does not see that its server dies, and would keep the next one out
        assert server.look() == 0
        kill(postmaster(folder))
        assert wait_until_back(server) == "ığü"
        assert not frozen.is_running()
    assert server.look() == 1
    kept_by, running = psutil.Process(told(folder).pid), psutil.Process(postmaster(folder))
    kept_by.kill()
    wait(kept_by)
    wait(running)
    assert server.look() == 0
    assert ask(server, "SELECT word FROM kept") == "ığü"
    server.close()
    assert not is_up(folder)
    assert not is_kept(folder)


def test_nothing_runs_on_when_all_who_used_it_were_killed(
    folder: Path,  # noqa: F811 - the fixture
) -> None:
    other = other_process(folder)
    running, kept_by = psutil.Process(postmaster(folder)), psutil.Process(told(folder).pid)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        kept_by.send_signal(number)  # its end is that of the last share, whoever asks
    other.kill()
    other.communicate()
    wait(running)
    wait(kept_by)
    assert not is_up(folder)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    """Give a keeper whose server never comes up, beside somebody who holds a share."""

    def fail(_folder: Path) -> None:
        raise cluster.unavailable(tmp_path, "no room")

    monkeypatch.setattr(cluster, "launch", fail)
    place = tmp_path / "postgres"
    with (
        locked(supervisor.users(place), fcntl.LOCK_SH),
        locked(notes(place), fcntl.LOCK_EX) as note,
    ):
        yield Keeper(place, note, restarts=Restarts(most=3, within=600, first=0, longest=0))


def test_a_server_that_cannot_stay_up_is_given_up_with_its_reason(kept: Keeper) -> None:
    kept.folder.mkdir()
    (kept.folder / cluster.LOG).write_text("FATAL:  no room\n")
    beats = [kept.beat() for _ in range(5)]
    assert beats == [True, True, True, True, False]
    assert told(kept.folder) == KeeperNotes(os.getpid(), 3, "it ended 3 times in a row (no room)")
    share = os.open(supervisor.users(kept.folder), os.O_RDWR)
    server = EmbeddedServer(kept.folder, share, TUNING)
    assert server.look() == 3
    os.close(kept.note)
    with pytest.raises(DatabaseUnavailable, match="it ended 3 times in a row"):
        server.look()
    kept.note = os.open(notes(kept.folder), os.O_RDWR)
    server.close()


def test_a_pause_is_kept_before_the_next_start(kept: Keeper) -> None:
    kept.restarts.first = kept.restarts.longest = 600
    assert kept.beat()
    again_at = kept.again_at
    assert again_at is not None
    assert kept.beat()
    assert kept.again_at == again_at
    assert told(kept.folder).ends == 1


def test_a_server_that_does_not_come_up_is_told_with_its_reason(kept: Keeper) -> None:
    assert "no room" in kept.begin()


def test_a_keeper_that_is_dismissed_goes(kept: Keeper) -> None:
    kept.dismiss()
    assert not kept.beat()


def test_a_keeper_without_users_goes(kept: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[Path] = []
    monkeypatch.setattr(cluster, "stop", stopped.append)
    alone = Keeper(kept.folder.with_name("other"), kept.note)
    assert not alone.beat()
    assert stopped == [alone.folder]
    assert not is_kept(kept.folder)


def test_what_is_no_note_tells_nothing(tmp_path: Path) -> None:
    assert told(tmp_path / "postgres") == KeeperNotes()
    notes(tmp_path / "postgres").write_text("half")
    assert told(tmp_path / "postgres") == KeeperNotes()
