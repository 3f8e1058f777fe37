"""Tests of the queue's own connections: none to a server without writes or to an old primary."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from states.kit.errors import DatabaseUnavailable
from states.postgres import connecting
from states.postgres.connecting import conninfo
from states.postgres.timeline import Lineage
from workflow.running.effect_queue import greet, refuse_unfit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from sqlalchemy import URL

    from tests.kit.postgres import Database


def meet(url: URL, do: Callable[[psycopg.AsyncConnection[Any]], Awaitable[None]]) -> None:
    """Do something with a connection as the pool does."""

    async def met() -> None:
        async with await psycopg.AsyncConnection.connect(conninfo(url)) as connection:
            await do(connection)
            assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE

    asyncio.run(met())


@pytest.fixture
def followed(database: Database, tmp_path: Path) -> Iterator[URL]:
    """Give the address of a database whose history is followed."""
    connecting.follow(database.url, tmp_path)
    yield database.url
    connecting.forget(database.url)


def test_a_sound_server_is_taken(database: Database, followed: URL) -> None:
    meet(followed, lambda connection: greet(followed, connection))
    connecting.forget(followed)
    meet(database.url, lambda connection: greet(followed, connection))


def test_a_server_that_takes_no_writes_any_more_is_left(database: Database) -> None:
    async def look(connection: psycopg.AsyncConnection[Any]) -> None:
        await refuse_unfit(connection)
        await connection.execute("SET default_transaction_read_only = on")
        await connection.commit()
        with pytest.raises(psycopg.OperationalError, match="takes no writes"):
            await refuse_unfit(connection)

    meet(database.url, look)


def test_an_old_primary_is_left_once_it_is_known_where_to_go(
    followed: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def once(_: Lineage, __: object, where: str) -> None:
        asked.append(where)
        if len(asked) == 1:
            raise DatabaseUnavailable("old", why="old_primary")

    monkeypatch.setattr(Lineage, "judge", once)

    async def look(connection: psycopg.AsyncConnection[Any]) -> None:
        with pytest.raises(psycopg.OperationalError, match="old"):
            await greet(followed, connection)

    meet(followed, look)
    assert len(asked) == 2, "the sync way was gone, which says where the next one leads"
    assert connecting.place_of(followed) == followed
