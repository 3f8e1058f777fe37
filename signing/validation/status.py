"""Whether the certificates of a path were revoked, from the data at hand; nothing is fetched.

Lists are judged as RFC 5280, 6.3.3 says, OCSP answers as RFC 6960, 3.2 and 4.2.2.2 say. What a
trusted signer says counts wherever it was found. "Revoked" is for good and counts from data of
any age; of "good" and "on hold", which may change, the newest of one issuer and scope counts, and
only from data in force. A source that cannot be used is as if it were not there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from signing.validation import ocsp_status
from signing.verdict import Stopped, SubIndication
from signing.x509 import crl_scope, crl_status
from signing.x509.status_query import CertStatus, RevocationCase

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from asn1crypto import algos
    from asn1crypto.keys import PublicKeyInfo

    from signing.validation.trust import Revocation
    from signing.x509.certificate import X509Certificate
    from signing.x509.ocsp_responses import OcspAnswer
    from signing.x509.revocation_lists import ParsedCrl
    from signing.x509.status_query import RevocationFinding
    from signing.x509.validation_time import Moment


@dataclass
class RevocationChecker:
    """The revocation data of one validation; `good` are the sources whose signature was verified.

    `pool` are certificates that may have signed lists or answers; `signed` and `sound` are as
    `signing.x509.status_query.RevocationContext` says.
    """

    revocation: Revocation
    pool: tuple[X509Certificate, ...]
    signed: Callable[[PublicKeyInfo, bytes, bytes, algos.SignedDigestAlgorithm], bool]
    sound: Callable[[Sequence[X509Certificate], datetime], bool]
    good: set[bytes] = field(default_factory=set)

    @cached_property
    def _lists(self) -> list[ParsedCrl]:
        return list(crl_status.readable(self.revocation.crls))

    @cached_property
    def _answers(self) -> list[OcspAnswer]:
        return list(ocsp_status.readable(self.revocation.ocsps))

    def check(self, path: Sequence[X509Certificate], moment: Moment) -> None:
        """Check a path (anchor first), from the anchor down; Stopped says what is not known good.

        The moment's demands are about the last certificate; of the others anything in force does.
        """
        for depth in range(2, len(path) + 1):
            last, part = depth == len(path), tuple(path[:depth])
            asked = frozenset({part[-1].der})
            self._weigh(
                RevocationCase(part, moment if last else moment.of_issuers(), asked), signer=last
            )

    def in_force(self, case: RevocationCase) -> bool:
        """Say whether a certificate is known not to be revoked."""
        try:
            self._weigh(case, signer=False)
        except Stopped:
            return False
        return True

    def _weigh(self, case: RevocationCase, *, signer: bool) -> None:
        """Weigh what the sources say of one certificate; Stopped unless it is in force.

        A list is never outvoted: a responder may know less than the list it was fed with.
        """
        listed = list(crl_status.words(self._lists, case, self))
        answered = list(ocsp_status.words(self._answers, case, self))
        if any(word.kind is CertStatus.REVOKED for word in listed + answered):
            revoked = SubIndication.REVOKED_NO_POE if signer else SubIndication.REVOKED_CA_NO_POE
            raise Stopped(revoked, timely=signer)
        known = [word for word in listed if word.fresh]
        said = _newest([word for word in answered if word.fresh])
        if any(word.kind is CertStatus.HELD for word in known + said):
            # EN 319 102-1, 5.2.6.4: a suspended certificate may come back.
            raise Stopped(SubIndication.TRY_LATER, held=True)
        if said and all(word.kind is CertStatus.GOOD for word in said):
            return
        covered = frozenset[str]().union(*(word.reasons for word in known))
        if case.moment.ocsp or not covered >= crl_scope.ALL_REASONS:
            raise Stopped(SubIndication.TRY_LATER, timely=True)


def _newest(words: list[RevocationFinding]) -> list[RevocationFinding]:
    newest = max((word.issued for word in words), default=None)
    return [word for word in words if word.issued == newest]
