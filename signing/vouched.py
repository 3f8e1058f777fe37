"""Which certificates, lists and answers our anchors vouch for: found from the anchors downwards.

Only what is signed by a key that counts already is looked at further, so what somebody writes for
himself leads nowhere however many certificates, lists or answers he brings (RFC 5280, 6.1 and
6.3.3; RFC 6960, 4.2.2.2). Everything is taken apart as bytes and read only once it is known to be
signed. Dates, revocation, names and policies are the business of signing.chain.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from asn1crypto import algos, x509

from signing import tlv
from signing.container import face
from signing.errors import CertificateUnusable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signing.certificate import Certificate
    from signing.checks import Checks

LONGEST = 6
"""Certificates in a path, with the anchor and the one in question."""

PATHS = 8
"""Paths that are tried for one certificate; several come only from cross-certification."""

STEPS = 64
"""Links that are walked to find these paths."""

HELPERS = 8
"""Certificates in one OCSP answer; more would only be there to make judging slow."""

_INTEGER, _BITS = 0x02, 0x03
_EXPLICIT, _BY_NAME, _BY_KEY = 0xA0, 0xA1, 0xA2


@dataclass(frozen=True)
class Signed:
    """Something signed (X.509, 4.1; RFC 5280, 5.1), as bytes; `fields` are the signed ones.

    Of a certificate or a list the version is left out of the fields.
    """

    der: bytes
    body: bytes
    fields: tuple[bytes, ...]
    algorithm: algos.SignedDigestAlgorithm
    signature: bytes


def take_apart(der: bytes, version: int, pieces: list[bytes] | None = None) -> Signed | None:
    """Give the parts of something signed; None for bytes that are no such thing.

    `version` is the tag octet of the version that may stand first, `pieces` what is signed with
    its algorithm and its signature, where they do not fill the bytes.
    """
    try:
        body, algorithm, signature = pieces or tlv.inside(der, tlv.SEQUENCE)
        fields = tlv.inside(body, tlv.SEQUENCE)
        if fields[0][0] == version:
            del fields[0]
        bits = tlv.value(signature, _BITS)
        return Signed(
            der, body, tuple(fields), algos.SignedDigestAlgorithm.load(algorithm), bits[1:]
        )
    except (ValueError, TypeError, IndexError):
        return None


@lru_cache(512)
def named(der: bytes) -> str:
    """Give a name as it is compared (RFC 5280, 7.1); "" for one that can not be read."""
    try:
        return str(x509.Name.load(der, strict=True).hashable)
    except Exception:  # noqa: BLE001 - whatever hostile bytes make the parser do
        return ""


@dataclass
class Vouched:
    """What is signed under a set of anchors.

    `all` are the anchors and every certificate below them, nearest first; `above` gives for each
    certificate (DER) those that have signed it.
    """

    anchors: tuple[bytes, ...]
    checks: Checks
    all: list[Certificate] = field(default_factory=list)
    above: dict[bytes, list[Certificate]] = field(default_factory=dict)

    def signers(self, name: str) -> Iterator[Certificate]:
        """Yield the certificates of a subject."""
        return (one for one in self.all if named(one.parsed.subject.dump()) == name)

    def paths(self, leaf: Certificate) -> list[list[Certificate]]:
        """Give the ways from a certificate up to an anchor, the certificate first."""
        found: list[list[Certificate]] = []
        open_ways, steps = [[leaf]], 0
        while open_ways and len(found) < PATHS and steps < STEPS:
            way = open_ways.pop(0)
            steps += 1
            if way[-1].der in self.anchors:
                found.append(way)
                continue
            open_ways += [[*way, above] for above in self._links(way)]
        return found

    def _links(self, way: list[Certificate]) -> Iterator[Certificate]:
        if len(way) == LONGEST:
            return
        for above in self.above.get(way[-1].der, ()):
            if above not in way:
                yield above


def search(
    leaf: Certificate, pool: Iterable[bytes], anchors: tuple[bytes, ...], checks: Checks
) -> Vouched:
    """Find what of a pool is signed under the anchors, level by level.

    Each pair of an authority and a certificate that names it as its issuer is tried once.
    """
    found = Vouched(anchors, checks, [face(der) for der in anchors])
    waiting: dict[str, list[Signed]] = defaultdict(list)
    for der in dict.fromkeys((leaf.der, *pool)):
        parts = None if der in anchors else take_apart(der, _EXPLICIT)
        if parts is not None and len(parts.fields) > 2:  # noqa: PLR2004 - the issuer stands third
            waiting[named(parts.fields[2])].append(parts)
    level = list(found.all)
    for _ in range(LONGEST - 1):
        level = [below for above in level for below in _signed_by(above, waiting, found)]
    return found


def _signed_by(
    above: Certificate, waiting: dict[str, list[Signed]], found: Vouched
) -> Iterator[Certificate]:
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


def _read(der: bytes) -> Certificate | None:
    try:
        return face(der)
    except CertificateUnusable:
        return None


def _by(above: Certificate, parts: Signed, checks: Checks) -> bool:
    return checks.fits(parts.signature, parts.body, above.parsed.public_key, parts.algorithm)


def may_issue(certificate: Certificate) -> bool:
    """Say whether a certificate is one of an authority (RFC 5280, 6.1.4 (k) and (n))."""
    usage = certificate.parsed.key_usage_value
    return bool(certificate.parsed.ca) and (usage is None or "key_cert_sign" in usage.native)


def is_list(der: bytes, found: Vouched) -> bool:
    """Say whether a revocation list is signed by a key that counts and bears its issuer's name."""
    parts = take_apart(der, _INTEGER)
    if parts is None or len(parts.fields) < 2:  # noqa: PLR2004 - the issuer stands second
        return False
    return any(_by(one, parts, found.checks) for one in found.signers(named(parts.fields[1])))


def is_answer(der: bytes, found: Vouched) -> bool:
    """Say whether an OCSP answer is signed by a key that counts, or that such a key has signed."""
    try:
        basic = _basic(der)
        parts = take_apart(der, _EXPLICIT, basic[:3])
        helpers = [one for more in basic[3:4] for one in _inner(more)]
    except (ValueError, TypeError, IndexError):
        return False
    if parts is None or len(helpers) > HELPERS:
        return False
    wanted = [one for one in _answering(helpers, found) if _responds(one, parts.fields)]
    return any(_by(one, parts, found.checks) for one in wanted)


def _basic(der: bytes) -> list[bytes]:
    """Give the pieces of the BasicOCSPResponse inside an OCSPResponse (RFC 6960, 4.2.1)."""
    _, wrapped = tlv.inside(der, tlv.SEQUENCE)
    (typed,) = tlv.inside(wrapped, _EXPLICIT)
    _, octets = tlv.inside(typed, tlv.SEQUENCE)
    return tlv.inside(tlv.value(octets, tlv.OCTETS), tlv.SEQUENCE)


def _inner(wrapped: bytes) -> list[bytes]:
    (inner,) = tlv.inside(wrapped, _EXPLICIT)
    return tlv.inside(inner, tlv.SEQUENCE)


def _answering(helpers: list[bytes], found: Vouched) -> Iterator[Certificate]:
    """Yield who may have answered: all that count, and what they signed of the answer's own."""
    yield from found.all
    for der in helpers:
        parts = take_apart(der, _EXPLICIT)
        if parts is None or len(parts.fields) < 3 or der in found.above:  # noqa: PLR2004 - as above
            continue
        above = found.signers(named(parts.fields[2]))
        if any(may_issue(one) and _by(one, parts, found.checks) for one in above):
            below = _read(der)
            if below is not None:
                yield below


def _responds(one: Certificate, fields: tuple[bytes, ...]) -> bool:
    """Say whether a certificate is the one that an answer names as its responder."""
    who = fields[0]
    if who[0] == _BY_NAME:
        (name,) = tlv.inside(who, _BY_NAME)
        return named(one.parsed.subject.dump()) == named(name)
    (name,) = tlv.inside(who, _BY_KEY)
    return bool(tlv.value(name, tlv.OCTETS) == one.parsed.public_key.sha1)
