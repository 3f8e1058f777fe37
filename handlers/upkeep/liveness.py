"""What shows that the office goes on by itself: its workers, queue, sweeps, list, stock, disk.

Each is read where it stands and not from figures that a worker counts, since a worker that is gone
counts nothing.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from handlers.kit.lanes import LANES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Engine

ALIVE = timedelta(seconds=60)
"""How long ago a worker that lives was last heard of at most; it says so every ten seconds."""

_READ = text("""
SELECT
    (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > :alive) AS workers,
    (SELECT max(finished_at) FROM sweep_run) AS swept,
    list.this_update AS list_since, list.next_update AS list_until, list.entries AS list_entries,
    (SELECT count(*) FROM revocation_change) AS list_changes,
    CASE WHEN EXISTS (SELECT FROM card_box WHERE state IN ('open', 'closed'))
        THEN (SELECT count(*) FROM chip_card WHERE state = 'in_stock') END AS blank_cards
FROM (SELECT) one LEFT JOIN LATERAL (
    SELECT this_update, next_update, entries FROM revocation_list ORDER BY number DESC LIMIT 1
) list ON true
""")

_DUE = text("""
SELECT coalesce(split_part(j.lock, '/', 3), '') AS party, count(*) AS jobs,
    min(coalesce(j.scheduled_at, e.at)) AS oldest
FROM procrastinate_jobs j
LEFT JOIN journal e
    ON e.case_id = (j.args ->> 'case')::bigint AND e.n = (j.args ->> 'n')::integer
WHERE j.status = 'todo' AND coalesce(j.scheduled_at <= :now, true)
GROUP BY 1
""")


@dataclass(frozen=True, slots=True)
class QueueLength:
    """How many effects of a queue are due and taken by nobody, and since when the oldest is."""

    jobs: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the office goes on by itself; None of a moment: it has not been yet."""

    workers: int
    """Workers that were heard of in the last minute."""
    swept: datetime | None
    """When the last sweep came to its end."""
    list_until: datetime | None
    """Until when the newest revocation list counts (its nextUpdate, RFC 5280, 5.1.2.5)."""
    list_since: datetime | None
    """Since when that list counts (its thisUpdate)."""
    list_entries: int | None
    """How many certificates that list names."""
    list_changes: int
    """Marks of changes that no list has taken account of."""
    blank_cards: int | None
    """Blank cards in stock; None where the house keeps none."""
    queues: Mapping[str, QueueLength]
    """What waits in each queue, by its name (`handlers.kit.lanes`)."""

    @property
    def jobs(self) -> int:
        """Effects whose time has come and that no worker has taken."""
        return sum(queue.jobs for queue in self.queues.values())

    @property
    def oldest(self) -> datetime | None:
        """When the time of the oldest of them came."""
        return _earliest(queue.oldest for queue in self.queues.values())


def read(database: Engine, now: datetime) -> Vitals:
    """Return how the office goes on; raises what the database raises when it is away."""
    with database.connect() as connection:
        row = connection.execute(_READ, {"alive": now - ALIVE}).one()
        due = connection.execute(_DUE, {"now": now}).all()
    queues = {lane.name: QueueLength(0, None) for lane in LANES.lanes}
    for party, jobs, oldest in due:
        name = LANES.of(party).name
        before = queues[name]
        queues[name] = QueueLength(before.jobs + jobs, _earliest((before.oldest, oldest)))
    return Vitals(**row._mapping, queues=queues)  # noqa: SLF001 - the public name of a row as a mapping


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def room(folder: Path) -> tuple[int, int]:
    """Return how many bytes are free where everything is written, and how many there are in all."""
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total
