"""Tests of the line of history: an old primary and another cluster are told and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from structlog.testing import capture_logs

from states.kit.address import each_host, read_address
from states.kit.errors import DatabaseUnavailable
from states.postgres import connecting
from states.postgres.database import make_engine
from states.postgres.timeline import FILE, Lineage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL

    from tests.kit.postgres import Database


def test_a_higher_timeline_is_followed_and_a_lower_one_refused(tmp_path: Path) -> None:
    lineage = Lineage(tmp_path / "var")
    with capture_logs() as logs:
        lineage.judge([("7", 1)], "a")
        lineage.judge([("7", 1)], "a")
        assert logs == []
        lineage.judge([("7", 3)], "b")
    assert [(one["event"], one["before"], one["now"]) for one in logs] == [
        ("timeline_changed", 1, 3)
    ]
    assert (tmp_path / "var" / FILE).read_text() == '{"7": 3}'
    for process in (lineage, Lineage(tmp_path / "var")):
        with pytest.raises(
            DatabaseUnavailable, match="is an old primary.*timeline 3 was met"
        ) as old:
            process.judge([("7", 1)], "a")
        assert old.value.params["why"] == "old_primary"
    Lineage(tmp_path / "var").judge([("8", 1)], "moved")
    (tmp_path / "var" / FILE).unlink()
    Lineage(tmp_path / "var").judge([("7", 1)], "a")


def test_another_cluster_under_a_running_process_is_refused(tmp_path: Path) -> None:
    lineage = Lineage(tmp_path)
    lineage.judge([("7", 1)], "a")
    with pytest.raises(DatabaseUnavailable, match="is another cluster") as other:
        lineage.judge([("8", 9)], "b")
    assert other.value.params["why"] == "other_cluster"
    lineage.judge([("7", 1)], "a")


@pytest.mark.parametrize("kept", ["", "[]", '{"7": "x"}', "nothing"])
def test_what_is_kept_and_can_not_be_read_is_as_good_as_nothing(tmp_path: Path, kept: str) -> None:
    (tmp_path / FILE).write_text(kept)
    Lineage(tmp_path).judge([("7", 2)], "a")
    assert (tmp_path / FILE).read_text() == '{"7": 2}'


def test_a_folder_that_takes_no_file_is_told_and_the_process_knows_all_the_same(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").touch()
    lineage = Lineage(tmp_path / "file")
    with capture_logs() as logs:
        lineage.judge([("7", 2)], "a")
    assert logs[0]["event"] == "timeline_not_kept"
    with pytest.raises(DatabaseUnavailable, match="is an old primary"):
        lineage.judge([("7", 1)], "a")


@pytest.fixture
def twice(database: Database, tmp_path: Path) -> Iterator[URL]:
    """Give the address of the test's server named twice, whose history is followed."""
    place = str(database.url.query["host"])
    url = read_address(f"postgresql://postgres@/{database.url.database}?host={place},{place}")
    connecting.follow(url, tmp_path)
    yield url
    connecting.forget(url)


def test_where_the_first_host_is_an_old_primary_the_next_one_is_asked(
    twice: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    judge = Lineage.judge

    def first_is_old(lineage: Lineage, rows: list[tuple[str, int]], where: str) -> None:
        asked.append(where)
        if len(asked) < 3:
            raise DatabaseUnavailable("old", why="old_primary")
        judge(lineage, rows, where)

    monkeypatch.setattr(Lineage, "judge", first_is_old)
    engine = make_engine(twice)
    with engine.connect():
        assert len(asked) == 3, "the whole address, its first host and its second"
    assert connecting.place_of(twice) == each_host(twice)[1]
    engine.dispose()


def test_where_all_that_answer_are_old_that_is_said(
    twice: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    def old(*_: object) -> None:
        raise DatabaseUnavailable("old", why="old_primary")

    monkeypatch.setattr(Lineage, "judge", old)
    connect, away = connecting.Noting.connect, iter((False, True, False))

    def sometimes(*words: str, **options: object) -> psycopg.Connection[tuple[object]]:
        if next(away):
            raise psycopg.OperationalError("away")
        return connect(*words, **options)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(connecting.Noting, "connect", sometimes)
    engine = make_engine(twice)
    with pytest.raises(DatabaseUnavailable, match="old"):
        engine.connect()


def test_what_the_address_says_of_waiting_holds() -> None:
    one = read_address("postgresql://u@localhost/d")
    two = read_address("postgresql://u@localhost,localhost/d")
    own = read_address("postgresql://u@localhost/d?connect_timeout=7&keepalives_idle=1")
    assert connecting.waiting(one)["connect_timeout"] == 10
    assert connecting.waiting(two)["connect_timeout"] == 3
    assert not {"connect_timeout", "keepalives_idle"} & connecting.waiting(own).keys()


def test_a_server_on_another_timeline_is_looked_at_once(
    twice: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    connecting.look_at_change(twice, seen.append)
    connecting.look_at_change(read_address("postgresql://nobody@localhost/d"), seen.append)
    for timeline in (1, 1, 2, 2):
        monkeypatch.setattr("states.postgres.timeline.QUERY", f"SELECT '7', {timeline}".encode())
        connecting.dial(twice, {}).close()
    assert len(seen) == 1
