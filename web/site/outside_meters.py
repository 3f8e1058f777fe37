"""What machines are told of the world outside: what waits for it, and whose clock is off."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

from prometheus_client import Gauge
from sqlalchemy.exc import SQLAlchemyError

from handlers.upkeep import figures
from handlers.upkeep.service_outages import SERVICES, waiting
from states.kit.errors import DatabaseUnavailable
from workflow.running.clock_difference import difference

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from handlers.kit.context import CaseEngine
    from handlers.upkeep.figures import Counted


class OutsideMeters:
    """The gauges of what this process does not do itself."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Make the gauges."""
        self.waiting = Gauge(
            "nes_outside_waiting",
            "What waits for a service outside, as last counted.",
            ("service",),
            registry=registry,
        )
        self.oldest = Gauge(
            "nes_outside_oldest_seconds",
            "How long the oldest that waits for a service has waited, as last counted.",
            ("service",),
            registry=registry,
        )
        self.clock = Gauge(
            "nes_clock_ahead_seconds",
            "How far the clock of a machine is ahead of the database's; the worker's as last told.",
            ("process",),
            registry=registry,
        )

    def look(self, engine: CaseEngine, counted: Counted | None) -> None:
        """Take in how things stand; what cannot be read is not a number."""
        rows = counted.of("outside") if counted is not None else []
        found = {one.service: one for one in waiting(rows, figures.MOST_STUCK)}
        now = engine.clock.now()
        for name in SERVICES:
            one = found.get(name)
            self.waiting.labels(name).set(nan if counted is None else one.count if one else 0)
            waited = (now - one.since).total_seconds() if one else 0.0
            self.oldest.labels(name).set(nan if counted is None else max(waited, 0.0))
        told = counted.of(figures.CLOCK) if counted is not None else []
        self.clock.labels("worker").set(told[0]["seconds"] if told else nan)
        self.clock.labels("web").set(_own(engine))


def _own(engine: CaseEngine) -> float:
    try:
        return difference(engine.database).total_seconds()
    except (SQLAlchemyError, DatabaseUnavailable):
        return nan
