"""An upgrade while people work: it waits briefly, survives a kill, and says what stopped it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from migrations import check as checks
from migrations.run import UpgradeStopped, downgrade, status, upgrade
from states.kit.errors import DatabaseUnavailable
from tests.kit.until import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.postgres import Database

PATIENCE = 120.0
"""Seconds that a test waits for what must come, however busy the machine is."""


@pytest.fixture
def behind(database: Database) -> Database:
    """Give a database at the step before the large tables are changed."""
    downgrade(database.url, "0024")
    return database


@pytest.fixture
def beside() -> Iterator[ThreadPoolExecutor]:
    """Give a thread in which an upgrade runs beside the test."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def see(database: Database, question: str) -> None:
    """Wait until the database answers a question with true."""

    def so() -> object:
        with database.owner.connect() as connection:
            return connection.scalar(text(question))

    until(so, question)


def upgrading(what: str) -> str:
    """Ask whether the connection of an upgrade does something."""
    return (
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
        f" AND application_name = 'nes db' AND state = 'active' AND query LIKE '{what}')"
    )


KILL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'nes db'
"""


def test_nobody_queues_behind_a_step_that_waits_for_a_long_reader(
    behind: Database, beside: ThreadPoolExecutor
) -> None:
    with behind.owner.connect() as reader:
        reader.execute(text("SELECT count(*) FROM application"))
        going = beside.submit(upgrade, behind.url)
        see(behind, upgrading("%ALTER TABLE application%"))
        with behind.app.connect() as page:
            for _ in range(3):
                page.execute(text(f"SET statement_timeout = '{PATIENCE:.0f}s'"))
                page.execute(text("SELECT count(*) FROM application"))
                page.rollback()
        assert not going.done()
    going.result(PATIENCE)
    assert status(behind.url).pending == ()


def test_a_step_that_is_killed_midway_is_done_by_the_next_upgrade(
    behind: Database, beside: ThreadPoolExecutor
) -> None:
    with behind.owner.connect() as reader:
        # A concurrent index waits for every older view of the data, so it stands here half made.
        reader.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        reader.execute(text("SELECT count(*) FROM journal"))
        going = beside.submit(upgrade, behind.url)
        see(behind, upgrading("%CREATE INDEX CONCURRENTLY%"))
        with behind.owner.begin() as killer:
            killer.execute(text(KILL))
        with pytest.raises(DatabaseUnavailable):
            going.result(PATIENCE)
    left = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
    with behind.owner.connect() as connection:
        assert connection.scalar(text(left)) == 1
    assert status(behind.url).current == "0024"
    upgrade(behind.url)
    with behind.owner.connect() as connection:
        assert connection.scalar(text(left)) == 0
    assert checks.drift(behind.url) == []


def test_a_full_disk_stops_the_upgrade_with_a_sentence(behind: Database) -> None:
    full = """
        CREATE FUNCTION full_disk() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'could not extend file: No space left' USING ERRCODE = '53100';
        END $$;
        CREATE EVENT TRIGGER full_disk ON ddl_command_start WHEN TAG IN ('CREATE TABLE')
            EXECUTE FUNCTION full_disk()
    """
    with behind.owner.begin() as connection:
        connection.execute(text(full))
    with pytest.raises(UpgradeStopped) as stopped:
        upgrade(behind.url)
    assert str(stopped.value) == (
        "The step after 0031 cannot be made: could not extend file: No space left. What it began "
        "is not kept or is done again by it. See to that and run `nes db upgrade` again."
    )
    assert status(behind.url).current == "0031"
    with behind.owner.begin() as connection:
        connection.execute(text("DROP EVENT TRIGGER full_disk; DROP FUNCTION full_disk()"))
    upgrade(behind.url)
    assert checks.drift(behind.url) == []
