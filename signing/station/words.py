"""What a station says at its terminal; refusals stand in `signing.app.words.refusals`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signing.station.protocol import CardPlace, OrderSheet
    from signing.station.spool import SpooledResult

NOTHING_WAITS = "Sırada kart yok; yeni sipariş bekleniyor."
STOPPED = "Durduruldu. Eldeki sipariş bu istasyonda kaldı; yeniden başlatınca kaldığı yerden sürer."
PAUSED = "Ara verildi. Sürdürmek için Enter'a basın. "
READY = "Enter: kart takıldı · a: bu siparişi atla · b: ara ver · d: dur > "
FAILED = (
    "Enter: yeniden dene · y: kartı imhaya ayır, yeni kart iste · v: kartı imhaya ayır, vazgeç · "
    "d: dur > "
)
ALREADY_BEGUN = "Bu kart yazılmaya başlanmış; aynı kartı takın."
RESULT_KEPT = "Sonuç bu bilgisayarda saklandı; ofise ulaşılınca bir kez teslim edilir."
TAKEN = "Ofis kartı aldı."
SPOIL = "Kartı imhaya ayırın: {card}."
STOPPED_THERE = "Başvurunun üretimi durdu; üretim görevlisi nedenine bakacak."
ORDERED_AGAIN = "Yeni kart istendi; sıraya girdi."
NOT_ORDERED = "Yeni kart istenemedi: {why}"
BACK_IN_LINE = "Başvuru üretim sırasına döndü."
SKIPPED = "Sipariş atlandı; başka bir istasyon alabilir."
WAITING = "{told} {seconds} saniye sonra yeniden denenecek."
STRANGE_OFFICE = "{office} bu istasyonda ayarlı değil; {card} sonucu saklı kalıyor."
TALLY = "Yapılan kart: {made}, ayrılan: {failed}, atlanan: {skipped}."


def card_at(place: CardPlace | SpooledResult, reference: str) -> str:
    """Name a card by its box and number, and the application it is for."""
    if not place.number:
        return f"{reference} başvurusunun kartı"
    return f"kutu {place.box}, kart no {place.number} ({reference})"


def insert(sheet: OrderSheet, waiting: int) -> str:
    """Say which card comes next."""
    maker = f", üretici {sheet.place.maker}" if sheet.place.maker else ""
    card = card_at(sheet.place, sheet.reference)
    holder = sheet.order.request.subject.common_name
    return f"{waiting} kart bekliyor. Sıradaki: {card}{maker}; {holder}"


def made(sheet: OrderSheet) -> str:
    """Say that a card is made."""
    return f"Kart yapıldı, geri okundu ve karşılaştırıldı: {card_at(sheet.place, sheet.reference)}."
