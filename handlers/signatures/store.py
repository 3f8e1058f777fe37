"""Keeping a signature: the row of what came in, and the later forms of its augmentation."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from handlers.certificates.sight import shown_by
from handlers.kit import rows
from handlers.kit.moves import AWAIT_STATUS
from handlers.signatures.submission import submission_of
from handlers.signatures.validate import signed_in, validation_of
from signing.cms.levels import Level, certificates, level
from signing.cms.profiles import RULES, Profile
from signing.errors import ContainerUnusable
from signing.validation.augmentation import renew_before
from states.logs.journal import JournalEntry
from states.papers.augmentation import Augmentation
from states.papers.signature import Signature

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.kit.context import Context
    from handlers.kit.services import Services
    from handlers.signatures.submission import SignedDocument
    from signing.cms.profiles import ProfileRules
    from signing.validation.validate import Validation

MARGIN = timedelta(days=90)
"""How long before the end of its newest time-stamp's certificate a signature is renewed."""


def keep_signature(context: Context) -> None:
    """Keep container and validation for good, and name both documents in the journal."""
    validation, signed = validation_of(context), signed_in(context)
    container_sha256 = hashlib.sha256(signed.container).hexdigest()
    signature_id = _enter(context, signed, container_sha256, validation)
    if context.definition.name == "consent":
        context.update(signature_id=signature_id)
    context.document(signed.document_sha256)
    context.document(container_sha256)
    context.note(signature=signature_id, indication=validation.indication.value)
    if validation.signer is not None:
        person_id = rows.number(context.case, "person_id")
        shown_by(context, person_id, validation.signer, certificates(signed.container))


def keep_settled(context: Context) -> None:
    """Keep what came of a signature that waited: its next form, with the validation that counts."""
    validation, handed = validation_of(context), submission_of(context)
    if handed.signature_id is None:
        message = "a signature that waited is handed in with its signature_id"
        raise TypeError(message)
    newest = select(func.coalesce(func.max(Augmentation.n), 0)).where(
        Augmentation.signature_id == handed.signature_id
    )
    values = form_values(
        handed.signature_id,
        context.connection.execute(newest).scalar_one() + 1,
        handed.container,
        validation,
    )
    values["augment_at"] = first_due(context.services, handed.container, validation)
    context.connection.execute(insert(Augmentation).values(values))
    context.document(hashlib.sha256(handed.container).hexdigest())
    context.note(signature=handed.signature_id, indication=validation.indication.value)


def _enter(
    context: Context, signed: SignedDocument, container_sha256: str, validation: Validation
) -> int:
    """Enter a signature; one that waited in vain and comes again, byte for byte, is the same row.

    A card that signs the same text again may well make the same bytes (RSA without a claimed time).
    """
    known = select(Signature.id).where(
        Signature.container_sha256 == container_sha256, Signature.case_id == context.case_id
    )
    entered = context.connection.execute(known).scalar_one_or_none()
    if entered is not None and _waited_in_vain(context, entered):
        return entered
    new = insert(Signature).values(
        case_id=context.case_id,
        document_sha256=signed.document_sha256,
        container=signed.container,
        container_sha256=container_sha256,
        indication=validation.indication.value,
        sub_indication=validation.sub_indication and validation.sub_indication.value,
        policy=validation.policy,
        signer_sha256=validation.signer.sha256 if validation.signer else "",
        report=validation.record(),
        judged_at=validation.at,
        augment_at=first_due(context.services, signed.container, validation),
    )
    return context.connection.execute(new.returning(Signature.id)).scalar_one()


def _waited_in_vain(context: Context, signature_id: int) -> bool:
    """Say whether a signature was only ever taken to be checked: one that counted is used up."""
    entries = select(JournalEntry.trigger, JournalEntry.body).where(
        JournalEntry.case_id == context.case_id
    )
    naming = {
        trigger
        for trigger, body in context.connection.execute(entries)
        if json.loads(body)["details"].get("signature") == signature_id
    }
    return naming == {AWAIT_STATUS}


def first_due(services: Services, container: bytes, validation: Validation) -> datetime | None:
    """Return when the first later form of a signature is due; None where none is ever made."""
    if services.online is None or validation.proved_time is None:
        return None
    rules = rules_for(services, validation.profile)
    if lacks_evidence(validation.level, rules):
        return validation.proved_time + rules.wait
    return stamp_end(container) - MARGIN


def rules_for(services: Services, named: str) -> ProfileRules:
    """Return the rules of the profile that a signature names when it waits, else the office's."""
    own = RULES[Profile(named)]
    return own if own.wait else RULES[services.profile]


def lacks_evidence(reached: Level, rules: ProfileRules) -> bool:
    """Say whether a signature is to be B-LT and is not; under P4 evidence may have been too big."""
    return reached is Level.B_T and rules.later is Level.B_LT


def stamp_end(container: bytes) -> datetime:
    """Return when the certificate of the newest time-stamp ends; ContainerUnusable without one."""
    end = renew_before(container)
    if end is None:
        raise ContainerUnusable(reason="İmzanın zaman damgası yok.")
    return end


def form_values(
    signature_id: int, n: int, container: bytes, validation: Validation
) -> dict[str, object]:
    """Return the row of a later form, due to be renewed before its time-stamp fades."""
    end = stamp_end(container)
    return {
        "signature_id": signature_id,
        "n": n,
        "level": level(container).value,
        "container": container,
        "container_sha256": hashlib.sha256(container).hexdigest(),
        "made_at": validation.at,
        "augment_at": end - MARGIN,
        "renew_before": end,
        "report": validation.record(),
    }
