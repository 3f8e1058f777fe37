"""Keeping the radar: what has changed once a minute, everybody once a day and every few hours.

Each change of a case leaves a line in the journal and each change of a person or an institution one
in their log; whoever such a line is about is looked at anew. Where somebody stands hangs on the day
too, so with a new day, and with new terms of the e-onay, everybody is. That again every few hours
mends what a transaction of long duration brought behind the sweep's back.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, text, update

from handlers.radar import figures
from handlers.radar.lines import refresh
from handlers.radar.needs import CURRENT_TERMS
from handlers.ways.asked import routing_day
from states.people.person import Person
from states.people.radar import RadarSweep
from workflow.running.advisory_lock import held_alone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from handlers.kit.context import CaseEngine
    from handlers.ways.way import RoutingDay

LOCK = 0x52414441
"""The first key of the advisory lock under which one worker keeps the radar."""

AT_ONCE = 10_000
"""People that are looked at in one transaction."""

WHOLE = timedelta(hours=6)
"""After how long everybody is looked at again."""

OVERLAP = timedelta(minutes=5)
"""How far before the last sweep changes are looked for, for they appear with their commit."""

_CHANGED = text("""
SELECT a.person_id FROM journal j JOIN application a ON a.id = j.case_id
WHERE j.at >= :since AND j.workflow = 'application'
UNION
SELECT c.person_id FROM journal j JOIN certificate c ON c.id = j.case_id
WHERE j.at >= :since AND j.workflow = 'certificate'
UNION
SELECT c.person_id FROM journal j JOIN consent c ON c.id = j.case_id
WHERE j.at >= :since AND j.workflow = 'consent'
UNION
SELECT d.person_id FROM data_change d WHERE d.at >= :since AND d.person_id IS NOT NULL
UNION
SELECT p.id FROM data_change d JOIN person p ON p.institution_id = d.institution_id
WHERE d.at >= :since
""")


def sweep(engine: CaseEngine) -> int:
    """Bring lines and figures up to date; return how many people were looked at.

    Nothing is done while another worker is at it.
    """
    with held_alone(engine, LOCK, 1) as holder:
        if holder is None:
            return 0
        routing = routing_day(engine)
        with engine.database.connect() as connection:
            last = connection.execute(select(RadarSweep.__table__)).one_or_none()
            terms = connection.scalar(select(CURRENT_TERMS))
        if (
            last is None
            or last.whole_at is None
            or (last.day, last.terms) != (routing.today, terms)
            or last.whole_at <= routing.now - WHOLE
        ):
            return _whole(engine.database, routing, terms)
        return _changed(engine.database, routing, last.swept_at - OVERLAP)


def _whole(database: Engine, routing: RoutingDay, terms: str | None) -> int:
    """Look at everybody; one that is broken off is begun anew by the next sweep."""
    seen = 0
    with database.begin() as connection:
        connection.execute(delete(RadarSweep))
        connection.execute(insert(RadarSweep).values(id=1, day=routing.today, terms=terms))
    for people in _everybody(database):
        with database.begin() as connection:
            refresh(connection, people, routing)
        seen += len(people)
    with database.begin() as connection:
        figures.sum_all(connection, routing.now)
        figures.keep_week(connection, routing.today)
        _note(connection, whole_at=routing.now, swept_at=routing.now)
    return seen


def _everybody(database: Engine) -> Iterator[list[int]]:
    last = 0
    while True:
        query = select(Person.id).where(Person.id > last).order_by(Person.id).limit(AT_ONCE)
        with database.connect() as connection:
            people = list(connection.scalars(query))
        if not people:
            return
        yield people
        last = people[-1]


def _changed(database: Engine, routing: RoutingDay, since: datetime) -> int:
    """Look at those of whom something was written down since then, with their figures."""
    with database.connect() as connection:
        people = sorted(connection.scalars(_CHANGED, {"since": since}))
    for some in _groups(people):
        with database.begin() as connection:
            figures.sum_above(connection, refresh(connection, some, routing), routing.now)
    with database.begin() as connection:
        _note(connection, swept_at=routing.now)
    return len(people)


def _groups(people: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(people), AT_ONCE):
        yield people[first : first + AT_ONCE]


def _note(connection: Connection, **values: datetime) -> None:
    connection.execute(update(RadarSweep).values(**values))
