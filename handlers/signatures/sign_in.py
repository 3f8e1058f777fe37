"""Signing in with the card: its challenge, whose signature it is, and whose browser waits."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import structlog
from sqlalchemy import and_, or_, select, update

from handlers.certificates import revocation
from handlers.certificates.sight import shown_by
from handlers.kit import rows
from handlers.kit.payload import MovePayload, given
from handlers.papers import letters
from handlers.signatures.code import LIFE, as_asked, code_hash, secret_hash, session_hash
from handlers.signatures.submission import CodeClaim, submission_of
from handlers.signatures.validate import (
    in_force_here,
    qualified,
    refusal_of,
    serial_of,
    unusable_container,
)
from signing.cms.levels import Level, certificates
from signing.cms.profiles import Profile
from signing.errors import ContainerUnusable, OnlineUnavailable
from signing.validation.augmentation import augment
from signing.validation.trust import Revocation
from signing.validation.validate import validate
from states.cases.certificate import Certificate
from states.cases.sign_in import SignIn
from states.kit.log_events import LogEvent
from states.people.person import Person
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.context import Context
    from handlers.kit.services import Services
    from handlers.signatures.submission import Submission
    from signing.validation.validate import Validation
    from signing.x509.certificate import X509Certificate
    from states.kit.vault import Vault
    from workflow.model.context import Payload
    from workflow.model.verdict import Verdict

TEXT = letters.Template("sign_in", "GR.01", "01")
"""What is signed to sign in; it is drawn again whenever it is needed and kept nowhere."""

PURPOSE = "sign_in"
PROFILE = Profile.P1
"""A sign-in has to hold now and not in ten years: no time-stamp, and so no named profile."""

PICK_UP = timedelta(minutes=5)
"""How long the browser that asked may take to come for its session once the signature is in."""

OPEN = ("issued", "claimed", "signed")
_NONCE_BYTES = 16

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class WaitingBrowser(MovePayload):
    """The browser that comes for its session; ``browser`` is its random token, "" where missing."""

    browser: str

    @classmethod
    def of(cls, payload: Payload) -> WaitingBrowser:
        """Return what a move brings."""
        return cls(given(payload, "browser", str) or "")


def issue_values(
    vault: Vault, code: str, browser: str, origin: str, now: datetime
) -> dict[str, object]:
    """Return the values to begin a sign-in with; who it will be is not known yet.

    ``browser`` is the random token of the browser that asks, ``origin`` the address it asked.
    """
    return {
        "origin": origin,
        "nonce": secrets.token_hex(_NONCE_BYTES),
        "code_hash": code_hash(vault, code),
        "session_hash": session_hash(vault, browser),
        "expires_at": now + LIFE,
    }


def text_of(case: Mapping[str, object]) -> bytes:
    """Return the text of a sign-in (UTF-8); the same row always gives the same bytes."""
    values = {
        "document_code": TEXT.code,
        "revision": TEXT.revision,
        "origin": rows.text(case, "origin"),
        "asked_at": rows.moment(case, "created_at"),
        "nonce": rows.text(case, "nonce"),
    }
    return letters.write(TEXT.file, values).encode()


def prepare_submission(
    services: Services, content: bytes, submission: Submission, now: datetime
) -> Submission:
    """Return a submission with the revocation data that its certificate needs.

    Asks over the network: call it before the engine takes the row. Only for a signature that lacks
    nothing but this is anybody asked, so that strangers cannot make us call; where a service is
    out of reach there is no data, and the engine answers "try later".
    """
    if services.online is None:
        return submission
    trust, container = services.trust(), submission.container
    bare = validate(container, content, trust=trust, revocation=Revocation(), at=now)
    fetched = Revocation()
    if bare.wait:
        try:
            with services.online.turn():
                fetched = augment(services.online, container, trust, now, Level.B_B).revocation
        except (OnlineUnavailable, ContainerUnusable) as failure:
            log.warning(LogEvent.SIGN_IN_STATUS_UNKNOWN, code=failure.code, **failure.params)
    return replace(submission, revocation=fetched)


def may_carry(case: Mapping[str, object], now: datetime) -> bool:
    """Say whether a sign-in's code may carry a signature now: claimed, and in time."""
    return case["state"] == "claimed" and now < rows.moment(case, "expires_at")


def count_wrong_try(connection: Connection, case_id: int) -> int:
    """Count one denied signature and return how many there were; five lock."""
    counted = (
        update(SignIn)
        .where(SignIn.id == case_id)
        .values(wrong_tries=SignIn.wrong_tries + 1)
        .returning(SignIn.wrong_tries)
    )
    return connection.execute(counted).scalar_one()


@action(fires=("sign_in.replace",))
def replace_earlier(context: Context) -> None:
    """Let a new code kill the earlier ones of the same browser."""
    earlier = select(SignIn.id).where(
        SignIn.session_hash == context.case["session_hash"],
        SignIn.state.in_(OPEN),
        SignIn.id != context.case_id,
    )
    for case_id in context.connection.execute(earlier).scalars().all():
        context.fire(case_id, "replace")


@action
def hand_out(context: Context) -> None:
    """Keep the hash of the secret given to the program that claimed the code."""
    context.update(secret_hash=CodeClaim.of(context.payload).secret_hash)


@check
def handed_out(context: Context) -> Verdict:
    """Allow whoever holds the secret that the claim of this very code handed out."""
    known = _holds(context, submission_of(context).secret, "secret_hash", secret_hash)
    return ALLOW if context.rehearsal or known else deny("code.unknown")


@check
def same_browser(context: Context) -> Verdict:
    """Allow the browser that asked for the code, and no other (against relayed codes)."""
    here = WaitingBrowser.of(context.payload)
    known = _holds(context, here.browser, "session_hash", session_hash)
    return ALLOW if context.rehearsal or known else deny("sign_in.other_browser")


def _holds(
    context: Context, shown: str, column: str, hashed: Callable[[Vault, str], bytes]
) -> bool:
    kept = context.case[column]
    return isinstance(kept, bytes) and hmac.compare_digest(
        kept, hashed(context.services.vault, shown)
    )


@check
def proven(context: Context) -> Verdict:
    """Allow a qualified signature over this very text with a personal certificate in force now."""
    if context.rehearsal:
        return ALLOW
    verdict = unusable_container(submission_of(context).container) or as_asked(context, PURPOSE)
    if not verdict.allows:
        return verdict
    validation = _validation_of(context)
    verdict = _verdict_of(validation)
    if verdict.allows:
        verdict = qualified(validation)
    if not verdict.allows or validation.signer is None:
        return verdict
    return _in_force_here(context, validation.signer)


def _validation_of(context: Context) -> Validation:
    submission = submission_of(context)
    fetched = submission.revocation
    return validate(
        submission.container,
        text_of(context.case),
        trust=context.services.trust(),
        revocation=revocation.lists_at(context.connection, context.now)
        if fetched is None
        else fetched,
        at=context.now,
    )


def _verdict_of(validation: Validation) -> Verdict:
    """Turn a validation into an answer; nobody is let in on one that is still to be settled."""
    if validation.held:
        return deny("signature.certificate_not_active", state="suspended")
    return refusal_of(validation)


def _in_force_here(context: Context, signer: X509Certificate) -> Verdict:
    """Refuse a certificate that our own records hold as ended, whatever the lists still say."""
    serial = and_(
        Certificate.serial == serial_of(signer),
        Certificate.person_id == _person_id(context, signer),
    )
    return in_force_here(context, or_(Certificate.sha256 == signer.sha256, serial))


def _person_id(context: Context, signer: X509Certificate) -> int | None:
    """Return the person of a certificate, told by the TCKN and never by the name."""
    hashed = context.services.vault.lookup(signer.tckn, "tckn")
    found = select(Person.id).where(Person.tckn_hash == hashed)
    return context.connection.execute(found).scalar_one_or_none()


@action(
    writes=("expires_at",),
    fires=("certificate.see", "application.redate", "application.replan"),
)
def recognise(context: Context) -> None:
    """Note whose card it was, where they are known here, and give the browser time to come.

    A certificate of theirs that was only stated has been seen by this.
    """
    validation = _validation_of(context)
    signer = cast("X509Certificate", validation.signer)  # as the check has seen
    person_id = _person_id(context, signer)
    context.update(person_id=person_id, expires_at=context.now + PICK_UP)
    context.note(
        indication=validation.indication.value,
        text=validation.content_sha256,
        known=person_id is not None,
    )
    if person_id is not None:
        shown_by(context, person_id, signer, certificates(submission_of(context).container))


@check
def own(context: Context) -> Verdict:
    """Allow the person whose card has signed, in whichever role."""
    known = context.case["person_id"]
    same = known is not None and known == context.actor.person_id
    return ALLOW if same else deny("sign_in.other_person")
