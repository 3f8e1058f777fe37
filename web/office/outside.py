"""The words in which the overview tells what waits for the world outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "token": "Kart ve anahtar deposu (güvenlik modülü)",
    "authority": "Sertifika makamı (CMP)",
    "courier": "Kurye",
    "status": "Sertifika durumu ve zaman damgası: imza denetimi",
    "stamp": "Zaman damgası ve iptal durumu: imza yükseltme",
    "lists": "İptal listeleri",
    "mail": "Bildirimler",
    "other": "Diğer işler",
}
"""The services of handlers/upkeep/service_outages.py."""

_WORDS: Mapping[str, str] = {
    "module_absent": "Kart sürücüsü yüklenemiyor",
    "reader_absent": "Kart okuyucu yok",
    "token_absent": "Aranan kart ya da anahtar deposu bulunamıyor",
    "token_torn": "Deponun dosyası yarım kalmış; yedekten geri yüklenmeli",
    "token_ambiguous": "Aynı etiketi taşıyan iki kart var",
    "pin_locked": "Deponun PIN'i kilitli",
    "device_error": "Aygıt işlemi yapamadı",
    "device_resting": "Aygıt art arda hata verdi; dinlendiriliyor",
    "store_full": "Depoya yazılamıyor: yer ya da izin yok",
    "store_busy": "Depo başka bir işlemle meşgul",
    "key_absent": "Anahtar depoda yok",
    "issuer_away": "Sertifika makamına ulaşılamıyor",
    "issuer_refused": "Sertifika makamı isteği reddetti",
    "online_unavailable": "Zaman damgası ya da iptal durumu hizmetine ulaşılamıyor",
    "online_answer_wrong": "Zaman damgası ya da iptal durumu hizmetinin yanıtı anlaşılamadı",
    "container_unusable": "İmza yükseltilemedi",
    "StatusUnknown": "İmzanın ya da sertifikanın durumu öğrenilemedi",
    "busy": "Kayıt o anda meşguldü",
    "definition_missing": "Sürecin tanımı bu kurulumda çalıştırılamıyor",
    "database_unavailable": "Veritabanına ulaşılamıyor",
    "OperationalError": "Veritabanına ulaşılamıyor",
    "ConnectionError": "Bağlantı kurulamıyor",
    "ConnectionRefusedError": "Bağlantı kabul edilmedi",
    "ConnectionResetError": "Bağlantı koptu",
    "TimeoutError": "Yanıt süresinde gelmedi",
}


def why(code: str) -> str:
    """Return an error in words, by its code or, where nobody gave it one, by its kind."""
    return _WORDS.get(code, f"Beklenmeyen hata ({code})")
