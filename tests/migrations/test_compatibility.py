"""Old code beside a new database and the other way round: each goes on rightly or says why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from migrations import check as checks
from migrations.compatibility import DatabaseAhead, DatabaseBehind, look, newest, watch
from migrations.run import UpgradeStopped, downgrade, status, steps, undeclared, upgrade
from states.postgres.database import make_engine
from web.gate.composition import compose
from web.site.app import create_app

if TYPE_CHECKING:
    from states.kit.settings import Settings
    from tests.kit.postgres import Database


def later(database: Database, number: str, *, compatible: bool) -> None:
    """Let a version that is newer than ours have made a step."""
    made = "INSERT INTO step (number, made_at, compatible) VALUES (:number, now(), :compatible)"
    with database.owner.begin() as connection:
        connection.execute(text(made), {"number": number, "compatible": compatible})
        connection.execute(text("UPDATE alembic_version SET version_num = :n"), {"n": number})


def test_the_newest_step_is_told_by_the_files_alone() -> None:
    assert newest() == steps()[-1]


def test_a_database_behind_is_refused_with_what_to_do(database: Database) -> None:
    look(database.app)
    downgrade(database.url, steps()[-2])
    for _ in range(2):
        with pytest.raises(
            DatabaseBehind, match=f"{steps()[-2]}.*needs {newest()}.*nes db upgrade"
        ):
            look(database.app)
    upgrade(database.url)
    look(database.app)


def test_a_database_without_any_step_is_refused_too(empty_database: Database) -> None:
    with pytest.raises(DatabaseBehind, match="no tables yet.*nes db upgrade"):
        look(empty_database.owner)


def test_a_database_ahead_is_worked_on_while_its_steps_let_older_code(database: Database) -> None:
    later(database, "9998", compatible=True)
    look(database.app)
    later(database, "9999", compatible=False)
    with pytest.raises(DatabaseAhead, match="9999.*changed.*knows steps up to"):
        look(database.app)


def test_a_database_ahead_that_tells_nothing_of_its_steps_is_refused(database: Database) -> None:
    later(database, "9999", compatible=True)
    with database.owner.begin() as connection:
        connection.execute(text("DROP TABLE step"))
    with pytest.raises(DatabaseAhead, match="9999"):
        look(database.app)


def test_an_older_upgrade_leaves_a_newer_database_alone(database: Database) -> None:
    later(database, "9998", compatible=True)
    upgrade(database.url)
    assert status(database.url).current == "9998"
    assert status(database.url).pending == ()
    later(database, "9999", compatible=False)
    with pytest.raises(DatabaseAhead):
        upgrade(database.url)


def test_each_connection_of_a_process_asks_anew(settings: Settings, database: Database) -> None:
    composition = compose(settings)
    try:
        client = create_app(composition).test_client()
        assert client.get("/readyz").status_code == 200
        later(database, "9999", compatible=False)
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json is not None
        assert answer.json["code"] == "database_ahead"
        assert "Install the newer version" in answer.json["why"]
        composition.database.dispose()
        assert client.get("/dogrula").status_code == 503
        with pytest.raises(DatabaseAhead):
            compose(settings)
    finally:
        composition.database.dispose()


def test_a_step_that_stops_older_code_ends_its_connections(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    downgrade(database.url, steps()[-2])
    engine = make_engine(database.url, application="nes web")
    with engine.connect() as connection:
        older = connection.scalar(text("SELECT pg_backend_pid()"))
    monkeypatch.setattr("migrations.steps.lets_older_code_go_on", lambda _step: False)
    upgrade(database.url)
    alive = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
    with database.owner.connect() as connection:
        assert connection.scalar(alive, {"pid": older}) == 0
        made = connection.execute(text("SELECT number, compatible FROM step ORDER BY number")).all()
    assert made[-1] == (newest(), False)
    watch(engine)
    monkeypatch.setattr("migrations.compatibility.newest", lambda: steps()[-2])
    with pytest.raises(DatabaseAhead), engine.connect():
        pass
    engine.dispose()


def test_a_step_that_can_not_be_made_leaves_the_one_before(database: Database) -> None:
    downgrade(database.url, "0030")
    with database.owner.begin() as connection:
        connection.execute(text("CREATE INDEX ix_office_user_person ON office_user (name)"))
    with pytest.raises(UpgradeStopped, match="after 0030.*already exists.*nes db upgrade"):
        upgrade(database.url)
    assert status(database.url).current == "0030"
    with database.owner.begin() as connection:
        connection.execute(text("DROP INDEX ix_office_user_person"))
    upgrade(database.url)
    assert status(database.url).pending == ()


def test_a_step_that_does_not_say_whom_it_leaves_working_is_named(
    monkeypatch: pytest.MonkeyPatch, empty_database: Database
) -> None:
    assert undeclared() == ()
    monkeypatch.setattr("migrations.run.FIRST", "0033")
    assert undeclared() == ("0033",)
    faults = checks.check(empty_database.url)
    assert [fault for fault in faults if "0033" in fault and "older code" in fault]
