"""Collecting what proves that the certificates of a chain were in force: lists and OCSP answers.

Only certificates that lead to one of our anchors are asked about, so that nobody can make us
call an address by writing it into a certificate of his own.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator.errors import AlgorithmNotSupported
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

from signing.certificate import Certificate
from signing.errors import ContainerUnusable, OnlineUnavailable
from signing.levels import Evidence
from signing.online import issued

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from signing.online import Online
    from signing.trust import Trust

LONGEST_CHAIN = 6
LARGE = 4 * 1024
"""Bytes of a list that is left out of a container when an OCSP answer says the same."""


def chain(leaf: Certificate, pool: Iterable[bytes], trust: Trust) -> list[Certificate]:
    """Give the chain from a certificate to an anchor; ContainerUnusable when there is none.

    Each link is signed by the next, so an address that stands in a certificate is one that our
    authorities put there; validity and use are judged elsewhere.
    """
    ends = {*trust.anchors, *trust.tsa_anchors}
    known = [Certificate(der) for der in dict.fromkeys((*ends, *trust.intermediates, *pool))]
    path = [leaf]
    while path[-1].der not in ends:
        issuer = next((one for one in known if _issued(one, path[-1])), None)
        if issuer is None or len(path) == LONGEST_CHAIN:
            raise ContainerUnusable(reason="Sertifika zinciri tanınan bir köke ulaşmıyor.")
        path.append(issuer)
    return path


def _issued(issuer: Certificate, certificate: Certificate) -> bool:
    above, below = issuer.parsed, certificate.parsed
    if above.subject != below.issuer or issuer.der == certificate.der:
        return False
    algorithm = below["signature_algorithm"]
    signature, signed = below["signature_value"].native, below["tbs_certificate"].dump()
    try:
        DefaultSignatureValidator().validate_signature(
            signature, signed, above.public_key, algorithm
        )
    except (InvalidSignature, AlgorithmNotSupported, ValueError, TypeError):
        return False
    return True


def collect(
    online: Online,
    leaves: Iterable[tuple[Certificate, tuple[bytes, ...]]],
    trust: Trust,
    now: datetime,
    since: datetime | None = None,
) -> Evidence:
    """Fetch lists and OCSP answers for the chains of some certificates.

    Each leaf comes with the certificates that stood beside it. `now` ages the cache; lists from
    before `since` are fetched again, and of each leaf something from then or later is wanted (an
    OCSP answer is always of this moment). Raises OnlineUnavailable when anything is out of reach.
    """
    certificates: list[bytes] = []
    crls: list[bytes] = []
    ocsps: list[bytes] = []
    asked: set[bytes] = set()
    for leaf, beside in leaves:
        path = chain(leaf, beside, trust)
        certificates += [one.der for one in path]
        for certificate, issuer in pairwise(path):
            if certificate.der in asked:
                continue
            asked.add(certificate.der)
            answer = online.ocsp(certificate.parsed, issuer.parsed)
            lists = online.crls(certificate.parsed, now, since)
            ocsps += [answer] if answer else []
            if answer:
                lists = tuple(one for one in lists if len(one) <= LARGE)
            elif since and certificate is leaf:
                _settled(lists, since)
            crls += lists
    return Evidence(*(tuple(dict.fromkeys(found)) for found in (certificates, crls, ocsps)))


def _settled(lists: Iterable[bytes], since: datetime) -> None:
    """Check that a list is there that was issued at a moment or later."""
    if not any(issued(one) >= since for one in lists):
        raise OnlineUnavailable(where="CRL", reason="liste henüz yenilenmemiş")
