"""What of the house's own bookkeeping is forgotten, and when; docs/running.md tells the same.

Nothing here is evidence of a case: the journal, its documents, signatures and scans, who read and
who signed in are never touched. What people's data are kept for stands in
`handlers.upkeep.retention`, finished jobs in `handlers.upkeep.jobs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

MOST = 5_000
"""Rows that one transaction forgets."""


@dataclass(frozen=True, slots=True)
class ForgettingRule:
    """What is forgotten ``kept`` after it came to its end; ``forget`` takes :since and :most."""

    name: str
    what: str
    kept: timedelta
    forget: str


RULES = (
    ForgettingRule(
        "runs", "sweeps that came to their end: when, what they moved and refused",
        timedelta(days=90),
        """
        DELETE FROM sweep_run WHERE id IN (SELECT id FROM sweep_run
            WHERE finished_at < :since ORDER BY id LIMIT :most)
        """,
    ),
    ForgettingRule(
        "batch_rows", "what became of each case of a bulk move; its counts stay",
        timedelta(days=365),
        """
        DELETE FROM batch_item i USING (SELECT o.batch_id, o.case_id
            FROM batch b JOIN batch_item o ON o.batch_id = b.id
            WHERE b.finished_at < :since LIMIT :most) old
        WHERE i.batch_id = old.batch_id AND i.case_id = old.case_id
        """,
    ),
    ForgettingRule(
        "upload_rows", "what became of each row of a staff list; its counts stay",
        timedelta(days=365),
        """
        DELETE FROM staff_upload_row WHERE id IN (SELECT r.id
            FROM staff_upload u JOIN staff_upload_row r ON r.upload_id = u.id
            WHERE u.finished_at < :since LIMIT :most)
        """,
    ),
    ForgettingRule(
        "proofs", "proofs of the journal that were asked for, but the last",
        timedelta(days=365),
        """
        DELETE FROM proof WHERE id IN (SELECT id FROM proof WHERE finished_at < :since
            AND id < (SELECT max(id) FROM proof) ORDER BY id LIMIT :most)
        """,
    ),
    # A signature whose evidence is not inside yet waits for it three days at most; from then on it
    # carries its lists, or the list of its judgement stays for it (handlers/desk/evidence).
    ForgettingRule(
        "lists", "revocation lists that a later one of the same day has replaced",
        timedelta(days=3),
        """
        DELETE FROM revocation_list WHERE number IN (SELECT l.number FROM revocation_list l
            WHERE l.next_update < least(:since, (SELECT max(this_update) - interval '3 days'
                FROM revocation_list))
            AND EXISTS (SELECT FROM revocation_list m WHERE m.number > l.number
                AND m.this_update >= timezone('UTC', date_trunc('day',
                    timezone('UTC', l.this_update)))
                AND m.this_update < timezone('UTC', date_trunc('day',
                    timezone('UTC', l.this_update)) + interval '1 day'))
            AND NOT EXISTS (SELECT FROM signature s WHERE s.judged_at >= l.this_update
                AND s.judged_at < (SELECT min(n.this_update) FROM revocation_list n
                    WHERE n.this_update > l.this_update)
                AND coalesce(s.report ->> 'level', '') NOT IN ('B-LT', 'B-LTA'))
            ORDER BY l.this_update LIMIT :most)
        """,
    ),
)  # fmt: skip


def forget(database: Engine, now: datetime) -> dict[str, int]:
    """Forget all that is over; return how much by rule."""
    return {rule.name: _all_of(database, rule, now) for rule in RULES}


def _all_of(database: Engine, rule: ForgettingRule, now: datetime) -> int:
    forgotten, values = 0, {"since": now - rule.kept, "most": MOST}
    while found := _some_of(database, rule, values):
        forgotten += found
    return forgotten


def _some_of(database: Engine, rule: ForgettingRule, values: dict[str, object]) -> int:
    with database.begin() as connection:
        return connection.execute(text(rule.forget), values).rowcount
