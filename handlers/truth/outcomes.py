"""The comparison of effects that entries have ordered with what came of them.

What stands in the queue, or is known there as not done, is not missing. A message goes to nobody
who has died, and two effects may find that there is nothing to tell.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.kit.courier_service import tracking_number_of
from states.cases.shipment import Shipment
from states.people.person import DEAD
from workflow.journal.finding import DifferenceTally, Sample, differences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflow.journal.finding import ComparisonBasis, Difference

MAY_BE_SILENT = ("notice.confirm_application", "notice.come_to_desk")
"""Messages that are only written when somebody else has filed the application."""

MAY_LEAVE = ("courier.scan_out",)
"""Effects that may leave the case where it stands: people scan what software may not state."""

MAKES = ("record.consent", "record.hand_over", "manifest.draw")
"""Effects that leave a document, which names the effect in ``made_by``."""

AT_ONCE = 500
"""How many bookings are held in memory at once."""


def outcomes(told: ComparisonBasis) -> Iterator[Difference]:
    """Say which outcomes are missing, which nobody has ordered, and what a batch only claims."""
    tables = sorted({definition.table for definition in told.definitions})
    cases = " UNION ALL ".join(f"SELECT id, version, definition, person_id FROM {table}"  # noqa: S608 - fixed words
                               for table in tables)  # fmt: skip
    ordered = {"moves": json.dumps([*_ordered(told)])}
    missing, unordered = (part.replace("CASES", cases) for part in (_MISSING, _UNORDERED))
    yield from differences(told, missing, {**ordered, "dead": DEAD})
    yield from differences(told, unordered, ordered)
    yield from differences(told, _BATCHES)
    yield from _bookings(told)


def _ordered(told: ComparisonBasis) -> Iterator[Mapping[str, object]]:
    """Yield each effect of each move, and what shows that it was done."""
    for definition in told.definitions:
        for move in definition.transitions.values():
            for effect in move.effects:
                yield {
                    "definition": definition.sha256,
                    "trigger": move.name,
                    "effect": effect,
                    "shown_by": _shown_by(told, effect),
                }


def _shown_by(told: ComparisonBasis, effect: str) -> str:
    if effect in MAKES:
        return "document"
    if effect.startswith("notice."):
        return "nothing" if effect in MAY_BE_SILENT else "notice"
    if effect in MAY_LEAVE or effect not in told.registry:
        return "nothing"
    return "move" if told.registry[effect].outcomes else "nothing"


def _bookings(told: ComparisonBasis) -> Iterator[Difference]:
    """Say which bookings of the house's own courier have another number than their key gives."""
    found = DifferenceTally()
    stream = {"stream_results": True, "max_row_buffer": AT_ONCE}
    query = select(Shipment.key, Shipment.case_id, Shipment.tracking_number)
    for row in told.connection.execute(query.order_by(Shipment.key), execution_options=stream):
        if row.tracking_number != tracking_number_of(row.key):
            place = f"shipment {row.key}: tracking_number"
            found.add("column", Sample(row.case_id, 0, "", "", place))
    return found.differences()


_ORDERED = """
moves AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:moves AS jsonb))
        m(definition text, trigger text, effect text, shown_by text)
),
cases AS (CASES),
ordered AS (
    SELECT j.case_id, j.n, j.workflow, j.trigger, m.effect, m.shown_by, c.person_id,
        j.n = c.version AS stands, j.case_id || '/' || j.n || '/' || m.effect AS key
    FROM journal j JOIN cases c ON c.id = j.case_id
    JOIN moves m ON m.definition = c.definition AND m.trigger = j.trigger
)
"""

_MISSING = f"""
WITH {_ORDERED},
waiting AS (SELECT queueing_lock AS key FROM procrastinate_jobs WHERE status <> 'succeeded'),
made AS (SELECT regexp_replace(made_by, '/[^/]*$', '') AS key FROM document
    WHERE made_by IS NOT NULL)
SELECT 'outcome_missing' AS reason, o.case_id, o.n, o.workflow, o.trigger, o.effect AS row
FROM ordered o LEFT JOIN person p ON p.id = o.person_id
WHERE CASE o.shown_by WHEN 'notice' THEN p.standing <> :dead WHEN 'document' THEN true
        WHEN 'move' THEN o.stands ELSE false END
    AND NOT EXISTS (SELECT FROM notice x WHERE x.key = o.key)
    AND NOT EXISTS (SELECT FROM made x WHERE x.key = o.key)
    AND NOT EXISTS (SELECT FROM waiting x WHERE x.key = o.key)
"""  # noqa: S608 - fixed words

# A letter of the day is ordered by the hand-overs that its lines name, and by no single entry; a
# letter to units by its approval, which its number and the units of its list stand for.
_UNORDERED = f"""
WITH {_ORDERED},
left_behind AS (
    SELECT key, case_id, 'notice ' || key AS row FROM notice WHERE key ~ '^[0-9]+/[0-9]+/'
    UNION ALL SELECT key, case_id, 'shipment ' || key FROM shipment WHERE key ~ '^[0-9]+/[0-9]+/'
    UNION ALL SELECT regexp_replace(made_by, '/[^/]*$', ''), coalesce(case_id, 0),
        'document ' || sha256 FROM document WHERE made_by IS NOT NULL
        AND NOT EXISTS (SELECT FROM letter_line i WHERE i.letter_sha256 = document.sha256)
        AND NOT EXISTS (SELECT FROM letter_register r WHERE r.sha256 = document.sha256)
        AND NOT EXISTS (SELECT FROM unit_letter_copy u
            WHERE document.sha256 IN (u.list_sha256, u.sheet_sha256)
                AND u.letter_id = document.case_id)
)
SELECT 'outcome_unordered' AS reason, l.case_id, 0 AS n, '' AS workflow, '' AS trigger, l.row
FROM left_behind l
WHERE NOT EXISTS (SELECT FROM ordered o WHERE o.key = l.key)
"""  # noqa: S608 - fixed words

_BATCHES = """
SELECT 'batch_outcome' AS reason, i.case_id, 0 AS n, b.workflow, b.trigger,
    'batch ' || b.id || ': outcome moved' AS row
FROM batch_item i JOIN batch b ON b.id = i.batch_id
WHERE i.outcome = 'moved'
    AND NOT EXISTS (SELECT FROM journal j
        WHERE j.case_id = i.case_id AND j.batch = 'batch:' || b.id)
UNION ALL
SELECT 'batch_outcome', j.case_id, j.n, j.workflow, j.trigger,
    j.batch || ': outcome ' || coalesce(i.outcome, 'none')
FROM journal j JOIN batch_item i ON 'batch:' || i.batch_id = j.batch AND i.case_id = j.case_id
JOIN batch b ON b.id = i.batch_id
WHERE j.batch LIKE 'batch:%' AND i.outcome IS DISTINCT FROM 'moved' AND b.finished_at IS NOT NULL
"""
