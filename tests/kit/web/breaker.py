"""A way to the database that breaks at a chosen step, in each of the ways in which one does.

A step is a statement, a commit or a connection that is asked for, whichever way the product asks.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import event

from workflow.engine import driver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine


Answer = TypeVar("Answer")


class Full(psycopg.OperationalError):
    """No connection is left: the driver's way to say it, with the state that the server gives."""

    sqlstate = "53300"


RAISED: dict[str, type[psycopg.Error]] = {
    "locked": psycopg.errors.LockNotAvailable,
    "slow": psycopg.errors.QueryCanceled,
    "read_only": psycopg.errors.ReadOnlySqlTransaction,
    "idle": psycopg.errors.IdleInTransactionSessionTimeout,
    "full": Full,
}
"""What the server may say to a statement, by the name of the break."""

KINDS = ("killed", "unanswered", *RAISED)
"""The server ends the connection before a step, or after a commit that it does not answer."""


@dataclass
class Breaker:
    """Counts the steps of an engine's connections and breaks one, and all that come after it."""

    engine: Engine
    owner: Engine
    kind: str = ""
    at: int = 0
    steps: int = 0
    broke: bool = False

    @contextmanager
    def breaking(self, kind: str, at: int) -> Iterator[Breaker]:
        """Break step number ``at`` (from 1) and all later ones while this lasts."""
        self.kind, self.at, self.steps, self.broke = kind, at, 0, False
        try:
            yield self
        finally:
            self.kind = ""

    def step(self, what: str, pid: int = 0) -> None:
        """Take a step; raises what the server would say, or ends the connection of a number."""
        if not self.kind:
            return
        self.steps += 1
        self.broke = self.broke or self.steps >= self.at
        if not self.broke:
            return
        if what == "connect":
            raise Full("sorry, too many clients already")
        if self.kind in RAISED:
            raise RAISED[self.kind]("broken by the test")
        self.end(pid)

    def end(self, pid: int) -> None:
        """Have the server end a connection."""
        with self.owner.connect() as owner:
            owner.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")

    def commit(self, pid: int, send: Callable[[], Answer]) -> Answer:
        """Take the step of a commit, which may be done and never answered."""
        if self.kind != "unanswered":
            self.step("commit", pid)
            return send()
        answer = send()
        before = self.broke
        self.step("commit", pid)
        if self.broke and not before:
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return answer

    def statement(self, pid: int) -> None:
        """Take the step of a statement; where answers get lost, only after one was."""
        if self.kind != "unanswered" or self.broke:
            self.step("statement", pid)


@contextmanager
def breaker_of(engine: Engine, owner: Engine) -> Iterator[Breaker]:
    """Put a breaker on an engine."""
    breaker = Breaker(engine, owner)

    def execute(cursor: Any, *_: object) -> None:  # noqa: ANN401 - the dialect's cursor
        breaker.statement(cursor.connection.info.backend_pid)

    def connect(*_: object) -> None:
        if breaker.broke or breaker.kind == "full":
            breaker.step("connect")

    doors: dict[str, Callable[..., None]] = {
        "do_execute": execute, "do_executemany": execute, "do_execute_no_params": execute,
        "do_connect": connect,
    }  # fmt: skip
    for name, door in doors.items():
        event.listen(engine, name, door, insert=True)
    with pytest.MonkeyPatch.context() as patch:
        _watch_driver(patch, breaker)
        yield breaker
    for name, door in doors.items():
        event.remove(engine, name, door)
    engine.dispose()


def _watch_driver(patch: pytest.MonkeyPatch, breaker: Breaker) -> None:
    """Watch the commits, and the statements of the short way to the driver."""
    commit = psycopg.Connection.commit
    ask, together = driver._ask, driver._ask_together  # noqa: SLF001 - its only doors

    def committed(connection: psycopg.Connection[Any]) -> None:
        if connection.info.transaction_status == TransactionStatus.IDLE or not breaker.kind:
            commit(connection)
        else:
            breaker.commit(connection.info.backend_pid, lambda: commit(connection))

    def asked(libpq: Any, *rest: Any) -> Any:  # noqa: ANN401 - passed on
        if libpq.transaction_status == TransactionStatus.IDLE:
            return breaker.commit(libpq.backend_pid, lambda: ask(libpq, *rest))
        breaker.statement(libpq.backend_pid)
        return ask(libpq, *rest)

    def asked_together(libpq: Any, *parts: Any) -> Any:  # noqa: ANN401 - the same
        breaker.statement(libpq.backend_pid)
        if parts[-1][0] == b"COMMIT":
            return breaker.commit(libpq.backend_pid, lambda: together(libpq, *parts))
        return together(libpq, *parts)

    patch.setattr(psycopg.Connection, "commit", committed)
    patch.setattr(driver, "_ask", asked)
    patch.setattr(driver, "_ask_together", asked_together)
