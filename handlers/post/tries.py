"""What came of messages, written: each try a row for good, and the state that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from states.cases.notice import TryOutcome

MINUTE, HOUR = 60, 3_600

PAUSES = (
    MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, 24 * HOUR,
    24 * HOUR,
)  # fmt: skip
"""Seconds until a message is tried again; after the last of them, three days, it is given up."""


@dataclass(frozen=True, slots=True)
class TriedMessage:
    """What is written of one message; ``words`` are cleaned, ``mark`` is that of its address."""

    id: int
    outcome: TryOutcome
    words: str
    mark: str


# A message whose state has changed meanwhile keeps it: what came first counts.
_WRITE = text("""
WITH said AS (
    SELECT * FROM unnest(
        CAST(:ids AS bigint[]), CAST(:outcomes AS text[]), CAST(:words AS text[]),
        CAST(:marks AS text[])
    ) AS said (id, outcome, words, mark)
), kept AS (
    INSERT INTO notice_try (notice_id, n, at, channel, outcome, words, to_mark)
    SELECT s.id, 1 + (SELECT count(*) FROM notice_try t WHERE t.notice_id = s.id), :now, :channel,
        s.outcome, s.words, s.mark
    FROM said s
    RETURNING notice_id, n, outcome
)
UPDATE notice SET
    state = CASE kept.outcome
        WHEN 'taken' THEN 'handed_over' WHEN 'bad_address' THEN 'bounced'
        WHEN 'refused' THEN 'given_up'
        WHEN 'no_address' THEN 'not_sent' WHEN 'withheld' THEN 'not_sent'
        ELSE CASE WHEN kept.n > cardinality(CAST(:pauses AS integer[])) THEN 'given_up'
            ELSE 'written' END END,
    due_at = CASE WHEN kept.outcome = 'try_later' THEN CAST(:now AS timestamptz)
        + make_interval(secs => coalesce((CAST(:pauses AS integer[]))[kept.n], 0))
        ELSE due_at END
FROM kept WHERE notice.id = kept.notice_id AND notice.state = 'written'
""")

# Another statement than the one that counts the tries: it must see what a receipt has added while
# it waited for the row.
_LOCK = text(
    "SELECT FROM notice WHERE id = ANY(CAST(:ids AS bigint[])) ORDER BY id FOR NO KEY UPDATE"
)

_LEAVE = text("UPDATE notice SET state = 'not_sent' WHERE channel = :channel AND state = 'written'")


def write_tries(
    connection: Connection, channel: str, answers: Sequence[TriedMessage], now: datetime
) -> None:
    """Write what a carrier said of messages, and when they are tried again."""
    values = {
        "ids": [one.id for one in answers],
        "outcomes": [one.outcome.value for one in answers],
        "words": [one.words for one in answers],
        "marks": [one.mark for one in answers],
        "channel": channel, "now": now, "pauses": list(PAUSES),
    }  # fmt: skip
    connection.execute(_LOCK, {"ids": values["ids"]})
    connection.execute(_WRITE, values)


def leave_unsent(database: Engine, channel: str) -> int:
    """Mark what waits on a channel without a carrier as not sent; return how many they were."""
    with database.begin() as connection:
        return connection.execute(_LEAVE, {"channel": channel}).rowcount
