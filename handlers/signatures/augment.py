"""Augmentation of a signature that came in, before the engine takes the row (EN 319 122-1).

A time-stamp lifts it to B-T, evidence to B-LT: what its profile wants at hand-in. Both are asked
for over the network, so never under a lock; the signature is validated here too, so that nothing is
left to be validated there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from handlers.signatures.submission import SignedDocument
from handlers.signatures.validate import is_pending, stamps_may_hold, validate_signature
from signing.cms.container import OWN_LIMIT
from signing.cms.levels import Level
from signing.cms.profiles import RULES, Profile
from signing.errors import ContainerUnusable, OnlineUnavailable
from signing.validation.augmentation import Augmented, augment_stamped, stamp
from signing.validation.trust import Revocation
from signing.verdict import SubIndication
from states.kit.log_events import LogEvent

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

    from handlers.kit.services import Services
    from handlers.signatures.purposes import SignedCase
    from handlers.signatures.submission import Submission, ValidatedSignature
    from signing.network.online import Online
    from signing.validation.validate import Validation
    from workflow.model.clock import Clock

log = structlog.get_logger()


def augment_submission(
    database: Engine, services: Services, case: SignedCase, submission: Submission, clock: Clock
) -> Submission:
    """Return a submission with its container augmented, and validated with what others gave.

    Asks the time-stamp authority and the services of the certificates over the network: call it
    before the engine takes the row, never within. One that is bad in itself is not stamped; one
    for which a service is out of reach comes as far as it comes, and `waits_for_service` tells.
    """
    sha256 = case.document_in(database)
    if services.online is None or sha256 is None:
        return submission
    now = clock.now()
    signed = SignedDocument(submission.container, sha256)
    with database.connect() as connection:
        bare = validate_signature(connection, services, signed, now, Revocation())
    to = _level_at_once(services, case)
    augmented = _augmented(services, services.online, bare, now, to)
    validated = bare
    if augmented != Augmented(signed.container, Revocation()):
        signed = SignedDocument(augmented.container, sha256)
        # What others answered is of after the question, and has to be in force after it.
        with database.connect() as connection:
            validated = validate_signature(
                connection, services, signed, clock.now(), augmented.revocation, OWN_LIMIT
            )
    return replace(
        submission,
        container=augmented.container,
        revocation=augmented.revocation,
        validated=validated,
    )


def waits_for_service(services: Services, case: SignedCase, submission: Submission) -> bool:
    """Say whether a submission is good as far as can be seen, but a service was away."""
    if submission.validated is None:
        return False
    validation = submission.validated.validation
    return is_pending(services, validation, suspended=case.of_suspended)


def profile_to_name(services: Services) -> Profile:
    """Return the profile that a signature for this office names.

    Without a time-stamp authority it is none: every other profile demands a time-stamp.
    """
    return Profile.P1 if services.online is None else services.profile


def _level_at_once(services: Services, case: SignedCase) -> Level:
    """Return the level that a signature is to have before the row is taken.

    A suspended certificate's status is no evidence for the years to come.
    """
    return Level.B_T if case.of_suspended else RULES[services.profile].at_once


def _augmented(
    services: Services, online: Online, bare: ValidatedSignature, now: datetime, to: Level
) -> Augmented:
    """Augment what lacks nothing else; what was got before a service failed is kept."""
    container, found = bare.signed.container, bare.validation
    if not _lacks_evidence_only(found):
        return Augmented(container, Revocation())
    try:
        with online.turn():
            # A stamp that an earlier try got proves more than a new one would.
            if not (found.stamps and stamps_may_hold(found)):
                container = stamp(online, container)
            return augment_stamped(online, container, services.trust(), now, to)
    except (OnlineUnavailable, ContainerUnusable) as failure:
        log.warning(LogEvent.SIGNATURE_NOT_LIFTED, code=failure.code, **failure.params)
        return Augmented(container, Revocation())


def _lacks_evidence_only(found: Validation) -> bool:
    """Say whether a signature lacks nothing but time-stamp and revocation data.

    One that names no profile that was read has another fault than its missing time-stamp.
    """
    constraints = found.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE
    return found.wait or bool(constraints and found.profile)
