"""The program that reads uploads: what it may use, what it may see, and what its end costs us."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from handlers.papers import sandbox
from handlers.papers.sandbox import Bounds, ReaderFailed, SandboxReader, child, read_apart
from states.kit.invalid import Invalid
from tests.kit.handlers import probe

if TYPE_CHECKING:
    from typing import Any

BOUNDS = Bounds(memory=512 * 1024**2, cpu=1, wall=60, answer=1024**2)
PROBE = SandboxReader(Path(probe.__file__), BOUNDS)


LANDLOCK = max(ctypes.CDLL(None).syscall(child.CREATE_RULESET, None, 0, child.VERSION), 0)
"""The version of Landlock that this kernel has, 0 for none."""

needs_landlock = pytest.mark.skipif(LANDLOCK < 1, reason="this kernel has no Landlock")
needs_scopes = pytest.mark.skipif(LANDLOCK < 6, reason="this kernel's Landlock knows no scopes")
needs_network = pytest.mark.skipif(LANDLOCK < 4, reason="this kernel's Landlock knows no network")


def ask(word: str, content: bytes = b"") -> Any:  # noqa: ANN401 - whatever the probe says
    return read_apart(PROBE, content, word)


def test_a_reader_knows_the_upload_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NES_SECRET_KEY", "secret")
    said, environment, folder = ask("echo", b"upload")
    assert said == "upload"
    assert {name for name in environment if name != "LC_CTYPE"} == {"LC_ALL"}
    assert Path(folder).name.startswith("nes-reader-")
    assert not Path(folder).exists()


def test_a_reader_is_bounded_in_everything() -> None:
    assert ask("bounds") == {
        "AS": BOUNDS.memory, "CPU": 1, "FSIZE": BOUNDS.answer, "NPROC": 0, "NOFILE": 32, "CORE": 0,
        "no_new_privs": 1,
    }  # fmt: skip


@needs_landlock
def test_a_reader_opens_no_file_of_the_site_and_looks_into_no_process(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x", encoding="utf-8")
    others = [f"/proc/{os.getpid()}/environ", "/etc/passwd", str(secret), __file__]
    assert set(ask("files", " ".join(others).encode())) == {"PermissionError"}
    assert ask("write") == "PermissionError"
    assert ask("start") == "PermissionError"


@needs_scopes
def test_a_reader_signals_no_other_process() -> None:
    assert ask("kill") == "PermissionError"


@needs_network
def test_a_reader_reaches_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert ask("connect", str(server.getsockname()[1]).encode()) != "allowed"


@pytest.mark.parametrize("word", ["memory", "spin", "flood", "die", "rubbish", "unheard of"])
def test_whatever_a_reader_comes_to_is_one_error(word: str) -> None:
    with pytest.raises(ReaderFailed):
        ask(word)


def test_a_reader_that_takes_too_long_is_ended() -> None:
    with pytest.raises(ReaderFailed) as failed:
        read_apart(replace(PROBE, bounds=replace(BOUNDS, wall=1)), b"", "wait")
    assert isinstance(failed.value.__cause__, subprocess.TimeoutExpired)


def test_only_a_few_readers_run_at_once_and_the_next_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sandbox, "PATIENCE", 0.1)
    ask("bounds")
    [folder] = tmp_path.glob("nes-readers-*")
    with ExitStack() as held:
        places = [held.enter_context((folder / str(n)).open("wb")) for n in range(sandbox.AT_ONCE)]
        fcntl.flock(places[0], fcntl.LOCK_EX)
        ask("bounds")
        fcntl.flock(places[1], fcntl.LOCK_EX)
        with pytest.raises(Invalid) as busy:
            ask("bounds")
        assert busy.value.code == "upload.busy"
    ask("bounds")


def test_a_folder_of_places_that_is_somebody_elses_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"nes-readers-{os.geteuid()}").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ReaderFailed):
        ask("bounds")


def test_a_reader_that_can_not_be_started_is_the_same_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with capture_logs() as logs, pytest.raises(ReaderFailed):
        ask("bounds")
    assert [entry["event"] for entry in logs] == ["reader_unavailable"]


def test_without_a_folder_for_files_no_upload_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    with pytest.raises(ReaderFailed):
        ask("bounds")
