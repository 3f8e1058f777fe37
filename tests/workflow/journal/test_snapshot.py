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
from workflow.journal import snapshot, stored
from workflow.journal.snapshot import in_turns, one_moment
from workflow.journal.stored import STORED, broken_rows, hashes_swiftly
from workflow.journal.verification import verify

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.kit.postgres import Database
    from workflow.engine.engine import Office

DEFINITION = next(one for one in STORED if one.table == "definition")


def cases(connection: Connection) -> int:
    found = connection.scalar(text("SELECT count(DISTINCT case_id) FROM journal"))
    return int(found or 0)


def test_all_connections_see_what_the_first_sees(office: Office) -> None:
    kit.filed(office)
    with one_moment(office.database) as connections:
        kit.filed(office)
        assert in_turns(connections, [cases] * 3) == [1, 1, 1]
    with one_moment(office.database) as connections:
        assert in_turns(connections, [cases]) == [2]


def test_works_are_done_side_by_side_and_told_in_their_order(office: Office) -> None:
    meeting = Barrier(2, timeout=60)

    def met(name: str, _: Connection) -> str:
        meeting.wait()
        return name

    with one_moment(office.database) as connections:
        assert in_turns(connections, [partial(met, name) for name in "abcd"]) == [*"abcd"]


def test_when_one_fails_the_others_are_called_off(office: Office) -> None:
    begun = []

    def fails(_: Connection) -> None:
        raise LookupError("it failed")

    def lasts(connection: Connection) -> None:
        begun.append("lasts")
        connection.execute(text("SELECT pg_sleep(600)"))

    with (
        pytest.raises(LookupError, match="it failed"),
        one_moment(office.database) as connections,
    ):
        in_turns(connections, [lasts, fails, *[lasts] * 9])
    assert len(begun) < 3, "those that waited were not begun"
    with one_moment(office.database) as connections:
        assert in_turns(connections, [cases]) == [0], "the connections are fit for use"


def test_a_proof_whose_teller_fails_ends_at_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit.filed(office)

    def tell(_: int) -> None:
        raise LookupError("nobody listens")

    monkeypatch.setattr("workflow.journal.verification.BATCH", 1)
    with pytest.raises(LookupError, match="nobody listens"):
        verify(office.database, office.library, tell=tell)


def test_one_connection_does_for_both(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    kit.filed(office)
    monkeypatch.setattr(snapshot, "AT_ONCE", 1)
    outcome = verify(office.database, office.library)
    assert (outcome.found, outcome.entries) == (0, 2)
    assert outcome.recomputed["definition"] > 0


@pytest.mark.parametrize("there", [False, True])
def test_bytes_are_hashed_alike_here_and_there(
    office: Office, database: Database, *, there: bool
) -> None:
    assert broken(office, there=there) == []
    kit.tamper(database, "UPDATE definition SET canonical = canonical || 'ğ'")
    named = sorted((0, f"definition {one.sha256}") for one in kit.definitions().values())
    assert broken(office, there=there) == named
    assert broken(office, there=there, most=1) == named[:1]


def broken(office: Office, *, there: bool, most: int = 100) -> list[tuple[int, str]]:
    with office.database.connect() as connection:
        return list(broken_rows(connection, DEFINITION, most, there=there))


def test_the_server_hashes_when_it_has_the_code_for_it(office: Office) -> None:
    with office.database.connect() as connection:
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
    office: Office,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    does: str,
    becomes: type[Exception],
) -> None:
    kit.filed(office)
    with database.owner.connect() as connection:
        monkeypatch.setattr(stored, "_named", lambda _: f"{does} AS case_id, 'row' AS row")
        with pytest.raises(becomes):
            list(broken_rows(connection, DEFINITION, 1, there=False))
        connection.invalidate()
