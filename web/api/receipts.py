"""What a mail server hands in of messages that came back: one mail a request (docs/post.md)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from handlers.post.kep_evidence import is_signed
from handlers.post.receipt_maildir import keep_evidence
from handlers.post.receipts import LARGEST, ReceiptResult, take_receipt
from states.kit.log_events import LogEvent
from web.api.receipts_description import MEDIA_TYPE, PATH
from web.api.rejected import Rejected
from web.api.shared_secret import SecretWords, refuse_stranger
from web.api.views import blueprint
from web.gate.composition import composed
from web.gate.guesses import Guesses
from web.gate.language import gettext
from web.gate.limits import LimitOfAll, limiter
from web.gate.logs import log
from web.gate.permissions import public

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

WRONG_SECRETS = "5 per 5 minutes"
EACH = "300 per minute"
"""What one mail server hands in: a wave of messages may come back within minutes."""
TOGETHER = "600 per minute"

FOLDER = "receipts"
"""Where evidence is kept in NES_VAR."""

asking = limiter.shared_limit(EACH, scope="receipts.each")
guesses = Guesses("receipts", WRONG_SECRETS, LimitOfAll("receipts", TOGETHER))


@blueprint.post(PATH)
@public
@asking
def receipts() -> ResponseReturnValue:
    """Take one mail; Rejected for a stranger and for what is no receipt of a message of ours."""
    absent = gettext("Bu ofise geri dönüş bildiren bir posta sunucusu yok.")
    unknown = gettext("Posta sunucusunun sırrı yanlış ya da eksik.")
    secret = composed().settings.receipts_secret
    refuse_stranger(guesses, secret, SecretWords("mail_server", absent, unknown))
    mail = _mail()
    answer = take_receipt(composed().engine, mail)
    if answer.result is ReceiptResult.REFUSED:
        sentence = gettext("Bu, ofisin gönderdiği bir iletinin alındısı değil; işlenmedi.")
        raise Rejected(HTTPStatus.UNPROCESSABLE_ENTITY, f"receipt_{answer.reason}", sentence)
    if is_signed(mail):
        _keep(mail)
    return {"result": answer.result.value}


def _keep(mail: bytes) -> None:
    """Keep evidence as the maildir does; Rejected where it cannot be, so that it comes again.

    Where there is no maildir, a folder of the same form stands in ``NES_VAR``.
    """
    composition = composed()
    folder = composition.engine.services.receipts.maildir or composition.settings.var / FOLDER
    try:
        keep_evidence(folder, mail)
    except OSError as error:
        log.error(LogEvent.EVIDENCE_NOT_KEPT, reason=error.strerror)
        sentence = gettext("Alındı saklanamadı; yeniden gönderiniz.")
        raise Rejected(HTTPStatus.SERVICE_UNAVAILABLE, "evidence_not_kept", sentence) from error


def _mail() -> bytes:
    """Return the mail of the request; Rejected for another media type, and for one too large."""
    if request.mimetype != MEDIA_TYPE:
        sentence = gettext("İstek message/rfc822 türünde olmalıdır.")
        raise Rejected(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_a_mail", sentence)
    request.max_content_length = LARGEST
    try:
        return request.get_data()
    except RequestEntityTooLarge as error:
        sentence = gettext("İstek çok büyük; en çok 256 KiB kabul edilir.")
        raise Rejected(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", sentence) from error
