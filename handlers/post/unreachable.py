"""Addresses at which nobody is reached, and what was not told because of them.

A message that came back is the office's work until the person's address of that channel is another
one, which its keyed mark tells; or until a later message to the same address has arrived, or has
not come back for two days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from handlers.post.keyed import to_mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Row

    from states.kit.vault import Vault

PAGE = 50
"""Addresses on a page."""

MOST_TOLD = 5
"""Messages that are named with an address; all are counted."""

QUIET = timedelta(days=2)
"""How long a later message may be on its way until it counts as arrived: servers try for days, but
tell of an unknown address within hours."""

_READ = 500
"""Rows that are read at once."""

# The newest message of a person that came back on a channel, and the try that says so.
_FOUND = text("""
WITH returned AS (
    SELECT person_id, channel, max(id) AS last FROM notice WHERE state = 'bounced' GROUP BY 1, 2
)
SELECT r.person_id, r.channel, r.last, p.given_name || ' ' || p.surname AS name, t.to_mark, t.words,
    CASE r.channel WHEN 'sms' THEN p.phone ELSE p.email END AS address
FROM returned r
JOIN person p ON p.id = r.person_id
JOIN LATERAL (
    SELECT to_mark, words FROM notice_try
    WHERE notice_id = r.last AND outcome = 'bad_address' ORDER BY n DESC LIMIT 1
) t ON true
WHERE r.last > :after AND p.standing <> 'dead' AND p.erased_at IS NULL AND NOT EXISTS (
    SELECT FROM notice later JOIN notice_try told ON told.notice_id = later.id
    WHERE later.person_id = r.person_id AND later.channel = r.channel AND later.id > r.last
        AND told.to_mark = t.to_mark AND (later.state = 'delivered'
            OR later.state = 'handed_over' AND told.outcome = 'taken' AND told.at < :quiet)
)
ORDER BY r.last LIMIT :most
""")

_UNTOLD = text("""
SELECT n.id, n.subject, n.created_at, t.at, EXISTS (
    SELECT FROM notice o
    WHERE o.key = 'sms/' || n.key AND o.state IN ('handed_over', 'delivered')) AS by_sms
FROM notice n JOIN LATERAL (
    SELECT at FROM notice_try
    WHERE notice_id = n.id AND outcome = 'bad_address' AND to_mark = :mark ORDER BY n LIMIT 1
) t ON true
WHERE n.person_id = :person AND n.channel = :channel AND n.state = 'bounced'
ORDER BY n.id
""")


@dataclass(frozen=True, slots=True)
class UntoldMessage:
    """A message that did not reach its reader; ``by_sms`` where a short message took its place."""

    subject: str
    written_at: datetime
    by_sms: bool


@dataclass(frozen=True, slots=True)
class UnreachableAddress:
    """An address of a person at which nobody is reached, with the other side's last words."""

    person_id: int
    name: str
    channel: str
    since: datetime
    words: str
    messages: int
    untold: tuple[UntoldMessage, ...]


@dataclass(frozen=True, slots=True)
class UnreachablePage:
    """A page of addresses, the one that came back longest ago first; 0 where no page follows."""

    rows: tuple[UnreachableAddress, ...]
    following: int


def unreachable_page(
    connection: Connection, vault: Vault, now: datetime, after: int = 0
) -> UnreachablePage:
    """Return the addresses whose newest message came back behind the one of ``after``."""
    found: list[Row[Any]] = []
    for row in _standing(connection, vault, now, after):
        if len(found) == PAGE:
            return UnreachablePage(_told(connection, found), found[-1].last)
        found.append(row)
    return UnreachablePage(_told(connection, found), 0)


def count_unreachable(connection: Connection, vault: Vault, now: datetime) -> int:
    """Return how many addresses there are; each is looked at, so no page asks this."""
    return sum(1 for _ in _standing(connection, vault, now, 0))


def _standing(
    connection: Connection, vault: Vault, now: datetime, after: int
) -> Iterator[Row[Any]]:
    """Give the rows of addresses that are still those of their persons."""
    while True:
        values = {"after": after, "quiet": now - QUIET, "most": _READ}
        rows = connection.execute(_FOUND, values).all()
        for row in rows:
            if row.address and to_mark(vault, row.address) == row.to_mark:
                yield row
        if len(rows) < _READ:
            return
        after = rows[-1].last


def _told(connection: Connection, rows: list[Row[Any]]) -> tuple[UnreachableAddress, ...]:
    return tuple(_address(connection, row) for row in rows)


def _address(connection: Connection, row: Row[Any]) -> UnreachableAddress:
    values = {"person": row.person_id, "channel": row.channel, "mark": row.to_mark}
    found = connection.execute(_UNTOLD, values).all()
    newest = tuple(
        UntoldMessage(one.subject, one.created_at, one.by_sms) for one in found[-MOST_TOLD:]
    )
    since = min(one.at for one in found)
    return UnreachableAddress(
        row.person_id, row.name, row.channel, since, row.words, len(found), newest
    )
