"""Owns the addresses of the handshake, who may ask them, and how often."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, request

from signing.app.protocol import CLAIM_PATH, RESULT_PATH
from web.api import body, handshake, openapi, sign_in
from web.api.rejected import Rejected
from web.errors import answer
from web.limits import LimitOfAll, csrf, limiter
from web.permissions import public

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("api", __name__)
csrf.exempt(blueprint)  # programs carry no cookie; the code and the secret stand for the session

WRONG_CODES = "5 per 5 minutes"
"""How often one source may be wrong (DOMAIN 6)."""

EACH = "240 per minute"
"""How many requests of one source are answered, good or bad: an office behind one address."""

TOGETHER = "1200 per minute"
"""How many codes and secrets of all sources are looked up (DOMAIN 6: global throttle)."""

DESCRIPTIONS = "60 per minute"
"""How often one source may read the description; it costs nobody else anything."""

REJECTED = "İmza alınmadı"
"""The title where the general one speaks of pages."""

OWN_TITLE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT})


def _guessed(response: Response) -> bool:
    """Say whether an answer was to a wrong guess; a used or expired code was really given out."""
    return response.status_code == HTTPStatus.NOT_FOUND


guessing = limiter.shared_limit(WRONG_CODES, scope="imza.wrong", deduct_when=_guessed)
asking = limiter.shared_limit(EACH, scope="imza.each")
together = LimitOfAll("imza", TOGETHER)


@blueprint.errorhandler(Rejected)
def reject(error: Rejected) -> ResponseReturnValue:
    """Answer a refusal as problem+json (RFC 9457)."""
    title = REJECTED if error.status in OWN_TITLE else None
    return answer(error.status, error.sentence, title=title, code=error.code)


@blueprint.post(CLAIM_PATH)
@public
@asking
@guessing
def claim() -> ResponseReturnValue:
    """Trade a verification code for the text to sign and a secret."""
    asked, speaks = body.claim_request(), body.spoken()
    together.charge()
    origin = request.host_url.rstrip("/")
    return sign_in.claim(asked, origin, speaks) or handshake.claim(asked, origin, speaks)


@blueprint.post(RESULT_PATH)
@public
@asking
@guessing
def result() -> ResponseReturnValue:
    """Take a signature."""
    handed = body.result_request()
    together.charge()
    return sign_in.result(handed) or handshake.result(handed)


@blueprint.get(openapi.PATH)
@public
@limiter.limit(DESCRIPTIONS)
def description() -> ResponseReturnValue:
    """Describe the handshake to programs that would speak it."""
    return openapi.description()
