"""What of the house's own bookkeeping is forgotten, when, and what is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from handlers.upkeep import purging
from states.tables import APPEND_ONLY

if TYPE_CHECKING:
    from tests.kit.postgres import Database

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


def filled(database: Database, statement: str, *moments: datetime) -> None:
    """Insert a row for each moment, numbered from 1."""
    with database.owner.begin() as connection:
        for number, at in enumerate(moments, 1):
            connection.execute(text(statement), {"number": number, "at": at})


def left(database: Database, table: str, column: str = "id") -> list[int]:
    with database.app.connect() as connection:
        query = text(f"SELECT {column} FROM {table} ORDER BY 1")
        return list(connection.execute(query).scalars())


def days(*before: float) -> list[datetime]:
    return [NOW - timedelta(days=each) for each in before]


def test_runs_are_forgotten_after_ninety_days(database: Database) -> None:
    insert = """
        INSERT INTO sweep_run (id, as_of, started_at, finished_at)
        VALUES (:number, :at, :at, CASE WHEN :number > 1 THEN CAST(:at AS timestamptz) END)
    """
    filled(database, insert, *days(400, 91, 89))
    assert purging.forget(database.app, NOW)["runs"] == 1
    assert left(database, "sweep_run") == [1, 3]


def test_what_was_proved_last_stays(database: Database) -> None:
    insert = """
        INSERT INTO proof (id, asked_at, asked_by, finished_at, stage)
        VALUES (:number, :at, 'user:1', :at, 'done')
    """
    filled(database, insert, *days(500, 400))
    assert purging.forget(database.app, NOW)["proofs"] == 1
    assert left(database, "proof") == [2]


def test_rows_of_batches_and_lists_go_a_year_after_their_end_and_counts_stay(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "MOST", 2)
    filled(database, BATCH, *days(366, 364))
    filled(database, UPLOAD, *days(366, 364))
    with database.owner.begin() as connection:
        for number in (1, 2):
            for row in range(5):
                connection.execute(text(ITEM), {"number": number, "row": row})
                connection.execute(text(ROW), {"number": number, "row": row})
    found = purging.forget(database.app, NOW)
    assert (found["batch_rows"], found["upload_rows"]) == (5, 5)
    assert set(left(database, "batch_item", "batch_id")) == {2}
    assert set(left(database, "staff_upload_row", "upload_id")) == {2}
    assert left(database, "batch") == left(database, "staff_upload") == [1, 2]


LIST = """
    INSERT INTO revocation_list (number, this_update, next_update, issuing, root)
    VALUES (:number, :at, CAST(:at AS timestamptz) + interval '1 day', 'i', 'r')
"""


def test_of_each_day_the_last_list_stays_and_of_the_last_days_all(database: Database) -> None:
    filled(database, LIST, *days(100, 99.9, 99.8, 99, 70, 69.9, 4.05, 4.01, 3.95, 3.9, 0))
    assert purging.forget(database.app, NOW)["lists"] == 5
    assert left(database, "revocation_list", "number") == [3, 4, 6, 9, 10, 11]


SIGNED = """
    INSERT INTO signature (case_id, document_sha256, container, container_sha256, indication,
        policy, signer_sha256, report, judged_at)
    VALUES (1, 'd', 'c', CAST(:number AS text), 'TOTAL-PASSED', 'p', 's', jsonb_build_object(
        'level', CASE WHEN :number % 2 = 0 THEN 'B-LT' ELSE 'B-B' END), :at)
"""


def test_a_list_stays_for_the_signature_that_was_judged_by_it_and_does_not_carry_it(
    database: Database,
) -> None:
    filled(database, LIST, *days(100, 99.95, 99.9, 99.85, 99.8, 0))
    with database.owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for number, at in ((1, 99.95), (2, 99.87), (3, 99.81), (4, 100)):
            given = {"number": number, "at": NOW - timedelta(days=at)}
            connection.execute(text(SIGNED), given)
    assert purging.forget(database.app, NOW)["lists"] == 2
    assert left(database, "revocation_list", "number") == [2, 4, 5, 6]


@pytest.mark.parametrize("change", ["number = 4", "number = 3", "number = 8"])
def test_nobody_removes_a_list_that_is_needed(database: Database, change: str) -> None:
    filled(database, LIST, *days(100, 99.9, 99.8, 99, 70, 69.9, 2.7, 2.6, 2.55, 0))
    for engine in (database.owner, database.app):
        with pytest.raises(ProgrammingError, match="last 2 days"), engine.begin() as connection:
            connection.execute(text(f"DELETE FROM revocation_list WHERE {change}"))
    for refused in ("UPDATE revocation_list SET number = number", "TRUNCATE revocation_list"):
        with (
            pytest.raises(ProgrammingError, match="what was written stays"),
            database.owner.begin() as connection,
        ):
            connection.execute(text(refused))


def test_no_rule_touches_what_is_written_for_good() -> None:
    for rule in purging.RULES:
        assert not any(f"DELETE FROM {table} " in rule.forget for table in APPEND_ONLY)
        assert rule.what
        assert rule.kept >= timedelta(days=3 if rule.name == "lists" else 60)


BATCH = """
    INSERT INTO batch (id, workflow, trigger, actor, role, auth, filter, state, total, created_at,
        finished_at)
    VALUES (:number, 'application', 'reject', 'user:1', 'officer', 'demo', '{}', 'done', 5, :at,
        :at)
"""
UPLOAD = """
    INSERT INTO staff_upload (id, actor, auth, within, name, sha256, file_renewals, state, total,
        created_at, finished_at)
    VALUES (:number, 'user:1', 'demo', 'x', 'a.csv', 'f', false, 'done', 5, :at, :at)
"""
ITEM = "INSERT INTO batch_item (batch_id, case_id, seen_version) VALUES (:number, :row, 1)"
ROW = "INSERT INTO staff_upload_row (upload_id, number) VALUES (:number, :row)"
