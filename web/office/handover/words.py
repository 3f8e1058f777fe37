"""What the desk of parcels says: of a scan, of an event, of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.cards.scanning import ScanAnswer
from handlers.parcels.events import KIND_TITLES, REASON_TITLES
from handlers.parcels.matching import EventOutcome
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.cards.scanning import ScannedCode
    from handlers.parcels.matching import JudgedEvent
    from states.kit.errors import CodedError

OUTCOMES: Mapping[EventOutcome, str] = {
    EventOutcome.TAKEN: _("İşlendi"),
    EventOutcome.KNOWN: _("Zaten kayıtlı"),
    EventOutcome.REFUSED: _("Alınmadı"),
}
list_states = {"open": _("Açık"), "closed": _("Kapandı"), "cancelled": _("Vazgeçildi")}

kind_titles, reason_titles = KIND_TITLES, REASON_TITLES


def refusal(error: CodedError) -> str:
    """Return the sentence of what was refused, whichever of the three cases refused it."""
    library = composed().library
    names = ("application", "handover", "parcel")
    code = str(error.params.get("rule", error.code))
    definition = next(
        (library.workflow(name) for name in names if code in library.workflow(name).rules),
        library.workflow("application"),
    )
    return told(error, definition)


SCANS: Mapping[ScanAnswer, str] = {
    ScanAnswer.TAKEN: _("alındı"),
    ScanAnswer.AGAIN: _("zaten okutulmuştu"),
    ScanAnswer.UNKNOWN_CODE: _("diye bir gönderimiz yok; çizgi kodu yeniden okutunuz"),
    ScanAnswer.LIST_CODE: _("bir teslim listesinin numarası; listeyi değil zarfları okutunuz"),
    ScanAnswer.ON_OTHER_LIST: _(
        "başka bir listeyle kuryeye verilmiş; zarf buradaysa iade okutunuz"
    ),
    ScanAnswer.HANDED_OVER: _("kuryeye verilmiş; zarf buradaysa iade okutunuz"),
    ScanAnswer.ENDED: _("kapanmış bir gönderi; zarfı ayırıp başvurusuna bakınız"),
    ScanAnswer.NOT_SENT: _("ofisten hiç çıkmamış; zarfı teslim listesine okutunuz"),
    ScanAnswer.OTHER_DAY: _("alınmadı: liste bugünün değil; kapatıp yenisini başlatınız"),
    ScanAnswer.LIST_CLOSED: _("alınmadı: liste açık değil; yeni liste başlatınız"),
    ScanAnswer.CERTIFICATE_GONE: _("alınmadı: kartın sertifikası geçerli değil; zarfı ayırınız"),
    ScanAnswer.NOT_ENVELOPED: _(
        "alınmadı: kartın zarflandığı okutulmamış; önce zarflamayı okutunuz"
    ),
}
"""What a scan came to; of one that a rule refused the rule says it."""


def scanned(scan: ScannedCode) -> str:
    """Return the sentence of a scan, with the code that was read."""
    code = scan.tracking_number or scan.code or gettext("Boş kod")
    if scan.answer is ScanAnswer.REFUSED and scan.refusal is not None:
        return gettext("%(code)s alınmadı. %(why)s", code=code, why=refusal(scan.refusal))
    return f"{code} {SCANS[scan.answer]}."


def why(judged: JudgedEvent) -> str:
    """Return why an event was not taken; "" for one that was."""
    return refusal(judged.error) if judged.error is not None else ""
