"""The past of a case as its page shows it: moves, refused tries, the desk, messages; paged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import literal, select, tuple_

from states.cases.notice import Notice
from states.kit.reference import read_number
from states.logs.desk import ASSIGNED, RELEASED, TAKEN_OVER, DeskEntry
from states.logs.journal import JournalEntry, RefusedAttempt
from web.gate.composition import composed
from web.gate.language import language
from web.kit.reading import CaseEntry
from workflow.engine.attempts import TRIED
from workflow.present.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Row

    from states.kit.base import Base
    from web.kit.reading import CaseRecord

PAGE = 50
"""Events on a page."""

MOST_SINCE = 20
"""Moves that a late form is told of; the rest stands in the history."""

MOVE, REFUSED, DESK, NOTICE = range(4)
"""The sorts of events, in the order of their cause when they have the same time."""

_TABLES: dict[int, tuple[type[Base], str]] = {
    MOVE: (JournalEntry, "n"),
    REFUSED: (RefusedAttempt, "id"),
    DESK: (DeskEntry, "id"),
    NOTICE: (Notice, "id"),
}

ALL = tuple(_TABLES)

OF_ONESELF = (MOVE, NOTICE)
"""What somebody reads of their own case: what the applicant reads, and nothing the office noted."""

Key = tuple[datetime, int, int]
"""Where an event stands: its time, its sort, its number."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a case: a move (``entry``), or a row of one of the other tables.

    ``reason`` says why an attempt was refused; of a timer, ``also`` what else it tried (a
    transition) and why that was refused.
    """

    key: Key
    row: Row[Any]
    entry: CaseEntry | None = None
    reason: str = ""
    also: tuple[tuple[str, str], ...] = ()

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.key[0]

    @property
    def sort(self) -> int:
        """Which sort of event it is."""
        return self.key[1]

    @property
    def actors(self) -> list[str]:
        """The keys of those it speaks of; a message is nobody's."""
        if self.sort == NOTICE:
            return []
        other = self.other if self.sort == DESK else ""
        return [self.row.actor, *([other] if other else [])]

    @property
    def other(self) -> str:
        """The key of whom a case was taken from or given to, "" when a line speaks of nobody."""
        speaks = self.row.what in {TAKEN_OVER, RELEASED, ASSIGNED}
        return (self.row.text or "").partition(" ")[0] if speaks else ""

    @property
    def why(self) -> str:
        """Why the office took a case back from who held it, "" when it did not."""
        return (self.row.text or "").partition(" ")[2] if self.row.what == RELEASED else ""


def history(
    case: CaseRecord, after: Key | None = None, sorts: Iterable[int] = ALL
) -> tuple[list[Event], str]:
    """Return a page of what happened, the newest first, and the mark of the next page or ""."""
    with composed().database.connect() as connection:
        events = [
            _event(case, sort, row)
            for sort in sorts
            for row in _read(connection, case, sort, after)
        ]
    events.sort(key=lambda event: event.key, reverse=True)
    more = len(events) > PAGE
    return events[:PAGE], mark_of(events[PAGE - 1].key) if more else ""


def since(case: CaseRecord, seen: int, most: int = MOST_SINCE) -> list[CaseEntry]:
    """Return the first moves after a version, in order."""
    query = (
        select(JournalEntry.at, JournalEntry.hash, JournalEntry.body)
        .where(JournalEntry.case_id == case.id, JournalEntry.n > seen)
        .order_by(JournalEntry.n)
        .limit(most)
    )
    with composed().database.connect() as connection:
        return [_entry(row) for row in connection.execute(query)]


def actors_of(events: Iterable[Event]) -> set[str]:
    """Return the keys of everybody that the events speak of."""
    return {actor for event in events for actor in event.actors}


def mark_of(key: Key) -> str:
    """Return a place in the history as it stands in an address."""
    at, sort, number = key
    return f"{at.isoformat()}_{sort}_{number}"


def parse_mark(text: str) -> Key | None:
    """Read a place in the history; one that is not ours is the newest page."""
    at, _, rest = text.partition("_")
    sort, number = map(read_number, rest.partition("_")[::2])
    if number is None or sort not in _TABLES:
        return None
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return None if moment.tzinfo is None else (moment, sort, number)


def _read(
    connection: Connection, case: CaseRecord, sort: int, after: Key | None
) -> Sequence[Row[Any]]:
    entity, number = _TABLES[sort]
    table = entity.__table__
    moment = table.c.created_at if sort == NOTICE else table.c.at
    query = select(table).where(table.c.case_id == case.id)
    if after is not None:
        query = query.where(tuple_(moment, literal(sort), table.c[number]) < tuple_(*after))
    order = (moment.desc(), table.c[number].desc())
    return connection.execute(query.order_by(*order).limit(PAGE + 1)).all()


def _event(case: CaseRecord, sort: int, row: Row[Any]) -> Event:
    number = row.n if sort == MOVE else row.id
    key = (row.created_at if sort == NOTICE else row.at, sort, number)
    if sort == MOVE:
        return Event(key, row, entry=_entry(row))
    if sort == REFUSED:
        known = {"kind": case.row.get("kind")}
        params = {**known, "rule": row.code, **row.params}
        also = tuple(
            (trigger, sentence(case.definition, code, {**known, "rule": code}, language()))
            for trigger, code in row.params.get(TRIED, {}).items()
        )
        return Event(
            key, row, reason=sentence(case.definition, row.code, params, language()), also=also
        )
    return Event(key, row)


def _entry(row: Row[*tuple[Any, ...]]) -> CaseEntry:
    return CaseEntry(row.at, row.hash.hex(), json.loads(row.body))
