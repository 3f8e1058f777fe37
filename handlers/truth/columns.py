"""The comparison of columns of cases with what entries noted of them in ``details``.

Of each column the newest entry counts that says anything of it. Columns of which no entry has ever
said anything are believed: older programs noted less.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow.journal.finding import differences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflow.journal.finding import ComparisonBasis, Difference


@dataclass(frozen=True, slots=True)
class Noted:
    """A column of a case table and what an entry says of it: the key in ``details``.

    ``handlers`` are the actions that write both in one move; ``differs`` is SQL over the row ``c``,
    the entry ``j`` and its ``details`` ``d``, true where they do not agree. ``also`` is a key by
    which another entry says that the column is a new one, but not which.
    """

    table: str
    column: str
    key: str
    handlers: tuple[str, ...]
    differs: str
    also: str = ""


NOTED = (
    Noted(
        "application", "method", "method", ("form.choose", "form.to_paper", "form.to_desk"),
        "c.method IS DISTINCT FROM d ->> 'method'", "method_before",
    ),
    Noted(
        "application", "production_opens_on", "production_opens_on", ("window.plan",),
        "c.production_opens_on::text IS DISTINCT FROM d ->> 'production_opens_on'",
    ),
    Noted(
        "application", "certificate_id", "certificate", ("production.reserve",),
        "c.certificate_id IS NOT NULL AND c.certificate_id::text <> d ->> 'certificate'",
    ),
    Noted(
        "application", "tracking_number", "tracking_number", ("courier.record",),
        "c.tracking_number IS NOT NULL AND d ->> 'tracking_number' NOT LIKE '%*%'"
        " AND c.tracking_number <> d ->> 'tracking_number'",
    ),
    Noted(
        "application", "delivery", "shown", ("courier.record_delivery",),
        "jsonb_typeof(c.delivery) = 'object' AND (c.delivery ->> 'shown', c.delivery ->> 'number',"
        " c.delivery ->> 'at') IS DISTINCT FROM (d ->> 'shown', d ->> 'number', d ->> 'handed_at')",
    ),
    Noted(
        "application", "paper", "documents", ("paper.register",),
        "jsonb_typeof(c.paper) = 'object' AND (jsonb_array_length(c.paper -> 'documents')::text,"
        " c.paper ->> 'registered_by') IS DISTINCT FROM (d ->> 'documents', j.actor)",
    ),
    Noted(
        "consent", "terms_version", "terms_version", ("consent.draw_up",),
        "c.terms_version IS DISTINCT FROM d ->> 'terms_version'",
    ),
    Noted(
        "certificate", "activate_by", "activate_by",
        ("activation.start_waiting", "activation.release"),
        "c.activate_by IS NOT NULL"
        " AND c.activate_by <> CAST(d ->> 'activate_by' AS timestamptz)",
    ),
    Noted(
        "certificate", "sha256", "certificate_sha256", ("sight.see",),
        "c.sha256 IS DISTINCT FROM d ->> 'certificate_sha256'",
    ),
)  # fmt: skip


def columns(told: ComparisonBasis) -> Iterator[Difference]:
    """Compare each column with the newest entry that speaks of it, and those of revocations."""
    for one in NOTED:
        yield from differences(
            told, _statement(one), {"moves": told.doing(one.table, *one.handlers)}
        )
    late = told.doing(
        "certificate", "activation.note_late"
    )  # that move gives the row a reason of its own
    revoked = [
        move for move in told.doing("certificate", "production.note_revocation") if move not in late
    ]
    yield from differences(told, _REVOKED, {"moves": revoked})
    yield from differences(told, _REASON, {"moves": told.doing("certificate", "sight.learn")})
    yield from differences(told, _MADE, {"moves": told.doing("application", "production.record")})


def _statement(one: Noted) -> str:
    speaks = " OR ".join(f"body LIKE '%\"{key}\":%'" for key in (one.key, one.also) if key)
    return f"""
    SELECT 'column' AS reason, j.case_id, j.n, j.workflow, j.trigger,
        '{one.table} {one.column}' AS row
    FROM {_newest(one.table, speaks)} j
    JOIN {one.table} c ON c.id = j.case_id CROSS JOIN LATERAL (
        SELECT journal_said(j.body) -> 'details' AS d OFFSET 0) said
    WHERE d ? '{one.key}' AND ({one.differs})
    """  # noqa: S608 - fixed words


def _newest(workflow: str, speaks: str = "true") -> str:
    return (
        "(SELECT DISTINCT ON (case_id) * FROM journal"  # noqa: S608 - fixed words
        f" WHERE workflow = '{workflow}' AND trigger = ANY(:moves)"
        f" AND ({speaks})"
        " ORDER BY case_id, n DESC)"
    )


_REVOKED = f"""
SELECT 'column' AS reason, j.case_id, j.n, j.workflow, j.trigger,
    'certificate revoked_at, revocation_reason' AS row
FROM {_newest("certificate")} j JOIN certificate c ON c.id = j.case_id
WHERE c.revoked_at IS DISTINCT FROM j.at
    OR c.revocation_reason IS DISTINCT FROM journal_said(j.body) ->> 'reason'
UNION ALL
SELECT 'column', c.id, 0, 'certificate', '', 'certificate revoked_at, revocation_reason'
FROM certificate c
WHERE c.state = 'revoked' AND (c.revoked_at IS NULL OR c.revocation_reason IS NULL)
    OR c.state <> 'revoked' AND (c.revoked_at IS NOT NULL OR c.revocation_reason IS NOT NULL)
"""  # noqa: S608 - fixed words

_REASON = f"""
SELECT 'column' AS reason, j.case_id, j.n, j.workflow, j.trigger,
    'certificate revocation_reason' AS row
FROM {_newest("certificate")} j JOIN certificate c ON c.id = j.case_id
WHERE c.revocation_reason IS DISTINCT FROM journal_said(j.body) ->> 'reason'
"""  # noqa: S608 - fixed words

_MADE = """
SELECT 'certificate' AS reason, j.case_id, j.n, j.workflow, j.trigger,
    'certificate ' || (d ->> 'certificate') || ': sha256' AS row
FROM (SELECT *, journal_said(body) -> 'details' AS d FROM journal
    WHERE workflow = 'application' AND trigger = ANY(:moves) OFFSET 0) j
LEFT JOIN certificate c ON c.id::text = d ->> 'certificate'
WHERE d ? 'certificate_sha256' AND c.sha256 IS DISTINCT FROM d ->> 'certificate_sha256'
"""
