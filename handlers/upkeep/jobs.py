"""How long the queue keeps what came to its end, and the forgetting of it.

What an effect did stands elsewhere (the journal, notices, shipments, lists); a finished job only
says that it ran. Nothing reads old ones, and what did not come to its end is never forgotten.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from workflow.running.timer_waits import forget_waits

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

KEPT = timedelta(days=30)
"""How long a finished job is kept after its time came last: long enough to look into a fault."""

MOST = 5_000
"""Jobs that one transaction forgets."""

# The time of a job came with the move that queued it or, put off since, when it was due again. Jobs
# are numbered as they are queued, so what is old stands in front.
_FORGET = """
WITH old AS (
    SELECT j.id FROM procrastinate_jobs j
    LEFT JOIN journal e
        ON e.case_id = (j.args ->> 'case')::bigint AND e.n = (j.args ->> 'n')::integer
    WHERE j.status = 'succeeded' AND coalesce(j.scheduled_at, e.at) < :since
    ORDER BY j.id LIMIT :most
)
DELETE FROM procrastinate_jobs j USING old WHERE j.id = old.id
"""

# A note whose effect ended though the note could not be removed.
_FORGET_WAITS = """
DELETE FROM outside_wait w WHERE w.job_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM procrastinate_jobs j WHERE j.id = w.job_id AND j.status IN ('todo', 'doing'))
"""


def forget(database: Engine, now: datetime) -> int:
    """Forget the jobs that ended well before their time; return how many they were."""
    forgotten = 0
    while found := _some(database, now):
        forgotten += found
    with database.begin() as connection:
        connection.execute(text(_FORGET_WAITS))
    forget_waits(database, now - KEPT)
    return forgotten


def _some(database: Engine, now: datetime) -> int:
    values = {"since": now - KEPT, "most": MOST}
    with database.begin() as connection:
        return connection.execute(text(_FORGET), values).rowcount
