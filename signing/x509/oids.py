"""Object identifiers of qualified certificates in Turkey, and of the demonstration policy.

Sources: ETSI EN 319 412-5 (QcCompliance, QcType), the national statements of law 5070,
and X.660's example arc 2.999 for everything of our own.
"""

from __future__ import annotations

QC_STATEMENTS = "1.3.6.1.5.5.7.1.3"
QC_COMPLIANCE = "0.4.0.1862.1.1"
NATIONAL_STATEMENT = "2.16.792.1.61.0.1.5070.1.1"
NATIONAL_STATEMENT_OTHER = "2.16.792.1.61.0.1.5070.2.1"
NATIONAL = frozenset({NATIONAL_STATEMENT, NATIONAL_STATEMENT_OTHER})
SEAL_STATEMENTS = frozenset({"2.16.792.1.61.0.1.5070.1.3", "2.16.792.1.61.0.1.5070.2.2"})
QC_TYPE = "0.4.0.1862.1.6"
QC_TYPE_SIGNATURE = "0.4.0.1862.1.6.1"
QC_LEGISLATION = "0.4.0.1862.1.7"
DEMO_POLICY = "2.999.5070.1.1"
DEMO_SERVICE_POLICY = "2.999.5070.1.2"
DEMO_TSA_POLICY = "2.999.5070.2.1"
