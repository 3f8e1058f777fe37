"""The comparison of signatures and texts with the entries that name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.consents.terms import CURRENT, shipped_text
from handlers.papers import letters
from workflow.journal.finding import differences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflow.journal.finding import ComparisonBasis, Difference


def named(told: ComparisonBasis) -> Iterator[Difference]:
    """Compare signatures, later forms, frozen texts and the terms with what speaks of them."""
    yield from differences(told, _SIGNATURES)
    yield from differences(told, _FORMS)
    yield from differences(told, _FROZEN)
    yield from differences(told, _CODES, {"text": letters.MEDIA_TYPE})
    yield from differences(told, _LATER)
    yield from _terms(told)


def _terms(told: ComparisonBasis) -> Iterator[Difference]:
    """Say whether the text of the e-onay that this program ships is kept as it ships it.

    Those before it stand in the documents that were signed for them.
    """
    yield from differences(told, _TERMS, {"version": CURRENT, "text": shipped_text()})


# A signature that is taken again, byte for byte, is the same row, and its first entry tells how it
# was judged when it was kept. A text that says nothing of a signature is cheap to pass by.
_SIGNATURES = r"""
WITH said AS MATERIALIZED (
    SELECT case_id, n, workflow, trigger, d ->> 'signature' AS signature,
        d ->> 'indication' AS indication
    FROM (SELECT *, journal_said(body) -> 'details' AS d FROM journal
        WHERE body LIKE '%"signature":%' OFFSET 0) j
    WHERE jsonb_typeof(d -> 'signature') = 'number'
),
first AS (SELECT DISTINCT ON (case_id, signature) * FROM said ORDER BY case_id, signature, n)
SELECT 'signature' AS reason, f.case_id, f.n, f.workflow, f.trigger,
    'signature ' || f.signature AS row
FROM first f LEFT JOIN signature s ON s.id::text = f.signature
WHERE s.case_id IS DISTINCT FROM f.case_id OR s.indication <> f.indication
    OR (s.report ->> 'indication') <> s.indication
UNION ALL
SELECT 'unnamed', s.case_id, 0, '', '', 'signature ' || s.id
FROM signature s WHERE NOT EXISTS (SELECT FROM said WHERE signature = s.id::text)
"""

_FORMS = """
SELECT 'unnamed' AS reason, c.id AS case_id, 0 AS n, c.workflow, '' AS trigger,
    c.named || ' ' || c.sha256 AS row
FROM (
    SELECT id, 'application' AS workflow, 'application form_sha256' AS named, form_sha256 AS sha256
    FROM application
    UNION ALL SELECT id, 'consent', 'consent document_sha256', document_sha256 FROM consent
    UNION ALL SELECT id, 'certificate', 'certificate activation_sha256', activation_sha256
    FROM certificate
) c
WHERE c.sha256 IS NOT NULL AND NOT EXISTS (
    SELECT FROM journal j WHERE j.case_id = c.id AND j.body LIKE '%"' || c.sha256 || '"%')
"""

_FROZEN = """
SELECT 'owner' AS reason, c.id AS case_id, 0 AS n, c.workflow, '' AS trigger,
    'document ' || d.sha256 || ': person_id' AS row
FROM (
    SELECT id, 'application' AS workflow, form_sha256 AS sha256, person_id FROM application
    UNION ALL SELECT id, 'consent', document_sha256, person_id FROM consent
    UNION ALL SELECT id, 'certificate', activation_sha256, person_id FROM certificate
    UNION ALL SELECT id, 'certificate', pin_sha256, person_id FROM certificate
) c JOIN document d ON d.sha256 = c.sha256
WHERE d.person_id IS DISTINCT FROM c.person_id
UNION ALL
SELECT 'owner', c.id, 0, 'certificate', '', 'certificate ' || c.id || ': person_id'
FROM certificate c JOIN application a ON a.id = c.application_id
WHERE c.person_id IS DISTINCT FROM a.person_id
"""

_CODES = """
SELECT 'column' AS reason, coalesce(case_id, 0) AS case_id, 0 AS n, '' AS workflow, '' AS trigger,
    'document ' || sha256 || ': verification_code, words' AS row
FROM document
WHERE CASE WHEN words IS NOT NULL THEN position(verification_code IN words) = 0
    WHEN media_type = :text THEN position(convert_to(verification_code, 'UTF8') IN content) = 0 END
"""

_LATER = """
SELECT 'unnamed' AS reason, s.case_id, 0 AS n, '' AS workflow, '' AS trigger,
    'augmentation ' || a.signature_id || '/' || (a.highest) AS row
FROM (SELECT signature_id, max(n) AS highest, count(*) AS forms, min(n) AS lowest
    FROM augmentation GROUP BY signature_id) a
JOIN signature s ON s.id = a.signature_id
WHERE a.highest - a.lowest + 1 <> a.forms
"""

_TERMS = """
SELECT 'terms' AS reason, 0 AS case_id, 0 AS n, '' AS workflow, '' AS trigger,
    'terms ' || version AS row
FROM terms WHERE version = :version AND text <> :text
"""
