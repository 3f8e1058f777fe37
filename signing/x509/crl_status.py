"""What revocation lists say of a certificate (RFC 5280, 6.3.3)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from signing.x509 import crl_scope, revocation_lists
from signing.x509.status_query import REMOVED, CertStatus, RevocationCase, RevocationFinding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from signing.x509.certificate import X509Certificate
    from signing.x509.revocation_lists import ParsedCrl
    from signing.x509.status_query import RevocationContext

SOURCES = 64
"""How many lists are looked at for one certificate."""

WORST = (CertStatus.GOOD, CertStatus.HELD, CertStatus.REVOKED)


def readable(ders: Iterable[bytes]) -> Iterator[ParsedCrl]:
    """Yield the lists that can be read; the others are as if they were not there."""
    for der in ders:
        try:
            yield revocation_lists.read(der)
        except ValueError:
            continue


@dataclass(frozen=True)
class _Told:
    """What one list says of a certificate (None: nothing), signed by whom, for which reasons."""

    list: ParsedCrl
    by: X509Certificate
    reasons: frozenset[str]
    kind: CertStatus | None

    @property
    def scope(self) -> tuple[str, bytes, bytes]:
        return self.list.issuer.hashable, self.list.point, self.by.parsed.public_key.dump()

    @property
    def age(self) -> tuple[datetime, int]:
        return self.list.this_update, self.list.number

    def fresh(self, case: RevocationCase) -> bool:
        return case.fresh(self.list.this_update, self.list.next_update)


def words(
    found: Iterable[ParsedCrl], case: RevocationCase, context: RevocationContext
) -> Iterator[RevocationFinding]:
    """Yield what lists say of a certificate: of one issuer and scope the newest in force counts.

    What is said for good ("revoked") counts from any of them, in force or not.
    """
    told = list(_told(found, case, context))
    for one in told:
        if one.kind is CertStatus.REVOKED:
            yield RevocationFinding(one.kind, one.list.this_update, fresh=False)
    newest: dict[object, _Told] = {}
    for one in sorted(told, key=lambda each: each.age):
        if one.list.base is None and one.fresh(case):
            newest[one.scope] = one
    for one in newest.values():
        kind = _amended(one, told, case) or CertStatus.GOOD
        yield RevocationFinding(kind, one.list.this_update, fresh=True, reasons=one.reasons)


def _told(
    found: Iterable[ParsedCrl], case: RevocationCase, context: RevocationContext
) -> Iterator[_Told]:
    """Yield what those lists say that can be used for the certificate."""
    wanted = list(crl_scope.issuers(case.certificate.parsed))
    ours = (one for one in found if one.issuer in wanted and not case.too_new(one.this_update))
    # Whoever sends a container chooses how many lists are in it.
    for one in islice(ours, SOURCES):
        for by in _signers(one, case, context):
            covered = crl_scope.reasons(one, by.parsed, case.certificate.parsed)
            if covered:
                with suppress(ValueError):
                    yield _Told(one, by, covered, _listed(one, case))


def _amended(complete: _Told, told: list[_Told], case: RevocationCase) -> CertStatus | None:
    """Give what a complete list says together with its newest delta that names the certificate.

    Deltas are used where they are at hand (RFC 5280, 5.2.4 and 6.3.3 (c)); a list that names one
    counts without it too.
    """
    number, kind = complete.list.number, complete.kind
    for one in sorted(told, key=lambda each: each.age):
        base = one.list.base
        builds = base is not None and base <= number < one.list.number
        if builds and one.scope == complete.scope and one.kind and one.fresh(case):
            kind = one.kind
    return kind


def _listed(one: ParsedCrl, case: RevocationCase) -> CertStatus | None:
    """Give the worst that the entries of a certificate say; None when it is not on the list."""
    found = one.find(case.certificate.serial_number, case.certificate.parsed.issuer)
    # removeFromCRL has a meaning in deltas only (RFC 5280, 5.3.1).
    lifted = REMOVED if one.base is not None else ""
    kinds = [
        CertStatus.GOOD if entry.reason == lifted else case.kind(entry.reason, entry.since)
        for entry in found
    ]
    return max(kinds, key=WORST.index, default=None)


def _signers(
    found: ParsedCrl, case: RevocationCase, context: RevocationContext
) -> Iterator[X509Certificate]:
    """Yield who has signed a list and may have (6.3.3 (f) and (g)): one at most."""
    for signer, path in _named(found, case, context):
        # Asked only of a certificate that limits its key at all (6.3.3 (f)).
        usage = signer.parsed.key_usage_value
        may = usage is None or "crl_sign" in usage.native
        key = signer.parsed.public_key
        if (
            may
            and context.signed(key, found.signed, found.signature, found.algorithm)
            and (path is None or _counts(path, case, context))
        ):
            context.good.add(found.der)
            yield signer
            return


def _named(
    found: ParsedCrl, case: RevocationCase, context: RevocationContext
) -> Iterator[tuple[X509Certificate, tuple[X509Certificate, ...] | None]]:
    """Yield the certificates that bear the name of a list's issuer, those on our path first.

    The others come with their path, which branches off from ours: under the same anchor (f).
    """
    above = case.path[:-1]
    for one in reversed(above):
        # An authority that changed its keys stands on the path twice.
        if one.parsed.subject == found.issuer:
            yield one, None
    for one in context.pool:
        if one.parsed.subject == found.issuer and one not in above:
            for depth, issuer in enumerate(above, 1):
                if issuer.parsed.subject == one.parsed.issuer:
                    yield one, (*above[:depth], one)


def _counts(
    path: tuple[X509Certificate, ...], case: RevocationCase, context: RevocationContext
) -> bool:
    """Say whether whoever signed a list beside our path may speak of their own certificate.

    A list may tell of its own issuer's certificate: there is no other that could.
    """
    if not context.sound(path, case.moment.at):
        return False
    return path[-1].der in case.asked or context.in_force(case.about(path))
