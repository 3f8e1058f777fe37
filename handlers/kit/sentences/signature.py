"""What is read when a signature, an activation or a sign-in with the card is refused."""

from __future__ import annotations

from signing.app.words.validation import VALIDATION
from states.kit.text import identifier
from workflow.model.definition import Text

SIGNATURE = {
    "signature.other_purpose": Text(
        "Bu imza başka bir işlem için istenmiş; yeni kod alıp bu işlemin metnini imzalayınız.",
        "This signature was asked for by another operation; get a new code and sign this text.",
    ),
    "signature.other_profile": Text(
        "İmza, istenen imza profilini ({profile}) belirtmiyor; imza programınızı bu profile göre "
        "ayarlayıp ya da nes-imza ile yeniden imzalayınız.",
        "The signature does not name the profile that was asked for ({profile}); set your signing "
        "program to it, or sign again with nes-imza.",
    ),
    "signature.other_address": Text(
        "Bu imza başka bir adresten istenmiş. Sunucu adresini denetleyip yeni kod alınız; o adresi "
        "tanımıyorsanız ofise haber veriniz.",
        "This signature was asked for at another address. Check the address of the server and get "
        "a new code; if you do not know that address, tell the office.",
    ),
    "sign_in.other_browser": Text(
        "Bu kod başka bir tarayıcıda alındı; giriş sayfasından yeni kod alınız.",
        "This code was given to another browser; get one from the sign-in page.",
    ),
    "sign_in.other_person": Text(
        "Kartın sahibi siz değilsiniz; giriş sayfasından yeni kod alınız.",
        "The card is not yours; get a new code from the sign-in page.",
    ),
    "signature.nothing_offered": Text(
        "İmzalanacak bir metin yok; işlemi baştan başlatınız.",
        "There is no text to be signed; start the operation again.",
    ),
    "signature.missing": Text(
        "İmza gönderilmedi; imzalayıp yeniden gönderiniz.",
        "No signature was sent; sign and send again.",
    ),
    "signature.too_large": Text(
        "İmza dosyası çok büyük; en çok {largest} bayt olabilir.",
        "The container is too large; it may have {largest} bytes at most.",
    ),
    "signature.not_stamped": Text(
        "Zaman damgası alınamadı; imza ne kabul ne reddedildi, biraz sonra yeniden gönderiniz.",
        "No time-stamp could be got; the signature is neither taken nor refused, hand it in again.",
    ),
    "signature.settling": Text(
        "İmzanın son denetimi {until} anından sonra yapılır; başvuru o zamana kadar bekler.",
        "The signature is judged for good after {until}; the application waits until then.",
    ),
    "signature.failed_at_last": Text(
        "İmza son denetimden geçmedi ({found}); başvuruyu iade ediniz, yeniden imzalansın.",
        "The signature failed its final judgement ({found}); return it to be signed anew.",
    ),
    "signature.nothing_to_ask": Text(
        "İmzanın bekletilmesini gerektiren bir neden yok; yeniden gönderiniz.",
        "Nothing about the signature has to be waited for; hand it in again.",
    ),
    "signature.not_qualified": Text(
        "Sertifika nitelikli elektronik sertifika değil; NES kartınızla imzalayınız.",
        "The certificate is not a qualified one; sign with your NES card.",
    ),
    "signature.other_person": Text(
        "Karttaki kişi ile başvuru sahibi aynı değil; kendi kartınızla imzalayınız.",
        "The holder of the card is not the applicant; sign with your own card.",
    ),
    "signature.certificate_not_active": Text(
        "İmzalayan sertifika kayıtlarımızda geçerli değil; geçerli bir NES ile imzalayınız.",
        "The signing certificate is not active in our records; sign with a valid NES.",
    ),
    "signature.certificate_lost": Text(
        "Bu kartın kaybolduğu bildirildi; onunla burada imza atılamaz, giriş yapılamaz. Kart"
        " bulunduysa da yeni kartınızı kullanınız.",
        "The loss of this card was told; nobody signs or signs in with it here. Use the new one.",
    ),
    "signature.certificate_ended": Text(
        "İmzalayan sertifikanın süresi {ends_on} tarihinde doldu.",
        "The signing certificate ended on {ends_on}.",
    ),
    "pin.no_secret": Text(
        "Bu ofis kartınızın kilidini açamaz; PIN için kartı veren kuruluşa başvurunuz.",
        "This office cannot unlock the card; turn to the house that gave it to you.",
    ),
    "pin.too_often": Text(
        "Bu kart için bir gün içinde {most} kez PIN işlemi başlatıldı; yarın yeniden deneyiniz.",
        "Setting the PIN of this card was begun {most} times within a day; try again tomorrow.",
    ),
    "activation.other_certificate": Text(
        "İmza yeni kartla atılmamış; size gönderilen yeni kartı takınız.",
        "The signature was not made with the new card; insert the card that was sent to you.",
    ),
    "activation.waiting": Text(
        "Etkinleştirme imzanız denetleniyor; sonucu bildirilince PIN oluşturabilirsiniz.",
        "The signature of your activation is being checked; set the PIN once you hear of it.",
    ),
    "activation.not_yet_valid": Text(
        "Yeni sertifika {not_before} tarihinde geçerli olacak; o gün etkinleştiriniz.",
        "The new certificate is valid from {not_before}; activate it then.",
    ),
} | {
    f"signature.{identifier(sub.value)}": Text(
        tr, f"The signature was not accepted: {sub.value} (EN 319 102-1)."
    )
    for sub, tr in VALIDATION.items()
}
"""Where a validation says why, the sentence is that of its sub-indication (EN 319 102-1)."""
