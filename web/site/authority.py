"""What the demo authority serves to programs: lists, status answers, time-stamps, its chain.

The paths are fixed, since they stand in the certificates. Outside a demonstration, or where
another authority issues, there is none of ours: only the list is handed out, when there is one.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, request

from handlers.cards.orders import new_serial
from handlers.certificates import revocation
from signing.authority import ocsp, tsa
from signing.errors import SigningError
from states.kit.log_events import LogEvent
from web.gate.composition import composed
from web.gate.limits import csrf, limiter
from web.gate.logs import log
from web.gate.permissions import public

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue

    from handlers.kit.services import Services

blueprint = Blueprint("authority", __name__)
csrf.exempt(blueprint)  # programs carry no cookie, and nothing that they send changes anything

OFTEN = "1200 per minute"
STAMPS = "600 per minute"
KEEP = int(ocsp.LIFE.total_seconds())
"""Seconds that an answer or a list may be kept: a change must be visible within a minute."""


def _demo() -> Services:
    """Return the services of the demo; 404 where the authority is not ours to speak for."""
    composition = composed()
    if not composition.settings.demo:
        abort(404)
    return composition.engine.services


def _ours() -> Services:
    """Return the services of a demo whose certificates are ours; 404 where others issue them."""
    services = _demo()
    if services.elsewhere is not None:
        abort(404)
    return services


def _kept(body: bytes, kind: str, at: datetime) -> Response:
    """Answer with what may be kept for a minute (RFC 5019, 6.2)."""
    answer = Response(body, content_type=kind)
    answer.headers["Cache-Control"] = f"public, max-age={KEEP}, no-transform, must-revalidate"
    answer.last_modified = at
    answer.expires = at + ocsp.LIFE
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _list(which: str) -> Response:
    composition = composed()
    now = composition.clock.now()
    with composition.database.connect() as connection:
        lists = revocation.current_lists(connection, now)
    if lists is None:
        abort(404)
    return _kept(lists[which], "application/pkix-crl", now)


@blueprint.get("/nes.crl")
@public
@limiter.limit(OFTEN)
def revocation_list() -> ResponseReturnValue:
    """Hand out the newest list of the issuing authority as DER (RFC 5280, RFC 2585 4.2)."""
    return _list("issuing")


@blueprint.get("/root.crl")
@public
@limiter.limit(OFTEN)
def root_list() -> ResponseReturnValue:
    """Hand out the newest list of the root, which speaks of the issuing authority."""
    _ours()
    return _list("root")


@blueprint.get("/ca/<any(root, nes):which>.cer")
@public
@limiter.limit(OFTEN)
def certificate(which: str) -> ResponseReturnValue:
    """Hand out the certificate of the root or of the issuing authority (RFC 2585, 4.1)."""
    authority = _ours().authority()
    found = authority.root if which == "root" else authority.issuing
    return Response(found.der, content_type="application/pkix-cert")


@blueprint.post("/nes.ocsp")
@public
@limiter.limit(OFTEN)
def status() -> ResponseReturnValue:
    """Answer an OCSP request (RFC 6960, A.1) from the table as it is at this moment."""
    services = _ours()
    body = _body("application/ocsp-request", ocsp.SIZE_LIMIT)
    return _ocsp(_answer(services, body, composed().clock.now()))


@blueprint.get("/nes.ocsp/<path:encoded>", merge_slashes=False)
@public
@limiter.limit(OFTEN)
def status_by_address(encoded: str) -> ResponseReturnValue:
    """Answer an OCSP request that is written in the address as base64 (RFC 6960, A.1)."""
    services, now = _ours(), composed().clock.now()
    try:
        body = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        body = b""
    answer = _answer(services, body, now)
    if ocsp.is_keepable(answer):
        return _kept(answer, "application/ocsp-response", now)
    return _ocsp(answer)


def _ocsp(answer: bytes) -> Response:
    return Response(answer, content_type="application/ocsp-response")


def _answer(services: Services, body: bytes, now: datetime) -> bytes:
    known = revocation.status_in(composed().database)
    try:
        return services.authority().ocsp_response(body, known, now)
    except SigningError as error:
        log.error(LogEvent.SIGNING_FAILED, code=error.code)
        return ocsp.failure(ocsp.OcspFailure.TRY_LATER)


@blueprint.post("/tsa")
@public
@limiter.limit(STAMPS)
def time_stamp() -> ResponseReturnValue:
    """Answer a time-stamp request (RFC 3161, 3.4); a refusal is a response too."""
    services = _demo()
    body = _body("application/timestamp-query", tsa.SIZE_LIMIT)
    now, serial = composed().clock.now(), int(new_serial(), 16)
    try:
        answer = services.authority().timestamp_response(body, now, serial)
    except SigningError as error:
        log.error(LogEvent.SIGNING_FAILED, code=error.code)
        answer = tsa.rejection(tsa.TimeStampFailure.SYSTEM)
    return Response(answer, content_type="application/timestamp-reply")


def _body(kind: str, limit: int) -> bytes:
    """Read the request's body: 415 for another sort, 413 for more than the limit."""
    if request.mimetype != kind:
        abort(415)
    request.max_content_length = limit
    body: Any = request.get_data(cache=False)
    return bytes(body)
