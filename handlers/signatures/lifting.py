"""What happens to a signature between its coming in and the row lock: stamp and evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select

from handlers.signatures.code import PURPOSES
from handlers.signatures.judgement import Judged, judge, stamps_pending, unknown
from signing.cms.container import OWN_LIMIT
from signing.cms.levels import Level
from signing.cms.profiles import RULES, Profile
from signing.errors import ContainerUnusable, OnlineUnavailable
from signing.validation.lifting import Augmented, stamp, support
from signing.validation.trust import Revocation
from signing.verdict import SubIndication
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.kit.log_events import LogEvent
from workflow.model.verdict import ALLOW, error

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Engine

    from handlers.kit.services import Services
    from signing.network.online import Online
    from signing.validation.validate import Validation
    from workflow.model.clock import Clock
    from workflow.model.verdict import Verdict

TABLES: dict[str, type[Application | Consent | Certificate]] = {
    "application": Application,
    "consent": Consent,
    "certificate": Certificate,
}
log = structlog.get_logger()


def prepare(
    database: Engine, services: Services, case: tuple[str, int], container: bytes, clock: Clock
) -> dict[str, object]:
    """Return what goes with a signature that was handed in for a case (purpose, id).

    Asks the time-stamp authority and the services of the certificates over the network: call it
    before the engine takes the row, never within. The signature is judged here too, so that
    nothing is left to be judged under the lock. One that is bad in itself is not stamped; one for
    which a service is out of reach comes as far as it comes, and `waits` tells of it.
    """
    sha256 = _document(database, *case)
    if services.online is None or sha256 is None:
        return {"container": container}
    now = clock.now()
    with database.connect() as connection:
        bare = judge(connection, services, (container, sha256), Revocation(), now)
    lifted = _lifted(services, services.online, case[0], bare, now)
    judged = bare
    if lifted != Augmented(container, Revocation()):
        about = (lifted.container, sha256)
        # What others answered is of after the question, and has to be in force after it.
        with database.connect() as connection:
            judged = judge(connection, services, about, lifted.revocation, clock.now(), OWN_LIMIT)
    return {"container": lifted.container, "revocation": lifted.revocation, "judged": judged}


def waits(services: Services, payload: Mapping[str, object], purpose: str) -> bool:
    """Say whether what `prepare` gave is good as far as can be seen, but a service was away."""
    judged = payload.get("judged")
    if not isinstance(judged, Judged):
        return False
    return unknown(services, judged.validation, suspended=of_suspended(purpose))


def _lifted(
    services: Services, online: Online, purpose: str, judged: Judged, now: datetime
) -> Augmented:
    """Lift what lacks nothing else; what was got before a service failed is kept."""
    container, found = judged.container, judged.validation
    if not _lacking(found):
        return Augmented(container, Revocation())
    # A suspended certificate's status is no evidence for the years to come.
    to = Level.B_T if of_suspended(purpose) else RULES[services.profile].at_once
    try:
        with online.turn():
            # A stamp that an earlier try got proves more than a new one would.
            if not (found.stamps and stamps_pending(found)):
                container = stamp(online, container)
            return support(online, container, services.trust(), now, to)
    except (OnlineUnavailable, ContainerUnusable) as failure:
        log.warning(LogEvent.SIGNATURE_NOT_LIFTED, code=failure.code, **failure.params)
        return Augmented(container, Revocation())


def _lacking(found: Validation) -> bool:
    """Say whether a signature lacks nothing but time-stamp and revocation data.

    One that names no profile that was read has another fault than its missing time-stamp.
    """
    constraints = found.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE
    return found.wait or bool(constraints and found.profile)


def of_suspended(purpose: str) -> bool:
    """Say whether a signature is one of a certificate that is suspended as a matter of course."""
    return PURPOSES[purpose].workflow == "certificate"


def _document(database: Engine, purpose: str, case_id: int) -> str | None:
    """Read the SHA-256 of what a case offers to be signed; None while it offers nothing."""
    table = TABLES[PURPOSES[purpose].workflow]
    column = getattr(table, PURPOSES[purpose].document)
    with database.connect() as connection:
        statement = select(column).where(table.id == case_id)
        sha256: str | None = connection.execute(statement).scalar_one_or_none()
        return sha256


def profile_to_name(services: Services) -> Profile:
    """Return the profile that a signature for this office names.

    Without a time-stamp authority it is none: every other profile demands a time-stamp.
    """
    return Profile.P1 if services.online is None else services.profile


def stamped(services: Services, level: Level) -> Verdict:
    """Allow a signature that carries a time-stamp that holds, where the office has them made."""
    if services.online is None or level is not Level.B_B:
        return ALLOW
    return error("signature.not_stamped")
