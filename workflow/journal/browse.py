"""Looking through the journal: a page of it, newest first, and how many there are at most.

Whatever the filter, a page walks an index from its newest end and stops when the page is full. The
indexes on actor and on workflow name the transition before the moment, so that a filter of both is
one walk; where the filter leaves workflow or transition open, each that occurs is walked for one
page. There is no index on the moment alone: every move would write it for this one page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, select, true, tuple_

from workflow.journal.export import JOURNAL, REFUSED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import CTE, ColumnElement, Engine, FromClause, Row, Select

    from workflow.journal.export import JournalFilter

Place = tuple["datetime", int, int]
"""Where a page ended: moment, case and number (journal), moment, id and 0 (refused)."""

CAP = 10_000
"""Up to how many rows are counted exactly."""


def entries(
    database: Engine, wanted: JournalFilter, after: Place | None, size: int
) -> Sequence[Row[Any]]:
    """Return at most ``size`` entries that a filter finds, newest first, from a place on."""
    keys = _keys(wanted, after, size).subquery()
    found = JOURNAL.join(keys, (JOURNAL.c.case_id == keys.c.case_id) & (JOURNAL.c.n == keys.c.n))
    # Only the rows of the page are fetched: the walk itself reads nothing but the index.
    query = select(JOURNAL).select_from(found).order_by(*_newest(JOURNAL)).limit(size)
    with database.connect() as connection:
        return connection.execute(query).all()


def refusals(
    database: Engine, wanted: JournalFilter, after: Place | None, size: int
) -> Sequence[Row[Any]]:
    """Return at most ``size`` refused attempts that a filter finds, newest first."""
    query = select(REFUSED).where(*wanted.conditions(REFUSED))
    if after is not None:
        query = query.where(tuple_(REFUSED.c.at, REFUSED.c.id) < tuple_(after[0], after[1]))
    query = query.order_by(REFUSED.c.at.desc(), REFUSED.c.id.desc()).limit(size)
    with database.connect() as connection:
        return connection.execute(query).all()


def counted(database: Engine, wanted: JournalFilter, *, refused: bool) -> int:
    """Return how many rows the filter finds; what is more than ``CAP`` is ``CAP + 1``."""
    table = REFUSED if refused else JOURNAL
    found = select(literal(1)).select_from(table).where(*wanted.conditions(table)).limit(CAP + 1)
    with database.connect() as connection:
        return connection.scalar(select(func.count()).select_from(found.subquery())) or 0


def _keys(wanted: JournalFilter, after: Place | None, size: int) -> Select[Any]:
    table = JOURNAL.c
    walk = select(table.at, table.case_id, table.n).where(*wanted.conditions())
    if after is not None:
        walk = walk.where(tuple_(table.at, table.case_id, table.n) < tuple_(*after))
    walk = walk.order_by(*_newest(JOURNAL)).limit(size)
    arms = _arms(wanted)
    if arms is None:
        return walk
    each = walk.where(*(table[column.name] == column for column in arms.c)).lateral("each")
    return select(each).select_from(arms.join(each, true())).order_by(*_newest(each)).limit(size)


def _arms(wanted: JournalFilter) -> CTE | None:
    """Return what to walk one by one; None where the filter itself is one walk."""
    if wanted.case_id is not None or wanted.batch is not None:
        return None
    leading = "actor" if wanted.actor is not None else "workflow"
    open_names = [name for name in (leading, "trigger") if getattr(wanted, name) is None]
    if not open_names:
        return None
    # An index is jumped through by what it begins with, so a transition alone narrows nothing.
    given = getattr(wanted, leading)
    return _occurring(open_names, *([] if given is None else [JOURNAL.c[leading] == given]))


def _occurring(names: Sequence[str], *given: ColumnElement[bool]) -> CTE:
    """Return the values that occur in columns, jumping in the index from one to the next."""
    columns = [JOURNAL.c[name] for name in names]
    lowest = select(*columns).where(*given).order_by(*columns).limit(1)
    found = select(lowest.subquery()).cte("occurring", recursive=True)
    beyond = tuple_(*columns) > tuple_(*(found.c[name] for name in names))
    following = lowest.where(beyond).lateral("following")
    return found.union_all(select(following).select_from(found.join(following, true())))


def _newest(table: FromClause) -> list[ColumnElement[Any]]:
    return [table.c.at.desc(), table.c.case_id.desc(), table.c.n.desc()]
