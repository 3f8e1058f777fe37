"""What was written stays, for the owner too; and what the limited role may do."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from states.tables import APPEND_ONLY, METADATA

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.kit.postgres import Database

CHANGES = (
    "DELETE FROM {table}",
    "TRUNCATE {table} CASCADE",
    "UPDATE {table} SET {column} = {column}",
)
CASES = (
    "application", "consent", "code", "certificate", "sign_in", "role_grant", "card_box",
    "chip_card", "parcel", "handover", "contact_change", "text_change",
    "registration", "support_change", "unit_letter", "support_question",
)  # fmt: skip


def attempt(engine: Engine, statement: str) -> str:
    with pytest.raises(ProgrammingError) as caught, engine.begin() as connection:
        connection.execute(text(statement))
    return str(caught.value)


def filled(change: str, table: str) -> str:
    column = next(iter(METADATA.tables[table].columns)).name
    return change.format(table=table, column=column)


def test_the_owner_can_not_change_what_was_written(database: Database) -> None:
    for table, change in product(APPEND_ONLY, CHANGES):
        said = attempt(database.owner, filled(change, table))
        assert f"of {table} refused: what was written stays" in said


def test_not_even_in_the_guise_of_replication(database: Database) -> None:
    disguise = "SET LOCAL session_replication_role = replica; "
    for table in APPEND_ONLY:
        assert "what was written stays" in attempt(
            database.owner, disguise + f"DELETE FROM {table}"
        )


def test_the_limited_role_has_no_right_to_change_them(database: Database) -> None:
    for table, change in product(APPEND_ONLY, CHANGES):
        assert "permission denied" in attempt(database.app, filled(change, table))


def test_the_limited_role_changes_the_present_and_removes_nothing(database: Database) -> None:
    for table in (*CASES, "person", "institution", "card", "notice"):
        assert "permission denied" in attempt(database.app, f"DELETE FROM {table}")
        with database.app.begin() as connection:
            changed = connection.execute(text(f"UPDATE {table} SET id = id"))
            assert changed.rowcount == 0


def test_the_limited_role_makes_no_table(database: Database) -> None:
    assert "permission denied" in attempt(database.app, "CREATE TABLE public.mine (id int)")


def test_the_limited_role_can_queue_take_and_finish_a_job(database: Database) -> None:
    with database.app.begin() as connection:
        connection.execute(
            text("INSERT INTO procrastinate_jobs (task_name, queue_name) VALUES ('t', 'q')")
        )
        connection.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
        gone = connection.execute(text("DELETE FROM procrastinate_jobs"))
        assert gone.rowcount == 1


def test_queueing_writes_one_row_and_notifies_nobody(database: Database) -> None:
    with database.owner.begin() as connection:
        triggers = connection.execute(
            text(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
                " AND tgrelid = 'procrastinate_jobs'::regclass ORDER BY 1"
            )
        ).scalars()
        # What is left is for jobs that are to be broken off or deleted.
        assert list(triggers) == [
            "procrastinate_jobs_notify_queue_job_aborted_v1",
            "procrastinate_trigger_abort_requested_events_v1",
            "procrastinate_trigger_delete_jobs_v1",
        ]
        queue = "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('q', 't')"
        connection.execute(text(queue))
        connection.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
        assert connection.scalar(text("SELECT count(*) FROM procrastinate_events")) == 0


def test_the_list_of_tables_is_the_one_that_the_triggers_hold(database: Database) -> None:
    with database.owner.connect() as connection:
        guarded = connection.execute(
            text("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only'")
        ).scalars()
        assert set(guarded) == set(APPEND_ONLY)
