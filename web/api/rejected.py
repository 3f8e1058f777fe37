"""How the handshake refuses: which status, code and sentence a program is answered with."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from web.gate.errors import status_of, told
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
        "Böyle bir doğrulama kodu yok; sayfadaki kodu yeniden kopyalayınız.",
    ),
    "claimed": (
        HTTPStatus.CONFLICT,
        "Bu kodu bir imza uygulaması zaten aldı; sayfadan yeni kod alınız.",
    ),
    "not_claimed": (
        HTTPStatus.CONFLICT,
        "Kod henüz teslim alınmadı; nes-imza programını kodla yeniden başlatınız.",
    ),
    "used": (HTTPStatus.CONFLICT, "Bu kod kullanıldı; her kod bir imza içindir."),
    "replaced": (HTTPStatus.CONFLICT, "Bu kodun yerine yenisi alındı; sayfadaki kodu kullanınız."),
    "locked": (
        HTTPStatus.CONFLICT,
        "Kod, kabul edilmeyen imzalar yüzünden kilitlendi; sayfadan yeni kod alınız.",
    ),
    "session_over": (
        HTTPStatus.CONFLICT,
        "Bu kodu gösteren oturum kapandı; yeniden giriş yapıp sayfadan yeni kod alınız.",
    ),
    "expired": (HTTPStatus.GONE, "Kodun süresi doldu; sayfadan yeni kod alınız."),
}
"""What a code that cannot be worked with is answered with."""


def too_old() -> Rejected:
    """Return the answer for a program that does not know what the code is for."""
    sentence = "nes-imza'nın bu sürümü bu işlemi bilmiyor; güncel sürümü kurunuz. Kod harcanmadı."
    return Rejected(HTTPStatus.CONFLICT, "program_too_old", sentence)


def closed(state: str) -> Rejected:
    """Return the answer for a code in a state in which it serves no more."""
    status, sentence = CLOSED[state]
    return Rejected(status, f"code_{state}", sentence)


def refused(error: WorkflowError, definition: Definition) -> Rejected:
    """Return the answer for a refused move; what concerns the code has its own status."""
    reason = error.verdict.code if isinstance(error, RuleFailed) else error.code
    subject, _, rest = reason.partition(".")
    if subject == "code" and rest in CLOSED:
        return closed(rest)
    code = reason.replace(".", "_")
    return Rejected(HTTPStatus(status_of(error)), code, told(error, definition))
