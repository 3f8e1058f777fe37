"""What stations ask: the next order, a certificate, and what became of a card."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import request

from handlers.cards import station
from handlers.cards.station_queue import count_waiting
from handlers.cards.stations import find_by_secret, note_seen
from handlers.kit.sentences import sentence_of
from handlers.kit.signing_words import told
from signing.app.errors import AnswerMalformed
from signing.errors import CertificateUnusable, RequestInvalid, SigningError
from signing.network.outbound import loopback
from signing.station import protocol
from signing.station.protocol import ClaimAnswer, FailAnswer, OrderSheet, bytes_of, text_of
from states.kit.invalid import Invalid
from web.api.body import json_object
from web.api.rejected import Rejected
from web.api.views import blueprint
from web.gate.composition import composed
from web.gate.guesses import Guesses
from web.gate.language import gettext, language
from web.gate.limits import LimitOfAll, limiter
from web.gate.permissions import public
from workflow.model.refusal import Busy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from handlers.cards.station import StationJob
    from handlers.kit.context import CaseEngine
    from states.cases.station import Station

WRONG_SECRETS = "5 per 5 minutes"
"""How often one source may be wrong."""

EACH = "1200 per minute"
"""How many requests of one source are answered: a room with several stations behind one address."""

TOGETHER = "6000 per minute"
"""How many secrets of all sources are looked up."""

CLOCK_MAY_DIFFER = timedelta(minutes=2)
"""How far the clock of a station may be off; what it signs and spools says when."""

STATUSES: Mapping[str, HTTPStatus] = {
    "station.unknown": HTTPStatus.UNAUTHORIZED,
    "station.ended": HTTPStatus.FORBIDDEN,
    "station.overheard": HTTPStatus.FORBIDDEN,
    "station.order_unknown": HTTPStatus.NOT_FOUND,
    "station.order_void": HTTPStatus.GONE,
    "station.clock_missing": HTTPStatus.BAD_REQUEST,
    "station.reason_unknown": HTTPStatus.BAD_REQUEST,
    "station.proof": HTTPStatus.UNPROCESSABLE_ENTITY,
    "station.key_weak": HTTPStatus.UNPROCESSABLE_ENTITY,
    "station.result_unreadable": HTTPStatus.UNPROCESSABLE_ENTITY,
    "station.result_refused": HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""Statuses of refusals; all others are a conflict with what the office knows."""

Answer = dict[str, object]

asking = limiter.shared_limit(EACH, scope="station.each")
guesses = Guesses("station", WRONG_SECRETS, LimitOfAll("station", TOGETHER))


def _known(view: Callable[[CaseEngine, int], Answer]) -> Callable[[], Answer]:
    """Let a view answer a station that is known, on time and not overheard; give it its number."""

    @wraps(view)
    def answered() -> Answer:
        try:
            caller = _caller()
            return view(composed().engine, caller.id)
        except Invalid as refusal:
            raise _rejected(refusal) from refusal
        except AnswerMalformed as error:
            field = str(error.params["field"])
            sentence = gettext("İsteğin bir alanı eksik, fazla ya da bozuk: %(field)s", field=field)
            raise Rejected(HTTPStatus.BAD_REQUEST, "field_malformed", sentence) from error
        except SigningError as error:
            status = (
                HTTPStatus.SERVICE_UNAVAILABLE if error.again else HTTPStatus.UNPROCESSABLE_ENTITY
            )
            raise Rejected(status, error.code, str(told(error))) from error
        except Busy as busy:
            sentence = gettext("Başvuru şu an başka bir işlemde; az sonra yeniden denenir.")
            raise Rejected(HTTPStatus.SERVICE_UNAVAILABLE, "busy", sentence) from busy

    return answered


def _rejected(refusal: Invalid) -> Rejected:
    status = STATUSES.get(refusal.code, HTTPStatus.CONFLICT)
    return Rejected(status, refusal.code.partition(".")[2], sentence_of(refusal, language()))


def _caller() -> Station:
    """Return the station that asks; Invalid says why it is not answered."""
    if not (request.is_secure or loopback(request.remote_addr or "")):
        raise Invalid("station.overheard")
    authorization = request.authorization
    secret = authorization.token if authorization and authorization.type == "bearer" else None
    found = guesses.look_up(lambda connection: find_by_secret(connection, secret or ""))
    if found is None:
        raise Invalid("station.unknown")
    if found.ended_at is not None:
        raise Invalid("station.ended")
    now = composed().clock.now()
    _look_at_clock(now)
    note_seen(composed().database, found.id, now)
    return found


def _look_at_clock(now: datetime) -> None:
    try:
        said = datetime.fromisoformat(request.headers.get(protocol.TIME_HEADER, ""))
        off = said - now
    except (ValueError, TypeError) as error:
        raise Invalid("station.clock_missing") from error
    if abs(off) > CLOCK_MAY_DIFFER:
        way = "ileri" if off > timedelta(0) else "geri"
        raise Invalid("station.clock_off", amount=_span(abs(off)), way=way)


def _span(off: timedelta) -> str:
    minutes, seconds = divmod(round(off.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "saat"), (minutes, "dakika"), (seconds, "saniye"))
    return " ".join(f"{amount} {unit}" for amount, unit in parts if amount)


def _sheet(engine: CaseEngine, job: StationJob) -> OrderSheet:
    return OrderSheet(
        job.order, job.reference, job.place, job.due, job.begun, engine.services.issuer().issuing
    )


@blueprint.post(protocol.CLAIM_PATH)
@public
@asking
@_known
def station_claim(engine: CaseEngine, station_id: int) -> Answer:
    """Give the most urgent order, or the one that the station has in hand."""
    besides = protocol.texts_of(json_object({"besides"}), "besides")
    if len(besides) > protocol.MOST_SET_ASIDE:
        raise AnswerMalformed(field="besides")
    job = station.claim(engine, station_id, besides)
    with engine.database.connect() as connection:
        waiting = count_waiting(connection)
    return ClaimAnswer(None if job is None else _sheet(engine, job), waiting).body()


@blueprint.post(protocol.CERTIFY_PATH)
@public
@asking
@_known
def station_certify(engine: CaseEngine, station_id: int) -> Answer:
    """Give the certificate for the key on the card."""
    fields = json_object({"order", "proof"})
    label, proof = text_of(fields, "order"), bytes_of(fields, "proof")
    try:
        der = station.certify(engine, station_id, label, proof)
    except RequestInvalid as error:
        if error.params.get("field") != "key_proof":
            raise
        raise Invalid("station.proof") from error
    return {"certificate": base64.b64encode(der).decode()}


@blueprint.post(protocol.RESULT_PATH)
@public
@asking
@_known
def station_result(engine: CaseEngine, station_id: int) -> Answer:
    """Take the certificate that was read back from the card."""
    fields = json_object({"order", "certificate"})
    label, der = text_of(fields, "order"), bytes_of(fields, "certificate")
    try:
        station.hand_in(engine, station_id, label, der)
    except CertificateUnusable as error:
        raise Invalid("station.result_unreadable") from error
    return {"result": "accepted"}


@blueprint.post(protocol.SKIP_PATH)
@public
@asking
@_known
def station_skip(engine: CaseEngine, station_id: int) -> Answer:
    """Take an order back of which nothing was written."""
    station.skip(engine, station_id, text_of(json_object({"order"}), "order"))
    return {"result": "skipped"}


@blueprint.post(protocol.FAIL_PATH)
@public
@asking
@_known
def station_fail(engine: CaseEngine, station_id: int) -> Answer:
    """Void the order of a card that failed, and order another one where that is wished."""
    fields = json_object({"order", "reason", "again"})
    label, reason = text_of(fields, "order"), text_of(fields, "reason")
    done = station.fail(engine, station_id, label, reason, again=protocol.truth_of(fields, "again"))
    return FailAnswer(done.stopped, done.ordered_again, done.why_not).body()
