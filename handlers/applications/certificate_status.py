"""Asking whether the old certificate of an application is in force, before a card is begun.

A certificate of another authority may be revoked there without a word to us. Its authority's
services are asked after the commit, outside any lock; while they are out of reach the application
waits. One that was only stated is looked for among the signatures that its person gave before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select

from handlers.certificates import revocation
from handlers.certificates.foreign import Learnt, end_there
from handlers.certificates.payloads import CertificateSeen
from handlers.certificates.sight import see_now
from handlers.kit import rows
from handlers.kit.payload import checked
from handlers.signatures.pending import StatusUnknown
from signing.cms.levels import certificates
from signing.errors import ContainerUnusable, OnlineUnavailable
from signing.validation.certificate_status import CertificateStanding, fetch, standing
from signing.verdict import Indication
from signing.x509.certificate import read
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.kit.log_events import LogEvent
from states.papers.signature import Signature
from workflow.model.context import EffectOutcome
from workflow.model.registry import action, check, effect
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from handlers.kit.context import Context, EffectContext
    from handlers.kit.services import Services
    from signing.validation.trust import Revocation
    from signing.x509.certificate import X509Certificate
    from workflow.model.context import Payload
    from workflow.model.verdict import Verdict

MOST = 20
"""How many signatures of a person are looked through, the newest first."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LearntStatus:
    """What was learnt of the old certificate of an application: its bytes and where it stands."""

    seen: CertificateSeen
    status: CertificateStanding

    @classmethod
    def of(cls, payload: Payload) -> LearntStatus | None:
        """Return what a move brings; None where it is neither in force nor revoked, or unread."""
        seen, status = CertificateSeen.of(payload), payload.get("status")
        known = (CertificateStanding.IN_FORCE, CertificateStanding.REVOKED)
        found = next((one for one in known if one.value == status), None)
        return None if seen is None or found is None else cls(seen, found)

    def payload(self) -> Payload:
        """Return it as the engine takes it."""
        return {**self.seen.payload(), "status": self.status.value}


@effect("note_status", "await_certificate", when_refused=("status_not_learnt",))
def ask(context: EffectContext) -> EffectOutcome:
    """Ask the authority of the old certificate once more; StatusUnknown while it cannot tell.

    A certificate whose bytes nobody has shows up only when its person signs with it.
    """
    with context.database.connect() as connection:
        old = rows.fetch(connection, Certificate, context.case["old_certificate_id"])
        found = _bytes_of(connection, old)
        lists = revocation.lists_at(connection, context.now)
    if found is None:
        return EffectOutcome("await_certificate")
    shown, chain = found
    said = _said(context.services, shown, chain, lists, context)
    if said not in {CertificateStanding.IN_FORCE, CertificateStanding.REVOKED}:
        raise StatusUnknown
    how = old.seen if old.der is not None else "signature"
    learnt = LearntStatus(CertificateSeen(shown, str(how), chain), said)
    return EffectOutcome("note_status", learnt.payload())


def _bytes_of(
    connection: Connection, old: Certificate
) -> tuple[X509Certificate, tuple[bytes, ...]] | None:
    """Return a certificate with what stood beside it; None while nobody has shown it."""
    if old.der is not None:
        return read(old.der), tuple(old.chain or ())
    for shown, chain in _signed_with(connection, old.person_id):
        if f"{shown.serial_number:x}" == old.serial:
            return shown, chain
    return None


def _signed_with(
    connection: Connection, person_id: int
) -> Iterator[tuple[X509Certificate, tuple[bytes, ...]]]:
    """Yield the signer's certificate of what a person signed, and what stood beside it."""
    consents = select(Consent.id).where(Consent.person_id == person_id)
    applications = select(Application.id).where(Application.person_id == person_id)
    own = select(Signature.container, Signature.signer_sha256).where(
        Signature.case_id.in_(consents.union(applications)),
        Signature.indication == Indication.TOTAL_PASSED.value,
    )
    for row in connection.execute(own.order_by(Signature.id.desc()).limit(MOST)):
        chain = certificates(row.container)
        for der in chain:
            shown = read(der)
            if shown.sha256 == row.signer_sha256:
                yield shown, chain


def _said(
    services: Services,
    shown: X509Certificate,
    chain: tuple[bytes, ...],
    lists: Revocation,
    context: EffectContext,
) -> CertificateStanding:
    """Return where the certificate stands: by the services, or by our own lists without any."""
    trust = services.trust()
    known = lists
    if services.online is not None:
        try:
            with services.online.turn():
                known = fetch(services.online, shown, chain, trust, context.now)
        except (OnlineUnavailable, ContainerUnusable) as failure:
            log.warning(LogEvent.CERTIFICATE_STATUS_UNKNOWN, code=failure.code, **failure.params)
            return CertificateStanding.UNKNOWN
    return standing(shown, chain, trust, known, context.now)


@check
def told(context: Context) -> Verdict:
    """Allow what `ask` has learnt: the certificate's bytes and whether it is in force."""
    if context.rehearsal:
        return ALLOW
    known = LearntStatus.of(context.payload) is not None
    return ALLOW if known else deny("certificate_status.unknown")


@action(
    fires=(
        "certificate.see",
        "certificate.learn_revoked",
        "certificate.revoke",
        "application.redate",
        "application.replan",
    )
)
def note(context: Context) -> None:
    """Enter what was learnt of the old certificate: that it is in force, or was revoked."""
    old = rows.fetch(context.connection, Certificate, context.case["old_certificate_id"])
    learnt = checked(LearntStatus.of(context.payload))
    context.note(old_certificate=old.id, status=learnt.status.value)
    if old.state not in {"active", "suspended"}:
        return
    if learnt.status is CertificateStanding.REVOKED:
        end_there(context, old, Learnt())
    else:
        see_now(context, old, replace(learnt.seen, checked=True))
