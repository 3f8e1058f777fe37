"""The processes that stay: started by the real command, together, and ended together."""

from __future__ import annotations

import errno
import gc
import io
import json
import logging
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from signing.errors import ModuleAbsent
from states.kit.errors import DatabaseUnavailable
from tests.kit.ports import free_port
from tests.kit.programs import started
from tests.kit.until import until
from web.gate.logs import configure_logs, log, tell_unexpected_ends
from web.site.supervisor import patiently, web_command
from web.terminal import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kit.postgres import Database


@contextmanager
def patient() -> Iterator[requests.Session]:
    """Give a client that waits for a server to come up."""
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", HTTPAdapter(max_retries=Retry(connect=12, backoff_factor=0.1)))
        yield session


def environment(database: Database, folder: Path, port: int) -> dict[str, str]:
    """Return the environment of the command."""
    return {**database.environment, "NES_VAR": str(folder / "var"), "NES_PORT": str(port)}


def test_nes_web_serves_the_seeded_demo_until_it_is_told_to_stop(
    database: Database, tmp_path: Path
) -> None:
    port = free_port()
    command = [sys.executable, "-m", "web.terminal.cli", "web", "--with-worker"]
    log = tmp_path / "log"
    with (
        log.open("w") as errors,
        started(
            command,
            env=environment(database, tmp_path, port),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            umask=0o022,
        ) as process,
    ):
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first == f"nes-ofis: http://127.0.0.1:{port}  (Ctrl-C stops it)\n", log.read_text()
        assert "Başvuru görevlisi" in process.stdout.readline()
        with patient() as client:
            assert client.get(f"http://127.0.0.1:{port}/readyz").json() == {"status": "ok"}
            page = client.get(f"http://127.0.0.1:{port}/giris")
            assert "Filiz Görevli" in page.text
            assert "Server" not in page.headers
            gate = client.get(f"http://127.0.0.1:{port}/giris/oidc")  # another process answers
            assert "FİLİZ GÖREVLİ" in gate.text
            assert gate.url.startswith("http://127.0.0.1:")
            assert f":{port}/" not in gate.url.partition("?")[0]
            # A third one has taken what the worker handed over.
            mails = partial(mails_with, client, f"http://127.0.0.1:{port}/posta", "kuryeye verildi")
            until(lambda: "Kartınız kuryeye verildi" in mails(), "the demo's mail")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text()
    assert [line for line in log.read_text().splitlines() if not json.loads(line)["event"]] == []
    assert open_to_others(tmp_path / "var") == []


def mails_with(client: requests.Session, address: str, words: str) -> str:
    """Return the page of the caught messages in which words stand."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert token is not None
    return client.post(address, data={"csrf_token": token[1], "ara": words}).text


def open_to_others(folder: Path) -> list[str]:
    """Return what in a folder, and the folder itself, others could look into or change."""
    found = [path for path in (folder, *folder.rglob("*")) if path.lstat().st_mode & 0o066]
    assert len(list(folder.rglob("*"))) > 10
    return [f"{path.relative_to(folder)} {path.stat().st_mode & 0o777:o}" for path in found]


def test_a_taken_port_is_a_sentence(database: Database, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "web.terminal.cli", "web"],
            env=environment(database, tmp_path, port),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == (
        f"nes: 127.0.0.1:{port} cannot be used: Address already in use. Set NES_PORT to another.\n"
    )


def test_a_server_that_can_not_start_says_why_in_one_line() -> None:
    pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE}
    with started(web_command(), env={"NES_PORT": "0"}, **pipes) as process:
        assert process.stderr is not None
        (line,) = process.stderr.readlines()
    found = json.loads(line)
    assert (process.returncode, found["event"]) == (1, "not_serving")
    assert found["reason"].startswith("NES_PORT is not usable")


def test_an_error_that_ends_a_thread_is_one_line_without_its_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for owner in (sys, threading):
        monkeypatch.setattr(owner, "excepthook", owner.excepthook)
    configure_logs()
    tell_unexpected_ends()

    def break_down() -> None:
        raise ValueError("10000000146")

    thread = threading.Thread(target=break_down)
    thread.start()
    thread.join()
    logging.getLogger("some.library").warning("looked for %s", "10000000146")
    said = capsys.readouterr().err
    ended, told = [json.loads(line) for line in said.splitlines()]
    assert (ended["event"], ended["code"]) == ("ended_by_error", "ValueError")
    assert "break_down" in ended["where"][-1]
    assert (told["event"], told["logger"], told["level"]) == ("library", "some.library", "warning")
    assert "10000000146" not in said


def test_a_start_waits_while_the_database_or_the_token_is_away(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs()
    away = [DatabaseUnavailable("It is away.", where="x"), ModuleAbsent(module="/no/module")] * 4
    waited: list[float] = []

    def start() -> None:
        if away:
            raise away.pop(0)

    patiently(start, wait=waited.append)
    assert waited == [0.5, 1, 2, 4, 8, 15, 15, 15]
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["seconds"] for line in told] == waited
    assert {line["event"] for line in told} == {"start_postponed"}
    assert told[0]["reason"] == "It is away."


def test_a_start_that_is_tried_a_number_of_times_raises_the_last_absence() -> None:
    tried, waited = list[int](), list[float]()

    def start() -> None:
        tried.append(len(tried))
        raise DatabaseUnavailable(f"It is away at try {len(tried)}.", where="x")

    with pytest.raises(DatabaseUnavailable, match="at try 3"):
        patiently(start, tries=3, wait=waited.append)
    assert (tried, waited) == ([0, 1, 2], [0.5, 1])


def test_what_is_not_called_an_absence_is_raised_at_once() -> None:
    def start() -> None:
        raise ModuleAbsent(module="/no/module")

    with pytest.raises(ModuleAbsent):
        patiently(start, away=(DatabaseUnavailable,), tries=1)


def test_a_line_that_cannot_be_written_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Full(io.StringIO):
        def write(self, _: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def flush(self) -> None:
            self.write("")

    configure_logs()
    with monkeypatch.context() as full:
        full.setattr(sys, "stderr", Full())
        log.error("lost")
    log.error("told")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["told"]


def test_a_worker_searches_less_for_garbage_and_not_in_what_is_loaded() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    try:
        serving.search_garbage_less()
        assert gc.get_threshold() == (serving.GARBAGE, *before[1:])
        assert gc.get_freeze_count() > frozen
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
