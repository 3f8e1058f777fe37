"""The comparison of boxes and cards of the stock with their entries and with what is on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.journal.finding import differences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflow.journal.finding import ComparisonBasis, Difference


def stock(told: ComparisonBasis) -> Iterator[Difference]:
    """Compare each box with its cards, and each card with its number, holder and production."""
    yield from differences(told, _BOXES, {"moves": told.doing("box", "stock.describe")})
    yield from differences(told, _COUNTED)
    yield from differences(told, _NUMBERS, {"moves": told.doing("card", "stock.note_number")})
    bound = told.doing("card", "stock.bind", "stock.unbind")
    yield from differences(told, _BOUND, {"moves": bound})
    yield from differences(told, _MADE)


_BOXES = """
SELECT 'column' AS reason, j.case_id, j.n, j.workflow, j.trigger,
    'card_box name, maker, first_number, quantity, numbers' AS row
FROM (SELECT *, journal_said(body) -> 'details' AS d FROM journal
    WHERE workflow = 'box' AND trigger = ANY(:moves) OFFSET 0) j
JOIN card_box b ON b.id = j.case_id
WHERE b.quantity::text IS DISTINCT FROM d ->> 'quantity'
    OR b.first_number <> b.numbers[1] OR cardinality(b.numbers) <> b.quantity
    OR (d ->> 'box') NOT LIKE '%*%' AND b.name <> d ->> 'box'
    OR (d ->> 'maker') NOT LIKE '%*%' AND b.maker <> d ->> 'maker'
    OR (d ->> 'first_number') NOT LIKE '%*%' AND b.first_number <> d ->> 'first_number'
"""

_COUNTED = """
SELECT 'column' AS reason, b.id AS case_id, 0 AS n, 'box' AS workflow, '' AS trigger,
    'card_box ' || b.id || ': cards' AS row
FROM card_box b LEFT JOIN LATERAL (
    SELECT array_agg(c.number ORDER BY c.position) AS numbers
    FROM chip_card c WHERE c.box_id = b.id) held ON true
WHERE coalesce(held.numbers, '{}') <>
    CASE WHEN b.state IN ('open', 'closed') THEN b.numbers ELSE '{}' END
"""

_NUMBERS = """
SELECT 'column' AS reason, j.case_id, j.n, j.workflow, j.trigger,
    'chip_card number, box_id, position' AS row
FROM (SELECT *, journal_said(body) -> 'details' AS d FROM journal
    WHERE workflow = 'card' AND trigger = ANY(:moves) OFFSET 0) j
JOIN chip_card c ON c.id = j.case_id
WHERE (c.box_id::text, c.position::text) IS DISTINCT FROM (d ->> 'box', d ->> 'position')
    OR (d ->> 'number') NOT LIKE '%*%' AND c.number <> d ->> 'number'
"""

_BOUND = """
SELECT 'column' AS reason, c.id AS case_id, coalesce(j.n, 0) AS n, 'card' AS workflow,
    coalesce(j.trigger, '') AS trigger, 'chip_card card_id, person_id' AS row
FROM chip_card c LEFT JOIN LATERAL (
    SELECT n, trigger, journal_said(body) -> 'details' ->> 'card' AS card FROM journal
    WHERE case_id = c.id AND trigger = ANY(:moves) ORDER BY n DESC LIMIT 1) j ON true
LEFT JOIN certificate s ON s.card_id = c.card_id
WHERE c.card_id::text IS DISTINCT FROM j.card OR c.person_id IS DISTINCT FROM s.person_id
"""

# An operator may spoil or lose a blank; all else has the card of its production.
_MADE = """
SELECT 'column' AS reason, c.id AS case_id, 0 AS n, 'card' AS workflow, '' AS trigger,
    'chip_card ' || c.id || ': ' || c.state || ', card ' || k.id || ': ' || k.status AS row
FROM chip_card c JOIN card k ON k.id = c.card_id
WHERE k.status <> ALL (CASE
    WHEN c.state = 'reserved' THEN ARRAY['reserved']
    WHEN c.state IN ('made', 'enveloped', 'handed_over', 'returned', 'delivered')
        THEN ARRAY['made']
    ELSE ARRAY['void', 'destroyed'] END)
"""
