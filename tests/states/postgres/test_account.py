"""Tests of the system user of the embedded server, without needing to be root or to have one."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from states.kit.errors import DatabaseUnavailable
from states.postgres.account import HELPER, ServerAccount, server_account

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ENTRY = pwd.struct_passwd((HELPER, "x", 4711, 4712, "", "/", "/bin/false"))
ONESELF = ServerAccount(1000, 1001, helper=False)
HELPING = ServerAccount(4711, 4712, helper=True)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)


@pytest.fixture
def users(monkeypatch: pytest.MonkeyPatch) -> dict[str, pwd.struct_passwd]:
    known: dict[str, pwd.struct_passwd] = {}
    monkeypatch.setattr(pwd, "getpwnam", lambda name: known[name])
    return known


def useradd(result: Callable[[], None]) -> Callable[..., None]:
    def run(command: list[str], **_options: bool) -> None:
        assert command[0] == "useradd"
        assert command[-1] == HELPER
        result()

    return run


def test_an_ordinary_user_runs_the_server_himself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "getegid", lambda: 1001)
    assert server_account() == ONESELF


@pytest.mark.usefixtures("as_root")
def test_root_runs_the_server_as_the_helper(users: dict[str, pwd.struct_passwd]) -> None:
    users[HELPER] = ENTRY
    assert server_account() == HELPING


@pytest.mark.usefixtures("as_root")
def test_root_makes_the_helper_when_it_is_missing(
    users: dict[str, pwd.struct_passwd], monkeypatch: pytest.MonkeyPatch
) -> None:
    def made() -> None:
        users[HELPER] = ENTRY

    monkeypatch.setattr(subprocess, "run", useradd(made))
    assert server_account() == HELPING


@pytest.mark.usefixtures("as_root", "users")
@pytest.mark.parametrize(
    "error", [subprocess.CalledProcessError(1, "useradd"), FileNotFoundError("useradd"), None]
)
def test_a_helper_that_cannot_be_made_is_told_in_a_sentence(
    error: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        if error is not None:
            raise error

    monkeypatch.setattr(subprocess, "run", useradd(fails))
    with pytest.raises(DatabaseUnavailable, match="does not run as root") as caught:
        server_account()
    assert caught.value.params == {"where": HELPER}


def test_only_the_helper_needs_other_credentials() -> None:
    assert ONESELF.credentials == {}
    assert HELPING.credentials == {"user": 4711, "group": 4712, "extra_groups": []}


def test_only_the_helper_is_given_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[Path, int, int]] = []
    monkeypatch.setattr(os, "chown", lambda *arguments: given.append(arguments))
    ONESELF.own(tmp_path)
    assert given == []
    HELPING.own(tmp_path)
    assert given == [(tmp_path, 4711, 4712)]


def test_the_helper_may_pass_the_folders_above_but_not_list_them(tmp_path: Path) -> None:
    above = tmp_path / "above"
    above.mkdir(mode=0o700)
    HELPING.let_through(above / "absent")
    assert mode(above) == 0o701


def test_the_helper_may_read_and_run_what_lies_at_the_path(tmp_path: Path) -> None:
    programs = tmp_path / "pginstall"
    (programs / "bin").mkdir(mode=0o700, parents=True)
    program, data = programs / "bin" / "postgres", programs / "zones"
    for file, rights in ((program, 0o700), (data, 0o600)):
        file.touch()
        file.chmod(rights)
    HELPING.let_through(programs)
    assert (mode(program), mode(data)) == (0o705, 0o604)
    assert mode(programs / "bin") == 0o705


def test_what_the_helper_owns_is_not_opened_to_others(tmp_path: Path) -> None:
    cluster = tmp_path / "cluster"
    cluster.mkdir(mode=0o700)
    ServerAccount(os.getuid(), os.getgid(), helper=True).let_through(cluster)
    assert mode(cluster) == 0o700


def test_running_as_oneself_changes_no_rights(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    ONESELF.let_through(closed / "inside")
    assert mode(closed) == 0o700
