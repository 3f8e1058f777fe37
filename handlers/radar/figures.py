"""The figures of the radar: each unit's are its own lines and the figures of the units below it.

They are summed level by level, the deepest first, so that a change in one school costs a sum for
each unit above it, and a page reads one row a unit. What lies below is told by the path; a parent
that points round in a circle counts nobody twice.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, BigInteger, bindparam, text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

WEEKS_KEPT = 6
"""How many weeks of figures are kept to compare with."""

_IDS = bindparam("ids", type_=ARRAY(BigInteger))

_ABOVE = text("""
SELECT DISTINCT a.id, cardinality(string_to_array(a.path, '/')) AS depth
FROM institution u
CROSS JOIN LATERAL (SELECT string_to_array(btrim(u.path, '/'), '/') AS codes) p
CROSS JOIN LATERAL generate_series(1, cardinality(p.codes)) AS n
JOIN institution a ON a.path = '/' || array_to_string(p.codes[1:n], '/') || '/'
WHERE u.id = ANY(:ids) ORDER BY depth DESC, a.id
""").bindparams(_IDS)

_EVERY = text("""
SELECT id, cardinality(string_to_array(path, '/')) AS depth
FROM institution ORDER BY depth DESC, id
""")

_SUM = text("""
WITH unit AS (
    SELECT id, path, cardinality(string_to_array(path, '/')) AS depth
    FROM institution WHERE id = ANY(:ids)
), below AS (
    SELECT u.id AS unit, f.unconsented, f.counts, f.days
    FROM unit u JOIN institution c ON c.parent_id = u.id
        AND cardinality(string_to_array(c.path, '/')) > u.depth
    JOIN radar_figure f ON f.institution_id = c.id
), line AS (
    SELECT institution_id AS unit, standing, consented, ends_on, count(*) AS n
    FROM radar_line WHERE institution_id = ANY(:ids) GROUP BY 1, 2, 3, 4
), own AS (
    SELECT unit, jsonb_object_agg(standing, n) AS counts FROM
        (SELECT unit, standing, sum(n) AS n FROM line GROUP BY 1, 2) one GROUP BY unit
), counted AS (
    SELECT unit, jsonb_object_agg(key, n) AS counts, sum(n) AS total FROM
        (SELECT unit, key, sum(n) AS n FROM
            (SELECT unit, standing AS key, n FROM line UNION ALL
             SELECT unit, e.key, e.value::bigint FROM below, jsonb_each_text(counts) e) every
         GROUP BY 1, 2) one
    GROUP BY unit
), dated AS (
    SELECT unit, jsonb_object_agg(key, n) AS days FROM
        (SELECT unit, key, sum(n) AS n FROM
            (SELECT unit, to_char(ends_on, 'YYYY-MM-DD') AS key, n FROM line UNION ALL
             SELECT unit, e.key, e.value::bigint FROM below, jsonb_each_text(days) e) every
         GROUP BY 1, 2) one
    GROUP BY unit
), lacking AS (
    SELECT unit, sum(n) AS n FROM
        (SELECT unit, n FROM line WHERE NOT consented UNION ALL
         SELECT unit, unconsented FROM below) every
    GROUP BY unit
)
INSERT INTO radar_figure AS f
    (institution_id, total, unconsented, counts, own, days, counted_at)
SELECT u.id, coalesce(c.total, 0), coalesce(l.n, 0), coalesce(c.counts, '{}'),
    coalesce(o.counts, '{}'), coalesce(d.days, '{}'), :now
FROM unit u LEFT JOIN counted c ON c.unit = u.id LEFT JOIN own o ON o.unit = u.id
    LEFT JOIN dated d ON d.unit = u.id LEFT JOIN lacking l ON l.unit = u.id
ON CONFLICT (institution_id) DO UPDATE SET total = excluded.total,
    unconsented = excluded.unconsented, counts = excluded.counts, own = excluded.own,
    days = excluded.days, counted_at = excluded.counted_at
WHERE (f.unconsented, f.counts, f.own, f.days)
    IS DISTINCT FROM (excluded.unconsented, excluded.counts, excluded.own, excluded.days)
""").bindparams(_IDS)

_WEEK = text("""
INSERT INTO radar_week (institution_id, week, total, unconsented, counts)
SELECT institution_id, :week, total, unconsented, counts FROM radar_figure
WHERE NOT EXISTS (SELECT 1 FROM radar_week WHERE week = :week)
""")

_FORGET = text("DELETE FROM radar_week WHERE week < :first")


def sum_above(connection: Connection, units: Collection[int], now: datetime) -> None:
    """Sum the figures of some units and of all above them anew."""
    if units:
        _sum(connection, connection.execute(_ABOVE, {"ids": list(units)}).all(), now)


def sum_all(connection: Connection, now: datetime) -> None:
    """Sum the figures of every unit anew."""
    _sum(connection, connection.execute(_EVERY).all(), now)


def _sum(connection: Connection, units: Sequence[Row[int, int]], now: datetime) -> None:
    for _, level in groupby(units, key=lambda unit: unit.depth):
        connection.execute(_SUM, {"ids": [unit.id for unit in level], "now": now})


def keep_week(connection: Connection, today: date) -> None:
    """Keep the figures of the week once, as they stand, and forget old weeks."""
    week = today - timedelta(days=today.weekday())
    connection.execute(_WEEK, {"week": week})
    connection.execute(_FORGET, {"first": week - timedelta(weeks=WEEKS_KEPT)})
