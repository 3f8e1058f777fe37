"""Collecting what proves that the certificates of a chain were in force: lists and OCSP answers.

Only certificates on a valid path to one of our anchors are asked about, so that nobody can make us
call an address by writing it into a certificate of their own.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from signing.cms.levels import ValidationData
from signing.errors import ContainerUnusable, OnlineUnavailable
from signing.network.online import issued
from signing.validation import ocsp_status
from signing.validation.chain import sound_path
from signing.verdict import Stopped
from signing.x509.policy import Undated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from signing.network.online import Online
    from signing.validation.trust import Trust
    from signing.x509.certificate import X509Certificate

LARGE = 4 * 1024
"""Bytes of a list that is left out of a container when an OCSP answer says the same."""


def chain(
    leaf: X509Certificate, pool: Iterable[bytes], trust: Trust, now: datetime
) -> list[X509Certificate]:
    """Give the chain from a certificate to an anchor; ContainerUnusable when there is none.

    The chain is validated with revocation set aside, so an address that stands in one of its
    certificates is one that our authorities put there. What has ended is validated as of its last
    moment and by any anchor that was ever ours, since lists are fetched for what has ended too.
    """
    ends = tuple(dict.fromkeys((*trust.anchors, *trust.tsa_anchors)))
    undated = Undated(trust.allowed.weaker)
    ours = replace(trust, anchors=ends, windows=(), allowed=undated)
    try:
        return sound_path(leaf, pool, ours, min(now, leaf.not_after))
    except Stopped as stop:
        raise ContainerUnusable(reason="no_trusted_root", sub=stop.sub.value) from stop


def collect(
    online: Online,
    leaves: Iterable[tuple[X509Certificate, tuple[bytes, ...]]],
    trust: Trust,
    now: datetime,
    since: datetime | None = None,
) -> ValidationData:
    """Fetch lists and OCSP answers for the chains of some certificates.

    Each leaf comes with the certificates that stood beside it; one that leads to no anchor of ours
    (a time-stamp of somebody else's, say) proves nothing and is passed over. `now` ages the cache;
    lists from before `since` are fetched again, and of each leaf something from then or later is
    wanted (an OCSP answer is always of this moment). Raises OnlineUnavailable when anything is out
    of reach, ContainerUnusable when no leaf leads to an anchor.
    """
    certificates: list[bytes] = []
    crls: list[bytes] = []
    ocsps: list[bytes] = []
    asked: set[bytes] = set()
    for leaf, path in _paths(leaves, trust, now):
        certificates += [one.der for one in path]
        for certificate, issuer in pairwise(path):
            if certificate.der in asked:
                continue
            asked.add(certificate.der)
            answer = online.ocsp(certificate.parsed, issuer.parsed)
            lists = _lists(online, certificate, answer, now, since)
            if answer:
                ocsps.append(answer)
                crls += [one for one in lists if len(one) <= LARGE]
                crls += _about_responders(online, answer, issuer, lists, trust, now)
                continue
            if since and certificate is leaf:
                _settled(lists, since)
            crls += lists
    return ValidationData(*(tuple(dict.fromkeys(found)) for found in (certificates, crls, ocsps)))


def _paths(
    leaves: Iterable[tuple[X509Certificate, tuple[bytes, ...]]], trust: Trust, now: datetime
) -> list[tuple[X509Certificate, list[X509Certificate]]]:
    found: list[tuple[X509Certificate, list[X509Certificate]]] = []
    stray: ContainerUnusable | None = None
    for leaf, beside in leaves:
        try:
            found.append((leaf, chain(leaf, beside, trust, now)))
        except ContainerUnusable as error:
            stray = error
    if stray is not None and not found:
        raise stray
    return found


def _lists(
    online: Online,
    certificate: X509Certificate,
    answer: bytes | None,
    now: datetime,
    since: datetime | None,
) -> tuple[bytes, ...]:
    """Fetch the lists of a certificate; none where they are away but an OCSP answer is there.

    An answer serves in lieu of a list (RFC 6960, 2) and is never older than one. The other way
    round it is not: a list that is good for a day would hide a revocation of this hour.
    """
    try:
        return online.crls(certificate.parsed, now, since)
    except OnlineUnavailable:
        if answer is None:
            raise
        return ()


def _about_responders(
    online: Online,
    answer: bytes,
    issuer: X509Certificate,
    lists: tuple[bytes, ...],
    trust: Trust,
    now: datetime,
) -> Iterator[bytes]:
    """Yield the lists, of whatever size, that tell whether who signed an answer was revoked.

    (RFC 6960, 4.2.2.2.1.) They are those that its certificate names, else those of `lists`, which
    are about another certificate of the same issuer.
    """
    for responder in ocsp_status.revocable(answer, issuer):
        own: tuple[bytes, ...] = ()
        with suppress(ContainerUnusable, OnlineUnavailable):
            # Nobody is asked for the sake of a certificate that our authorities did not issue.
            chain(responder, (issuer.der,), trust, now)
            own = online.crls(responder.parsed, now)
        yield from own or lists


def _settled(lists: Iterable[bytes], since: datetime) -> None:
    """Check that a list is there that was issued at a moment or later."""
    if not any(issued(one) >= since.replace(microsecond=0) for one in lists):
        raise OnlineUnavailable(where="CRL", reason="list_not_renewed")
