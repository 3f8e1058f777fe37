"""The verification code: 15 digits that tie a browser page to one signature, once."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from handlers.kit import rows, sessions
from handlers.signatures.purposes import PURPOSES, SignedCase, offered, purpose_of
from handlers.signatures.submission import CodeClaim, submission_of
from signing.cms.binding import canonical
from signing.cms.container import opened
from signing.cms.profiles import RULES
from states.cases.code import Code
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from handlers.kit.context import Context
    from signing.cms.profiles import Profile
    from states.kit.vault import Vault
    from workflow.model.verdict import Verdict

DIGITS = 15
LIFE = timedelta(seconds=300)
WRONG_TRIES = 5
"""Wrong secrets after which a claimed code is locked."""


LIVE = ("issued", "claimed")
_CLOSED = {
    "issued": "code.not_claimed",
    "used": "code.used",
    "expired": "code.expired",
    "replaced": "code.replaced",
    "locked": "code.locked",
}


def new_code() -> str:
    """Return 15 random digits, as text: leading zeros count."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def new_secret() -> str:
    """Return the secret that a claim hands out: 256 random bits."""
    return secrets.token_urlsafe(32)


def code_hash(vault: Vault, code: str) -> bytes:
    """Return the keyed hash of the digits, blanks and hyphens of a pasted code left out."""
    digits = "".join(letter for letter in code if letter.isascii() and letter.isdigit())
    return vault.lookup(digits, "code")


def secret_hash(vault: Vault, secret: str) -> bytes:
    """Return the keyed hash of the secret handed out on a claim."""
    return vault.lookup(secret, "code secret")


def session_hash(vault: Vault, session: str) -> bytes:
    """Return the keyed hash of the browser session's id."""
    return vault.lookup(session, "browser session")


@dataclass(frozen=True, slots=True)
class CodeTarget:
    """What a code is bound to: a person, and one text of one case for one purpose."""

    case: SignedCase
    person_id: int
    digest: str


def target_of(purpose: str, row: Mapping[str, object]) -> CodeTarget:
    """Return what a code for a case is bound to, from the case's row."""
    return CodeTarget(
        SignedCase(purpose, rows.number(row, "id")),
        rows.number(row, "person_id"),
        rows.text(row, PURPOSES[purpose].document),
    )


def issue_values(
    vault: Vault, code: str, session: str, target: CodeTarget, now: datetime
) -> dict[str, object]:
    """Return the values to open a code with, bound to a browser session and a target."""
    return {
        "purpose": target.case.purpose,
        "person_id": target.person_id,
        "target_workflow": PURPOSES[target.case.purpose].workflow,
        "target_case_id": target.case.case_id,
        "digest": target.digest,
        "code_hash": code_hash(vault, code),
        "session_hash": session_hash(vault, session),
        "expires_at": now + LIFE,
    }


def count_wrong_try(connection: Connection, code_id: int) -> int:
    """Count one wrong secret and return how many there were; at WRONG_TRIES fire ``lock``."""
    counted = (
        update(Code)
        .where(Code.id == code_id)
        .values(wrong_tries=Code.wrong_tries + 1)
        .returning(Code.wrong_tries)
    )
    return connection.execute(counted).scalar_one()


@action
def hand_out_secret(context: Context) -> None:
    """Keep the hash of the secret given to the program that claimed the code, and what it is for.

    For the purpose ``pin`` the answer to the claim holds the unlock secret of the card too.
    """
    context.update(secret_hash=CodeClaim.of(context.payload).secret_hash)
    purpose = rows.text(context.case, "purpose")
    context.note(purpose=purpose, unlock_secret=purpose == "pin")


@check
def live(context: Context) -> Verdict:
    """Allow a signature that comes with a claimed code, in time and made for this very text."""
    if context.rehearsal:
        return ALLOW
    submission = submission_of(context)
    code = rows.find(context.connection, Code, submission.code_id)
    if code is None or not _knows_secret(context, code, submission.secret):
        return deny("code.unknown")
    if code.state != "claimed":
        return deny(_CLOSED[code.state])
    if context.now >= code.expires_at:
        return deny("code.expired")
    verdict = _bound(context, code)
    return as_asked(context, code.purpose) if verdict.allows else verdict


def as_asked(context: Context, purpose: str) -> Verdict:
    """Refuse a signature that was made for something else, or not as the handshake asked for it.

    nes-imza writes purpose and address into what the card signs, by its own knowledge; a container
    of a program that leaves them out is validated by its text alone.
    """
    submission = submission_of(context)
    found = opened(submission.container) if submission.container else None
    if found is None:
        return ALLOW  # the validation says what is wrong with it
    if found.asked is not None and found.asked.purpose != purpose:
        return deny("signature.other_purpose")
    here = canonical(submission.address)
    if found.asked is not None and canonical(found.asked.address) != here:
        return deny("signature.other_address")
    return _of_profile(submission.profile, found.policy_oid)


def _of_profile(wanted: Profile | None, named: str) -> Verdict:
    if wanted is None or named == RULES[wanted].identifier:
        return ALLOW
    return deny("signature.other_profile", profile=wanted.value)


def browser_waits(database: Engine, vault: Vault, code: Code, now: datetime) -> bool:
    """Say whether the browser session that a code is bound to is still open."""
    mine = sessions.list_of(database, f"person:{code.person_id}", now)
    hashes = (session_hash(vault, one.key.hex()) for one in mine)
    return any(hmac.compare_digest(code.session_hash, found) for found in hashes)


def _knows_secret(context: Context, code: Code, secret: str) -> bool:
    if code.secret_hash is None:
        return code.state != "claimed"
    return hmac.compare_digest(code.secret_hash, secret_hash(context.services.vault, secret))


def _bound(context: Context, code: Code) -> Verdict:
    workflow = context.definition.name
    if code.purpose != purpose_of(workflow, context.transition.name):
        return deny("code.wrong_purpose", purpose=code.purpose)
    if code.person_id != context.case["person_id"]:
        return deny("code.other_person")
    if (code.target_workflow, code.target_case_id) != (workflow, context.case_id):
        return deny("code.other_case")
    if code.digest != offered(context):
        return deny("code.other_text")
    return ALLOW


@action(fires=("code.use",))
def spend(context: Context) -> None:
    """Use the code up, so that it carries no second signature."""
    code_id = submission_of(context).code_id
    if code_id is None:  # pragma: no cover - `live` was asked before
        raise LookupError(context.case_id)
    context.fire(code_id, "use")


@action(fires=("code.replace",))
def replace_earlier(context: Context) -> None:
    """Let a new code kill the person's other live codes for the same purpose."""
    earlier = select(Code.id).where(
        Code.person_id == context.case["person_id"],
        Code.purpose == context.case["purpose"],
        Code.state.in_(LIVE),
        Code.id != context.case_id,
    )
    for code_id in context.connection.execute(earlier).scalars().all():
        context.fire(code_id, "replace")
