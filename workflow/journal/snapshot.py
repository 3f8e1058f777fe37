"""Several connections that see the database as of one moment, and the work done on them.

Where one statement, or the reading of one stream, keeps one core busy, another keeps the next.
"""

from __future__ import annotations

from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    from sqlalchemy import Connection, Engine

Result = TypeVar("Result")

SORT_MEMORY = "64MB"
"""What PostgreSQL may use to bring the entries into their order."""

AT_ONCE = 2
"""How many connections a proof holds: one for its stream of entries, one for what runs beside."""

SOON = 0.1
"""After how many seconds work that goes on is called off again."""


@contextmanager
def one_moment(database: Engine) -> Iterator[Sequence[Connection]]:
    """Give `AT_ONCE` connections that all see what the first of them sees."""
    with ExitStack() as stack:
        connections = [stack.enter_context(database.connect()) for _ in range(AT_ONCE)]
        for connection in connections:
            connection.execution_options(isolation_level="REPEATABLE READ")
        first, *others = connections
        for other in others:
            moment = first.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
            other.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{moment}'")
        for connection in connections:
            connection.exec_driver_sql(f"SET LOCAL work_mem = '{SORT_MEMORY}'")
        yield connections


def in_turns(
    connections: Sequence[Connection], works: Sequence[Callable[[Connection], Result]]
) -> list[Result]:
    """Do each work on whichever connection is free; return the results in the order of the works.

    When one fails, or the waiting is interrupted, those that wait are not begun, and those that run
    are called off.
    """
    free: SimpleQueue[Connection] = SimpleQueue()
    for connection in connections:
        free.put(connection)

    def done(work: Callable[[Connection], Result]) -> Result:
        mine = free.get()
        try:
            return work(mine)
        finally:
            free.put(mine)

    with ThreadPoolExecutor(len(connections), thread_name_prefix="beside") as threads:
        waiting = [threads.submit(done, work) for work in works]
        try:
            for one in wait(waiting, return_when=FIRST_EXCEPTION).done:
                one.result()
        except BaseException:
            _give_up(waiting, connections)
            raise
        return [one.result() for one in waiting]


def _give_up(waiting: Sequence[Future[Result]], connections: Sequence[Connection]) -> None:
    """Have the server give up whatever it does for these, until nothing is done any more."""
    for one in waiting:
        one.cancel()
    # A reader of the stream asks nothing of the server just then, and is told at the next question.
    while wait(waiting, timeout=SOON).not_done:
        for connection in connections:
            with suppress(psycopg.Error):
                connection.connection.driver_connection.cancel_safe()  # type: ignore[union-attr]  # it is open
