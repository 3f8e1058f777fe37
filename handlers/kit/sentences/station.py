"""What a station is told by its office, and why a card of a production room failed."""

from __future__ import annotations

from workflow.model.definition import Text

STATION = {
    "station.name": Text(
        "İstasyonun adı 1–{longest} karakter olmalıdır.",
        "The name of a station has 1 to {longest} characters.",
    ),
    "station.name_used": Text(
        "Bu ad kullanıldı: {name}. Kapatılmış bir istasyonun adı da yeniden verilmez.",
        "The name is in use: {name}. That of an ended station is not given again either.",
    ),
    "station.no_such": Text(
        "Böyle bir istasyon yok: {name}. Adları `nes station list` gösterir.",
        "There is no station of that name: {name}. See `nes station list`.",
    ),
    "station.unknown": Text(
        "İstasyonun gizli anahtarı bu ofiste tanınmıyor; dosyayı denetleyin.",
        "The station's secret is not known to this office; look at its file.",
    ),
    "station.ended": Text(
        "Bu istasyon kapatıldı; yöneticiden yeni bir gizli anahtar isteyin.",
        "This station was ended; ask the administrator for a new secret.",
    ),
    "station.not_used": Text(
        "Bu ofiste kartlar üretim odasında yapılmıyor (NES_STATION=rooms değil).",
        "The cards of this office are not made in production rooms (NES_STATION is not rooms).",
    ),
    "station.overheard": Text(
        "Kart PIN'leri şifresiz bağlantıdan verilmez; ofise https ile bağlanın.",
        "The PINs of cards are not given over a connection in the clear; use https.",
    ),
    "station.clock_missing": Text(
        "İstekte istasyonun saati yok; programı güncelleyin.",
        "The request does not say the station's time; update the program.",
    ),
    "station.clock_off": Text(
        "İstasyonun saati {amount} {way}; bilgisayarın saatini düzeltip yeniden başlatın.",
        "The station's clock is off by {amount} ({way}); set it and start again.",
    ),
    "station.order_unknown": Text(
        "Bu ofisin böyle bir siparişi yok; kartı hangi ofis için yaptığınızı denetleyin.",
        "This office has no such order; look for which office the card was made.",
    ),
    "station.order_of_other": Text(
        "Sipariş başka bir istasyonda; bu karta devam etmeyin ve kartı imhaya ayırın.",
        "Another station has this order; do not go on with the card and set it aside.",
    ),
    "station.order_void": Text(
        "Sipariş ofiste geri alındı; kartı kullanmayın, imhaya ayırın.",
        "The office took the order back; do not use the card, set it aside for destruction.",
    ),
    "station.order_done": Text(
        "Bu siparişin kartı teslim edildi; sıradaki karta geçin.",
        "The card of this order was handed in; go on with the next one.",
    ),
    "station.key_weak": Text(
        "Karttaki anahtar yeterince güçlü değil; kart türünü denetleyin.",
        "The key on the card is not strong enough; look at the kind of card.",
    ),
    "station.key_differs": Text(
        "Bu sipariş için başka bir karta sertifika verildi; o kartla devam edin ya da siparişi "
        "“kart kayıp” diye bırakın.",
        "A certificate was made for another card of this order; go on with that card, or give the "
        "order up as lost.",
    ),
    "station.proof": Text(
        "Karttaki anahtarın kanıtı okunamadı; kartı yeniden deneyin.",
        "The proof by the key on the card cannot be read; try the card again.",
    ),
    "station.result_unreadable": Text(
        "Karttan okunan sertifika bozuk; kartı imhaya ayırıp yenisini isteyin.",
        "The certificate from the card cannot be read; set the card aside and ask for another.",
    ),
    "station.result_damaged": Text(
        "Sertifika yolda ya da kartta bozulmuş; kart yeniden okunur.",
        "The certificate was damaged on its way or on the card; the card is read again.",
    ),
    "station.result_of_other_key": Text(
        "Sertifika bu siparişin kartındaki anahtarın değil; yanlış kart okunmuş olabilir.",
        "The certificate is not that of the key on this order's card; another card was read.",
    ),
    "station.result_differs": Text(
        "Bu sipariş için başka bir sertifika alındı; kartı kullanmayın, imhaya ayırın.",
        "Another certificate was taken for this order; do not use the card, set it aside.",
    ),
    "station.result_refused": Text(
        "Ofis kartı kabul etmedi ve üretimi durdurdu: {why} Kartı imhaya ayırın.",
        "The office did not take the card and stopped production: {why} Set the card aside.",
    ),
    "station.card_begun": Text(
        "Bu kart yazılmaya başlandı, atlanamaz; bitirin ya da bozuk olarak bırakın.",
        "The card was begun and cannot be skipped; finish it or give it up as faulty.",
    ),
    "station.reason_unknown": Text(
        "Kartın neden yapılamadığı anlaşılamadı; programı güncelleyin.",
        "Why the card failed is not understood; update the program.",
    ),
    "station.failed.card_faulty": Text("Kart yazılamadı.", "The card could not be written."),
    "station.failed.card_in_use": Text("Kart daha önce kullanılmış.", "The card was used before."),
    "station.failed.card_lost": Text(
        "Yarım kalan kart bulunamadı.", "The card that was begun is not to be found."
    ),
    "station.failed.card_of_other_maker": Text(
        "Kart başka bir üreticinin.", "The card is of another maker."
    ),
    "station.failed.certificate_mismatch": Text(
        "Karttaki sertifika siparişten farklı.",
        "The certificate on the card differs from the order.",
    ),
    "station.failed.given_up": Text(
        "Üretim odasında vazgeçildi.", "Given up in the production room."
    ),
    "station.failed.issuer_refused": Text(
        "Sertifika makamı isteği reddetti.", "The certificate authority refused the request."
    ),
    "station.failed.request_invalid": Text(
        "Sertifika isteği geçersiz.", "The request for the certificate is not valid."
    ),
}
