"""What OCSP answers say of a certificate (RFC 6960, 3.2 and 4.2.2.2)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from signing.cms.container import face
from signing.errors import CertificateUnusable
from signing.x509 import ocsp_responses
from signing.x509.status_query import CertStatus, RevocationCase, RevocationFinding
from signing.x509.validation_time import SKEW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from signing.x509.certificate import X509Certificate
    from signing.x509.ocsp_responses import OcspAnswer, OcspEntry
    from signing.x509.status_query import RevocationContext

SOURCES = 64
"""How many answers are looked at for one certificate."""

HELPERS = 8
"""How many certificates of one answer are looked at."""


def readable(ders: Iterable[bytes]) -> Iterator[OcspAnswer]:
    """Yield the answers that can be read; the others are as if they were not there."""
    for der in ders:
        try:
            yield ocsp_responses.read(der)
        except ValueError:
            continue


def words(
    found: Iterable[OcspAnswer], case: RevocationCase, context: RevocationContext
) -> Iterator[RevocationFinding]:
    """Yield what the answers about a certificate say, entry by entry."""
    about = ((one, _about(one, case)) for one in found)
    for answer, said in [pair for pair in about if pair[1]][:SOURCES]:
        issued = max(entry.this_update for entry in said)
        if not _authorised(answer, issued, case, context):
            continue
        context.good.add(answer.der)
        for entry in said:
            # Without an end newer knowledge is there at any time (RFC 6960, 2.4).
            until = entry.next_update or entry.this_update + SKEW
            kind = (
                CertStatus(entry.status)
                if entry.since is None
                else case.kind(entry.reason, entry.since)
            )
            if not case.too_new(entry.this_update):
                yield RevocationFinding(
                    kind, entry.this_update, case.fresh(entry.this_update, until)
                )


def revocable(der: bytes, issuer: X509Certificate) -> list[X509Certificate]:
    """Give who may have signed an answer and may have been revoked; nothing is verified.

    That is: named by it, certified by the issuer, and not marked by id-pkix-ocsp-nocheck.
    """
    answer = ocsp_responses.read(der)
    return [
        one
        for one in _brought(answer)
        if answer.from_(one.parsed)
        and one.parsed.issuer == issuer.parsed.subject
        and one.parsed.ocsp_no_check_value is None
    ]


def _about(answer: OcspAnswer, case: RevocationCase) -> list[OcspEntry]:
    try:
        return answer.about(case.certificate.parsed, case.issuer.parsed)
    except ValueError:
        return []


def _authorised(
    answer: OcspAnswer, issued: datetime, case: RevocationCase, context: RevocationContext
) -> bool:
    """Say whether an answer is by the issuer, or by whom the issuer certified for it (4.2.2.2)."""
    return any(
        _may_answer(one, issued, case, context)
        # A signature is dear: that of a responder who may not answer anyway is not looked at.
        and context.signed(one.parsed.public_key, answer.signed, answer.signature, answer.algorithm)
        and _lasting(one, case, context)
        for one in (case.issuer, *_brought(answer), *context.pool)
        if answer.from_(one.parsed)
    )


def _brought(answer: OcspAnswer) -> Iterator[X509Certificate]:
    """Yield the certificates beside an answer; those that cannot be read are passed over."""
    for der in answer.certificates[:HELPERS]:
        with suppress(CertificateUnusable):
            yield face(der)


def _may_answer(
    one: X509Certificate, issued: datetime, case: RevocationCase, context: RevocationContext
) -> bool:
    """Say whether somebody is the issuer or certified by the issuer for this."""
    if one == case.issuer:
        return True
    usage = one.parsed.extended_key_usage_value
    if one.parsed.issuer != case.issuer.parsed.subject or not usage:
        return False
    if "ocsp_signing" not in usage.native:
        return False
    # An answer from after a moment in the past may be by a responder that began after it.
    at = max(case.moment.at, issued) if case.moment.past else case.moment.at
    return context.sound((*case.path[:-1], one), at)


def _lasting(one: X509Certificate, case: RevocationCase, context: RevocationContext) -> bool:
    """Say whether who answers is not revoked (4.2.2.2.1).

    With id-pkix-ocsp-nocheck that is not asked; without, it is as of any certificate, where its
    own answers say nothing.
    """
    if one == case.issuer or one.parsed.ocsp_no_check_value is not None:
        return True
    return one.der not in case.asked and context.in_force(case.about((*case.path[:-1], one)))
