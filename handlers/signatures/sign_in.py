"""Signing in with the card: the challenge, judging its signature, and whose browser waits."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import structlog
from sqlalchemy import and_, or_, select, update

from handlers.certificates import loss, revocation
from handlers.certificates.sight import KNOWN, shown_by
from handlers.kit import rows
from handlers.kit.services import services_of
from handlers.papers import letters
from handlers.signatures.code import LIFE, as_asked, code_hash, secret_hash, session_hash
from handlers.signatures.signature import LARGEST, qualified
from signing.app.words.validation import sentence_of
from signing.cms.levels import Level, certificates
from signing.cms.profiles import Profile
from signing.errors import ContainerUnusable, OnlineUnavailable
from signing.validation.lifting import lift
from signing.validation.trust import Revocation
from signing.validation.validate import validate
from states.cases.certificate import Certificate
from states.cases.sign_in import SignIn
from states.kit.log_events import LogEvent
from states.kit.text import identifier
from states.people.person import Person
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny, error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.services import Services
    from signing.validation.validate import Validation
    from signing.x509.certificate import Certificate as Signer
    from states.kit.vault import Vault
    from workflow.model.context import Context
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


def prepare(
    services: Services, content: bytes, container: bytes, now: datetime
) -> dict[str, object]:
    """Return what goes with a signature that was handed in: container and revocation data.

    Asks over the network: call it before the engine takes the row. Only for a signature that lacks
    nothing but this is anybody asked, so that strangers cannot make us call; where a service is
    out of reach there is no data, and the engine answers "try later".
    """
    if services.online is None:
        return {"container": container}
    trust = services.trust()
    judged = validate(container, content, trust=trust, revocation=Revocation(), at=now)
    fetched = Revocation()
    if judged.wait:
        try:
            with services.online.turn():
                fetched = lift(services.online, container, trust, now, Level.B_B).revocation
        except (OnlineUnavailable, ContainerUnusable) as failure:
            log.warning(LogEvent.SIGN_IN_STATUS_UNKNOWN, code=failure.code, **failure.params)
    return {"container": container, "revocation": fetched}


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
    handed = context.payload.get("secret_hash")
    if not isinstance(handed, bytes):
        message = "a claim carries secret_hash, made by handlers.signatures.code.secret_hash"
        raise TypeError(message)
    context.update(secret_hash=handed)


@check
def handed_out(context: Context) -> Verdict:
    """Allow whoever holds the secret that the claim of this very code handed out."""
    known = _holds(context, "secret", "secret_hash", secret_hash)
    return ALLOW if context.rehearsal or known else deny("code.unknown")


@check
def same_browser(context: Context) -> Verdict:
    """Allow the browser that asked for the code, and no other (against relayed codes)."""
    known = _holds(context, "browser", "session_hash", session_hash)
    return ALLOW if context.rehearsal or known else deny("sign_in.other_browser")


def _holds(context: Context, name: str, column: str, hashed: Callable[[Vault, str], bytes]) -> bool:
    given, kept = context.payload.get(name), context.case[column]
    if not isinstance(given, str) or not isinstance(kept, bytes):
        return False
    return hmac.compare_digest(kept, hashed(services_of(context).vault, given))


@check
def proven(context: Context) -> Verdict:
    """Allow a qualified signature over this very text with a personal certificate in force now."""
    if context.rehearsal:
        return ALLOW
    container = context.payload.get("container")
    if not isinstance(container, bytes) or not container:
        return deny("signature.missing")
    if len(container) > LARGEST:
        return deny("signature.too_large", largest=LARGEST)
    verdict = as_asked(context, PURPOSE)
    if not verdict.allows:
        return verdict
    validation = _judge(context)
    verdict = _passed(validation)
    if verdict.allows:
        verdict = qualified(validation)
    if not verdict.allows or validation.signer is None:
        return verdict
    return _in_force_here(context, validation.signer)


def _judge(context: Context) -> Validation:
    fetched = context.payload.get("revocation")
    return validate(
        cast("bytes", context.payload["container"]),
        text_of(context.case),
        trust=services_of(context).trust(),
        revocation=fetched
        if isinstance(fetched, Revocation)
        else revocation.lists_at(context.connection, context.now),
        at=context.now,
    )


def _passed(validation: Validation) -> Verdict:
    """Turn a judgement into an answer; nobody is let in on one that is still to be settled."""
    if validation.sub_indication is None:
        return ALLOW
    if validation.held:
        return deny("signature.certificate_not_active", state="suspended")
    code = f"signature.{identifier(validation.sub_indication.value)}"
    answer = error if validation.wait else deny
    return answer(code, indication=validation.indication.value, sentence=sentence_of(validation))


def _in_force_here(context: Context, signer: Signer) -> Verdict:
    """Refuse a certificate that our own records hold as ended, whatever the lists still say."""
    serial = and_(
        Certificate.serial == f"{signer.serial_number:x}",
        Certificate.person_id == _person_id(context, signer),
    )
    known = select(Certificate.state, Certificate.ends_on, Certificate.ends_at, loss.told()).where(
        or_(Certificate.sha256 == signer.sha256, serial), or_(KNOWN, loss.told())
    )
    for state, ends_on, ends_at, lost in context.connection.execute(known):
        if state != "active":
            return deny("signature.certificate_not_active", state=state)
        if lost:
            return deny("signature.certificate_lost")
        if ends_at is not None and ends_at < context.now:
            return deny("signature.certificate_ended", ends_on=ends_on)
    return ALLOW


def _person_id(context: Context, signer: Signer) -> int | None:
    """Return the person of a certificate, told by the TCKN and never by the name."""
    hashed = services_of(context).vault.lookup(signer.tckn, "tckn")
    found = select(Person.id).where(Person.tckn_hash == hashed)
    return context.connection.execute(found).scalar_one_or_none()


@action(
    writes=("expires_at",),
    fires=("certificate.see", "application.redate", "application.replan"),
)
def recognise(context: Context) -> None:
    """Note whose card it was, where he is known here, and give the browser time to come.

    A certificate of his that was only stated has been seen by this.
    """
    validation = _judge(context)
    signer = cast("Signer", validation.signer)  # as the check has seen
    person_id = _person_id(context, signer)
    context.update(person_id=person_id, expires_at=context.now + PICK_UP)
    context.note(
        indication=validation.indication.value,
        text=validation.content_sha256,
        known=person_id is not None,
    )
    if person_id is not None:
        container = cast("bytes", context.payload["container"])
        shown_by(context, person_id, signer, certificates(container))


@check
def own(context: Context) -> Verdict:
    """Allow the person whose card has signed, in whichever one of his roles."""
    known = context.case["person_id"]
    same = known is not None and known == context.actor.person_id
    return ALLOW if same else deny("sign_in.other_person")
