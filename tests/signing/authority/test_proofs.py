"""The proof of a key is read as bytes of a stranger: whatever is wrong in it is a refusal."""

from __future__ import annotations

from collections import Counter

from asn1crypto.x509 import Name
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from signing.authority.issuing import proof_of, proven_key
from signing.errors import RequestInvalid
from tests.kit.web.station import SoftKey

NAME = Name.build({"common_name": "TEST"})


def test_a_proof_with_one_byte_changed_is_refused_or_proves_the_same_key() -> None:
    key = SoftKey()
    proof = proof_of(
        NAME, key.public, lambda data: key.private.sign(data, ec.ECDSA(hashes.SHA256()))
    )
    told: Counter[str] = Counter()
    for place, byte in enumerate(proof):
        for other in {byte ^ 1, byte ^ 4, byte ^ 0x80, 0, 3, 0x30} - {byte}:
            changed = proof[:place] + bytes([other]) + proof[place + 1 :]
            try:
                assert proven_key(changed).dump() == key.public.dump()
            except RequestInvalid as refusal:
                told[str(refusal.params["reason"])] += 1
    assert set(told) == {"proof_unreadable", "proof_differs"}
    assert min(told.values()) > 100
