"""The search for rows that name a case, a document or a signature that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.journal.finding import differences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflow.journal.finding import ComparisonBasis, Difference

OF_CASES = (
    ("notice", "case_id", "id::text"),
    ("shipment", "case_id", "key"),
    ("signature", "case_id", "id::text"),
    ("scan", "case_id", "id::text"),
    ("document", "case_id", "sha256"),
    ("desk_entry", "case_id", "id::text"),
    ("batch_item", "case_id", "batch_id || '/' || case_id"),
    ("code", "target_case_id", "id::text"),
)
"""Tables whose rows belong to a case without a foreign key, for cases lie in several tables."""

OF_DOCUMENTS = (
    ("application", "form_sha256"),
    ("consent", "document_sha256"),
    ("certificate", "activation_sha256"),
    ("certificate", "pin_sha256"),
    ("signature", "document_sha256"),
    ("code", "digest"),
)
"""Columns that name a document; who sleeps the foreign keys can take it away."""


def strays(told: ComparisonBasis) -> Iterator[Difference]:
    """Name each row whose case or document is gone."""
    tables = sorted({definition.table for definition in told.definitions})
    cases = " UNION ALL ".join(f"SELECT id FROM {table}" for table in tables)  # noqa: S608 - fixed words
    for table, column, key in OF_CASES:
        yield from differences(told, _of_case(table, column, key, cases))
    for table, column in OF_DOCUMENTS:
        yield from differences(told, _of_document(table, column))


def _of_case(table: str, column: str, key: str, cases: str) -> str:
    return f"""
    SELECT 'stray' AS reason, t.{column} AS case_id, 0 AS n, '' AS workflow, '' AS trigger,
        '{table} ' || t.key || ': {column}' AS row
    FROM (SELECT {column}, {key} AS key FROM {table} WHERE {column} IS NOT NULL) t
    WHERE NOT EXISTS (SELECT FROM ({cases}) c WHERE c.id = t.{column})
    """  # noqa: S608 - fixed words


def _of_document(table: str, column: str) -> str:
    return f"""
    SELECT 'stray' AS reason, 0 AS case_id, 0 AS n, '' AS workflow, '' AS trigger,
        '{table} ' || t.id || ': {column}' AS row
    FROM {table} t WHERE t.{column} IS NOT NULL
        AND NOT EXISTS (SELECT FROM document d WHERE d.sha256 = t.{column})
    """  # noqa: S608 - fixed words
