"""The comparison of parcels and hand-over lists with their entries and with their applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.journal.finding import differences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflow.journal.finding import ComparisonBasis, Difference


def parcels(told: ComparisonBasis) -> Iterator[Difference]:
    """Compare each parcel with its booking, its list and its application, and each list."""
    booked = told.doing("application", "courier.keep_booking")
    yield from differences(told, _BOOKED, {"moves": booked})
    out = told.doing("parcel", "parcel.put_on_list")
    yield from differences(told, _LISTED, {"moves": out})
    counted = told.doing("parcel", "parcel.count_attempt")
    yield from differences(told, _ATTEMPTS, {"moves": counted})
    scans = told.doing("handover", "handover.count")
    yield from differences(told, _LISTS, {"moves": scans})
    yield from differences(told, _STANDING)


_BOOKED = """
SELECT 'column' AS reason, p.id AS case_id, coalesce(j.n, 0) AS n, 'parcel' AS workflow,
    coalesce(j.trigger, '') AS trigger,
    'parcel application_id, person_id, tracking_number' AS row
FROM parcel p JOIN application a ON a.id = p.application_id LEFT JOIN LATERAL (
    SELECT n, trigger, journal_said(body) -> 'details' AS d FROM journal
    WHERE case_id = p.application_id AND trigger = ANY(:moves)
        AND journal_said(body) -> 'details' ->> 'parcel' = p.id::text) j ON true
WHERE d IS NULL OR p.person_id <> a.person_id
    OR (d ->> 'tracking_number') NOT LIKE '%*%' AND p.tracking_number <> d ->> 'tracking_number'
"""

_LISTED = """
SELECT 'column' AS reason, p.id AS case_id, coalesce(j.n, 0) AS n, 'parcel' AS workflow,
    coalesce(j.trigger, '') AS trigger, 'parcel handover_id' AS row
FROM parcel p LEFT JOIN LATERAL (
    SELECT n, trigger, journal_said(body) -> 'details' ->> 'handover' AS list FROM journal
    WHERE case_id = p.id AND trigger = ANY(:moves) ORDER BY n DESC LIMIT 1) j ON true
WHERE p.handover_id::text IS DISTINCT FROM j.list
"""

_ATTEMPTS = """
SELECT 'column' AS reason, p.id AS case_id, p.version AS n, 'parcel' AS workflow,
    '' AS trigger, 'parcel attempts' AS row
FROM parcel p WHERE p.attempts <>
    (SELECT count(*) FROM journal j WHERE j.case_id = p.id AND j.trigger = ANY(:moves))
"""

_LISTS = """
SELECT 'column' AS reason, h.id AS case_id, h.version AS n, 'handover' AS workflow,
    '' AS trigger, 'handover begun_on, scanned, parcels' AS row
FROM handover h CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(journal_said(body) -> 'details' ->> 'parcel'
        ORDER BY journal_said(body) -> 'details' ->> 'parcel'), '{}') AS named
    FROM journal WHERE case_id = h.id AND trigger = ANY(:moves)) j CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(id::text ORDER BY id::text), '{}') AS held FROM parcel
    WHERE handover_id = h.id) p
WHERE h.scanned <> cardinality(named) OR named <> held
    OR h.begun_on IS DISTINCT FROM timezone('Europe/Istanbul', h.created_at)::date
"""

# An application that was sent before there were parcels has none.
_STANDING = """
SELECT 'column' AS reason, a.id AS case_id, a.version AS n, 'application' AS workflow,
    '' AS trigger, 'application ' || a.state || ', parcel ' || coalesce(p.state, 'none') AS row
FROM application a LEFT JOIN LATERAL (
    SELECT state FROM parcel WHERE application_id = a.id ORDER BY id DESC LIMIT 1) p ON true
WHERE CASE
    WHEN a.state = 'booked' THEN p.state IS DISTINCT FROM 'booked'
    WHEN a.state IN ('couriered', 'awaiting_collection', 'courier_silent', 'recalled')
        THEN p.state <> 'handed_over'
    ELSE p.state IN ('booked', 'handed_over') END
"""
