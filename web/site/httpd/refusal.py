"""What the server answers by itself, when a request cannot be handed to the site."""

from __future__ import annotations

from waitress.task import ErrorTask
from waitress.utilities import Error

from states.kit.log_events import LogEvent
from web.gate.logs import log

SENTENCES = {
    400: "İstek okunamadı; tarayıcınızı ya da programınızı denetleyip yeniden deneyiniz.",
    408: "İsteğiniz çok yavaş geldi ve alınmadı; bağlantınızı denetleyip yeniden deneyiniz.",
    413: "Gönderdiğiniz dosya çok büyük; daha küçük bir dosya ile yeniden deneyiniz.",
    431: "İsteğin başlıkları çok uzun; bu sitenin çerezlerini silip yeniden deneyiniz.",
    501: "İsteğin aktarım kodlaması desteklenmiyor; programınızı denetleyiniz.",
    503: "Sunucu şu an çok yüklü; isteğiniz alınmadı. Biraz sonra yeniden deneyiniz.",
}
"""One sentence for each status; any other is answered as 500."""

BROKEN = (
    "Beklenmeyen bir hata oluştu ve yanıt tamamlanamadı. "
    "Bir işlem yaptıysanız yinelemeden önce güncel durumuna bakınız."
)
"""Said when the site gave no answer: what became of the wish is not known here."""


class TooSlow(Error):  # type: ignore[misc]  # the library carries no types
    """Head or body did not come in time."""

    code = 408
    reason = "Request Timeout"


class TooMuchHeld(Error):  # type: ignore[misc]  # the same
    """All slow clients together hold too much."""

    code = 503
    reason = "Service Unavailable"


class Refusal(ErrorTask):  # type: ignore[misc]  # the same
    """An answer of the server itself: a sentence under the headers of the site."""

    def execute(self) -> None:
        """Answer; nothing of what came is said back or logged."""
        error = self.request.error
        log.warning(LogEvent.REQUEST_REFUSED, status=error.code)
        body = SENTENCES.get(error.code, BROKEN).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.extend(
            [
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Cache-Control", "no-store"),
                *self.channel.server.headers.items(),
            ]
        )
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)
