"""The comparison of certificates with their bytes, and of cards with their certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from handlers.certificates.validity import last_day
from signing.errors import CertificateUnusable
from signing.x509.certificate import read
from states.cases.certificate import Certificate
from workflow.journal.finding import DifferenceTally, Sample, differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Row

    from workflow.journal.finding import ComparisonBasis, Difference

AT_ONCE = 500
"""How many certificates are held in memory at once."""

_KEPT = select(
    Certificate.id, Certificate.serial, Certificate.issuer, Certificate.not_before,
    Certificate.not_after, Certificate.ends_on, Certificate.der,
).where(Certificate.der.is_not(None)).order_by(Certificate.id)  # fmt: skip


def cards(told: ComparisonBasis) -> Iterator[Difference]:
    """Compare the columns of each certificate with its bytes, and the state of its card."""
    found = DifferenceTally()
    stream = {"stream_results": True, "max_row_buffer": AT_ONCE}
    rows: Iterable[Row[Any]] = told.connection.execute(_KEPT, execution_options=stream)
    for row in rows:
        differing = _differing(row)
        if differing:
            sample = Sample(row.id, 0, "certificate", "", f"certificate {row.id}: {differing}")
            found.add("certificate", sample)
    yield from found.differences()
    yield from differences(told, _CARDS)


def _differing(row: Row[Any]) -> str:
    """Return the columns that say something else than the bytes, "" for none."""
    try:
        said = _said(row.der, row.issuer)
    except (ValueError, CertificateUnusable):
        return "der"
    return ", ".join(column for column, value in said.items() if getattr(row, column) != value)


def _said(der: bytes, issuer: str | None) -> dict[str, object]:
    """Read what the columns keep of a certificate.

    The quick reader does for what both readers see alike; where they might name the issuer in
    different words the one that has named it decides.
    """
    shown = x509.load_der_x509_certificate(der)
    named = [part.value for part in shown.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return {
        "serial": f"{shown.serial_number:x}",
        "issuer": issuer if named == [issuer] else read(der).issuer,
        "not_before": shown.not_valid_before_utc,
        "not_after": shown.not_valid_after_utc,
        "ends_on": last_day(shown.not_valid_after_utc),
    }


_CARDS = """
SELECT 'column' AS reason, c.id AS case_id, 0 AS n, 'certificate' AS workflow, '' AS trigger,
    'card ' || k.id || ': status ' || k.status AS row
FROM certificate c JOIN card k ON k.id = c.card_id
WHERE k.status <> ALL (CASE c.state WHEN 'reserved' THEN ARRAY['reserved']
    WHEN 'void' THEN ARRAY['void'] ELSE ARRAY['made', 'destroyed'] END)
"""
