"""The tests of the guard: each way to weaken it is named, and an honest one is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migrations import guard
from migrations.run import downgrade, steps

if TYPE_CHECKING:
    from tests.kit.postgres import Database


def differing(database: Database) -> list[str]:
    with database.app.connect() as connection:
        return list(guard.differences(connection))


def test_the_steps_are_told_without_loading_them() -> None:
    assert steps() == guard.STEPS


def test_what_the_steps_made_is_whole_to_the_limited_role(database: Database) -> None:
    assert differing(database) == []


WEAKENED = {
    "a trigger taken away": (
        "DROP TRIGGER append_only ON journal",
        "trigger append_only on journal is gone, the steps made it: always, refuse_change, 58",
    ),
    "a trigger put to sleep": (
        "ALTER TABLE document DISABLE TRIGGER append_only",
        (
            "trigger append_only on document: never, refuse_change, 58, the steps made it: always,"
            " refuse_change, 58"
        ),
    ),
    "a trigger that sleeps in replication": (
        "ALTER TABLE document ENABLE TRIGGER append_only",
        (
            "trigger append_only on document: but in replication, refuse_change, 58, the steps made"
            " it: always, refuse_change, 58"
        ),
    ),
    "a trigger that lets removing through": (
        (
            "DROP TRIGGER append_only ON terms; CREATE TRIGGER append_only BEFORE UPDATE ON terms"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
            "ALTER TABLE terms ENABLE ALWAYS TRIGGER append_only"
        ),
        (
            "trigger append_only on terms: always, refuse_change, 18, the steps made it: always,"
            " refuse_change, 58"
        ),
    ),
    "a guard that lets all through": (
        (
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN RETURN NULL; END'"
        ),
        "function refuse_change: of the owner, ",
    ),
    "a trigger more": (
        (
            "CREATE TRIGGER more AFTER INSERT ON journal FOR EACH STATEMENT"
            " EXECUTE FUNCTION refuse_change()"
        ),
        "trigger more on journal was not made by the steps: but in replication, refuse_change, 4",
    ),
    "a right more": (
        "GRANT UPDATE, DELETE ON journal TO nes_app",
        (
            "rights of nes_app on table journal: DELETE, INSERT, SELECT, UPDATE, the steps made it:"
            " INSERT, SELECT"
        ),
    ),
    "a right over one column": (
        "GRANT UPDATE (body) ON journal TO nes_app",
        "rights of nes_app on column journal.body was not made by the steps: UPDATE",
    ),
    "a right for everybody": (
        "GRANT SELECT ON person TO PUBLIC",
        "rights of everybody on table person was not made by the steps: SELECT",
    ),
    "a right to make things": (
        "GRANT CREATE ON SCHEMA public TO nes_app",
        "rights of nes_app on schema public: CREATE, USAGE, the steps made it: USAGE",
    ),
    "another owner": (
        "ALTER TABLE journal OWNER TO nes_app",
        "table journal: of nes_app, the steps made it: of the owner",
    ),
    "a table that a crash empties": (
        "ALTER TABLE revocation_list SET UNLOGGED",
        "table revocation_list: of the owner, not kept in a crash, the steps made it: of the owner",
    ),
    "a rule that swallows": (
        "CREATE RULE swallow AS ON INSERT TO access_log DO INSTEAD NOTHING",
        "rule swallow on access_log was not made by the steps: rewrites",
    ),
    "foreign keys that nobody looks at": (
        "ALTER TABLE notice DISABLE TRIGGER ALL",
        "keys of notice was not made by the steps: not looked at",
    ),
    "a constraint taken away": (
        "ALTER TABLE certificate DROP CONSTRAINT ck_certificate_seen",
        "constraint ck_certificate_seen on certificate is gone, the steps made it: whole",
    ),
    "a unique index taken away": (
        "DROP INDEX ix_consent_in_force",
        "unique index ix_consent_in_force is gone, the steps made it: whole",
    ),
    "replication mode for all to come": (
        (
            "DO $$BEGIN EXECUTE format('ALTER DATABASE %%I SET session_replication_role = replica',"
            " current_database()); END$$"
        ),
        (
            "setting session_replication_role of everybody was not made by the steps: set for"
            " connections to come"
        ),
    ),
    "a step set back": (
        "UPDATE alembic_version SET version_num = '0007'",
        f"the database stands at step 0007, this program at {steps()[-1]}",
    ),
    "no step at all": (
        "DELETE FROM alembic_version",
        f"the database stands at step none, this program at {steps()[-1]}",
    ),
}


@pytest.mark.parametrize("how", WEAKENED)
def test_each_way_to_weaken_the_guard_is_named(module_database: Database, how: str) -> None:
    statement, said = WEAKENED[how]
    with module_database.owner.connect() as connection:
        connection.exec_driver_sql(statement)
        found = guard.differences(connection)
        connection.rollback()
        assert guard.differences(connection) == ()
    assert [sentence for sentence in found if sentence.startswith(said)], found
    assert len(found) == (2 if how == "another owner" else 1), found


def test_that_others_may_read_is_the_houses_own_matter(database: Database) -> None:
    with database.owner.begin() as connection:
        connection.exec_driver_sql("GRANT SELECT ON journal TO pg_monitor")
        connection.exec_driver_sql("CREATE INDEX ix_own ON notice (created_at)")
        assert guard.differences(connection) == ()
        connection.exec_driver_sql("GRANT DELETE ON journal TO pg_monitor")
        assert guard.differences(connection) == (
            "rights of pg_monitor on table journal was not made by the steps: DELETE",
        )
        connection.rollback()


def test_of_a_newer_database_nothing_is_said(database: Database) -> None:
    with database.owner.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.exec_driver_sql("DROP TRIGGER append_only ON journal")
    assert differing(database) == []


def test_a_file_that_is_not_what_the_steps_make_is_a_fault(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert guard.faults(database.url) == []
    told = {**guard.made(), "trigger more on journal": "always"}
    del told["trigger append_only on erasure"]
    monkeypatch.setattr(guard, "made", lambda: told)
    assert [fault.partition(", the")[0].partition(", refuse")[0]
            for fault in guard.faults(database.url)] == [
        "guard.txt differs: trigger append_only on erasure is gone",
        ("guard.txt differs: trigger more on journal was not made by the steps: always; write it"
        " anew with `python -m migrations.guard`"),
    ]  # fmt: skip


def test_the_file_is_written_by_the_command(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path_factory.mktemp("guard") / "guard.txt"
    kept = guard.FILE.read_text("utf-8")
    monkeypatch.setattr(guard, "FILE", file)
    assert guard.main() == 0
    assert file.read_text("utf-8") == kept


def test_a_database_at_an_older_step_is_said_and_nothing_more(database: Database) -> None:
    downgrade(database.url, steps()[-2])
    assert differing(database) == [
        f"the database stands at step {steps()[-2]}, this program at {steps()[-1]}"
    ]
