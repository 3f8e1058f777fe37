"""The national signature profiles P1–P4, and what each demands of a signature that names it.

P1 has no identifier. P2 and P3 are final only with revocation data that was
issued 24 hours after the time-stamp or later, P4 only with an OCSP response.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

ARC = "2.16.792.1.61.0.1.5070.3"


@dataclass(frozen=True)
class Demands:
    """One profile: its name, its policy identifier, and what the judge asks for."""

    name: str
    oid: str
    stamped: bool = False
    settle: timedelta = timedelta()
    ocsp: bool = False


P1 = Demands("P1", "")
_NAMED = (
    Demands("P2", f"{ARC}.1.1", stamped=True, settle=timedelta(hours=24)),
    Demands("P3", f"{ARC}.2.1", stamped=True, settle=timedelta(hours=24)),
    Demands("P4", f"{ARC}.3.1", stamped=True, ocsp=True),
)
BY_OID = {P1.oid: P1} | {demands.oid: demands for demands in _NAMED}
