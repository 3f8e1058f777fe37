"""PostgreSQL's programs: the one that fits a server, what it is told, and what is told of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url

from states.kit.errors import DatabaseUnavailable
from states.postgres import cluster, programs
from states.postgres.dump import frozen
from states.postgres.programs import ProgramMissing, address, environment, failure, major, program

if TYPE_CHECKING:
    from pathlib import Path

URL = make_url("postgresql+psycopg://nes:s3cret@db.invalid:5433/office?sslmode=verify-full")
GONE = make_url("postgresql+psycopg://nes@127.0.0.1:1/office")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with pg_dump of 15, 17 and 18, and no other program on the machine."""
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)
    monkeypatch.setattr(programs, "PLACES", (f"{tmp_path}/*/bin",))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    for version in ("18", "15", "17", "path"):
        made = tmp_path / version / "bin" / "pg_dump"
        made.parent.mkdir(parents=True)
        says = "nothing" if version == "path" else f"pg_dump (PostgreSQL) {version}.2"
        made.write_text(f"#!/bin/sh\necho '{says}'\n")
        made.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(("server", "taken"), [(15, "15"), (16, "17"), (17, "17"), (18, "18")])
def test_the_program_is_of_the_servers_version_or_the_next_newer(
    shelf: Path, server: int, taken: str
) -> None:
    assert program("pg_dump", server) == shelf / taken / "bin" / "pg_dump"


@pytest.mark.usefixtures("shelf")
def test_a_server_that_no_program_speaks_to_is_told_with_the_package() -> None:
    with pytest.raises(ProgramMissing, match=r"machine has 0, 15, 17, 18\. .*postgresql-client-19"):
        program("pg_dump", 19)
    with pytest.raises(ProgramMissing, match="this machine has none"):
        program("pg_nothing", 15)


def test_what_does_not_run_has_no_version(tmp_path: Path) -> None:
    (tmp_path / "broken").write_bytes(b"\x7fELF")
    (tmp_path / "broken").chmod(0o755)
    assert major(tmp_path / "broken") == 0


def test_a_password_stands_in_no_argument_and_our_settings_in_no_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NES_PERSONAL_KEY", "ab" * 32)
    assert "s3cret" not in address(URL)
    assert "db.invalid" in address(URL)
    known = environment(URL)
    assert known["PGPASSWORD"] == "s3cret"
    assert not [key for key in known if key.startswith("NES_")]
    assert known["PATH"] == os.environ["PATH"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("x: error: first: here\nDETAIL: Ayşe\nx: error: next\n", "pg_dump failed: first: here."),
        ("pg_dump: error: could not write: No space left on device", "a disk is full"),
        ("", "pg_dump failed: no reason given."),
    ],
)
def test_of_a_failure_only_the_first_line_is_told(said: str, told: str) -> None:
    assert told in str(failure("pg_dump", said))
    assert "Ayşe" not in str(failure("pg_dump", said))


def test_a_server_that_is_away_is_told_as_ever() -> None:
    with pytest.raises(DatabaseUnavailable, match="out of reach"):
        programs.server_version(GONE)
    with pytest.raises(DatabaseUnavailable, match="out of reach"), frozen(GONE):
        pass
