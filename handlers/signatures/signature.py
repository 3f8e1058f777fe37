"""Judging a signature that came with a move, and keeping it with its judgement."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, cast

from sqlalchemy import insert, or_, select

from handlers.certificates import loss
from handlers.certificates.sight import KNOWN, shown_by
from handlers.consents.consent import overtaken
from handlers.kit import rows
from handlers.kit.moves import AWAIT_STATUS
from handlers.kit.services import services_of
from handlers.signatures.code import offered
from handlers.signatures.completion import add_form, first_due
from handlers.signatures.judgement import Judged, settles, stamp_to_come, stray, unknown
from handlers.signatures.judgement import judge as make_judgement
from handlers.signatures.lifting import stamped
from signing.app.words.validation import sentence_of
from signing.cms import pades
from signing.cms.levels import certificates
from states.cases.certificate import Certificate
from states.kit.text import identifier
from states.logs.journal import JournalEntry
from states.papers.signature import Signature
from states.people.person import Person
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny, error

if TYPE_CHECKING:
    from handlers.kit.services import Services
    from signing.validation.validate import Validation
    from signing.x509.certificate import Certificate as Signer
    from workflow.model.context import Context
    from workflow.model.verdict import Verdict

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


@check
def to_confirm(context: Context) -> Verdict:
    """Allow what its own person signed, as far as can be seen, while a service is out of reach.

    The status of the certificate or the time-stamp is asked for later (`confirmed`); here all is
    checked that needs nobody else. What needs no asking is not taken to wait.
    """
    verdict = unfit(context)
    if verdict is not None:
        return verdict
    services, validation = services_of(context), judge(context)
    if not unknown(services, validation):
        verdict = passed(services, validation)
        return deny("signature.nothing_to_ask") if verdict.allows else verdict
    return in_itself(context, validation)


@check
def confirmed(context: Context) -> Verdict:
    """Allow a signature that waited and is known by now to have been good when it was made.

    An e-onay must not come in force by it once its person has withdrawn or signed another since.
    """
    verdict = unfit(context)
    if verdict is not None:
        return verdict
    if context.definition.name == "consent":
        verdict = overtaken(context)
        if not verdict.allows:
            return verdict
    services, validation = services_of(context), judge(context)
    verdict = passed(services, validation)
    return stamped(services, validation.level) if verdict.allows else verdict


def in_itself(context: Context, validation: Validation) -> Verdict:
    """Allow the case's own person with a qualified certificate that, status apart, is trusted."""
    verdict = _persons_own(context, validation)
    if not verdict.allows:
        return verdict
    container = cast("bytes", context.payload["container"])
    astray = stray(services_of(context), container, context.now)
    return deny(f"signature.{identifier(astray.value)}") if astray else ALLOW


def judge(context: Context) -> Validation:
    """Give the judgement of the container of the payload over the frozen document of the case.

    That is the one made before the row was taken, or by an earlier check of this move, when it is
    about these very bytes; else it is made now.
    """
    container = cast("bytes", context.payload["container"])
    sha256 = cast("str", offered(context))
    for found in (context.recall(Judged), context.payload.get("judged")):
        if isinstance(found, Judged) and found.serves(container, sha256, context.now):
            return found.validation
    about, fetched = (container, sha256), context.payload.get("revocation")
    made = make_judgement(context.connection, services_of(context), about, fetched, context.now)
    context.remember(made)
    return made.validation


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
    if settles(services, validation):
        return ALLOW
    if stamp_to_come(services, validation):
        return error("signature.not_stamped")
    code = f"signature.{identifier(validation.sub_indication.value)}"
    details = {"indication": validation.indication.value, "sentence": sentence_of(validation)}
    return error(code, **details) if validation.wait else deny(code, **details)


def qualified(validation: Validation) -> Verdict:
    """Allow a signer's certificate that is a qualified one (law 5070)."""
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
    verdict = _persons_own(context, validation)
    return stamped(services_of(context), validation.level) if verdict.allows else verdict


def _persons_own(context: Context, validation: Validation) -> Verdict:
    verdict = qualified(validation)
    if not verdict.allows or validation.signer is None:
        return verdict
    verdict = own(context, validation.signer)
    return _known_in_force(context, validation.signer) if verdict.allows else verdict


def _known_in_force(context: Context, signer: Signer) -> Verdict:
    """Refuse a certificate that our own records already hold as ended, whatever the list says."""
    known = select(Certificate.state, Certificate.ends_on, Certificate.ends_at, loss.told()).where(
        or_(Certificate.sha256 == signer.sha256, Certificate.serial == f"{signer.serial_number:x}"),
        Certificate.person_id == context.case["person_id"],
        or_(KNOWN, loss.told()),
    )
    for state, ends_on, ends_at, lost in context.connection.execute(known):
        if state != "active":
            return deny("signature.certificate_not_active", state=state)
        if lost:
            return deny("signature.certificate_lost")
        if ends_at is not None and ends_at < context.now:
            return deny("signature.certificate_ended", ends_on=ends_on)
    return ALLOW


@action(fires=("certificate.see", "application.redate", "application.replan"))
def keep(context: Context) -> None:
    """Keep container and judgement for good, and name both documents in the journal."""
    validation = judge(context)
    container = cast("bytes", context.payload["container"])  # as the check has seen
    container_sha256 = hashlib.sha256(container).hexdigest()
    document_sha256 = cast("str", offered(context))
    values = {
        "case_id": context.case_id,
        "document_sha256": document_sha256,
        "container": container,
        "container_sha256": container_sha256,
        "indication": validation.indication.value,
        "sub_indication": validation.sub_indication and validation.sub_indication.value,
        "policy": validation.policy,
        "signer_sha256": validation.signer.sha256 if validation.signer else "",
        "report": validation.record(),
        "judged_at": validation.at,
        "augment_at": first_due(services_of(context), container, validation),
    }
    signature_id = _row_of(context, values)
    if context.definition.name == "consent":
        context.update(signature_id=signature_id)
    context.document(document_sha256)
    context.document(container_sha256)
    context.note(signature=signature_id, indication=validation.indication.value)
    if validation.signer is not None:
        person_id = rows.number(context.case, "person_id")
        shown_by(context, person_id, validation.signer, certificates(container))


def _row_of(context: Context, values: dict[str, object]) -> int:
    """Enter a signature; one that waited in vain and comes again, byte for byte, is the same row.

    A card that signs the same text again may well make the same bytes (RSA without a claimed time).
    """
    known = select(Signature.id).where(
        Signature.container_sha256 == values["container_sha256"],
        Signature.case_id == context.case_id,
    )
    entered = context.connection.execute(known).scalar_one_or_none()
    if entered is not None and _waited_in_vain(context, entered):
        return entered
    new = insert(Signature).values(values).returning(Signature.id)
    return context.connection.execute(new).scalar_one()


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


@action
def settle(context: Context) -> None:
    """Keep what came of a signature that waited: its next form, with the judgement that counts."""
    validation = judge(context)
    container = cast("bytes", context.payload["container"])
    signature_id = rows.number(context.payload, "signature")
    add_form(context.connection, services_of(context), signature_id, container, validation)
    context.document(hashlib.sha256(container).hexdigest())
    context.note(signature=signature_id, indication=validation.indication.value)
