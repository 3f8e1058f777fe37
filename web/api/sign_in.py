"""The handshake of a sign-in: a code becomes a challenge, a signature opens a browser.

Codes of sign-ins stand in a table of their own, for nobody is known yet whose they could be. What
the program is answered never depends on whether the person of the card is known here.
"""

from __future__ import annotations

import base64
import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.kit.services import vault_of
from handlers.signatures import sign_in
from handlers.signatures.accept import HANDSHAKE, CodeClosed, accept_challenge
from handlers.signatures.code import code_hash, new_secret, secret_hash
from handlers.signatures.submission import CodeClaim, Submission
from signing.app.content import MediaType
from signing.fingerprint import short_fingerprint
from states.cases.sign_in import SignIn
from states.kit.reference import reference
from web.api.rejected import Rejected, closed, refused, too_old
from web.gate.composition import composed
from web.gate.language import lazy_gettext as _
from workflow.model.refusal import Refused, RuleFailed, WrongState
from workflow.model.verdict import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sqlalchemy import ColumnElement, Connection

    from signing.app.protocol import ResultRequest

WORKFLOW = "sign_in"

SINCE = 6
"""The version of the messages from which on a program signs no challenge that is called other."""

TITLE = _("Kartla giriş")
ACCEPTED = _("İmzanız alındı; tarayıcınızdaki sayfaya dönünüz.")
"""What the program says for every card that signs well, known here or not: nothing is learnt."""

_STANDING = {"issued": "not_claimed", "signed": "used"}
"""How a program is told of a state in which no signature is taken."""


def by_code(connection: Connection, code: str) -> Mapping[str, Any] | None:
    """Return the sign-in of a verification code; None when there is none."""
    return _find(connection, SignIn.code_hash == code_hash(vault_of(composed().settings), code))


def by_secret(connection: Connection, secret: str) -> Mapping[str, Any] | None:
    """Return the sign-in of the secret of a claim; None when there is none."""
    hashed = secret_hash(vault_of(composed().settings), secret)
    return _find(connection, SignIn.secret_hash == hashed)


def claim(case: Mapping[str, Any], origin: str, speaks: int) -> dict[str, object]:
    """Hand out the challenge of a code, once; raise Rejected for a code that serves no more.

    ``speaks`` is the newest version of the messages that the program knows.
    """
    composition = composed()
    if speaks < SINCE:
        raise too_old()
    secret = new_secret()
    claimed = CodeClaim(secret_hash(vault_of(composition.settings), secret)).payload()
    try:
        composition.engine.fire(case["id"], "claim", HANDSHAKE, claimed, workflow=WORKFLOW)
    except WrongState as error:
        state = str(error.params["state"])
        raise closed(_STANDING.get(state, state)) from error
    except RuleFailed as error:  # the one rule of a claim is that it is in time
        raise closed("expired") from error
    return _answer(case, secret, origin)


def _answer(case: Mapping[str, Any], secret: str, origin: str) -> dict[str, object]:
    content = sign_in.text_of(case)
    return {
        "secret": secret,
        "origin": origin,
        "purpose": sign_in.PURPOSE,
        "purpose_title": str(TITLE),
        "person": "",
        "tckn_masked": "",
        "text": content.decode(),
        "media_type": MediaType.TEXT.value,
        "document": base64.b64encode(content).decode(),
        "digest": hashlib.sha256(content).hexdigest(),
        "fingerprint": short_fingerprint(content),
        "profile": sign_in.PROFILE.value,
        "created_at": case["created_at"].isoformat(),
        "expires_at": case["expires_at"].isoformat(),
        "server_time": composed().clock.now().isoformat(),
    }


def result(case: Mapping[str, Any], request: ResultRequest, address: str) -> dict[str, object]:
    """Take the signature of a challenge; raise Rejected when it is not accepted.

    ``address`` is where this site is asked.
    """
    handed = Submission(request.container, secret=request.secret, address=address)
    try:
        accept_challenge(composed().engine, case, handed)
    except CodeClosed as error:
        raise closed(error.state) from error
    except Refused as error:
        raise _rejected(error) from error
    number = reference(WORKFLOW, case["id"])
    return {"result": "accepted", "reference": number, "title": str(ACCEPTED)}


def _rejected(error: Refused) -> Rejected:
    """Return the answer to a signature that was refused; what is not known yet may come again."""
    told = refused(error, composed().library.workflow(WORKFLOW))
    if isinstance(error, WrongState):
        state = str(error.params["state"])
        return closed(_STANDING.get(state, state))
    if not isinstance(error, RuleFailed):
        return told
    if error.verdict.code == "in_time":
        return closed("expired")
    if error.verdict.answer is Answer.ERROR:
        return Rejected(HTTPStatus.SERVICE_UNAVAILABLE, told.code, told.sentence)
    return told


def _find(connection: Connection, condition: ColumnElement[bool]) -> Mapping[str, Any] | None:
    """Return the newest sign-in that matches."""
    query = select(SignIn.__table__).where(condition).order_by(SignIn.id.desc()).limit(1)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else dict(row)
