"""What machines are told of how the office goes on: workers, queue, sweeps, list and disk."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

from prometheus_client import Gauge
from sqlalchemy.exc import SQLAlchemyError

from handlers.upkeep import liveness
from states.kit.errors import DatabaseUnavailable

if TYPE_CHECKING:
    from datetime import datetime

    from prometheus_client import CollectorRegistry

    from handlers.kit.context import CaseEngine
    from handlers.upkeep.liveness import Vitals
    from states.kit.settings import Settings


class RunningMeters:
    """The gauges of what has to go on by itself.

    Moments are seconds since 1970, as Prometheus has them, so that an alarm can tell how long ago
    each was.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        """Make the gauges."""

        def gauge(name: str, told: str) -> Gauge:
            return Gauge(name, told, registry=registry)

        self.database = gauge("nes_database_up", "1 while the database answers, else 0.")
        self.workers = gauge("nes_workers", "Workers that were heard of in the last minute.")
        self.due = gauge("nes_effects_due", "Effects whose time has come and that nobody runs.")
        self.oldest = gauge(
            "nes_effects_due_oldest_timestamp_seconds", "When the time of the oldest of them came."
        )
        self.queue = Gauge(
            "nes_queue_due",
            "Effects of a queue whose time has come and that nobody runs.",
            ("queue",),
            registry=registry,
        )
        self.queue_oldest = Gauge(
            "nes_queue_due_oldest_timestamp_seconds",
            "When the time of the oldest of them came.",
            ("queue",),
            registry=registry,
        )
        self.swept = gauge(
            "nes_sweep_finished_timestamp_seconds", "When the last sweep came to its end."
        )
        self.list = gauge(
            "nes_revocation_list_until_timestamp_seconds",
            "The nextUpdate of the newest revocation list.",
        )
        self.issued = gauge(
            "nes_revocation_list_timestamp_seconds",
            "The thisUpdate of the newest revocation list.",
        )
        self.entries = gauge(
            "nes_revocation_list_entries", "Certificates that the newest revocation list names."
        )
        self.changes = gauge(
            "nes_revocation_changes_waiting", "Changes that the next revocation list will take in."
        )
        self.blanks = gauge("nes_blank_cards", "Blank cards in stock, where the house keeps one.")
        self.blanks_low = gauge("nes_blank_cards_low", "NES_STOCK_LOW: fewer of them are too few.")
        self.free = gauge("nes_disk_free_bytes", "Bytes that are free where NES_VAR stands.")
        self.size = gauge("nes_disk_size_bytes", "Bytes that there are where NES_VAR stands.")

    def look(self, engine: CaseEngine, settings: Settings) -> None:
        """Take in how things stand; what cannot be read is not a number."""
        try:
            free, size = liveness.room(settings.var)
        except OSError:
            free, size = nan, nan  # type: ignore[assignment]  # a gauge takes any number
        self.blanks_low.set(settings.stock_low)
        self.free.set(free)
        self.size.set(size)
        try:
            found = liveness.read(engine.database, engine.clock.now())
        except (SQLAlchemyError, DatabaseUnavailable):
            self._away()
            return
        self._told(found)

    def _told(self, found: Vitals) -> None:
        self.database.set(1)
        self.workers.set(found.workers)
        self.due.set(found.jobs)
        for name, queue in found.queues.items():
            self.queue.labels(name).set(queue.jobs)
            self.queue_oldest.labels(name).set(_seconds(queue.oldest))
        self.changes.set(found.list_changes)
        self.blanks.set(nan if found.blank_cards is None else found.blank_cards)
        self.entries.set(nan if found.list_entries is None else found.list_entries)
        for gauge, moment in (
            (self.oldest, found.oldest),
            (self.swept, found.swept),
            (self.list, found.list_until),
            (self.issued, found.list_since),
        ):
            gauge.set(_seconds(moment))

    def _away(self) -> None:
        self.database.set(0)
        self.queue.clear()
        self.queue_oldest.clear()
        for gauge in (
            self.workers, self.due, self.oldest, self.swept,
            self.list, self.issued, self.entries, self.changes, self.blanks,
        ):  # fmt: skip
            gauge.set(nan)


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else nan
