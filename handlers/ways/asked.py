"""The router asked of an office: at its moment, by its definition and its journal's durations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.ways import facts
from handlers.ways.durations import durations
from handlers.ways.router import route
from handlers.ways.way import RoutingDay

if TYPE_CHECKING:
    from handlers.kit.context import CaseEngine
    from handlers.ways.router import Route

ROUTED = frozenset({"application", "certificate", "consent"})
"""Workflows whose cases are about the certificate of a person."""


def routing_day(engine: CaseEngine) -> RoutingDay:
    """Return what ways are judged by at this moment: workflow, moment, how long things take."""
    now = engine.clock.now()
    definition = engine.library.workflow("application")
    return RoutingDay(definition, now, durations.of(engine.database, now))


def route_of(engine: CaseEngine, person_id: int, day: RoutingDay) -> Route | None:
    """Return the answer for a person; None of nobody."""
    with engine.database.connect() as connection:
        person = facts.read(connection, person_id)
    return None if person is None else route(person, day)
