"""Tests of the way to PostgreSQL: the role, the clock, the server's age, and its absence."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import ProgrammingError

from states.kit.errors import DatabaseUnavailable
from states.kit.settings import Settings, load_settings
from states.postgres import database as database_module
from states.postgres.database import (
    close_server,
    conninfo,
    database_url,
    ensure_database,
    make_engine,
    open_database,
    refuse_read_only,
)
from workflow.engine.driver import fetch, fetch_alone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from states.postgres.server import EmbeddedServer
    from tests.kit.postgres import Database


def one(engine: Engine, query: str) -> object:
    with engine.connect() as connection:
        return connection.execute(text(query)).scalar_one()


def refusal(engine: Engine) -> DatabaseUnavailable:
    with pytest.raises(DatabaseUnavailable) as caught:
        engine.connect()
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Settings]:
    """Give the settings of a demo without an address, and stop the server it started."""
    settings = load_settings({"NES_DEMO": "1", "NES_VAR": str(tmp_path / "var")})
    yield settings
    close_server(settings)


def test_an_ordinary_connection_runs_under_the_app_role(database: Database) -> None:
    assert one(database.app, "SELECT current_user") == "nes_app"
    assert one(database.owner, "SELECT current_user") == "postgres"


def test_the_app_role_outlives_a_rollback(database: Database) -> None:
    with database.app.connect() as connection:
        connection.rollback()
        assert connection.execute(text("SELECT current_user")).scalar_one() == "nes_app"


def test_the_app_role_may_not_make_or_drop_tables(database: Database) -> None:
    with database.app.connect() as connection:
        for statement in ("CREATE TABLE mine (n int)", "DROP TABLE journal"):
            with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
                connection.execute(text(statement))
            connection.rollback()


def test_connections_speak_utc_and_say_who_they_are(database: Database) -> None:
    engine = make_engine(database.url, application="nes worker")
    assert one(engine, "SHOW timezone") == "UTC"
    assert one(engine, "SHOW application_name") == "nes worker"
    engine.dispose()


def test_connections_are_transactional(database: Database) -> None:
    with database.app.connect() as connection:
        first = connection.execute(text("SELECT pg_current_xact_id()")).scalar_one()
        assert connection.execute(text("SELECT pg_current_xact_id()")).scalar_one() == first


def test_a_cluster_without_the_app_role_is_not_prepared(
    empty_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "APP_ROLE", "nes_app_of_another_day")
    error = refusal(empty_database.app)
    assert "nes db upgrade" in str(error)
    assert one(empty_database.owner, "SELECT 1") == 1


def test_an_old_postgresql_is_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "OLDEST", 990_000)
    assert "is too old. Use version 15 or newer" in str(refusal(database.app))
    assert "is too old" in str(refusal(database.owner))


def test_a_database_that_cannot_hold_every_letter_is_refused(server: EmbeddedServer) -> None:
    with psycopg.connect(conninfo(server.url("postgres")), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS latin")
        connection.execute(
            "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN5' LOCALE_PROVIDER libc"
        )
        engine = make_engine(server.url("latin"))
        assert "is in LATIN5" in str(refusal(engine))
        engine.dispose()
        connection.execute("DROP DATABASE latin")


def test_an_absent_server_is_told_in_a_sentence_without_the_password() -> None:
    url = URL.create("postgresql+psycopg", "u", "sifre", "127.0.0.1", 1, "nes")
    error = refusal(make_engine(url))
    assert "out of reach" in str(error)
    assert "NES_DATABASE_URL" in str(error)
    assert "sifre" not in str(error)
    assert error.code == "database_unavailable"
    assert error.params["where"] == "postgresql+psycopg://u:***@127.0.0.1:1/nes"


def test_an_absent_database_is_told_in_a_sentence(server: EmbeddedServer) -> None:
    assert 'database "nowhere" does not exist' in str(refusal(make_engine(server.url("nowhere"))))


def test_a_connection_lost_in_the_middle_is_an_absence(database: Database) -> None:
    with database.app.connect() as lost, database.owner.connect() as owner:
        pid = lost.execute(text("SELECT pg_backend_pid()")).scalar_one()
        owner.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        with pytest.raises(DatabaseUnavailable, match="out of reach"):
            lost.execute(text("SELECT 1"))


def test_after_an_absence_the_engine_finds_its_way_back(database: Database) -> None:
    with database.app.connect() as first:
        pid = first.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with database.owner.connect() as owner:
        owner.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    assert one(database.app, "SELECT 1") == 1


def test_a_lock_not_had_in_time_is_no_absence(database: Database) -> None:
    with database.owner.connect() as holder, database.owner.connect() as late:
        holder.execute(text("LOCK TABLE person"))
        late.execute(text("SET lock_timeout = '1ms'"))
        with pytest.raises(Exception, match="lock timeout") as caught:
            late.execute(text("LOCK TABLE person"))
        assert not isinstance(caught.value, DatabaseUnavailable)


def test_a_mistake_in_sql_stays_sqlalchemys_error(database: Database) -> None:
    with database.app.connect() as connection, pytest.raises(ProgrammingError):
        connection.execute(text("SELECT FROM WHERE"))


def test_a_connection_that_the_server_closed_is_replaced_before_it_is_used(
    database: Database,
) -> None:
    engine = make_engine(database.url)
    first = one(engine, "SELECT pg_backend_pid()")
    assert one(engine, "SELECT pg_backend_pid()") == first
    with database.owner.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": first})
    assert one(engine, "SELECT pg_backend_pid()") != first
    engine.dispose()


def test_a_move_does_not_wait_for_ever_for_a_row_and_a_step_does(database: Database) -> None:
    assert one(database.app, "SHOW lock_timeout") == "10s"
    assert one(database.owner, "SHOW lock_timeout") == "0"


def test_the_pool_holds_as_many_connections_as_asked(database: Database) -> None:
    engine = make_engine(database.url, pool_size=2)
    connections = [engine.connect() for _ in range(6)]
    assert engine.pool.checkedout() == 6  # type: ignore[attr-defined]
    for connection in connections:
        connection.close()
    engine.dispose()


def test_a_given_address_is_used_as_it_is(settings: Settings, database: Database) -> None:
    assert database_url(settings) == database.url
    engine = open_database(settings, application="nes web")
    assert one(engine, "SELECT current_database()") == database.url.database
    assert one(engine, "SELECT current_user") == "nes_app"
    assert one(engine, "SHOW application_name") == "nes web"
    engine.dispose()
    close_server(settings)


def test_without_an_address_the_embedded_server_serves(embedded: Settings) -> None:
    engine = open_database(embedded, owner=True)
    assert one(engine, "SELECT current_database()") == "nes"
    assert one(engine, "SHOW data_directory") == str(embedded.var / "postgres")
    assert database_url(embedded) == engine.url
    engine.dispose()
    close_server(embedded)
    assert not (embedded.var / "postgres" / "postmaster.pid").exists()
    again = open_database(embedded, owner=True)
    assert one(again, "SELECT 1") == 1
    again.dispose()


def test_a_database_made_by_many_at_once_is_made_once(server: EmbeddedServer) -> None:
    name = "made_by_many"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: ensure_database(server.url("postgres"), name), range(8)))
    with psycopg.connect(conninfo(server.url("postgres")), autocommit=True) as connection:
        query = "SELECT count(*) FROM pg_database WHERE datname = %s"
        assert connection.execute(query, [name]).fetchone() == (1,)
        connection.execute(f"DROP DATABASE {name}".encode())


def test_losing_the_race_for_a_database_is_no_error(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = psycopg.Connection.execute

    def sees_nothing(connection: psycopg.Connection, query: Any, *rest: Any) -> Any:  # noqa: ANN401 - stands in for a library's method
        return execute(connection, "SELECT WHERE false" if rest else query)

    monkeypatch.setattr(psycopg.Connection, "execute", sees_nothing)
    ensure_database(server.url("postgres"), "postgres")


def test_a_database_cannot_be_made_on_an_absent_server() -> None:
    url = URL.create("postgresql+psycopg", "u", "sifre", "127.0.0.1", 1, "postgres")
    with pytest.raises(DatabaseUnavailable, match="out of reach") as caught:
        ensure_database(url, "nes")
    assert "sifre" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("postgresql+psycopg://u:p%40@h:5433/d", "host=h port=5433 dbname=d user=u password=p@"),
        ("postgresql+psycopg://u@/d?host=/a%20b", "dbname=d user=u host='/a b'"),
        (
            "postgresql+psycopg://h/d?host=a&host=b",
            "dbname=d host=a,b target_session_attrs=read-write",
        ),
    ],
)
def test_a_libpq_string_says_the_same_as_the_address(url: str, wanted: str) -> None:
    settings = load_settings(
        {
            "NES_DATABASE_URL": url,
            "NES_PLAIN": "database",
            "NES_SECRET_KEY": "s" * 32,
            "NES_LOOKUP_KEY": "0" * 64,
            "NES_PERSONAL_KEY": "1" * 64,
            "NES_TOKEN_PIN": "1234",
        }
    )
    assert psycopg.conninfo.conninfo_to_dict(
        conninfo(database_url(settings))
    ) == psycopg.conninfo.conninfo_to_dict(wanted)


def set_read_only(server: EmbeddedServer, database: Database, word: str) -> None:
    """Set whether whoever comes next to a database may write."""
    setting = f"ALTER DATABASE {database.url.database} SET default_transaction_read_only = {word}"
    with psycopg.connect(conninfo(server.url("postgres")), autocommit=True) as connection:
        connection.execute(setting.encode())


def test_a_server_that_takes_no_writes_is_away_and_served_again_when_it_does(
    server: EmbeddedServer, database: Database
) -> None:
    engine = make_engine(database.url)
    set_read_only(server, database, "on")
    for opened in (engine, make_engine(database.url, owner=True)):
        error = refusal(opened)
        assert "takes no writes" in str(error)
        assert error.params["why"] == "read_only"
    set_read_only(server, database, "off")
    with engine.connect() as kept:
        first = kept.execute(text("SELECT pg_backend_pid()")).scalar_one()
        kept.exec_driver_sql("SET default_transaction_read_only = on")
        kept.commit()
        with pytest.raises(DatabaseUnavailable, match="takes no writes"):
            refuse_read_only(kept)
        with pytest.raises(DatabaseUnavailable, match="takes no writes"):
            kept.execute(text("DELETE FROM person"))
        assert kept.invalidated
    assert one(engine, "SELECT pg_backend_pid()") != first
    engine.dispose()


def test_a_connection_that_tells_of_a_server_without_writes_is_replaced_before_it_is_used(
    database: Database,
) -> None:
    engine = make_engine(database.url, pool_size=1)
    with engine.connect() as kept:
        first = kept.execute(text("SELECT pg_backend_pid()")).scalar_one()
        kept.exec_driver_sql("SET default_transaction_read_only = on")
        kept.commit()
    assert fetch_alone(engine, "SELECT pg_backend_pid() AS pid", {})[0]["pid"] != first
    insert = "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('x', 'x') RETURNING 1"
    with engine.connect() as kept:
        kept.exec_driver_sql("SET transaction_read_only = on")
        with pytest.raises(DatabaseUnavailable, match="takes no writes"):
            fetch(kept, insert, {})
    engine.dispose()
