"""Measures the signing of a long revocation list by the signing room, in a process of its own.

    python -m tests.kit.signing.long_list 100000

Time and memory of the database beside are told by `tests.kit.handlers.long_list`.
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter

from signing.authority.crl import ListIssue, Reason, RevokedEntry, encode_entry
from signing.tokens.keys import KeyKind
from tests.kit.signing import house

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def measure(count: int) -> dict[str, float]:
    """Return seconds and megabytes of encoding this many entries once, and of signing a list."""
    with tempfile.TemporaryDirectory() as folder:
        store = house.make_store(Path(folder))
        authority = house.demo_authority(store, KeyKind.RSA_3072)
        begun = perf_counter()
        entries = b"".join(
            encode_entry(RevokedEntry((1 << 64) + one, NOW, Reason.ON_HOLD)) for one in range(count)
        )
        encoded = perf_counter()
        issuing, _root = authority.sign_lists(entries, ListIssue(1, NOW, NOW + timedelta(days=1)))
        signed = perf_counter()
    return {
        "encoded_s": round(encoded - begun, 3),
        "signed_s": round(signed - encoded, 3),
        "bytes": len(issuing),
        "peak_mb": round(getrusage(RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(int(sys.argv[1]))) + "\n")
