"""Owns judging a signature that came with a move, and keeping it with its judgement."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, cast

from sqlalchemy import insert, or_, select

from handlers import letters, revocation, rows
from handlers.code import offered
from handlers.completion import first_due
from handlers.lifting import stamped
from handlers.services import services_of
from signing import pades
from signing.trust import Revocation
from signing.validation import validate
from signing.verdict import SubIndication
from states.certificate import Certificate
from states.document import Document
from states.person import Person
from states.signature import Signature
from states.text import identifier
from workflow.registry import action, check
from workflow.verdict import ALLOW, deny, error

if TYPE_CHECKING:
    from handlers.services import Services
    from signing.certificate import Certificate as Signer
    from signing.validation import Validation
    from workflow.context import Context
    from workflow.verdict import Verdict

LARGEST = pades.ROOM
"""Bytes of a container: what fits into a PDF; a CAdES B-B with its chain has a few thousand."""


@check
def on_consent(context: Context) -> Verdict:
    """Allow a consent signed by its own person with a qualified certificate in force."""
    return _qualified_and_own(context)


@check
def on_form(context: Context) -> Verdict:
    """Allow an application whose frozen form its own person signed with a certificate in force."""
    return _qualified_and_own(context)


def judge(context: Context) -> Validation:
    """Validate the container of the payload over the frozen document of the case (EN 319 102-1)."""
    services = services_of(context)
    fetched = context.payload.get("revocation")
    document = rows.fetch(context.connection, Document, offered(context))
    return validate(
        cast("bytes", context.payload["container"]),
        letters.signable(document),
        trust=services.trust(),
        revocation=fetched
        if isinstance(fetched, Revocation)
        else revocation.lists_at(context.connection, context.now),
        at=context.now,
    )


def unfit(context: Context) -> Verdict | None:
    """Return why there is nothing to judge, or None when there is."""
    if offered(context) is None:
        return deny("signature.nothing_offered")
    if context.rehearsal:
        return ALLOW
    container = context.payload.get("container")
    if not isinstance(container, bytes) or not container:
        return deny("signature.missing")
    return deny("signature.too_large", largest=LARGEST) if len(container) > LARGEST else None


def passed(services: Services, validation: Validation) -> Verdict:
    """Turn a judgement into an answer: not yet known is an error, all else but passed a denial.

    What only its profile's wait keeps from being final is taken, where the office has that
    profile: the report says so, and `settlement.final` has the last word before a card is made.
    """
    if validation.passed or validation.sub_indication is None:
        return ALLOW
    if validation.settles_at is not None and validation.profile == services.profile.value:
        return ALLOW
    if _stamp_to_come(services, validation):
        return error("signature.not_stamped")
    code = f"signature.{identifier(validation.sub_indication.value)}"
    details = {"indication": validation.indication.value, "sentence": validation.sentence}
    return error(code, **details) if validation.wait else deny(code, **details)


def _stamp_to_come(services: Services, validation: Validation) -> bool:
    """Say whether all that a named profile misses is the time-stamp that we could not get."""
    missing = validation.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE
    return bool(missing and validation.profile and not validation.stamps and services.online)


def qualified(validation: Validation) -> Verdict:
    """Allow a signer's certificate that is a qualified one (law 5070; DOMAIN 5)."""
    found = validation.qualification
    if found is None or not found.qualified:
        return deny("signature.not_qualified", lacking=found.code if found else "certificate")
    return ALLOW


def own(context: Context, signer: Signer) -> Verdict:
    """Allow the certificate of the case's person, told by the TCKN and never by the name."""
    person = rows.fetch(context.connection, Person, context.case["person_id"])
    found = services_of(context).vault.lookup(signer.tckn, "tckn")
    same = hmac.compare_digest(found, person.tckn_hash)
    return ALLOW if same else deny("signature.other_person")


def _qualified_and_own(context: Context) -> Verdict:
    verdict = unfit(context)
    if verdict is not None:
        return verdict
    validation = judge(context)
    verdict = passed(services_of(context), validation)
    if not verdict.allows:
        return verdict
    verdict = qualified(validation)
    if not verdict.allows or validation.signer is None:
        return verdict
    verdict = own(context, validation.signer)
    if verdict.allows:
        verdict = _known_in_force(context, validation.signer)
    return stamped(services_of(context), validation.level) if verdict.allows else verdict


def _known_in_force(context: Context, signer: Signer) -> Verdict:
    """Refuse a certificate that our own records already hold as ended, whatever the list says."""
    known = select(Certificate.state, Certificate.ends_on).where(
        or_(Certificate.sha256 == signer.sha256, Certificate.serial == f"{signer.serial_number:x}"),
        Certificate.person_id == context.case["person_id"],
    )
    for state, ends_on in context.connection.execute(known):
        if state != "active":
            return deny("signature.certificate_not_active", state=state)
        if ends_on is not None and ends_on < context.today:
            return deny("signature.certificate_ended", ends_on=ends_on)
    return ALLOW


@action
def keep(context: Context) -> None:
    """Keep container and judgement for good, and name both documents in the journal."""
    validation = judge(context)
    container = cast("bytes", context.payload["container"])  # as the check has seen
    container_sha256 = hashlib.sha256(container).hexdigest()
    document_sha256 = cast("str", offered(context))  # as the check has seen
    signature_id = context.connection.execute(
        insert(Signature)
        .values(
            case_id=context.case_id,
            document_sha256=document_sha256,
            container=container,
            container_sha256=container_sha256,
            indication=validation.indication.value,
            sub_indication=validation.sub_indication and validation.sub_indication.value,
            policy=validation.policy,
            signer_sha256=validation.signer.sha256 if validation.signer else "",
            report=validation.record(),
            judged_at=validation.at,
            augment_at=first_due(services_of(context), container, validation),
        )
        .returning(Signature.id)
    ).scalar_one()
    if context.definition.name == "consent":
        context.update(signature_id=signature_id)
    context.document(document_sha256)
    context.document(container_sha256)
    context.note(signature=signature_id, indication=validation.indication.value)
