"""Owns what happens to a signature between its coming in and the row lock: stamp and evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select

from handlers import letters, rows
from handlers.code import PURPOSES
from signing.errors import ContainerUnusable, OnlineUnavailable
from signing.levels import Level
from signing.lifting import Lifted, lift
from signing.profiles import RULES, Profile
from signing.trust import Revocation
from signing.validation import validate
from signing.verdict import SubIndication
from states.application import Application
from states.certificate import Certificate
from states.consent import Consent
from states.document import Document
from workflow.verdict import ALLOW, error

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

    from handlers.services import Services
    from workflow.verdict import Verdict

TABLES: dict[str, type[Application | Consent | Certificate]] = {
    "application": Application,
    "consent": Consent,
    "certificate": Certificate,
}
LACKING = {SubIndication.TRY_LATER, SubIndication.SIG_CONSTRAINTS_FAILURE}
"""What a good signature is judged to be before it has time-stamp and revocation data."""

log = structlog.get_logger()


def prepare(
    database: Engine, services: Services, case: tuple[str, int], container: bytes, now: datetime
) -> dict[str, object]:
    """Return what goes with a signature that was handed in for a case (purpose, id).

    Asks the time-stamp authority and the services of the certificates over the network: call it
    before the engine takes the row, never within. A signature that is bad in itself is not
    stamped; one for which a service is out of reach goes on with no revocation data, so that the
    engine answers "try later" and the person can hand it in again while his code lives.
    """
    if services.online is None:
        return {"container": container}
    workflow = PURPOSES[case[0]].workflow
    lifted = _lifted(services, _content(database, *case), workflow, container, now)
    return {"container": lifted.container, "revocation": lifted.revocation}


def _lifted(
    services: Services, content: bytes, workflow: str, container: bytes, now: datetime
) -> Lifted:
    untouched = Lifted(container, Revocation())
    trust = services.trust()
    judged = validate(container, content, trust=trust, revocation=Revocation(), at=now)
    if services.online is None or judged.sub_indication not in LACKING:
        return untouched
    # A suspended certificate's status is no evidence for the years to come.
    at_once = RULES[services.profile].at_once
    to = Level.B_T if workflow == "certificate" else at_once
    try:
        with services.online.turn():
            return lift(services.online, container, trust, now, to)
    except (OnlineUnavailable, ContainerUnusable) as failure:
        log.warning("signature_not_lifted", code=failure.code, **failure.params)
        return untouched


def _content(database: Engine, purpose: str, case_id: int) -> bytes:
    table = TABLES[PURPOSES[purpose].workflow]
    column = getattr(table, PURPOSES[purpose].document)
    with database.connect() as connection:
        sha256 = connection.execute(select(column).where(table.id == case_id)).scalar_one_or_none()
        document = rows.find(connection, Document, sha256)
    return b"" if document is None else letters.signable(document)


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
