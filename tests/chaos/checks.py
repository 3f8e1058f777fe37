"""What must hold in the database whatever was killed: nothing twice, nothing lost or stuck."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg

from states.kit.reference import parse
from tests.chaos.ledger import Balance, Move, balance
from web.gate.composition import definitions

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.chaos.ledger import Ledger
    from tests.chaos.site import Site

LONGEST_STUCK = 120.0
"""Seconds within which a case moves on that waits for nobody but the system."""

BY_ITSELF = ("method_chosen", "approved", "in_production", "awaiting_token", "produced", "booked")
"""States of an application which the system alone leads on, and at once."""

ONCE = (
    "file", "register_paper", "approve_paper", "finish_production", "note_booking",
    "hand_to_courier",
)  # fmt: skip
"""Moves that no application of the load can make twice."""

TWICE = {
    "moves made twice":
        "SELECT case_id, trigger FROM journal WHERE workflow = 'application' AND trigger = ANY(%s)"
        " GROUP BY case_id, trigger HAVING count(*) > 1",
    "applications of one person twice":
        "SELECT person_id FROM application WHERE kind = 'first'"
        " GROUP BY person_id HAVING count(*) > 1",
    "parcels twice":
        "SELECT application_id FROM parcel GROUP BY application_id HAVING count(*) > 1",
    "bookings twice":
        "SELECT case_id FROM shipment GROUP BY case_id HAVING count(*) > 1",
    "messages twice":
        "SELECT case_id, template FROM notice WHERE template <> 'returned'"
        " GROUP BY case_id, template, split_part(key, '/', 2) HAVING count(*) > 1",
    "serials twice":
        "SELECT lower(serial) FROM certificate GROUP BY lower(serial) HAVING count(*) > 1",
    "certificates twice":
        "SELECT certificate_id FROM application WHERE certificate_id IS NOT NULL"
        " GROUP BY certificate_id HAVING count(*) > 1",
    "certificates with the same bytes":
        "SELECT sha256 FROM certificate WHERE sha256 IS NOT NULL"
        " GROUP BY sha256 HAVING count(*) > 1",
}  # fmt: skip
"""Each gives a row for what must not be."""

HALF = {
    "sent without a certificate":
        "SELECT a.id FROM application a LEFT JOIN certificate c ON c.id = a.certificate_id"
        " WHERE a.state IN ('produced', 'booked', 'couriered', 'delivered') AND c.der IS NULL",
    "sent without a booking":
        "SELECT a.id FROM application a WHERE a.state IN ('couriered', 'delivered')"
        " AND NOT EXISTS (SELECT FROM shipment s WHERE s.case_id = a.id"
        " AND s.tracking_number = a.tracking_number)",
    "effects that nobody does any more":
        "SELECT id FROM procrastinate_jobs WHERE status IN ('failed', 'aborted', 'cancelled')",
}  # fmt: skip

_STUCK = """
SELECT a.id, a.state, a.version FROM application a WHERE a.state = ANY(%s) AND NOT EXISTS (
    SELECT FROM procrastinate_jobs j JOIN procrastinate_jobs ahead
        ON (ahead.priority, -ahead.id) > (j.priority, -j.id) OR ahead.lock LIKE '%%/courier'
    WHERE j.lock LIKE 'case/' || a.id || '/%%' AND j.status = 'todo' AND j.attempts = 0
        AND ahead.status = 'todo' AND coalesce(ahead.scheduled_at <= now(), true))
"""
# What nobody has tried yet, and what is more urgent or a booking stands before it, waits for its
# turn: that the queue gives turns at all is seen by whoever stands at its head.
_WAITING = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
_DONE = "SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'succeeded'"
_MADE = "SELECT trigger, count(*) FROM journal WHERE trigger = ANY(%s) GROUP BY trigger"
_ENTRIES = "SELECT case_id, n, workflow, trigger, actor FROM journal"


@dataclass
class Checks:
    """Looks at the database of a site, between kills and at the end."""

    site: Site
    wrong: Counter[str] = field(default_factory=Counter)
    longest: tuple[float, object] = (0.0, "")
    """Seconds that a case stood longest where only the system leads on, and which case where."""
    _seen: dict[tuple[object, ...], float] = field(default_factory=dict)

    def between(self) -> None:
        """Look for what is twice or half; while the database is away nothing is looked at."""
        for name, query in {**TWICE, **HALF}.items():
            try:
                values = (list(ONCE),) if "%s" in query else ()
                found = len(self.site.ask(query, *values))
            except psycopg.Error:
                return
            if found:
                self.wrong[name] = max(self.wrong[name], found)

    def stuck(self) -> None:
        """Note how long each case has stood where the system alone leads on."""
        try:
            now_there = {tuple(row) for row in self.site.ask(_STUCK, list(BY_ITSELF))}
        except psycopg.Error:
            return
        now = time.monotonic()
        self._seen = {row: self._seen.get(row, now) for row in now_there}
        stood = [(now - since, str(row)) for row, since in self._seen.items()]
        self.longest = max([self.longest, *stood], key=lambda one: one[0])

    def settled(self, wait: Callable[[float], object]) -> bool:
        """Wait until nothing is left to be done by itself; False when that takes too long."""
        end = time.monotonic() + LONGEST_STUCK
        while time.monotonic() < end:
            self.stuck()
            if not self._seen and self.site.ask(_WAITING) == [(0,)]:
                return True
            wait(1.0)
        return False

    def effects(self) -> list[str]:
        """Return the keys of effects that a move ordered and that were not brought to their end."""
        known = definitions()
        done = {row[0] for row in self.site.ask(_DONE)}
        return [
            key
            for case, n, workflow, trigger, _ in self.site.ask(_ENTRIES)
            for effect in known[str(workflow)].transitions[str(trigger)].effects
            if (key := f"{case}/{n}/{effect}") not in done
        ]

    def made(self) -> Counter[str]:
        """Return how often the moves of the load and their outcomes stand in the journal."""
        rows = self.site.ask(_MADE, [*ONCE, "start_production", "sign", "withdraw"])
        return Counter({str(trigger): int(str(count)) for trigger, count in rows})

    def moves(self, ledger: Ledger) -> Balance:
        """Hold what people were told against the journal."""
        made: Counter[Move] = Counter()
        for case, _, _, trigger, actor in self.site.ask(_ENTRIES):
            made[Move(str(case), str(trigger), str(actor))] += 1
            if trigger == "await_status":  # a signature that is looked into first
                made[Move(str(case), "sign", str(actor))] += 1
            if trigger == "file":
                made[Move("", "file", str(actor))] += 1
        by_case = {move: _number(move) for move in ledger.told}
        return balance(ledger.told, {move: made[named] for move, named in by_case.items()})


def _number(move: Move) -> Move:
    """Return a move with the case's number instead of its reference."""
    return move._replace(case=str(parse(move.case)[1])) if move.case else move
