"""Certification paths (RFC 5280, 6): what is signed below our anchors, found from them downwards.

Only what is signed by a key that counts already is looked at further, so certificates that a
sender made lead nowhere, however many there are (RFC 5280, 6.1). Everything is taken
apart as bytes and read only once it is known to be signed. Dates, revocation, names and policies
are the business of signing.validation.chain.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from asn1crypto import x509

from signing.cms.container import face
from signing.errors import CertificateUnusable
from signing.x509.certificate_der import EncodedCertificate, take_apart

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signing.x509.certificate import X509Certificate
    from signing.x509.signature_checks import Checks

LONGEST = 6
"""Certificates in a path, with the anchor and the one in question."""

PATHS = 8
"""Paths that are tried for one certificate; several come only from cross-certification."""

STEPS = 64
"""Links that are walked to find these paths."""


@lru_cache(512)
def named(der: bytes) -> str:
    """Give a name as it is compared (RFC 5280, 7.1); "" for one that cannot be read."""
    try:
        return str(x509.Name.load(der, strict=True).hashable)
    except Exception:  # noqa: BLE001 - whatever hostile bytes make the parser do
        return ""


@dataclass
class CertificationPaths:
    """What is signed under a set of anchors.

    `all` are the anchors and every certificate below them, nearest first; `above` gives for each
    certificate (DER) those that have signed it.
    """

    anchors: tuple[bytes, ...]
    checks: Checks
    all: list[X509Certificate] = field(default_factory=list)
    above: dict[bytes, list[X509Certificate]] = field(default_factory=dict)

    def paths(self, leaf: X509Certificate) -> list[list[X509Certificate]]:
        """Give the ways from a certificate up to an anchor, the certificate first."""
        found: list[list[X509Certificate]] = []
        open_ways, steps = [[leaf]], 0
        while open_ways and len(found) < PATHS and steps < STEPS:
            way = open_ways.pop(0)
            steps += 1
            if way[-1].der in self.anchors:
                found.append(way)
                continue
            open_ways += [[*way, above] for above in self._links(way)]
        return found

    def _links(self, way: list[X509Certificate]) -> Iterator[X509Certificate]:
        if len(way) == LONGEST:
            return
        for above in self.above.get(way[-1].der, ()):
            if above not in way:
                yield above


def build_paths(
    leaf: X509Certificate, pool: Iterable[bytes], anchors: tuple[bytes, ...], checks: Checks
) -> CertificationPaths:
    """Find what of a pool is signed under the anchors, level by level.

    Each pair of an authority and a certificate that names it as its issuer is tried once.
    """
    found = CertificationPaths(anchors, checks, [face(der) for der in anchors])
    waiting: dict[str, list[EncodedCertificate]] = defaultdict(list)
    for der in dict.fromkeys((leaf.der, *pool)):
        parts = None if der in anchors else _taken_apart(der)
        if parts is not None and parts.issuer:
            waiting[named(parts.issuer)].append(parts)
    level = list(found.all)
    for _ in range(LONGEST - 1):
        level = [below for above in level for below in _signed_by(above, waiting, found)]
    return found


def _signed_by(
    above: X509Certificate, waiting: dict[str, list[EncodedCertificate]], found: CertificationPaths
) -> Iterator[X509Certificate]:
    """Note what an authority has signed and yield those of it that may issue in their turn."""
    for parts in waiting.get(named(above.parsed.subject.dump()), ()):
        if parts.der == above.der or not _by(above, parts, found.checks):
            continue
        if parts.der in found.above:
            found.above[parts.der].append(above)
            continue
        below = _read(parts.der)
        if below is not None:
            found.above[parts.der] = [above]
            found.all.append(below)
            if may_issue(below):
                yield below


def _taken_apart(der: bytes) -> EncodedCertificate | None:
    try:
        return take_apart(der)
    except (ValueError, TypeError):
        return None


def _read(der: bytes) -> X509Certificate | None:
    try:
        return face(der)
    except CertificateUnusable:
        return None


def _by(above: X509Certificate, parts: EncodedCertificate, checks: Checks) -> bool:
    return checks.fits(parts.signature, parts.body, above.parsed.public_key, parts.algorithm)


def may_issue(certificate: X509Certificate) -> bool:
    """Say whether a certificate is one of an authority (RFC 5280, 6.1.4 (k) and (n))."""
    usage = certificate.parsed.key_usage_value
    return bool(certificate.parsed.ca) and (usage is None or "key_cert_sign" in usage.native)
