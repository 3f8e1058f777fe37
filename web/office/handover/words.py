"""What the desk of parcels says: of a scan, of an event, of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.cards.scanning import ScanAnswer
from handlers.parcels.events import KIND_TITLES, REASON_TITLES
from handlers.parcels.matching import EventOutcome
from web.gate.composition import composed
from web.gate.errors import told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.cards.scanning import ScannedCode
    from handlers.parcels.matching import JudgedEvent
    from states.kit.errors import CodedError

OUTCOMES: Mapping[EventOutcome, str] = {
    EventOutcome.TAKEN: "İşlendi",
    EventOutcome.KNOWN: "Zaten kayıtlı",
    EventOutcome.REFUSED: "Alınmadı",
}
list_states = {"open": "Açık", "closed": "Kapandı", "cancelled": "Vazgeçildi"}

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
    ScanAnswer.TAKEN: "alındı",
    ScanAnswer.AGAIN: "zaten okutulmuştu",
    ScanAnswer.UNKNOWN_CODE: "diye bir gönderimiz yok; çizgi kodu yeniden okutunuz",
    ScanAnswer.LIST_CODE: "bir teslim listesinin numarası; listeyi değil zarfları okutunuz",
    ScanAnswer.ON_OTHER_LIST: "başka bir listeyle kuryeye verilmiş; zarf buradaysa iade okutunuz",
    ScanAnswer.HANDED_OVER: "kuryeye verilmiş; zarf buradaysa iade okutunuz",
    ScanAnswer.ENDED: "kapanmış bir gönderi; zarfı ayırıp başvurusuna bakınız",
    ScanAnswer.NOT_SENT: "ofisten hiç çıkmamış; zarfı teslim listesine okutunuz",
    ScanAnswer.OTHER_DAY: "alınmadı: liste bugünün değil; kapatıp yenisini başlatınız",
    ScanAnswer.LIST_CLOSED: "alınmadı: liste açık değil; yeni liste başlatınız",
    ScanAnswer.CERTIFICATE_GONE: "alınmadı: kartın sertifikası geçerli değil; zarfı ayırınız",
    ScanAnswer.NOT_ENVELOPED: "alınmadı: kartın zarflandığı okutulmamış; önce zarflamayı okutunuz",
}
"""What a scan came to; of one that a rule refused the rule says it."""


def scanned(scan: ScannedCode) -> str:
    """Return the sentence of a scan, with the code that was read."""
    code = scan.tracking_number or scan.code or "Boş kod"
    if scan.answer is ScanAnswer.REFUSED and scan.refusal is not None:
        return f"{code} alınmadı. {refusal(scan.refusal)}"
    return f"{code} {SCANS[scan.answer]}."


def why(judged: JudgedEvent) -> str:
    """Return why an event was not taken; "" for one that was."""
    return refusal(judged.error) if judged.error is not None else ""
