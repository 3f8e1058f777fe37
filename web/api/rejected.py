"""How the handshake refuses: which status, code and sentence a program is answered with."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from web.gate.errors import status_of, told
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from workflow.model.refusal import RuleFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.model.definition import Definition
    from workflow.model.refusal import WorkflowError


class Rejected(Exception):
    """An answer that is no success: status, stable code, and a sentence of what to do."""

    def __init__(self, status: HTTPStatus, code: str, sentence: str) -> None:
        """Keep what the answer says."""
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.sentence = sentence


CLOSED: Mapping[str, tuple[HTTPStatus, str]] = {
    "unknown": (
        HTTPStatus.NOT_FOUND,
        _("Böyle bir doğrulama kodu yok; sayfadaki kodu yeniden kopyalayınız."),
    ),
    "claimed": (
        HTTPStatus.CONFLICT,
        _("Bu kodu bir imza uygulaması zaten aldı; sayfadan yeni kod alınız."),
    ),
    "not_claimed": (
        HTTPStatus.CONFLICT,
        _("Kod henüz teslim alınmadı; nes-imza programını kodla yeniden başlatınız."),
    ),
    "used": (HTTPStatus.CONFLICT, _("Bu kod kullanıldı; her kod bir imza içindir.")),
    "replaced": (
        HTTPStatus.CONFLICT,
        _("Bu kodun yerine yenisi alındı; sayfadaki kodu kullanınız."),
    ),
    "locked": (
        HTTPStatus.CONFLICT,
        _("Kod, kabul edilmeyen imzalar yüzünden kilitlendi; sayfadan yeni kod alınız."),
    ),
    "session_over": (
        HTTPStatus.CONFLICT,
        _("Bu kodu gösteren oturum kapandı; yeniden giriş yapıp sayfadan yeni kod alınız."),
    ),
    "expired": (HTTPStatus.GONE, _("Kodun süresi doldu; sayfadan yeni kod alınız.")),
}
"""What a code that cannot be worked with is answered with."""


def too_old() -> Rejected:
    """Return the answer for a program that does not know what the code is for."""
    sentence = gettext(
        "nes-imza'nın bu sürümü bu işlemi bilmiyor; güncel sürümü kurunuz. Kod harcanmadı."
    )
    return Rejected(HTTPStatus.CONFLICT, "program_too_old", sentence)


def closed(state: str) -> Rejected:
    """Return the answer for a code in a state in which it serves no more."""
    status, sentence = CLOSED[state]
    return Rejected(status, f"code_{state}", str(sentence))


def refused(error: WorkflowError, definition: Definition) -> Rejected:
    """Return the answer for a refused move; what concerns the code has its own status."""
    reason = error.verdict.code if isinstance(error, RuleFailed) else error.code
    subject, _, rest = reason.partition(".")
    if subject == "code" and rest in CLOSED:
        return closed(rest)
    code = reason.replace(".", "_")
    return Rejected(HTTPStatus(status_of(error)), code, told(error, definition))
