"""The tests of the short way to the driver: nobody there, and what is no absence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import make_url

from states.kit.errors import DatabaseUnavailable
from states.postgres import commits
from states.postgres.database import make_engine
from workflow.engine.driver import fetch, fetch_alone, fetch_last, kept

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from tests.kit.postgres import Database


def test_a_statement_alone_is_committed_and_leaves_its_connection_as_it_was(
    database: Database,
) -> None:
    with database.owner.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE kept (n integer)")
    insert = "INSERT INTO kept VALUES (%(n)s) RETURNING n"
    assert fetch_alone(database.owner, insert, {"n": 7}) == [{"n": 7}]
    assert fetch_alone(database.owner, "SELECT n FROM kept", {}) == [{"n": 7}]
    with database.owner.connect() as connection:
        connection.exec_driver_sql("INSERT INTO kept VALUES (8)")
        connection.rollback()
    assert fetch_alone(database.owner, "SELECT n FROM kept", {}) == [{"n": 7}]


def test_a_statement_for_which_nobody_is_there_says_so(tmp_path: Path) -> None:
    engine = make_engine(make_url(f"postgresql+psycopg://nobody@/none?host={tmp_path}"))
    with pytest.raises(DatabaseUnavailable):
        fetch_alone(engine, "SELECT 1", {})


def test_another_trouble_with_a_connection_is_not_called_absence(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> None:
        raise psycopg.errors.LockNotAvailable

    monkeypatch.setattr(database.app, "raw_connection", busy)
    with pytest.raises(psycopg.errors.LockNotAvailable):
        fetch_alone(database.app, "SELECT 1", {})


class Interrupted:
    """A wait that a person at the keyboard breaks off."""

    def register(self, *_: object) -> None:
        """Watch nothing."""

    def poll(self) -> None:
        """Be interrupted."""
        raise KeyboardInterrupt


def test_a_first_statement_that_is_broken_off_leaves_no_half_read_connection(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, database.app.connect() as connection:
        patch.setattr("workflow.engine.driver.select.poll", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            fetch(connection, "SELECT pg_sleep(0.2)::text AS slept", {})
        with pytest.raises(DatabaseUnavailable):
            fetch(connection, "SELECT 1", {})
    with database.app.begin() as connection:
        assert fetch(connection, "SELECT 1 AS n", {}) == [{"n": 1}]


def test_the_first_statement_opens_the_transaction_and_the_next_ones_stay_in_it(
    database: Database,
) -> None:
    with database.owner.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE opened (n integer)")
    insert = "INSERT INTO opened VALUES (%(n)s), (%(n)s + %(more)s) RETURNING n"
    with database.owner.connect() as connection:
        assert fetch(connection, insert, {"n": 1, "more": 1}) == [{"n": 1}, {"n": 2}]
        assert fetch(connection, insert, {"n": 3, "more": 1}) == [{"n": 3}, {"n": 4}]
        connection.rollback()
    assert fetch_alone(database.owner, "SELECT n FROM opened", {}) == []


KEPT = """
CREATE TABLE kept (n integer, m integer UNIQUE DEFERRABLE INITIALLY DEFERRED)
"""
INSERT = "INSERT INTO kept VALUES (%(n)s, %(m)s) RETURNING 1 / n AS n"


def test_the_last_statement_commits_with_its_transaction_and_notes_one_commit(
    database: Database,
) -> None:
    with database.owner.begin() as connection:
        connection.exec_driver_sql(KEPT)
    noted = commits.begin()
    with database.owner.connect() as connection:
        fetch(connection, INSERT, {"n": 1, "m": 1})
        assert fetch_last(connection, INSERT, {"n": 1, "m": 2}) == [{"n": 1}]
        assert (noted.answered, noted.unanswered) == (1, 0)
    assert fetch_alone(database.owner, "SELECT m FROM kept ORDER BY m", {}) == [
        {"m": 1}, {"m": 2},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("last", "refusal"),
    [
        ({"n": 0, "m": 2}, psycopg.errors.DivisionByZero),
        ({"n": 1, "m": 1}, psycopg.errors.UniqueViolation),
    ],
    ids=["by itself", "at the commit"],
)
def test_a_last_statement_that_is_refused_commits_nothing(
    database: Database, last: dict[str, object], refusal: type[Exception]
) -> None:
    with database.owner.begin() as connection:
        connection.exec_driver_sql(KEPT)
    noted = commits.begin()
    with database.owner.connect() as connection:
        fetch(connection, INSERT, {"n": 1, "m": 1})
        with pytest.raises(refusal):
            fetch_last(connection, INSERT, last)
    assert noted.certainly_none
    assert fetch_alone(database.owner, "SELECT m FROM kept", {}) == []


def test_a_statement_that_fails_says_so_first_or_later_and_its_connection_goes_on(
    database: Database,
) -> None:
    divide = "SELECT 1 / %(by)s AS result"
    for source, expected in (
        (divide, psycopg.errors.DivisionByZero),
        ("SELECT nothing", psycopg.errors.UndefinedColumn),
    ):
        for _ in range(2):
            with pytest.raises(expected), database.app.begin() as connection:
                fetch(connection, source, {"by": 0})
        with database.app.connect() as connection:
            fetch(connection, "SELECT 1", {})
            with pytest.raises(expected):
                fetch(connection, source, {"by": 0})
        with pytest.raises(expected):
            fetch_alone(database.app, source, {"by": 0})
    assert fetch_alone(database.app, divide, {"by": 1}) == [{"result": 1}]


def test_nothing_at_all_and_a_percent_sign_come_through(database: Database) -> None:
    source = "SELECT 'a' || %(x)s AS x, 10 %% 4 AS rest"
    assert fetch_alone(database.app, source, {"x": None}) == [{"x": None, "rest": 2}]


@pytest.mark.parametrize("first", [True, False])
def test_a_server_that_goes_away_between_two_statements_is_named_and_the_pool_recovers(
    database: Database, *, first: bool
) -> None:
    with database.app.connect() as connection:
        pid = fetch(connection, "SELECT pg_backend_pid() AS pid", {})[0]["pid"]
        if first:
            connection.connection.rollback()
        end = "SELECT pg_terminate_backend(%(pid)s)"
        fetch_alone(database.owner, end, {"pid": pid})
        with pytest.raises(DatabaseUnavailable):
            fetch(connection, "SELECT pg_sleep(5)", {})
    assert fetch_alone(database.app, "SELECT 7 AS n", {}) == [{"n": 7}]


def test_a_line_that_breaks_within_an_answer_is_an_absence_and_its_connection_is_given_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise psycopg.DatabaseError("lost synchronization with server")

    with database.app.connect() as connection:
        before = fetch(connection, "SELECT pg_backend_pid() AS pid", {})
        with monkeypatch.context() as patch:
            patch.setattr("workflow.engine.driver._asked", broken)
            with pytest.raises(DatabaseUnavailable, match="lost synchronization"):
                fetch(connection, "SELECT 1", {})
    with database.app.connect() as connection:
        assert fetch(connection, "SELECT pg_backend_pid() AS pid", {}) != before


def by_hand(connection: Connection, source: str) -> None:
    """Ask on the short way."""
    fetch(connection, source, {})


def by_sqlalchemy(connection: Connection, source: str) -> None:
    """Ask on SQLAlchemy's."""
    connection.exec_driver_sql(source)


WAYS = pytest.mark.parametrize("ask", [by_hand, by_sqlalchemy])


@WAYS
def test_what_was_read_is_kept_while_others_only_read(
    database: Database, ask: Callable[[Connection, str], None]
) -> None:
    with database.owner.connect() as connection:
        kept(connection)["outside"] = 1
        assert kept(connection) == {}
        ask(connection, "SELECT 1")
        kept(connection)["row"] = 2
        ask(connection, "  SELECT 'FOR UPDATING, they say' AS shared")
        assert kept(connection) == {"row": 2}


@WAYS
@pytest.mark.parametrize(
    "source",
    [
        "SELECT relname FROM pg_class\nFOR UPDATE OF pg_class SKIP LOCKED",
        "select 1 from pg_class for share",
        "SELECT 1 FROM pg_class FOR NO KEY UPDATE",
        "SELECT 1 FROM pg_class FOR  KEY SHARE",
        "SELECT pg_advisory_xact_lock(1)",
        "WITH one AS (SELECT 1) SELECT * FROM one",
        "CREATE TEMPORARY TABLE written ON COMMIT DROP AS SELECT 1",
        "SAVEPOINT here",
    ],
)
def test_what_was_read_is_kept_no_longer_than_it_is_sure(
    database: Database, ask: Callable[[Connection, str], None], source: str
) -> None:
    with database.owner.connect() as connection:
        ask(connection, "SELECT 1")
        kept(connection)["row"] = 2
        ask(connection, source)
        assert kept(connection) == {}


@WAYS
@pytest.mark.parametrize("end", ["commit", "rollback", "last"])
def test_the_next_transaction_knows_nothing_of_what_was_read(
    database: Database, ask: Callable[[Connection, str], None], end: str
) -> None:
    with database.owner.connect() as connection:
        transaction = connection.begin()
        ask(connection, "SELECT 1")
        kept(connection)["row"] = 2
        if end == "last":
            fetch_last(connection, "SELECT 1", {})
            end = "commit"
        getattr(transaction, end)()
        ask(connection, "SELECT 1")
        assert kept(connection) == {}


def test_a_connection_that_commits_each_statement_keeps_nothing(database: Database) -> None:
    with database.owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        by_hand(connection, "SELECT 1")
        kept(connection)["row"] = 2
        assert kept(connection) == {}
