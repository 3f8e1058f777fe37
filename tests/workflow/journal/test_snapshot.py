"""Tests of work side by side: one moment for all, and nothing goes on when one has failed."""

from __future__ import annotations

from functools import partial
from threading import Barrier
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import text

from states.kit.errors import DatabaseUnavailable
from tests.kit.workflow import process as kit
from workflow.journal import snapshot, stored_hashes
from workflow.journal.snapshot import in_turns, one_moment
from workflow.journal.stored_hashes import STORED, broken_rows, hashes_swiftly
from workflow.journal.verification import verify

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine

DEFINITION = next(one for one in STORED if one.table == "definition")


def cases(connection: Connection) -> int:
    found = connection.scalar(text("SELECT count(DISTINCT case_id) FROM journal"))
    return int(found or 0)


def test_all_connections_see_what_the_first_sees(engine: CaseEngine) -> None:
    kit.filed(engine)
    with one_moment(engine.database) as connections:
        kit.filed(engine)
        assert in_turns(connections, [cases] * 3) == [1, 1, 1]
    with one_moment(engine.database) as connections:
        assert in_turns(connections, [cases]) == [2]


def test_works_are_done_side_by_side_and_told_in_their_order(engine: CaseEngine) -> None:
    meeting = Barrier(2, timeout=60)

    def met(name: str, _: Connection) -> str:
        meeting.wait()
        return name

    with one_moment(engine.database) as connections:
        assert in_turns(connections, [partial(met, name) for name in "abcd"]) == [*"abcd"]


def test_when_one_fails_the_others_are_called_off(engine: CaseEngine) -> None:
    begun = []

    def fails(_: Connection) -> None:
        raise LookupError("it failed")

    def lasts(connection: Connection) -> None:
        begun.append("lasts")
        connection.execute(text("SELECT pg_sleep(600)"))

    with (
        pytest.raises(LookupError, match="it failed"),
        one_moment(engine.database) as connections,
    ):
        in_turns(connections, [lasts, fails, *[lasts] * 9])
    assert len(begun) < 3, "those that waited were not begun"
    with one_moment(engine.database) as connections:
        assert in_turns(connections, [cases]) == [0], "the connections are fit for use"


def test_a_proof_whose_teller_fails_ends_at_once(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit.filed(engine)

    def tell(_: int) -> None:
        raise LookupError("nobody listens")

    monkeypatch.setattr("workflow.journal.verification.BATCH", 1)
    with pytest.raises(LookupError, match="nobody listens"):
        verify(engine.database, engine.library, tell=tell)


def test_one_connection_does_for_both(engine: CaseEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    kit.filed(engine)
    monkeypatch.setattr(snapshot, "AT_ONCE", 1)
    outcome = verify(engine.database, engine.library)
    assert (outcome.found, outcome.entries) == (0, 2)
    assert outcome.recomputed["definition"] > 0


@pytest.mark.parametrize("there", [False, True])
def test_bytes_are_hashed_alike_here_and_there(
    engine: CaseEngine, database: Database, *, there: bool
) -> None:
    assert broken(engine, there=there) == []
    kit.tamper(database, "UPDATE definition SET canonical = canonical || 'ğ'")
    named = sorted((0, f"definition {one.sha256}") for one in kit.definitions().values())
    assert broken(engine, there=there) == named
    assert broken(engine, there=there, most=1) == named[:1]


def broken(engine: CaseEngine, *, there: bool, most: int = 100) -> list[tuple[int, str]]:
    with engine.database.connect() as connection:
        return list(broken_rows(connection, DEFINITION, most, there=there))


def test_the_server_hashes_when_it_has_the_code_for_it(engine: CaseEngine) -> None:
    with engine.database.connect() as connection:
        library = connection.exec_driver_sql("SHOW ssl_library").scalar_one()
        assert hashes_swiftly(connection) is (library == "OpenSSL")


@pytest.mark.parametrize(
    ("does", "becomes"),
    [
        ("SELECT pg_terminate_backend(pg_backend_pid())", DatabaseUnavailable),
        ("SELECT 1 / 0", psycopg.errors.DivisionByZero),
    ],
)
def test_a_server_that_goes_away_under_the_hashing_is_called_so(
    engine: CaseEngine,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    does: str,
    becomes: type[Exception],
) -> None:
    kit.filed(engine)
    with database.owner.connect() as connection:
        monkeypatch.setattr(stored_hashes, "_named", lambda _: f"{does} AS case_id, 'row' AS row")
        with pytest.raises(becomes):
            list(broken_rows(connection, DEFINITION, 1, there=False))
        connection.invalidate()
