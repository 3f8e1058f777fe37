"""Which certificates a revocation list speaks of (RFC 5280, 6.3.3 (b) and (d))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asn1crypto import x509

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signing.x509.revocation_lists import ParsedCrl

ALL_REASONS = frozenset(
    {
        "key_compromise", "ca_compromise", "affiliation_changed", "superseded",
        "cessation_of_operation", "certificate_hold", "privilege_withdrawn", "aa_compromise",
    }
)  # fmt: skip
"""The reasons that lists must cover together before a certificate counts as not revoked."""


def reasons(
    found: ParsedCrl, signer: x509.Certificate, certificate: x509.Certificate
) -> frozenset[str]:
    """Give the reasons for which a list would name a certificate; none when it is out of scope."""
    if not _kind(found, certificate):
        return frozenset()
    points = list(certificate.crl_distribution_points_value or ())
    if not points:
        own = x509.DistributionPoint(
            {"distribution_point": x509.DistributionPointName("full_name", [_directory(signer)])}
        )
        points = [own]
    covered = {
        one
        for point in points
        if _issued_for(found, point, certificate) and _same_point(found, signer, point)
        for one in _flags(point["reasons"].native)
    }
    limited = None if found.idp is None else found.idp["only_some_reasons"].native
    return frozenset(covered) & _flags(limited)


def issuers(certificate: x509.Certificate) -> Iterator[x509.Name]:
    """Yield the names under which lists for a certificate are issued."""
    yield certificate.issuer
    for point in certificate.crl_distribution_points_value or ():
        for name in point["crl_issuer"] or ():
            if name.name == "directory_name":
                yield name.chosen


def _flags(native: Iterable[str] | None) -> frozenset[str]:
    return ALL_REASONS if native is None else ALL_REASONS & set(native)


def _kind(found: ParsedCrl, certificate: x509.Certificate) -> bool:
    """Say whether a list is for certificates of this kind, authority's or not (b, 2, ii to iv)."""
    idp = found.idp
    if idp is None:
        return True
    barred = "only_contains_user_certs" if certificate.ca else "only_contains_ca_certs"
    return not (idp[barred].native or idp["only_contains_attribute_certs"].native)


def _issued_for(
    found: ParsedCrl, point: x509.DistributionPoint, certificate: x509.Certificate
) -> bool:
    """Say whether a list is by whom a distribution point names, else by the issuer (b, 1)."""
    named = [name.chosen for name in point["crl_issuer"] or () if name.name == "directory_name"]
    if named:
        return found.issuer in named and (found.indirect or found.issuer == certificate.issuer)
    return bool(found.issuer == certificate.issuer)


def _same_point(found: ParsedCrl, signer: x509.Certificate, point: x509.DistributionPoint) -> bool:
    """Say whether a list that names a distribution point names this one (b, 2, i)."""
    if found.idp is None or not found.idp["distribution_point"]:
        return True
    theirs = _full(found.idp["distribution_point"], signer)
    ours = point["distribution_point"]
    wanted = _full(ours, signer) if ours else list(point["crl_issuer"] or ())
    return any(one in theirs for one in wanted)


def _full(name: x509.DistributionPointName, signer: x509.Certificate) -> list[x509.GeneralName]:
    """Give the names of a distribution point, a relative one as what it stands for."""
    if name.name == "full_name":
        return list(name.chosen)
    whole = signer.subject.copy()
    whole.chosen.append(name.chosen.untag())
    return [x509.GeneralName("directory_name", whole)]


def _directory(certificate: x509.Certificate) -> x509.GeneralName:
    return x509.GeneralName("directory_name", certificate.subject)
