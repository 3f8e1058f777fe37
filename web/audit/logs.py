"""The pages of the two logs beside the journal: sign-ins, and reads of personal data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, select, tuple_

from states.cases.application import Application
from states.kit.invalid import Invalid
from states.kit.reference import parse, read_number
from states.logs.access import AccessEntry
from states.people.session import SignInEntry
from states.tables import METADATA
from web.audit.entries import PAGE, JournalCursor
from workflow.journal.browse import CAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine, FromClause, Row

    from workflow.journal.export import JournalFilter

SIGN_INS: FromClause = METADATA.tables[SignInEntry.__tablename__]
READS: FromClause = METADATA.tables[AccessEntry.__tablename__]


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of a log: its rows, the mark of the next page, and how many there are in all."""

    rows: Sequence[Row[Any]]
    following: JournalCursor | None
    total: int


def page(
    database: Engine,
    table: FromClause,
    criteria: JournalFilter,
    after: JournalCursor | None,
    **exact: int | str | None,
) -> LogPage:
    """Return a page of a log, newest first; ``exact`` are further columns and their values."""
    exact_values = {"actor": criteria.actor, **exact}
    conditions = [
        table.c[name] == value for name, value in exact_values.items() if value is not None
    ]
    if criteria.since is not None:
        conditions.append(table.c.at >= criteria.since)
    if criteria.until is not None:
        conditions.append(table.c.at < criteria.until)
    some = select(literal(1)).select_from(table).where(*conditions).limit(CAP + 1).subquery()
    query = select(table).where(*conditions)
    if after is not None:
        query = query.where(tuple_(table.c.at, table.c.id) < tuple_(after.at, after.first))
    query = query.order_by(table.c.at.desc(), table.c.id.desc()).limit(PAGE + 1)
    with database.connect() as connection:
        rows = connection.execute(query).all()
        total = connection.scalar(select(func.count()).select_from(some)) or 0
    last = rows[PAGE - 1] if rows[PAGE:] else None
    return LogPage(rows[:PAGE], JournalCursor(last.at, last.id, 0) if last else None, total)


def person_of(database: Engine, typed: str) -> int | None:
    """Return the person that was typed as ``person:12`` or by an application's number."""
    sort, _, digits = typed.partition(":")
    if sort == "person" and (found := read_number(digits)) is not None:
        return found
    try:
        workflow, number = parse(typed)
    except Invalid:
        return None
    if workflow != "application":
        return None
    with database.connect() as connection:
        return connection.scalar(select(Application.person_id).where(Application.id == number))
