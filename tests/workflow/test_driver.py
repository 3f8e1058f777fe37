"""Owns the tests of the short way to the driver: nobody there, and what is no absence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import make_url

from states.database import make_engine
from states.errors import DatabaseUnavailable
from workflow.driver import fetch_alone

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import Database


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
