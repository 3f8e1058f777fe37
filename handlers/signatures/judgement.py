"""The judgement of one container over one frozen document, made once and handed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.certificates import revocation
from handlers.kit import rows
from handlers.papers import letters
from signing.cms import container
from signing.cms.levels import Level
from signing.validation import chain
from signing.validation.trust import Revocation
from signing.validation.validate import validate
from signing.verdict import Stopped, SubIndication
from signing.x509.moment import Moment
from states.papers.document import Document

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.services import Services
    from signing.validation.validate import Validation

FRESH = timedelta(minutes=1)
"""How long before the move a judgement may have been made that the move rests on."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement with what it is about: the container and the document's SHA-256 (hex).

    It is made outside the row lock where others were asked, else by the check of the move; the
    action that keeps the signature takes the same one. Only our own code makes one: nothing that
    comes over the network turns into it.
    """

    container: bytes
    document_sha256: str
    validation: Validation

    def serves(self, container: bytes, document_sha256: str, now: datetime) -> bool:
        """Say whether it is about these very bytes and was made just now."""
        same = self.container == container and self.document_sha256 == document_sha256
        return same and self.validation.at <= now <= self.validation.at + FRESH


def judge(
    connection: Connection,
    services: Services,
    about: tuple[bytes, str],
    fetched: object,
    now: datetime,
    limit: int = container.SIZE_LIMIT,
) -> Judged:
    """Judge a container over a frozen document (EN 319 102-1).

    ``about`` is the container and the SHA-256 of the document; ``fetched`` the revocation data
    that others gave for it: without any, our own lists are asked. ``limit`` is that of `validate`.
    """
    data, sha256 = about
    known = fetched if isinstance(fetched, Revocation) else revocation.lists_at(connection, now)
    content = letters.signable(rows.fetch(connection, Document, sha256))
    validation = validate(
        data, content, trust=services.trust(), revocation=known, at=now, limit=limit
    )
    return Judged(data, sha256, validation)


def settles(services: Services, validation: Validation) -> bool:
    """Say whether only the wait of the office's own profile keeps a signature from being final."""
    return validation.settles_at is not None and validation.profile == services.profile.value


def stamp_to_come(services: Services, validation: Validation) -> bool:
    """Say whether all that a named profile misses is the time-stamp that we could not get."""
    missing = validation.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE
    return bool(missing and validation.profile and not validation.stamps and services.online)


def unknown(services: Services, validation: Validation, *, suspended: bool = False) -> bool:
    """Say whether a signature is good as far as can be seen, and a service would tell the rest.

    That is: the status of its certificate, or that of the time-stamp, could not be learnt, or the
    time-stamp could not be got. ``suspended`` is for a signature whose certificate is suspended
    as a matter of course: of it only the time-stamp is wanted.
    """
    if services.online is None:
        return False
    if stamp_to_come(services, validation):
        return True
    fine = validation.passed or settles(services, validation)
    if suspended or fine:
        return (fine or validation.wait) and _unstamped(validation)
    return validation.wait and validation.settles_at is None and not validation.held


def _unstamped(validation: Validation) -> bool:
    """Say whether the time-stamp lacks, or cannot be judged yet; a bad one does not get better."""
    return validation.level is Level.B_B and stamps_pending(validation)


def stamps_pending(validation: Validation) -> bool:
    """Say whether no time-stamp there is bad: each holds, or its status is not known yet."""
    problems = {stamp.problem for stamp in validation.stamps}
    return problems <= {None, SubIndication.TRY_LATER}


def stray(services: Services, data: bytes, now: datetime) -> SubIndication | None:
    """Say what, status apart, keeps a signer's certificate from leading to one of our anchors."""
    found = container.read(data)
    signer = found.certificate
    if not signer.not_before <= now <= signer.not_after:
        return SubIndication.OUT_OF_BOUNDS_NO_POE
    try:
        chain.check_chain(signer, found.others, services.trust(), Revocation(), Moment(now))
    except Stopped as stop:
        return None if stop.sub is SubIndication.TRY_LATER else stop.sub
    return None
