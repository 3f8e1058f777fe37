"""The short way to the driver for the statements of a move.

SQLAlchemy keeps the pool and the transaction; its result machinery alone costs a third of a move,
and a round trip a tenth (measured with ``nes bench``). So the few hot statements are prepared once
a connection and go to libpq as one message each, with the BEGIN in front or the COMMIT behind.

libpq is driven by hand because psycopg's own way costs more. Client time of a move in µs, medians
of nine rounds of 300 moves turn about in one run, hook path and pure path: by hand 335 and 158;
``execute(prepare=True)`` 386 and 180; that within ``pipeline()``, which alone could send BEGIN and
COMMIT along, 449 and 182. It would also deallocate what is prepared after each refused move.
"""

from __future__ import annotations

import re
import select
from contextlib import closing, contextmanager
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format, TransactionStatus
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

from states.postgres.commits import sending
from states.postgres.database import READ_ONLY, is_line_broken, raise_absence
from workflow.model.refusal import Busy, Conflict, ValueMissing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from psycopg.abc import Buffer
    from psycopg.abc import Transformer as AnyTransformer
    from psycopg.pq.abc import PGconn, PGresult
    from sqlalchemy import Connection, PoolProxiedConnection

Driver: TypeAlias = "psycopg.Connection[Any]"
_Values: TypeAlias = "list[Buffer]"  # NULL is None; the driver's annotation leaves it out

_HELD = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
"""What the database says when another transaction holds what a move needs."""

_PREPARED = "prepared statements"
"""Where the pool keeps, for each connection of its own, the names of what it has prepared."""

_KEPT = "kept rows"
"""Where a connection keeps what was read in its transaction, and nobody can have changed since."""

_ONLY_READS = re.compile(
    r"\s*SELECT\b(?!.*(?:\bFOR\s+(?:NO\s+KEY\s+|KEY\s+)?(?:UPDATE|SHARE)\b|advisory))", re.DOTALL
)
"""A statement that writes nothing and waits for nobody: what was read before it still stands."""

_TEXT = (PyFormat.TEXT,)
"""Values are sent as text, so that the server reads each as the type that the statement wants."""

_FINE = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})

_PARAMETER = re.compile(r"%\((\w+)\)s")


class _Sort(Enum):
    """Where a statement stands: opening a transaction, within one, ending one, or one by itself."""

    FIRST = auto()
    LATER = auto()
    LAST = auto()
    ALONE = auto()


@contextmanager
def typed_errors() -> Iterator[None]:
    """Turn what the database says of a move into a refusal, whichever way it was asked.

    Conflict names the constraint that the move would break, ValueMissing the column that it would
    leave empty; Busy says that nothing was changed because another transaction holds the case.
    Everything else passes.
    """
    try:
        yield
    except (psycopg.Error, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, psycopg.errors.NotNullViolation):
            raise ValueMissing(column=cause.diag.column_name) from error
        if isinstance(cause, psycopg.IntegrityError):
            raise Conflict(constraint=cause.diag.constraint_name) from error
        if isinstance(cause, _HELD):
            raise Busy from error
        raise


def fetch(
    connection: Connection, source: str, parameters: Mapping[str, object]
) -> list[dict[str, Any]]:
    """Run a statement (in the driver's form) in the transaction and return its rows.

    Where it is the first of the transaction, that is opened in the same message; a connection that
    commits each statement opens none. Raises DatabaseUnavailable when the server is away, else the
    driver's errors.
    """
    pooled = connection.connection
    with _absence_named(pooled, connection.engine):
        driver = _driver(pooled)
        _forget(pooled, source)
        idle = driver.pgconn.transaction_status == TransactionStatus.IDLE and not driver.autocommit
        return _run(pooled, source, parameters, _Sort.FIRST if idle else _Sort.LATER)


def fetch_last(
    connection: Connection, source: str, parameters: Mapping[str, object]
) -> list[dict[str, Any]]:
    """Run a statement and COMMIT in one message and return its rows; raise as ``fetch``.

    The transaction is committed unless the statement fails: one that may find nothing to do must
    fail then. To commit once more, as SQLAlchemy will, does nothing.
    """
    pooled = connection.connection
    with _absence_named(pooled, connection.engine):
        pooled.info.pop(_KEPT, None)
        return _run(pooled, source, parameters, _Sort.LAST)


def fetch_alone(
    engine: Engine, source: str, parameters: Mapping[str, object]
) -> list[dict[str, Any]]:
    """Run a statement that is a transaction by itself and return its rows; raise as ``fetch``."""
    with closing(_checked_out(engine)) as pooled, _absence_named(pooled, engine):
        return _run(pooled, source, parameters, _Sort.ALONE)


def kept(connection: Connection) -> dict[object, Any]:
    """Return what readers of this transaction keep for each other, by names of their own.

    It is empty again once the transaction has ended, and after each statement that may write or
    wait for a lock: what was read before it may have changed. Outside a transaction nothing is
    kept.
    """
    pooled = connection.connection
    if _driver(pooled).pgconn.transaction_status != TransactionStatus.INTRANS:
        return {}
    found: dict[object, Any] = pooled.info.setdefault(_KEPT, {})
    return found


def _forget(pooled: PoolProxiedConnection, source: str) -> None:
    """Drop what is kept before a statement that opens a transaction, may write or may wait."""
    idle = _driver(pooled).pgconn.transaction_status == TransactionStatus.IDLE
    if _KEPT in pooled.info and (idle or not _only_reads(source)):
        del pooled.info[_KEPT]


@event.listens_for(Engine, "before_cursor_execute")
def _forget_too(connection: Connection, _cursor: object, source: str, *_: object) -> None:
    """Drop it as well before a statement that goes through SQLAlchemy."""
    _forget(connection.connection, source)


@lru_cache(maxsize=1024)
def _only_reads(source: str) -> bool:
    return _ONLY_READS.match(source) is not None


def _checked_out(engine: Engine) -> PoolProxiedConnection:
    try:
        return engine.raw_connection()
    except psycopg.Error as error:
        raise_absence(error, str(engine.url))
        raise


def _driver(pooled: PoolProxiedConnection) -> Driver:
    return cast("Driver", pooled.driver_connection)


def _run(
    pooled: PoolProxiedConnection,
    source: str,
    parameters: Mapping[str, object],
    sort: _Sort,
) -> list[dict[str, Any]]:
    driver = _driver(pooled)
    text, names = _numbered(source)
    statement = _prepared(pooled, text)
    adapter = Transformer(driver)
    plain = [parameters[name] for name in names]
    values = cast("_Values", adapter.dump_sequence(plain, _TEXT * len(names)))
    return _rows(adapter, _asked(driver, statement, values, sort))


def _asked(driver: Driver, statement: bytes, values: _Values, sort: _Sort) -> PGresult:
    """Send a statement and return its answer; one that commits is noted as a commit."""
    if sort is _Sort.LATER:
        return _checked(driver, _ask(driver.pgconn, statement, values))
    if sort is _Sort.FIRST:
        begun, answer = _ask_together(driver.pgconn, (b"BEGIN", None), (statement, values))
        return _checked(driver, answer or begun)
    with sending():
        if sort is _Sort.ALONE:
            return _checked(driver, _ask(driver.pgconn, statement, values))
        answer, end = _ask_together(driver.pgconn, (statement, values), (b"COMMIT", None))
        found = _checked(driver, answer)
        _checked(driver, end)
        return found


def _prepared(pooled: PoolProxiedConnection, text: str) -> bytes:
    """Return the name under which the connection knows a statement, preparing it at first."""
    names: dict[str, bytes] = pooled.info.setdefault(_PREPARED, {})
    if text not in names:
        driver = _driver(pooled)
        # Kept beside the connection: a new one, after a loss, knows none of them.
        name = f"nes_{len(names)}".encode()
        _checked(driver, driver.pgconn.prepare(name, text.encode()))
        names[text] = name
    return names[text]


def _ask(libpq: PGconn, statement: bytes, values: _Values) -> PGresult | None:
    return libpq.exec_prepared(statement, values, result_format=Format.BINARY)


def _ask_together(libpq: PGconn, *parts: tuple[bytes, _Values | None]) -> list[PGresult | None]:
    """Send what is prepared (with its values) and plain commands as one message; return answers.

    After one that fails the server leaves out the rest.
    """
    try:
        libpq.enter_pipeline_mode()
        for said, values in parts:
            if values is None:
                libpq.send_query_params(said, None)
            else:
                libpq.send_query_prepared(said, values, result_format=Format.BINARY)
        libpq.pipeline_sync()
        answers = [_answer(libpq) for _ in parts]
        _next_result(libpq)  # the end of the pipeline
        libpq.exit_pipeline_mode()
    except BaseException:
        libpq.finish()  # who comes next could not know what is still under way on it
        raise
    return answers


def _answer(libpq: PGconn) -> PGresult | None:
    answer = _next_result(libpq)
    _next_result(libpq)  # the end of this statement's answers
    return answer


def _next_result(libpq: PGconn) -> PGresult | None:
    """Return the next result of a pipeline; other threads run while this one waits for it."""
    if libpq.is_busy():
        watch = select.poll()
        watch.register(libpq.socket, select.POLLIN)
        while libpq.is_busy():
            watch.poll()
            libpq.consume_input()
    return libpq.get_result()


@lru_cache(maxsize=1024)
def _numbered(source: str) -> tuple[str, tuple[str, ...]]:
    """Return a statement with ``$1`` for its named parameters, and their names in that order."""
    names = tuple(dict.fromkeys(_PARAMETER.findall(source)))
    return source % {name: f"${place}" for place, name in enumerate(names, start=1)}, names


def _checked(driver: Driver, result: PGresult | None) -> PGresult:
    """Return what the database answers, or raise what went wrong."""
    if result is not None and result.status in _FINE:
        return result
    if driver.closed or result is None:
        raise psycopg.OperationalError(driver.pgconn.get_error_message())
    raise error_from_result(result)


def _rows(loader: AnyTransformer, result: PGresult) -> list[dict[str, Any]]:
    loader.set_pgresult(result)
    names = [(result.fname(place) or b"").decode() for place in range(result.nfields)]
    return loader.load_rows(0, result.ntuples, lambda values: dict(zip(names, values, strict=True)))


@contextmanager
def _absence_named(pooled: PoolProxiedConnection, engine: Engine) -> Iterator[None]:
    """Give up a connection that has died, and say in the product's words that nobody is there."""
    try:
        yield
    except psycopg.Error as error:
        if _driver(pooled).closed or is_line_broken(error) or error.sqlstate == READ_ONLY:
            pooled.invalidate(error)
        raise_absence(error, str(engine.url))
        raise
