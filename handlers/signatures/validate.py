"""Validation of a signature over the frozen document of its case (EN 319 102-1), and the verdict.

`signing.validation.validate` says what is true of a container; here stands what the office makes of
it: what is good enough to be taken, what waits for a service, what is refused.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from handlers.certificates import lost_cards, revocation
from handlers.certificates.sight import KNOWN
from handlers.kit import rows
from handlers.papers import letters
from handlers.signatures.purposes import offered
from handlers.signatures.submission import (
    LARGEST,
    SignedDocument,
    ValidatedSignature,
    submission_of,
)
from signing.app.words.validation import sentence_of
from signing.cms import container
from signing.cms.levels import Level
from signing.validation import chain
from signing.validation.trust import Revocation
from signing.validation.validate import validate
from signing.verdict import Stopped, SubIndication
from signing.x509.validation_time import Moment
from states.cases.certificate import Certificate
from states.kit.text import identifier
from states.papers.document import Document
from states.people.person import Person
from workflow.model.verdict import ALLOW, deny, error

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from handlers.kit.context import Context
    from handlers.kit.services import Services
    from signing.validation.validate import Validation
    from signing.x509.certificate import X509Certificate
    from workflow.model.verdict import Verdict

FRESH = timedelta(minutes=1)
"""How long before the move a validation may have been made that the move rests on."""


def validate_signature(
    connection: Connection,
    services: Services,
    signed: SignedDocument,
    now: datetime,
    fetched: Revocation | None = None,
    limit: int = container.SIZE_LIMIT,
) -> ValidatedSignature:
    """Validate a container over a frozen document (EN 319 102-1).

    ``fetched`` is the revocation data that others gave for it: without any, our own lists are
    asked. ``limit`` is that of `signing.validation.validate.validate`.
    """
    known = revocation.lists_at(connection, now) if fetched is None else fetched
    content = letters.signable(rows.fetch(connection, Document, signed.document_sha256))
    validation = validate(
        signed.container, content, trust=services.trust(), revocation=known, at=now, limit=limit
    )
    return ValidatedSignature(signed, validation)


def lacks_grace_period_only(services: Services, validation: Validation) -> bool:
    """Say whether only the grace period of the office's profile keeps a signature from being final.

    Under P2 and P3 the revocation data that counts is of 24 hours after the time-stamp or later.
    """
    return validation.settles_at is not None and validation.profile == services.profile.value


def lacks_time_stamp_only(services: Services, validation: Validation) -> bool:
    """Say whether all that a named profile misses is the time-stamp that we could not get."""
    missing = validation.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE
    return bool(missing and validation.profile and not validation.stamps and services.online)


def is_pending(services: Services, validation: Validation, *, suspended: bool = False) -> bool:
    """Say whether a signature is good as far as can be seen, and a service would tell the rest.

    That is: the status of its certificate, or that of the time-stamp, could not be learnt, or the
    time-stamp could not be got. ``suspended`` is for a signature whose certificate is suspended
    as a matter of course: of it only the time-stamp is wanted.
    """
    if services.online is None:
        return False
    if lacks_time_stamp_only(services, validation):
        return True
    fine = validation.passed or lacks_grace_period_only(services, validation)
    if suspended or fine:
        return (fine or validation.wait) and _unstamped(validation)
    return validation.wait and validation.settles_at is None and not validation.held


def _unstamped(validation: Validation) -> bool:
    """Say whether the time-stamp lacks, or cannot be judged yet; a bad one does not get better."""
    return validation.level is Level.B_B and stamps_may_hold(validation)


def stamps_may_hold(validation: Validation) -> bool:
    """Say whether no time-stamp there is bad: each holds, or its status is not known yet."""
    problems = {stamp.problem for stamp in validation.stamps}
    return problems <= {None, SubIndication.TRY_LATER}


def untrusted_chain(services: Services, data: bytes, now: datetime) -> SubIndication | None:
    """Return what, status apart, keeps a signer's certificate from leading to one of our anchors.

    None when it leads to one.
    """
    found = container.read(data)
    signer = found.certificate
    if not signer.not_before <= now <= signer.not_after:
        return SubIndication.OUT_OF_BOUNDS_NO_POE
    try:
        chain.check_chain(signer, found.others, services.trust(), Revocation(), Moment(now))
    except Stopped as stop:
        return None if stop.sub is SubIndication.TRY_LATER else stop.sub
    return None


def unusable(context: Context) -> Verdict | None:
    """Return why there is nothing to validate, or None when there is."""
    if offered(context) is None:
        return deny("signature.nothing_offered")
    return ALLOW if context.rehearsal else unusable_container(submission_of(context).container)


def unusable_container(handed: bytes) -> Verdict | None:
    """Return why a container is not even read, or None when it is."""
    if not handed:
        return deny("signature.missing")
    return deny("signature.too_large", largest=LARGEST) if len(handed) > LARGEST else None


def signed_in(context: Context) -> SignedDocument:
    """Return the container of the move at hand and the document that its case offers."""
    document_sha256 = offered(context)
    if document_sha256 is None:  # pragma: no cover - `unusable` was asked before
        raise LookupError(context.case_id)
    return SignedDocument(submission_of(context).container, document_sha256)


def validation_of(context: Context) -> Validation:
    """Return the validation of what the move at hand carries over the frozen document of its case.

    That is the one made before the row was taken, or by an earlier check of this move, when it is
    about these very bytes; else it is made now.
    """
    signed, handed = signed_in(context), submission_of(context)
    for found in (context.recall(ValidatedSignature), handed.validated):
        if found is not None and found.serves(signed, context.now, FRESH):
            return found.validation
    made = validate_signature(
        context.connection, context.services, signed, context.now, handed.revocation
    )
    context.remember(made)
    return made.validation


def verdict_of(services: Services, validation: Validation) -> Verdict:
    """Turn a validation into an answer: not yet known is an error, all else but passed a denial.

    What only its profile's grace period keeps from being final is taken, where the office has that
    profile: the report says so, and `settlement.final` has the last word before a card is made.
    """
    if validation.passed or lacks_grace_period_only(services, validation):
        return ALLOW
    if lacks_time_stamp_only(services, validation):
        return error("signature.not_stamped")
    return refusal_of(validation)


def refusal_of(validation: Validation) -> Verdict:
    """Return the refusal of what did not pass; allowed when it did."""
    if validation.sub_indication is None:
        return ALLOW
    code = f"signature.{identifier(validation.sub_indication.value)}"
    answer = error if validation.wait else deny
    return answer(code, indication=validation.indication.value, sentence=sentence_of(validation))


def time_stamped(services: Services, level: Level) -> Verdict:
    """Allow a signature that carries a time-stamp that holds, where the office has them made."""
    if services.online is None or level is not Level.B_B:
        return ALLOW
    return error("signature.not_stamped")


def qualified(validation: Validation) -> Verdict:
    """Allow a signer's certificate that is a qualified one (law 5070)."""
    found = validation.qualification
    if found is None or not found.qualified:
        return deny("signature.not_qualified", lacking=found.code if found else "certificate")
    return ALLOW


def own(context: Context, signer: X509Certificate) -> Verdict:
    """Allow the certificate of the case's person, told by the TCKN and never by the name."""
    person = rows.fetch(context.connection, Person, context.case["person_id"])
    found = context.services.vault.lookup(signer.tckn, "tckn")
    same = hmac.compare_digest(found, person.tckn_hash)
    return ALLOW if same else deny("signature.other_person")


def complete(context: Context) -> Verdict:
    """Allow what passed, is of the case's own person and carries the time-stamp it needs."""
    verdict = unusable(context)
    if verdict is not None:
        return verdict
    services, validation = context.services, validation_of(context)
    verdict = verdict_of(services, validation)
    if verdict.allows:
        verdict = _persons_own(context, validation)
    return time_stamped(services, validation.level) if verdict.allows else verdict


def good_but_for_status(context: Context) -> Verdict:
    """Allow what waits for a service, of the case's own person, and is trusted status apart.

    What needs no asking is not taken to wait.
    """
    verdict = unusable(context)
    if verdict is not None:
        return verdict
    services, validation = context.services, validation_of(context)
    if not is_pending(services, validation):
        verdict = verdict_of(services, validation)
        return deny("signature.nothing_to_ask") if verdict.allows else verdict
    verdict = _persons_own(context, validation)
    if not verdict.allows:
        return verdict
    failure = untrusted_chain(services, submission_of(context).container, context.now)
    return deny(f"signature.{identifier(failure.value)}") if failure else ALLOW


def good_by_now(context: Context) -> Verdict:
    """Allow what passed and is stamped; whose it is was checked before it was taken to wait."""
    services, validation = context.services, validation_of(context)
    verdict = verdict_of(services, validation)
    return time_stamped(services, validation.level) if verdict.allows else verdict


def _persons_own(context: Context, validation: Validation) -> Verdict:
    verdict = qualified(validation)
    if not verdict.allows or validation.signer is None:
        return verdict
    signer = validation.signer
    verdict = own(context, signer)
    if not verdict.allows:
        return verdict
    same = or_(Certificate.sha256 == signer.sha256, Certificate.serial == serial_of(signer))
    return in_force_here(context, same & (Certificate.person_id == context.case["person_id"]))


def serial_of(signer: X509Certificate) -> str:
    """Return the serial number of a certificate as our records write it."""
    return f"{signer.serial_number:x}"


def in_force_here(context: Context, same: ColumnElement[bool]) -> Verdict:
    """Refuse a certificate that our own records hold as ended, whatever the list says.

    ``same`` picks the rows that are about it.
    """
    known = select(
        Certificate.state, Certificate.ends_on, Certificate.ends_at, lost_cards.told()
    ).where(same, or_(KNOWN, lost_cards.told()))
    for state, ends_on, ends_at, lost in context.connection.execute(known):
        if state != "active":
            return deny("signature.certificate_not_active", state=state)
        if lost:
            return deny("signature.certificate_lost")
        if ends_at is not None and ends_at < context.now:
            return deny("signature.certificate_ended", ends_on=ends_on)
    return ALLOW
