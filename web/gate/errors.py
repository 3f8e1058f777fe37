"""How an error reaches a person or a machine: one status, one sentence, one way on."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import TimeoutError  # noqa: A004 - the library's name
from werkzeug.exceptions import HTTPException, TooManyRequests

from handlers.kit.sentences import sentence_of
from signing.errors import SigningError
from states.kit.errors import CodedError, StoreError
from states.kit.invalid import Invalid
from states.kit.log_events import LogEvent
from states.postgres.database import TROUBLE
from web.gate.browser_session import let_session_be, write_session
from web.gate.language import gettext, language
from web.gate.language import lazy_gettext as _
from web.gate.logs import log, place_of
from web.gate.outcome import RETRY_AFTER, RequestOutcome, ended, outcome
from workflow.model import refusal
from workflow.present.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask, Response
    from flask.typing import ResponseReturnValue

    from workflow.model.definition import Definition


@dataclass(frozen=True, slots=True)
class Message:
    """What an error page says: its title and a sentence of what to do."""

    title: str
    text: str


CODES = {429: "too_many_requests", 503: "unavailable"}
"""What programs are told where the error has no code of its own (docs/protocol.md)."""

MESSAGES: Mapping[int, Message] = {
    400: Message(
        _("İstek anlaşılamadı"),
        _("Gönderilen bilgi eksik ya da bozuk. Sayfayı yenileyip yeniden deneyiniz."),
    ),
    403: Message(
        _("Bu işlem için yetkiniz yok"),
        _("Rolünüz bu sayfayı ya da işlemi kapsamıyor."),
    ),
    404: Message(
        _("Sayfa bulunamadı"),
        _("Adresi denetleyiniz ya da başlangıç sayfasına dönünüz."),
    ),
    405: Message(
        _("Bu adres böyle kullanılamaz"),
        _("Başlangıç sayfasından ilerleyiniz."),
    ),
    409: Message(
        _("İşlem şu an yapılamaz"),
        _("Başvuru siz bakarken ilerledi. Güncel durumu görüp yeniden karar veriniz."),
    ),
    410: Message(
        _("Geçerlilik süresi doldu"),
        _("Sayfanın ya da kodun geçerlilik süresi bitti. İşlemi yeniden başlatınız."),
    ),
    413: Message(
        _("Dosya çok büyük"),
        _("En çok 20 MB gönderilebilir. Daha küçük bir dosya seçiniz."),
    ),
    415: Message(
        _("Bu dosya türü kullanılamaz"),
        _("İstenen türde bir dosya seçiniz."),
    ),
    422: Message(
        _("İşlem kurallara uymuyor"),
        _("Aşağıdaki nedeni giderip yeniden deneyiniz."),
    ),
    429: Message(
        _("Çok sık denendi"),
        _("Birkaç dakika bekleyip yeniden deneyiniz."),
    ),
    500: Message(
        _("Beklenmeyen bir hata oldu"),
        _("İstek tamamlanamadı"),
    ),
    503: Message(
        _("Hizmete şu an ulaşılamıyor"),
        _("Hizmet yanıt vermiyor"),
    ),
}
"""Own pages; any other status is answered with the nearest of these.

From 500 on the text says why; what became of the wish is put behind it.
"""

LONGEST_ECHO = 40
"""Characters of what was asked for that an error says back."""

DATABASE_AWAY = _("Veritabanına ulaşılamıyor")
DATABASE_BUSY = _("Veritabanı şu an meşgul")
TOKEN_AWAY = _("İmza donanımına ulaşılamıyor")
FORM_EXPIRED = _(
    "Formun süresi doldu ya da oturumunuz kapandı; işleminiz yapılmadı. Yazdıklarınız aşağıdadır."
)

STATUSES: Mapping[type[CodedError], HTTPStatus] = {
    StoreError: HTTPStatus.UNPROCESSABLE_ENTITY,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusal.Conflict: HTTPStatus.CONFLICT,
    refusal.ValueMissing: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusal.UnknownCase: HTTPStatus.NOT_FOUND,
    refusal.UnknownTrigger: HTTPStatus.NOT_FOUND,
    refusal.UnknownWorkflow: HTTPStatus.NOT_FOUND,
    refusal.DefinitionMissing: HTTPStatus.SERVICE_UNAVAILABLE,
    refusal.Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    refusal.WrongState: HTTPStatus.CONFLICT,
    refusal.StaleVersion: HTTPStatus.CONFLICT,
    refusal.RoleNotAllowed: HTTPStatus.FORBIDDEN,
    refusal.NotTheSubject: HTTPStatus.FORBIDDEN,
    refusal.OwnCase: HTTPStatus.FORBIDDEN,
    refusal.SamePerson: HTTPStatus.FORBIDDEN,
    refusal.PersonUnknown: HTTPStatus.FORBIDDEN,
    refusal.ReasonMissing: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusal.ReasonUnknown: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusal.RuleFailed: HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""The one mapping from the house's refusals to statuses."""


def status_of(error: CodedError) -> int:
    """Return the status a refusal is answered with; an unlisted one counts as a conflict."""
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return HTTPStatus.CONFLICT


def told(error: CodedError, definition: Definition | None = None) -> str:
    """Return a refusal as a sentence; that of a store is English, as at a terminal."""
    if isinstance(error, StoreError):
        return str(error)
    if isinstance(error, Invalid):
        return sentence_of(error, language())
    return sentence(definition, error.code, error.params, language())


def answer(
    status: int, text: str | None = None, *, title: str | None = None, **more: object
) -> ResponseReturnValue:
    """Answer with an error: a page for people, problem+json (RFC 9457) for programs."""
    message = MESSAGES.get(
        status, MESSAGES[500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400]
    )
    title, text = str(title or message.title), str(text or message.text)
    failed = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if failed and not text.endswith("."):
        text = ended(text)
    headers = {"Retry-After": str(RETRY_AFTER)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    if request.path.startswith("/api/"):
        code = more.get("code") or CODES.get(status, f"http_{status}")
        body = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": text,
            "code": code,
            **({"outcome": outcome().value} if failed else {}),
        }
        return body, status, {"Content-Type": "application/problem+json", **headers}
    return _page(title=title, text=text, status=status, **more), status, headers


def _page(**said: object) -> str:
    """Draw the page of an error; where the database is away now too, as for a stranger."""
    try:
        return render_template("errors/page.html", **said)
    except TROUBLE:
        let_session_be()
        return render_template("errors/page.html", **said)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    if error.code == HTTPStatus.TOO_MANY_REQUESTS:
        log.warning(LogEvent.THROTTLED, endpoint=request.endpoint)
    response = current_app.make_response(answer(error.code or 500))
    if isinstance(error, TooManyRequests):
        # Of a limit over all; that of a source is said by the library.
        response.headers.extend(
            (name, value) for name, value in error.get_headers() if name == "Retry-After"
        )
    return response


def _form_expired(error: CSRFError) -> ResponseReturnValue:
    """Give back what was typed, so that it can be copied into the new form."""
    typed = [
        value for name, value in request.form.items() if name != "csrf_token" and value.strip()
    ]
    log.warning(LogEvent.FORM_TOKEN_REFUSED, endpoint=request.endpoint)
    return answer(
        error.code or 400, FORM_EXPIRED, title=gettext("Formun süresi doldu"), typed=typed
    )


def _refused(error: CodedError) -> ResponseReturnValue:
    if isinstance(error, refusal.Busy) and outcome() is RequestOutcome.UNKNOWN:
        # A part of the wish was done before: its own sentence would say that nothing was.
        return answer(status_of(error), DATABASE_BUSY, code=error.code)
    if isinstance(error, refusal.UnknownCase):
        # The same words for what is not there and for what is somebody else's.
        reference = (request.view_args or {}).get("reference", error.params["case"])
        error = refusal.UnknownCase(case=str(reference)[:LONGEST_ECHO])
    return answer(status_of(error), told(error, g.get("definition")), code=error.code)


def database_away(error: Exception) -> ResponseReturnValue:
    """Answer for a database that is away or busy; the session is left as it stands there."""
    let_session_be()
    cause = getattr(error, "orig", None) or error
    busy = isinstance(error, TimeoutError) or getattr(cause, "sqlstate", None) is not None
    log.error(LogEvent.DATABASE_BUSY if busy else LogEvent.DATABASE_AWAY, code=type(cause).__name__)
    text = DATABASE_BUSY if busy else DATABASE_AWAY
    return answer(503, text, code="database_busy" if busy else "database_unavailable")


def store_session(response: Response) -> Response:
    """Write the session before anything else is done with an answer; else say why it is none."""
    try:
        write_session()
    except TROUBLE as error:
        return current_app.make_response(database_away(error))
    return response


def _token_away(error: SigningError) -> ResponseReturnValue:
    log.error(LogEvent.SIGNING_FAILED, code=error.code)
    return answer(503, TOKEN_AWAY, code=error.code)


def _unexpected(error: Exception) -> ResponseReturnValue:
    """Log where it broke; the person gets a number to name, never what was inside."""
    log.error(LogEvent.UNEXPECTED, **place_of(error))
    return answer(500, support=g.get("request_id", ""))


def handle_errors(app: Flask) -> None:
    """Register the mapping for all errors of an application."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(CodedError, _refused)
    for kind in TROUBLE:
        app.register_error_handler(kind, database_away)
    app.register_error_handler(SigningError, _token_away)
    app.register_error_handler(Exception, _unexpected)
