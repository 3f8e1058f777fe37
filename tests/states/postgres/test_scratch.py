"""Databases that live for a while: there while they are used, gone however that ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from states.postgres.database import conninfo
from states.postgres.scratch import scratch_database

if TYPE_CHECKING:
    from sqlalchemy import URL

    from states.postgres.server import EmbeddedServer


class Interrupted(Exception):
    """What ends the use of a database before its time."""


def exists(server: URL, name: str | None) -> bool:
    with psycopg.connect(conninfo(server)) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        return connection.execute(query, [name]).fetchone() is not None


def test_a_scratch_database_is_there_while_it_is_used_and_gone_afterwards(
    server: EmbeddedServer,
) -> None:
    postgres = server.url("postgres")
    with scratch_database(postgres, "while") as url:
        assert str(url.database).startswith("while_")
        assert exists(postgres, url.database)
    assert not exists(postgres, url.database)


def test_it_goes_too_when_its_use_is_broken_off_with_a_connection_open(
    server: EmbeddedServer,
) -> None:
    postgres = server.url("postgres")
    names: list[str | None] = []

    def break_off() -> None:
        with scratch_database(postgres, "broken") as url:
            names.append(url.database)
            with psycopg.connect(conninfo(url)):
                raise Interrupted

    with pytest.raises(Interrupted):
        break_off()
    assert not exists(postgres, names[0])
