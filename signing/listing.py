"""What revocation lists say of a certificate (RFC 5280, 6.3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signing import lists, scope
from signing.case import REMOVED, Case, Kind, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signing.case import Court
    from signing.certificate import Certificate
    from signing.lists import RevocationList

SOURCES = 64
"""How many lists are looked at for one certificate."""

WORST = (Kind.GOOD, Kind.HELD, Kind.REVOKED)
Signed = tuple["RevocationList", "Certificate"]


def readable(ders: Iterable[bytes]) -> Iterator[RevocationList]:
    """Yield the lists that can be read; the others are as if they were not there."""
    for der in ders:
        try:
            yield lists.read(der)
        except ValueError:
            continue


def words(found: Iterable[RevocationList], case: Case, court: Court) -> Iterator[Word]:
    """Yield what lists say of a certificate: of one issuer and scope the newest in force counts.

    What is said for good ("revoked") counts from any of them, in force or not.
    """
    wanted = list(scope.issuers(case.certificate.parsed))
    ours = [one for one in found if one.issuer in wanted and not case.too_new(one.this_update)]
    signed = [(one, by) for one in ours[:SOURCES] for by in _signers(one, case, court)]
    complete = sorted((pair for pair in signed if pair[0].base is None), key=_age, reverse=True)
    seen: set[tuple[str, bytes, bytes]] = set()
    for one in complete:
        deltas = [other for other in signed if other[0].base is not None and _same(one, other)]
        try:
            word, *more = _said(one, deltas, case)
        except ValueError:
            continue
        yield from more
        if word.fresh and _scope(one) not in seen:
            seen.add(_scope(one))
            yield word
        elif word.kind is Kind.REVOKED:
            yield word


def _age(pair: Signed) -> tuple[object, int]:
    return pair[0].this_update, pair[0].number


def _scope(pair: Signed) -> tuple[str, bytes, bytes]:
    one, by = pair
    return one.issuer.hashable, one.point, by.parsed.public_key.dump()


def _same(one: Signed, other: Signed) -> bool:
    return _scope(one) == _scope(other)


def _said(pair: Signed, deltas: list[Signed], case: Case) -> list[Word]:
    """Give what a complete list says, amended by its newest delta, then what is for good.

    Deltas are used where they are at hand (5.2.4); a list that names one counts without it too.
    """
    one, by = pair
    covered = scope.reasons(one, by.parsed, case.certificate.parsed)
    if not covered:
        raise ValueError("the list is not about such a certificate")
    fresh, kind = case.fresh(one.this_update, one.next_update), _listed(one, case)
    amended, final = kind or Kind.GOOD, []
    for delta, _ in sorted(deltas, key=_age):
        entry = _listed(delta, case, removed=Kind.GOOD)
        if entry is Kind.REVOKED:
            final.append(Word(entry, delta.this_update, fresh=False))
        builds = delta.base is not None and delta.base <= one.number < delta.number
        if entry and builds and case.fresh(delta.this_update, delta.next_update):
            amended = entry if amended is not Kind.REVOKED else amended
    return [Word(amended, one.this_update, fresh, covered), *final]


def _listed(one: RevocationList, case: Case, removed: Kind | None = None) -> Kind | None:
    """Give the worst that the entries of a certificate say; None when it is not on the list."""
    found = one.find(case.certificate.serial_number, case.certificate.parsed.issuer)
    kinds = [
        removed if removed and entry.reason == REMOVED else case.kind(entry.reason, entry.since)
        for entry in found
    ]
    return max(kinds, key=WORST.index, default=None)


def _signers(found: RevocationList, case: Case, court: Court) -> Iterator[Certificate]:
    """Yield who has signed a list and may have (6.3.3 (f) and (g)): one at most."""
    for signer, path in _named(found, case, court):
        usage = signer.parsed.key_usage_value
        may = usage is None or "crl_sign" in usage.native
        key = signer.parsed.public_key
        if (
            may
            and court.signed(key, found.signed, found.signature, found.algorithm)
            and (path is None or _vouched(path, case, court))
        ):
            court.good.add(found.der)
            yield signer
            return


def _named(
    found: RevocationList, case: Case, court: Court
) -> Iterator[tuple[Certificate, tuple[Certificate, ...] | None]]:
    """Yield the certificates that bear the name of a list's issuer, those on our path first.

    The others come with their path, which branches off from ours: under the same anchor (f).
    """
    above = case.path[:-1]
    for one in reversed(above):
        # An authority that changed its keys stands on the path twice.
        if one.parsed.subject == found.issuer:
            yield one, None
    for one in court.pool:
        if one.parsed.subject == found.issuer and one not in above:
            for depth, issuer in enumerate(above, 1):
                if issuer.parsed.subject == one.parsed.issuer:
                    yield one, (*above[:depth], one)


def _vouched(path: tuple[Certificate, ...], case: Case, court: Court) -> bool:
    """Say whether who signed a list beside our path counts himself.

    A list may tell of its own issuer's certificate: there is no other that could.
    """
    if not court.sound(path, case.moment.at):
        return False
    return path[-1].der in case.asked or court.in_force(case.about(path))
