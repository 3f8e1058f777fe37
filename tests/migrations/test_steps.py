"""The steps: up, down and up again, no drift, waiting for one another."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

import migrations
from migrations import check as checks
from migrations import run
from migrations.run import UnknownRevision, downgrade, status, steps, upgrade
from states.postgres.database import APP_ROLE, make_engine
from states.tables import METADATA, MODULES

if TYPE_CHECKING:
    from tests.kit.postgres import Database


def test_the_way_up_down_and_up_leaves_neither_leftovers_nor_drift(
    empty_database: Database,
) -> None:
    assert checks.check(empty_database.url) == []


def test_each_step_can_be_taken_back_and_made_again(
    empty_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = empty_database.url
    upgrade(url)
    # Each command would read all the steps anew.
    script = ScriptDirectory.from_config(run._config(None))  # noqa: SLF001 - see below
    monkeypatch.setattr(ScriptDirectory, "from_config", lambda _: script)
    with empty_database.owner.connect() as connection:
        config = run._config(connection)  # noqa: SLF001 - nobody else goes up one step alone
        for below, step in reversed(list(zip(("base", *steps()), steps(), strict=False))):
            command.downgrade(config, below)
            command.upgrade(config, step)
            command.downgrade(config, below)
            assert status(url).current == (None if below == "base" else below)
    upgrade(url)
    assert status(url).pending == ()


def test_the_files_are_numbered_without_gap() -> None:
    folder = Path(migrations.__file__).parent / "versions"
    files = sorted(file.name[:4] for file in folder.rglob("*.py"))
    assert files == [f"{number:04}" for number in range(1, len(files) + 1)] == list(steps())


def test_an_empty_database_has_every_step_before_it(empty_database: Database) -> None:
    found = status(empty_database.url)
    assert found.current is None
    assert found.pending == steps()
    assert found.head == steps()[-1]


def test_two_processes_that_upgrade_at_once_wait_for_one_another(
    empty_database: Database,
) -> None:
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(upgrade, empty_database.url) for _ in range(2)]:
            done.result()
    assert status(empty_database.url).pending == ()


def test_an_unknown_step_is_refused_and_nothing_is_done(database: Database) -> None:
    with pytest.raises(UnknownRevision, match="9999"):
        downgrade(database.url, "9999")
    assert status(database.url).pending == ()


def test_drift_is_seen_in_a_column_a_table_and_an_index(database: Database) -> None:
    assert checks.drift(database.url) == []
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE card ADD COLUMN colour text"))
        connection.execute(text("CREATE TABLE stray (id int)"))
        connection.execute(text("DROP INDEX ix_application_open"))
        connection.execute(text("ALTER TABLE person ALTER COLUMN email TYPE varchar(5)"))
    found = "\n".join(checks.drift(database.url))
    for named in ("colour", "stray", "ix_application_open", "modify_type"):
        assert named in found


def test_the_command_says_nothing_when_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.main() == 0
    assert capsys.readouterr().err == ""


def test_the_command_ends_with_one_and_a_sentence_on_drift(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checks, "check", lambda _url: ["steps and tables differ: card"])
    assert checks.main() == 1
    assert capsys.readouterr().err == "migrations: steps and tables differ: card\n"


def test_every_module_with_rows_is_listed() -> None:
    folder = Path(migrations.__file__).parent.parent / "states"
    listed = {module.__name__.rpartition(".")[2] for module in MODULES}
    with_rows = {
        file.stem for file in folder.rglob("*.py") if "__tablename__ =" in file.read_text("utf-8")
    }
    assert with_rows == listed
    assert len(METADATA.tables) >= len(listed)


def test_an_owner_who_is_no_superuser_becomes_the_role_that_he_made(
    empty_database: Database,
) -> None:
    # What PostgreSQL from 16 on gives who makes a role: he may pass it on, and not become it.
    name = f"owner_{secrets.token_hex(6)}"
    database = empty_database.url.database
    statements = (
        f"CREATE ROLE {name} LOGIN CREATEROLE",
        f"GRANT {APP_ROLE} TO {name} WITH ADMIN OPTION",
        f"GRANT {APP_ROLE} TO {name} WITH SET FALSE, INHERIT FALSE",
        f"ALTER DATABASE {database} OWNER TO {name}",
        f"ALTER SCHEMA public OWNER TO {name}",
    )
    with empty_database.owner.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    url = empty_database.url.set(username=name)
    upgrade(url)
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT current_user")) == APP_ROLE
    finally:
        engine.dispose()
        with empty_database.owner.begin() as connection:
            connection.execute(text(f"REASSIGN OWNED BY {name} TO postgres"))
            connection.execute(text(f"DROP OWNED BY {name}"))
            connection.execute(text(f"REVOKE {APP_ROLE} FROM {name} GRANTED BY {name} CASCADE"))
            connection.execute(text(f"DROP ROLE {name}"))
