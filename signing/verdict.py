"""The answers a validation can give, as EN 319 102-1 names them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Indication(StrEnum):
    """Main result (EN 319 102-1, 5.1.3): only TOTAL_PASSED may be accepted."""

    TOTAL_PASSED = "TOTAL-PASSED"
    INDETERMINATE = "INDETERMINATE"
    TOTAL_FAILED = "TOTAL-FAILED"


class SubIndication(StrEnum):
    """Why a signature did not pass; TRY_LATER is the only one that means "wait"."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    CRYPTO_CONSTRAINTS_FAILURE_NO_POE = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    NOT_YET_VALID = "NOT_YET_VALID"
    TIMESTAMP_ORDER_FAILURE = "TIMESTAMP_ORDER_FAILURE"
    SIGNATURE_POLICY_NOT_AVAILABLE = "SIGNATURE_POLICY_NOT_AVAILABLE"
    TRY_LATER = "TRY_LATER"


FAILURES = frozenset(
    {
        SubIndication.FORMAT_FAILURE,
        SubIndication.HASH_FAILURE,
        SubIndication.SIG_CRYPTO_FAILURE,
        SubIndication.NOT_YET_VALID,
    }
)


def indication(sub: SubIndication | None) -> Indication:
    """Give the main result that a sub-indication belongs to (none: passed)."""
    if sub is None:
        return Indication.TOTAL_PASSED
    return Indication.TOTAL_FAILED if sub in FAILURES else Indication.INDETERMINATE


@dataclass(frozen=True)
class Unsupported:
    """What is well made but not supported: a code, and which kind it is of."""

    code: str
    what: str = ""


class Stopped(Exception):
    """A validation came to its answer; never leaves `validate`.

    `timely` says that a proof of an earlier signature may change the answer, `held` that the
    certificate is known to be suspended; `unsupported` says more exactly than the answer what is
    well made but not supported here.
    """

    def __init__(
        self,
        sub: SubIndication,
        *,
        timely: bool = False,
        held: bool = False,
        unsupported: Unsupported | None = None,
    ) -> None:
        """Keep the answer."""
        self.sub, self.timely, self.held, self.unsupported = sub, timely, held, unsupported
        super().__init__(sub.value)
