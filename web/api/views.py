"""The addresses of the handshake, who may ask them, and how often."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint

from handlers.signatures.offer import SigningOffer
from signing.app.protocol import CLAIM_PATH, RESULT_PATH
from web.api import body, handshake, openapi, sign_in
from web.api.rejected import Rejected, closed
from web.gate.errors import answer
from web.gate.guesses import Guesses
from web.gate.language import lazy_gettext as _
from web.gate.limits import LimitOfAll, csrf, limiter
from web.gate.permissions import public
from web.kit.address import here

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from flask.typing import ResponseReturnValue
    from sqlalchemy import Connection

    Found = SigningOffer | Mapping[str, Any]

blueprint = Blueprint("api", __name__)
csrf.exempt(blueprint)  # programs carry no cookie; the code and the secret stand for the session

WRONG_CODES = "5 per 5 minutes"
"""How often one source may be wrong."""

EACH = "240 per minute"
"""How many requests of one source are answered, good or bad: an office behind one address."""

TOGETHER = "1200 per minute"
"""How many codes and secrets of all sources are looked up."""

DESCRIPTIONS = "60 per minute"
"""How often one source may read the description; it costs nobody else anything."""

REJECTED = _("İmza alınmadı")
"""The title where the general one speaks of pages."""

OWN_TITLE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT})


asking = limiter.shared_limit(EACH, scope="imza.each")
together = LimitOfAll("imza", TOGETHER)
guesses = Guesses("imza", WRONG_CODES, together)
"""A used or expired code was really given out, so knowing it is no guess."""


@blueprint.errorhandler(Rejected)
def reject(error: Rejected) -> ResponseReturnValue:
    """Answer a refusal as problem+json (RFC 9457)."""
    title = REJECTED if error.status in OWN_TITLE else None
    return answer(error.status, error.sentence, title=title, code=error.code)


@blueprint.post(CLAIM_PATH)
@public
@asking
def claim() -> ResponseReturnValue:
    """Trade a verification code for the text to sign and a secret."""
    code, speaks = body.claim_request().code, body.spoken()

    def find(connection: Connection) -> Found | None:
        case = sign_in.by_code(connection, code)
        return case if case is not None else handshake.by_code(connection, code)

    found = guesses.look_up(find)
    if found is None:
        raise closed("unknown")
    if isinstance(found, SigningOffer):
        return handshake.claim(found, here(), speaks)
    return sign_in.claim(found, here(), speaks)


@blueprint.post(RESULT_PATH)
@public
@asking
def result() -> ResponseReturnValue:
    """Take a signature."""
    handed = body.result_request()
    secret = handed.secret

    def find(connection: Connection) -> Found | None:
        case = sign_in.by_secret(connection, secret)
        return case if case is not None else handshake.by_secret(connection, secret)

    found = guesses.look_up(find)
    if found is None:
        raise closed("unknown")
    if isinstance(found, SigningOffer):
        return handshake.result(found, handed, here())
    return sign_in.result(found, handed, here())


@blueprint.get(openapi.PATH)
@public
@limiter.limit(DESCRIPTIONS)
def description() -> ResponseReturnValue:
    """Describe the handshake to programs that would speak it."""
    return openapi.description()
