"""Tests of the embedded server: one for a folder, shared, and up again after any kill."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest

from states.kit.errors import DatabaseUnavailable
from states.postgres.cluster import DISCREET, DURABLE, failure_reason
from states.postgres.database import conninfo
from states.postgres.server import EmbeddedServer, start_server
from tests.house.tree import ROOT
from tests.kit.postgres import TUNING

if TYPE_CHECKING:
    from collections.abc import Iterator


HOLDER = """
import sys
from pathlib import Path
from states.postgres.server import start_server
server = start_server(Path(sys.argv[1]), {"fsync": "off", "shared_buffers": "16MB"})
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a place for a cluster, and stop whatever a test left running there."""
    parent = Path(tempfile.mkdtemp(prefix="nes-server-"))
    yield parent / "postgres"
    if (parent / "postgres" / "postmaster.pid").exists():
        start_server(parent / "postgres", TUNING).close()
    shutil.rmtree(parent)


def ask(server: EmbeddedServer, query: str) -> object:
    with psycopg.connect(conninfo(server.url("postgres"))) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def postmaster(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().split("\n", 1)[0])


def is_up(folder: Path) -> bool:
    return (folder / "postmaster.pid").exists()


def other_process(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def finish(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=60)
    assert process.returncode == 0


def kill(pid: int) -> None:
    """Kill the server as a power cut would, and wait until it is gone or a zombie."""
    process = psutil.Process(pid)
    process.kill()
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        os.sched_yield()


def test_a_server_keeps_what_was_written_over_a_stop_and_a_start(folder: Path) -> None:
    server = start_server(folder, TUNING)
    with psycopg.connect(conninfo(server.url("postgres"))) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'ığüşöç' AS word")
    server.close()
    assert not is_up(folder)
    again = start_server(folder, TUNING)
    assert ask(again, "SELECT word FROM kept") == "ığüşöç"
    again.close()


def test_the_tuning_is_in_force_from_the_first_start(folder: Path) -> None:
    server = start_server(folder)
    for name, value in DURABLE.items():
        wanted = {"wal_compression": "pglz"}.get(name, value)
        assert ask(server, f"SELECT current_setting('{name}')") == wanted
    assert ask(server, "SHOW server_encoding") == "UTF8"
    assert ask(server, "SHOW listen_addresses") == ""
    server.close()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO person VALUES ('10000000146')",
        "SELECT CAST('10000000146 and more' AS integer)",
        "SELECT person_10000000146",
    ],
)
def test_the_log_holds_nothing_of_a_statement_that_failed(folder: Path, statement: str) -> None:
    server = start_server(folder, {**TUNING, **DISCREET})
    with psycopg.connect(conninfo(server.url("postgres")), autocommit=True) as connection:
        connection.execute("CREATE TABLE person (number text PRIMARY KEY)")
        connection.execute("INSERT INTO person VALUES (%s)", ["10000000146"])
        with pytest.raises(psycopg.Error):
            connection.execute(statement.encode())
    server.close()
    log = (folder / "server.log").read_text()
    assert "ready to accept connections" in log
    assert "10000000146" not in log


def test_a_changed_tuning_holds_from_the_next_start(folder: Path) -> None:
    start_server(folder, TUNING).close()
    server = start_server(folder, {**TUNING, "work_mem": "7MB"})
    assert ask(server, "SHOW work_mem") == "7MB"
    server.close()


def test_a_server_never_runs_as_root_and_its_folder_is_closed_to_others(folder: Path) -> None:
    server = start_server(folder, TUNING)
    assert psutil.Process(postmaster(folder)).uids().real != 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    server.close()


def test_the_last_share_stops_the_server_and_no_other_one_does(folder: Path) -> None:
    first = start_server(folder, TUNING)
    second = start_server(folder, TUNING)
    pid = postmaster(folder)
    first.close()
    first.close()
    assert postmaster(folder) == pid
    assert ask(second, "SELECT 1") == 1
    second.close()
    assert not is_up(folder)


def test_processes_share_one_server(folder: Path) -> None:
    mine = start_server(folder, TUNING)
    pid = postmaster(folder)
    other = other_process(folder)
    mine.close()
    assert postmaster(folder) == pid
    finish(other)
    assert not is_up(folder)


def test_a_killed_process_does_not_keep_the_server_up(folder: Path) -> None:
    other = other_process(folder)
    mine = start_server(folder, TUNING)
    other.kill()
    other.communicate()
    assert ask(mine, "SELECT 1") == 1
    mine.close()
    assert not is_up(folder)


def test_threads_that_start_together_get_one_server(folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        servers = list(pool.map(lambda _: start_server(folder, TUNING), range(4)))
    assert [ask(server, "SELECT 1") for server in servers] == [1, 1, 1, 1]
    for server in servers:
        server.close()
    assert not is_up(folder)


def test_a_killed_server_recovers_what_was_committed(folder: Path) -> None:
    server = start_server(folder, {**TUNING, "fsync": "on"})
    with psycopg.connect(conninfo(server.url("postgres"))) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    kill(postmaster(folder))
    again = start_server(folder, TUNING)
    assert ask(again, "SELECT n FROM kept") == 7
    server.close()
    again.close()
    assert not is_up(folder)


def test_closing_after_the_server_was_killed_is_no_error(folder: Path) -> None:
    server = start_server(folder, TUNING)
    kill(postmaster(folder))
    server.close()
    again = start_server(folder, TUNING)
    assert ask(again, "SELECT 1") == 1
    again.close()


def test_a_stranger_with_the_old_number_is_not_taken_for_the_server(folder: Path) -> None:
    start_server(folder, TUNING).close()
    note = f"{os.getpid()}\n{folder}\n1\n5432\n{folder}\n\n1 1\nready\n"
    (folder / "postmaster.pid").write_text(note)
    (folder / ".s.PGSQL.5432.lock").write_text(note)
    server = start_server(folder, TUNING)
    assert postmaster(folder) != os.getpid()
    assert ask(server, "SELECT 1") == 1
    server.close()


def test_half_a_cluster_left_by_a_kill_is_made_anew(folder: Path) -> None:
    draft = folder.with_name("postgres.new")
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    server = start_server(folder, TUNING)
    assert ask(server, "SELECT 1") == 1
    assert not draft.exists()
    server.close()


def test_a_server_that_is_still_starting_is_waited_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = start_server(folder, TUNING)
    ready = (folder / "postmaster.pid").read_text()
    (folder / "postmaster.pid").write_text(ready.replace("ready", "starting"))
    waits: list[float] = []

    def becomes_ready(seconds: float) -> None:
        waits.append(seconds)
        (folder / "postmaster.pid").write_text(ready)

    # Whoever waits later, for its end, must not find it ready again.
    with monkeypatch.context() as patch:
        patch.setattr("states.postgres.server.time.sleep", becomes_ready)
        second = start_server(folder, TUNING)
    assert waits == [0.1]
    first.close()
    second.close()


def test_a_server_that_never_settles_is_given_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = start_server(folder, TUNING)
    ready = (folder / "postmaster.pid").read_text()
    (folder / "postmaster.pid").write_text(ready.replace("ready", "stopping"))
    with monkeypatch.context() as patch:
        patch.setattr("states.postgres.server.time.sleep", lambda _seconds: None)
        patch.setattr("states.postgres.cluster.START_SECONDS", 1)
        with pytest.raises(DatabaseUnavailable, match="neither ready nor gone"):
            start_server(folder, TUNING)
    (folder / "postmaster.pid").write_text(ready)
    first.close()


@pytest.mark.parametrize("name", ["x" * 120, "bo şluk", "tır'nak\"lı", "a,b;$c"])
def test_a_long_or_odd_path_is_no_obstacle(folder: Path, name: str) -> None:
    odd = folder.with_name(name) / "postgres"
    server = start_server(odd, TUNING)
    assert ask(server, "SHOW data_directory") == str(odd)
    second = start_server(odd, TUNING)
    server.close()
    assert ask(second, "SELECT 1") == 1
    second.close()
    assert not is_up(odd)


def test_the_short_socket_folder_of_another_user_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = folder.with_name("x" * 120) / "postgres"
    monkeypatch.setattr(tempfile, "tempdir", str(folder.parent))
    server = start_server(long, TUNING)
    (short,) = folder.parent.glob("nes-*")
    assert stat.S_IMODE(short.stat().st_mode) == 0o700
    server.close()
    assert not short.exists()
    short.symlink_to(folder.parent)
    with pytest.raises(DatabaseUnavailable, match="belongs to another user"):
        start_server(long, TUNING)


def test_data_of_another_version_is_refused_with_the_servers_own_words(folder: Path) -> None:
    start_server(folder, TUNING).close()
    (folder / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(DatabaseUnavailable, match="database files are incompatible") as caught:
        start_server(folder, TUNING)
    assert caught.value.params == {"where": str(folder)}
    assert "NES_DATABASE_URL" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_failed_start_leaves_no_share_behind(folder: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="contains errors"):
        start_server(folder, {"shared_buffers": "a lot"})
    server = start_server(folder, TUNING)
    server.close()
    assert not is_up(folder)
    assert (folder / "server.old.log").exists()


def test_a_failed_cluster_says_why(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Path.mkdir

    def with_something_in_it(path: Path, mode: int = 0o777, **options: bool) -> None:
        made(path, mode, **options)
        if path.name == "postgres.new":
            (path / "something").touch()

    monkeypatch.setattr(Path, "mkdir", with_something_in_it)
    with pytest.raises(DatabaseUnavailable, match="exists but is not empty"):
        start_server(folder, TUNING)
    assert not folder.exists()


def test_a_place_that_is_no_folder_is_refused(folder: Path) -> None:
    folder.parent.joinpath("file").touch()
    with pytest.raises(DatabaseUnavailable, match=r"Not a directory|File exists"):
        start_server(folder.parent / "file" / "postgres", TUNING)


def test_a_missing_package_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("states.postgres.cluster.find_spec", lambda _name: None)
    with pytest.raises(DatabaseUnavailable, match="There is no database: set NES_DATABASE_URL"):
        start_server(folder, TUNING)


def test_a_forked_child_does_not_stop_its_parents_server(folder: Path) -> None:
    server = start_server(folder, TUNING)
    child = os.fork()
    if child == 0:
        server.close()
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert ask(server, "SELECT 1") == 1
    server.close()
    assert not is_up(folder)


def test_the_reason_is_the_servers_last_fatal_line_or_the_programs_error(tmp_path: Path) -> None:
    assert failure_reason(tmp_path, "") == "no reason given"
    assert failure_reason(tmp_path, "a\n b\n") == "a b"
    assert failure_reason(tmp_path, "x\ninitdb: error: no room\nhint") == "no room"
    (tmp_path / "server.log").write_text("FATAL:  old\nLOG: x\nFATAL:  new\nHINT: y\n")
    assert failure_reason(tmp_path, "initdb: error: no room") == "new"
