"""Making the revocation lists: one for all that has changed, by whichever worker comes first.

A change of a certificate leaves its mark in the transaction of the move itself (trigger
``mark_status``). Whoever makes a list holds the one lock, takes in what is marked, signs, and
stores list, statuses and the end of the marks in one transaction: a killed process leaves all of
it to the next one. Lists and status answers (RFC 6960) are drawn from the same rows, so both say
the same at every moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import insert, text

from handlers.certificates.revocation_reasons import reason_of
from signing.authority.crl import ListIssue, Reason, RevokedEntry, encode_entry
from states.cases.revocation import RevocationList
from states.kit.log_events import LogEvent
from workflow.model.context import pass_point

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

    from handlers.kit.services import Services
    from workflow.model.context import Point

log = structlog.get_logger()

LIFE = timedelta(hours=24)
"""How long a list may be used: a change must be visible within 24 hours (EN 319 411-1, 6.2.4)."""

RENEW_AFTER = timedelta(hours=12)
"""A list older than this is renewed even when nothing changed."""

AT_ONCE = timedelta(seconds=1)
"""How long after the list before a change that is urgent waits: so many of them share one."""

CLOCKS_DIFFER = timedelta(seconds=5)
"""How far the newest list may be from the future: another machine made it, whose clock differs.

One that is further away was made before a clock was set back, and is of no use to anybody.
"""

LOCK = 0x4E43524C
"""The advisory lock under which a list is made."""

_STANDING = text("""
SELECT l.number, l.this_update,
    EXISTS (SELECT FROM revocation_change) AS changed,
    EXISTS (SELECT FROM revocation_change WHERE urgent) AS urgent
FROM (SELECT) one LEFT JOIN LATERAL (
    SELECT number, this_update FROM revocation_list ORDER BY number DESC LIMIT 1
) l ON true
""")

# Marks and rows are read by one statement: what commits later is seen with its mark or not at all.
_MARKED = text("""
SELECT m.id, c.serial, c.state, c.suspended_at, c.revoked_at, c.revocation_reason,
    c.der IS NOT NULL AND c.seen = 'made' AS made
FROM revocation_change m JOIN certificate c ON c.id = m.certificate_id
""")

_CHANGED = text("""
SELECT count(*) FROM unnest(CAST(:serials AS text[]), CAST(:entries AS bytea[])) g (serial, entry)
LEFT JOIN revocation_status s ON s.serial = g.serial WHERE s.entry IS DISTINCT FROM g.entry
""")

_KEEP = text("""
INSERT INTO revocation_status AS s (serial, entry)
SELECT * FROM unnest(CAST(:serials AS text[]), CAST(:entries AS bytea[]))
ON CONFLICT (serial) DO UPDATE SET entry = excluded.entry
WHERE s.entry IS DISTINCT FROM excluded.entry
""")

_DROP = text("DELETE FROM revocation_status WHERE serial = ANY(:serials)")

_JOINED = text("""
SELECT coalesce(string_agg(entry, ''::bytea ORDER BY serial), '') AS entries, count(*) AS number
FROM revocation_status WHERE entry IS NOT NULL
""")


@dataclass(frozen=True, slots=True)
class ListStanding:
    """How the newest list stands: none yet, or its number and time; what has changed since."""

    number: int | None
    this_update: datetime | None
    changed: bool
    urgent: bool

    def is_stale(self, now: datetime) -> bool:
        """Say whether a new list is due though nothing has changed."""
        if self.this_update is None:
            return True
        age = now - self.this_update
        return age >= RENEW_AFTER or age < -CLOCKS_DIFFER

    def is_due(self, now: datetime, interval: timedelta) -> bool:
        """Say whether a new list is due where one is made each ``interval`` at most."""
        if self.this_update is None or self.is_stale(now):
            return True
        wait = min(interval, AT_ONCE) if self.urgent else interval
        return self.changed and now - self.this_update >= wait


def publish_due(
    database: Engine, services: Services, now: datetime, point: Point = pass_point
) -> bool:
    """Make new lists when they are due and nobody is at it; say whether.

    Signs with the authority's key, so it is called outside any other transaction. Raises the
    errors of the signing room when the token is away. An authority elsewhere makes its own lists,
    so none are made here. ``point`` is passed once the lists are signed, and once they are written.
    """
    if services.elsewhere is not None:
        with database.begin() as connection:
            connection.execute(text("DELETE FROM revocation_change"))
        return False
    with database.connect() as connection:
        if not _standing(connection).is_due(now, services.list_interval):
            return False
    with database.begin() as connection:
        free = connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": LOCK})
        if not free:
            return False
        standing = _standing(connection)
        if not standing.is_due(now, services.list_interval):
            return False
        return _issue(connection, services, now, standing, point=point)


def ensure_fresh(database: Engine, services: Services, now: datetime) -> bool:
    """Make new lists where anything has changed, however young the newest is; say whether.

    Raises what `publish_due` raises.
    """
    if services.elsewhere is not None:
        return False
    with database.begin() as connection:
        standing = _alone(connection)
        if standing.changed or standing.is_stale(now):
            return _issue(connection, services, now, standing)
    return False


def leap(database: Engine, services: Services, restored: datetime, now: datetime) -> None:
    """Issue new lists from records that were put back, under a number that nobody has seen yet.

    Since the moment that was restored lists have been issued that the records do not know, no more
    than one a second; a number that came again would name two lists (RFC 5280, 5.2.3).
    """
    skipped = max(0, int((now - restored).total_seconds()))
    with database.begin() as connection:
        _issue(connection, services, now, _alone(connection), skipped)


def mark_urgent(database: Engine, certificate_ids: Iterable[int]) -> None:
    """Let what has changed of these certificates be published at once."""
    statement = text("UPDATE revocation_change SET urgent = true WHERE certificate_id = ANY(:ids)")
    with database.begin() as connection:
        connection.execute(statement, {"ids": list(certificate_ids)})


def _standing(connection: Connection) -> ListStanding:
    return ListStanding(**connection.execute(_STANDING).one()._mapping)  # noqa: SLF001 - its public name


def _alone(connection: Connection) -> ListStanding:
    """Wait for whoever makes a list, and return how things stand then."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    return _standing(connection)


def _issue(
    connection: Connection,
    services: Services,
    now: datetime,
    standing: ListStanding,
    skipped: int | None = None,
    point: Point = pass_point,
) -> bool:
    """Take in what is marked, and store new lists unless they would say the same; say whether."""
    marks, changed = _take_in(connection)
    if changed or skipped is not None or standing.is_stale(now):
        issue = ListIssue((standing.number or 0) + (skipped or 0) + 1, now, now + LIFE)
        found = connection.execute(_JOINED).one()
        issuing, root = services.authority().sign_lists(bytes(found.entries), issue)
        point("list_signed")
        stored = {
            "number": issue.number,
            "this_update": issue.this_update,
            "next_update": issue.next_update,
            "issuing": issuing,
            "root": root,
            "entries": found.number,
        }
        connection.execute(insert(RevocationList).values(stored))
        point("list_written")
        log.info(
            LogEvent.REVOCATION_LIST_ISSUED,
            number=issue.number, entries=found.number, changes=changed,
        )  # fmt: skip
        issued = True
    else:
        issued = False
    delete = text("DELETE FROM revocation_change WHERE id = ANY(:ids)")
    connection.execute(delete, {"ids": marks})
    return issued


def _take_in(connection: Connection) -> tuple[list[int], int]:
    """Bring the statuses up to the records; return the marks and how many entries have changed."""
    marked = connection.execute(_MARKED).all()
    entries = {row.serial: _encoded(row) for row in marked if row.made}
    given = {"serials": list(entries), "entries": list(entries.values())}
    changed = connection.scalar(_CHANGED, given) or 0
    connection.execute(_KEEP, given)
    # Whose certificate was erased (handlers/upkeep/retention.py) has none that we vouch for.
    gone = [row.serial for row in marked if not row.made]
    changed += connection.execute(_DROP, {"serials": gone}).rowcount
    return [row.id for row in marked], changed


def _encoded(
    row: Row[int, str, str, datetime | None, datetime | None, str | None, bool],
) -> bytes | None:
    """Return the entry of a certificate that is not in force; None for one that is.

    Who asks later learns what was true: one that ended on hold stays on hold, and one that was
    revoked on hold is revoked since the day of the hold (ITU-T X.509, reason code certificateHold).
    """
    revoked = row.state == "revoked"
    since = row.suspended_at or (row.revoked_at if revoked else None)
    if since is None:
        return None
    reason = reason_of(row.revocation_reason) if revoked else Reason.ON_HOLD
    return encode_entry(RevokedEntry(int(row.serial, 16), since, reason))
