"""The crew of ``nes web``: what ends is started again, what cannot stay up ends all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import psutil
import pytest

from states.kit.errors import DatabaseUnavailable
from states.postgres.backoff import Restarts
from tests.kit.programs import started
from web.gate.failure import CommandFailure
from web.gate.logs import configure_logs
from web.site import supervisor as crew_module
from web.site.supervisor import SupervisedProcess, Supervisor, web_command, worker_command
from web.terminal.commands import worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from web.gate.composition import Composition

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(600)",
]
QUITTER = [sys.executable, "-c", "raise SystemExit(3)"]


def at_once(most: int = 3) -> Restarts:
    return Restarts(most=most, within=600, first=0, longest=0)


@pytest.fixture
def beats(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Let something be done at each beat of a crew, which does not rest between two."""

    def do(what: Callable[[], object]) -> None:
        monkeypatch.setattr("web.site.supervisor.time.sleep", lambda _: what())

    return do


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_process_that_was_killed_is_started_again_and_the_other_one_stays(
    beats: Callable[[Callable[[], object]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs()
    dying, staying = (
        SupervisedProcess("web", SLEEPER, at_once()),
        SupervisedProcess("worker", SLEEPER),
    )
    seen: list[int] = []

    def kill_once() -> None:
        assert dying.process is not None
        assert staying.process is not None
        seen.append(staying.process.pid)
        if len(seen) == 1:
            dying.process.kill()
            first.append(dying.process.pid)
        elif dying.process.pid != first[0] and dying.process.poll() is None:
            signal.raise_signal(signal.SIGTERM)

    first: list[int] = []
    beats(kill_once)
    assert Supervisor([dying, staying]).run() == ""
    assert len(set(seen)) == 1
    (line,) = told(capsys)
    assert (line["event"], line["process"], line["how"]) == ("process_ended", "web", "SIGKILL")


def test_what_cannot_stay_up_ends_all_with_a_sentence(
    beats: Callable[[Callable[[], object]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs()
    beats(lambda: None)
    quitter, sleeper = (
        SupervisedProcess("worker", QUITTER, at_once()),
        SupervisedProcess("web", SLEEPER),
    )
    assert Supervisor([sleeper, quitter]).run() == (
        "The worker process ended 3 times within 600 seconds, so all were stopped; "
        "its last lines say why."
    )
    assert sleeper.process is not None
    assert sleeper.process.returncode == -signal.SIGTERM
    assert [line["how"] for line in told(capsys)] == ["exit 3"] * 3


def test_a_signal_ends_all(beats: Callable[[Callable[[], object]], None]) -> None:
    member = SupervisedProcess("web", SLEEPER)
    beats(lambda: signal.raise_signal(signal.SIGTERM))
    before = signal.getsignal(signal.SIGTERM)
    assert Supervisor([member]).run() == ""
    assert member.process is not None
    assert member.process.returncode == -signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_database_that_cannot_stay_up_ends_all(
    beats: Callable[[Callable[[], object]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs()
    beats(lambda: None)
    ends = iter([0, 2])

    def look() -> int:
        for number in ends:
            return number
        raise DatabaseUnavailable("It cannot stay up.", where="x")

    member = SupervisedProcess("web", SLEEPER)
    assert Supervisor([member], look).run() == "It cannot stay up."
    assert member.process is not None
    assert member.process.returncode == -signal.SIGTERM
    (line,) = told(capsys)
    assert (line["event"], line["times"]) == ("database_server_ended", 2)


def test_a_process_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew_module, "PATIENCE", 0.1)
    member = SupervisedProcess("web", STUBBORN)
    member.process = subprocess.Popen(STUBBORN, stdout=subprocess.PIPE)
    with member.process as process:
        assert process.stdout is not None
        process.stdout.readline()
        member.tell()
        member.end()
    assert process.returncode == -signal.SIGKILL


def test_pauses_grow_to_a_bound_and_begin_anew_after_a_while() -> None:
    restarts = Restarts(most=8, within=120, first=0.25, longest=3)
    assert [restarts.after_end(float(now)) for now in range(7)] == [0.25, 0.5, 1, 2, 3, 3, 3]
    assert restarts.after_end(7) is None
    assert restarts.after_end(500) == 0.25


CHILD = "import signal; from web.terminal.serving import end_with_parent as end;"
CHILD += "end(); signal.pause()"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
DEAF += "import web.terminal.serving as s;"
DEAF += "s.PATIENCE = 0.1; s.end_with_parent(); [signal.pause() for _ in iter(int, 1)]"
PARENT = """
import subprocess, sys
from web.site.supervisor import SupervisedProcess, Supervisor
start = subprocess.Popen
def told(*words, **named):
    process = start(*words, **named)
    print(process.pid, flush=True)
    return process
subprocess.Popen = told
Supervisor([SupervisedProcess("web", [sys.executable, "-c", sys.argv[1]])]).run()
"""


@pytest.mark.parametrize("child", [CHILD, DEAF], ids=["obedient", "deaf"])
def test_nothing_outlives_a_parent_that_was_killed(child: str) -> None:
    command = [sys.executable, "-c", PARENT, child]
    with started(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        found = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    gone, alive = psutil.wait_procs([found], timeout=60)
    assert (len(gone), alive) == (1, [])


def test_the_crew_runs_the_server_and_the_worker() -> None:
    assert [command()[-1] for command in (web_command, worker_command)] == ["web", "worker"]


def test_a_worker_on_the_embedded_server_is_a_crew_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[object] = []

    def run(crew: Supervisor) -> str:
        seen.append([member.command for member in crew.members])
        seen.append(crew.look())
        return "It cannot stay up."

    monkeypatch.setattr(Supervisor, "run", run)
    monkeypatch.setattr(worker, "look_after_server", lambda settings: settings)
    database = SimpleNamespace(dispose=lambda: seen.append("given back"))
    composition = cast("Composition", SimpleNamespace(database=database, settings="its settings"))
    with pytest.raises(CommandFailure, match="It cannot stay up"):
        worker._look_after(composition, 3)  # noqa: SLF001 - without a server of its own
    assert seen == ["given back", [worker_command()] * 3, "its settings"]


@pytest.mark.parametrize(("counted", "processes"), [(8, 8), (1, 1), (None, 1), (200, 64)])
def test_a_worker_takes_every_core_and_no_more_than_the_database_has_room_for(
    counted: int | None, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: counted)
    assert worker.cores() == processes
