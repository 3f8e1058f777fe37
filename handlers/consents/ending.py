"""The end of an e-onay: by its person, by the office, by its own signature, and what follows.

What was approved on an e-onay that its person withdraws or replaces stays approved, as its
text says. What rests on one that its person did not give, or that cannot be proved, is approved
again while its card is not being made.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple, cast

from sqlalchemy import literal_column, select

from handlers.certificates.payloads import AuthorityLetter
from handlers.consents.consent import signed_at
from handlers.consents.payloads import EndedConsent, SignerRevoked
from handlers.consents.underlying_consent import standing_of
from handlers.kit import rows
from states.cases.application import Application
from states.cases.consent import Consent
from states.papers.augmentation import Augmentation
from states.papers.signature import Signature
from workflow.model.actor import system
from workflow.model.clock import start_of_day
from workflow.model.refusal import Refused, UnknownTrigger
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine, Context
    from workflow.model.verdict import Verdict

BEGUN = ("offered", "awaiting_status")
"""States of an e-onay that is not in force yet."""

NOT_YET_MADE = (
    "in_review", "held", "queued", "checking_certificate", "certificate_unseen",
    "production_stopped",
)  # fmt: skip
"""States of an application that is approved and whose card is not being made."""

_SYSTEM = system("consent")


@action(fires=("consent.abandon",))
def abandon_begun(context: Context) -> None:
    """Close what the person has begun and not brought into force: the e-onay is taken back."""
    begun = select(Consent.id).where(
        Consent.person_id == context.case["person_id"], Consent.state.in_(BEGUN)
    )
    for consent_id in context.connection.execute(begun.order_by(Consent.id)).scalars().all():
        context.fire(consent_id, "abandon", by=_SYSTEM)


@check
def unproved(context: Context) -> Verdict:
    """Allow the end of an e-onay whose signature failed its last judgement.

    Where an authority has told later that the certificate which signed it was revoked, it is enough
    that this was before the signing.
    """
    signer = SignerRevoked.of(context.payload)
    if signer is not None and signer.revoked_at < signed_at(context):
        context.note(signer_revoked_at=signer.revoked_at.isoformat())
        return ALLOW
    found = standing_of(context.connection, context.case_id)
    if found is None or not found.failed:
        return deny("consent.proved")
    context.note(found=str(found.sub_indication))
    return ALLOW


@action(fires=("application.approve_again",))
def send_back(context: Context) -> None:
    """Have the applications that rest on this e-onay approved again, unless they are being made."""
    resting = select(Application.id).where(
        Application.consent_id == context.case_id, Application.state.in_(NOT_YET_MADE)
    )
    locked = resting.order_by(Application.id).with_for_update()
    ended = EndedConsent(context.case_id)
    for application_id in context.connection.execute(locked).scalars().all():
        # A definition that does not know the way back stops at production (`settlement.final`).
        with suppress(UnknownTrigger):
            context.fire(application_id, "approve_again", ended.payload(), by=_SYSTEM)


@check
def carries_no_more(context: Context) -> Verdict:
    """Allow the way back of an application whose e-onay was ended or whose signature failed."""
    consent_id = context.case["consent_id"]
    if context.case["method"] != "e_onay" or consent_id is None:
        return deny("consent.not_resting")
    if EndedConsent.of(context.payload) == EndedConsent(rows.number(context.case, "consent_id")):
        return ALLOW
    consent = rows.fetch(context.connection, Consent, consent_id)
    found = standing_of(context.connection, consent.id)
    failed = found is not None and found.failed
    return ALLOW if failed or consent.state == "ended" else deny("consent.carries")


@action
def let_go(context: Context) -> None:
    """Note on what the application rested, and let it rest on nothing."""
    context.note(consent=cast("int", context.case["consent_id"]))
    context.update(consent_id=None)


@action(fires=("consent.end_unproved",))
def end_signed(context: Context) -> None:
    """End the e-onay that a certificate signed which its authority says was revoked before that.

    A letter names the day; what was signed on that very day stays, for it may have been earlier.
    """
    letter = AuthorityLetter.of(context.payload)
    if letter is None or letter.revoked_on is None:
        return  # its service says that it is revoked, and not since when
    since = start_of_day(letter.revoked_on + timedelta(days=1))
    signed = (
        select(Consent.id)
        .join(Signature, Signature.id == Consent.signature_id)
        .where(
            Consent.person_id == context.case["person_id"],
            Consent.state == "in_force",
            Signature.signer_sha256 == context.case["sha256"],
            Signature.judged_at > since,
        )
    )
    for consent_id in context.connection.execute(signed).scalars().all():
        with suppress(UnknownTrigger):
            context.fire(consent_id, "end_unproved", SignerRevoked(since).payload(), by=_SYSTEM)


def end_failed(engine: CaseEngine) -> None:
    """End each e-onay whose signature failed at last; have approved again what rests on one.

    The second is for those that are no longer in force, but were when they carried an approval.
    """
    with engine.database.connect() as connection:
        due = [*_failed(connection), *_resting_on_failed(connection)]
    for end in due:
        with suppress(Refused):  # somebody was faster, or holds it: the next turn looks again
            definition = engine.library.pinned(end.definition)
            if end.trigger in definition.transitions:
                engine.fire(end.case_id, end.trigger, _SYSTEM, workflow=definition.name)


_FAILED_FORMS = (
    select(Augmentation.signature_id)
    .where(
        literal_column("(augmentation.report ->> 'indication') <> 'TOTAL-PASSED'"),
        Augmentation.report["settles_at"].astext.is_(None),
    )
    .scalar_subquery()
)
_OF_FAILED = (Consent.id == Signature.case_id) & (Consent.signature_id == Signature.id)


class _DueEnd(NamedTuple):
    """A case that a failed signature moves: by the hash of its definition, and by which move."""

    case_id: int
    definition: str
    trigger: str


def _failed(connection: Connection) -> list[_DueEnd]:
    query = (
        select(Consent.id, Consent.definition)
        .join(Signature, _OF_FAILED)
        .where(Signature.id.in_(_FAILED_FORMS), Consent.state == "in_force")
    )
    return [_DueEnd(*row, "end_unproved") for row in connection.execute(query)]


def _resting_on_failed(connection: Connection) -> list[_DueEnd]:
    query = (
        select(Application.id, Application.definition)
        .join(Consent, Consent.id == Application.consent_id)
        .join(Signature, _OF_FAILED)
        .where(
            Signature.id.in_(_FAILED_FORMS),
            Consent.state.in_(("superseded", "withdrawn")),
            Application.state.in_(NOT_YET_MADE),
        )
    )
    return [_DueEnd(*row, "approve_again") for row in connection.execute(query)]
