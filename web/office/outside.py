"""The words in which the overview tells what waits for the world outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.gate.language import gettext
from web.gate.language import lazy_gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "token": _("Kart ve anahtar deposu (güvenlik modülü)"),
    "authority": _("Sertifika makamı (CMP)"),
    "courier": _("Kurye"),
    "status": _("Sertifika durumu ve zaman damgası: imza denetimi"),
    "stamp": _("Zaman damgası ve iptal durumu: imza yükseltme"),
    "lists": _("İptal listeleri"),
    "mail": _("Bildirimler"),
    "other": _("Diğer işler"),
}
"""The services of handlers/upkeep/service_outages.py."""

_WORDS: Mapping[str, str] = {
    "module_absent": _("Kart sürücüsü yüklenemiyor"),
    "reader_absent": _("Kart okuyucu yok"),
    "token_absent": _("Aranan kart ya da anahtar deposu bulunamıyor"),
    "token_torn": _("Deponun dosyası yarım kalmış; yedekten geri yüklenmeli"),
    "token_ambiguous": _("Aynı etiketi taşıyan iki kart var"),
    "pin_locked": _("Deponun PIN'i kilitli"),
    "device_error": _("Aygıt işlemi yapamadı"),
    "device_resting": _("Aygıt art arda hata verdi; dinlendiriliyor"),
    "store_full": _("Depoya yazılamıyor: yer ya da izin yok"),
    "store_busy": _("Depo başka bir işlemle meşgul"),
    "key_absent": _("Anahtar depoda yok"),
    "issuer_away": _("Sertifika makamına ulaşılamıyor"),
    "issuer_refused": _("Sertifika makamı isteği reddetti"),
    "online_unavailable": _("Zaman damgası ya da iptal durumu hizmetine ulaşılamıyor"),
    "online_answer_wrong": _("Zaman damgası ya da iptal durumu hizmetinin yanıtı anlaşılamadı"),
    "container_unusable": _("İmza yükseltilemedi"),
    "StatusUnknown": _("İmzanın ya da sertifikanın durumu öğrenilemedi"),
    "busy": _("Kayıt o anda meşguldü"),
    "definition_missing": _("Sürecin tanımı bu kurulumda çalıştırılamıyor"),
    "database_unavailable": _("Veritabanına ulaşılamıyor"),
    "OperationalError": _("Veritabanına ulaşılamıyor"),
    "ConnectionError": _("Bağlantı kurulamıyor"),
    "ConnectionRefusedError": _("Bağlantı kabul edilmedi"),
    "ConnectionResetError": _("Bağlantı koptu"),
    "TimeoutError": _("Yanıt süresinde gelmedi"),
}


def why(code: str) -> str:
    """Return an error in words, by its code or, where nobody gave it one, by its kind."""
    return str(_WORDS.get(code, "")) or gettext("Beklenmeyen hata (%(code)s)", code=code)
