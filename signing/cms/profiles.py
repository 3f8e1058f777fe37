"""The national signature profiles P1 to P4: what each demands, how long it waits, its levels.

A profile is named in the signature by a signed attribute (signature-policy-identifier,
EN 319 122-1, 5.2.9); P1 has no identifier. The same table serves the signer, the office that
augments a signature and the validation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from pyhanko.sign.ades.cades_asn1 import SignaturePolicyId

from signing.cms import signed_data
from signing.cms.levels import Level

if TYPE_CHECKING:
    from signing.cms.binding import HandshakeBinding

ARC = "2.16.792.1.61.0.1.5070.3"
GUIDE_SHA256 = "ff39bd29463383f69b2052ac47439e06ce7c3b8646e888b6e5ae3e46ba08117a"
"""SHA-256 of the regulator's guide to the profiles (2014), the document that each one names.

As two independent signing programs carry it; compare it with the regulator's file before going
live, and change it here when a newer guide is published.
"""

SETTLED = timedelta(hours=24)
"""How long after the time-stamp revocation data must be issued to be final for P2 and P3."""


class Profile(StrEnum):
    """The four profiles; P4 is whole at once, P2 and P3 after a day, P1 says nothing."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


@dataclass(frozen=True)
class ProfileRules:
    """One profile, by what a signature that names it has to carry.

    `identifier` stands in the signature (none for P1). `stamped` demands a time-stamp over the
    signature that holds, `ocsp` an OCSP response about the signer's certificate, and `wait` is how
    long after the time-stamp revocation data has to be issued. `at_once` is the level at hand-in
    and `later` the one that is reached after the wait.
    """

    identifier: str
    at_once: Level
    later: Level
    wait: timedelta = timedelta()
    stamped: bool = True
    ocsp: bool = False


RULES = {
    # Time-stamped here too: it costs the holder nothing and proves when the office had it. But
    # a signature without one is a P1 as well.
    Profile.P1: ProfileRules("", Level.B_T, Level.B_T, stamped=False),
    Profile.P2: ProfileRules(f"{ARC}.1.1", Level.B_T, Level.B_LT, SETTLED),
    Profile.P3: ProfileRules(f"{ARC}.2.1", Level.B_T, Level.B_LT, SETTLED),
    Profile.P4: ProfileRules(f"{ARC}.3.1", Level.B_LT, Level.B_LT, ocsp=True),
}
BY_IDENTIFIER = {rules.identifier: profile for profile, rules in RULES.items()}
"""Which profile a signature names; a signature that names none is a P1."""


POLICY = signed_data.oid("1.2.840.113549.1.9.16.2.15")
"""signature-policy-identifier (EN 319 122-1, 5.2.9)."""


def signed_attributes(profile: Profile, asked: HandshakeBinding | None = None) -> list[bytes]:
    """Give the signed attributes (DER) that name a profile (P1 has none) and what was asked for."""
    identifier = RULES[profile].identifier
    named = [signed_data.attribute(POLICY, _policy(identifier))] if identifier else []
    return named if asked is None else [*named, asked.attribute()]


def _policy(identifier: str) -> bytes:
    policy = SignaturePolicyId(
        {
            "sig_policy_id": identifier,
            "sig_policy_hash": {
                "digest_algorithm": {"algorithm": "sha256"},
                "digest": bytes.fromhex(GUIDE_SHA256),
            },
        }
    )
    return bytes(policy.dump())
