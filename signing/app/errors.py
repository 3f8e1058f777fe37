"""What nes-imza refuses before or beside the card: codes, addresses, answers, passed time."""

from __future__ import annotations

from signing.errors import SigningError, TokenAbsent


class CodeMalformed(SigningError):
    """The verification code is not 15 digits."""

    code = "code_malformed"
    heading = "Doğrulama kodunu denetleyin"
    sentence = "Kod 15 rakamdan oluşur; sayfadaki kodu kopyalayın."


class AddressRefused(SigningError):
    """The address is neither https nor http on this very machine; params: url."""

    code = "address_refused"
    heading = "Sunucu adresini denetleyin"
    sentence = "Adres https ile başlamalıdır: {url}"
    again = False


class ServerUnreachable(SigningError):
    """No answer came; params: url."""

    code = "server_unreachable"
    heading = "Bağlantıyı denetleyin"
    sentence = "Sunucuya ulaşılamadı: {url}"


class AnswerMalformed(SigningError):
    """The server answered something that the protocol does not know; params: field."""

    code = "answer_malformed"
    heading = "İmza atılmadı"
    sentence = "Sunucunun yanıtı anlaşılamadı: {field}"
    again = False


class PurposeUnknown(AnswerMalformed):
    """The server asks for something that only a later version of this program knows."""

    code = "purpose_unknown"
    heading = "nes-imza'yı güncelleyin"
    sentence = "Bu işlem için nes-imza programının daha yeni bir sürümü gerekir."


class ServerRefused(SigningError):
    """The server refused with a reason of its own; params: status, refusal, title, detail."""

    code = "server_refused"
    heading = "{title}"
    sentence = "{detail}"


class FingerprintDiffers(SigningError):
    """The text that came is not the one whose fingerprint the server shows."""

    code = "fingerprint_differs"
    heading = "İmza atılmadı"
    sentence = "Gelen metnin özeti sayfadaki özetle aynı değil; yeni kod alın."
    again = False


class PurposeDiffers(SigningError):
    """The document was written for another purpose than the one the server names, or for none."""

    code = "purpose_differs"
    heading = "İmza atılmadı"
    sentence = (
        "Gelen metin, sunucunun söylediği işlem için yazılmamış; biri sizi başka bir metni "
        "imzalamaya yönlendiriyor olabilir. Kodu aldığınız sayfayı ve sunucu adresini denetleyin."
    )
    again = False


class OriginDiffers(SigningError):
    """The sign-in is for another address than the one that was connected to; params: url."""

    code = "origin_differs"
    heading = "İmza atılmadı"
    sentence = (
        "Bu kod, bağlanılan adrese ({url}) giriş için verilmemiş. Tarayıcınızın adres çubuğundaki "
        "adresi sunucu olarak yazıp yeni kod alın; adresi tanımıyorsanız imzalamayın."
    )


class TimeUp(SigningError):
    """The code ran out before the signature was made."""

    code = "time_up"
    heading = "Süre doldu"
    sentence = "İmza gönderilmedi; sayfadan yeni kod alın."


class Abandoned(SigningError):
    """The person stopped before the signature."""

    code = "abandoned"
    heading = "Vazgeçildi"
    sentence = "İmza atılmadı."


class DesktopAbsent(SigningError):
    """The libraries of the window (the extra `desktop`) are not installed or cannot start."""

    code = "desktop_absent"
    heading = "Pencere açılamadı"
    sentence = (
        "Masaüstü bileşenleri kurulu değil: pip install pyside6-essentials pypdfium2. "
        "Terminalde kodla da imzalayabilirsiniz: nes-imza --help"
    )
    again = False


class SettingsUnwritable(SigningError):
    """The file of the settings cannot be written; params: where."""

    code = "settings_unwritable"
    heading = "Ayarlar saklanamadı"
    sentence = "Bu dosyaya yazılamıyor: {where}"


class PinsDiffer(SigningError):
    """The new PIN was not entered twice the same."""

    code = "pins_differ"
    heading = "Yeni PIN'i yeniden girin"
    sentence = "İki yeni PIN birbirinin aynı değil."


class PukWrong(SigningError):
    """The card refused the PUK and counted a try of its own."""

    code = "puk_wrong"
    heading = "PUK yanlış"
    sentence = "Kalan PUK deneme hakkınız azaldı."


class PukLocked(SigningError):
    """The card takes no PUK any more: nothing opens it again."""

    code = "puk_locked"
    heading = "Kartınız kalıcı olarak kilitlendi"
    sentence = "PUK da kilitlendi. Yeni kart için başvurun."
    again = False


class OtherCard(SigningError):
    """The card whose PIN is to be set is in no reader, another one is; params: card."""

    code = "other_card"
    heading = "Bu işlemin kartını takın"
    sentence = "Okuyucudaki kart başka bir kart. Takılması gereken kart: {card}"


class SecretRefused(SigningError):
    """The card did not take the unlock secret of the office, so its PIN is as it was."""

    code = "secret_refused"
    heading = "Kart kilidi açılamadı"
    sentence = (
        "Kart, ofisin kilit açma bilgisini kabul etmedi; PIN değişmedi. Kartı veren ofise başvurun."
    )
    again = False


class PinUnproved(SigningError):
    """The PIN was set, but nothing was signed with it after that; params: reason (sentences)."""

    code = "pin_unproved"
    heading = "PIN karta yazıldı, işlem bitmedi"
    sentence = "{reason} Kart okuyucudayken yeni PIN'i bir kez daha girin."


class OriginUnknown(SigningError):
    """Nobody confirmed a server for which nothing was signed before; params: url."""

    code = "origin_unknown"
    heading = "Sunucu tanınmıyor"
    sentence = "Bu sunucu için daha önce imza atılmadı, onay da verilmedi: {url}"


class CardAbsent(TokenAbsent):
    """No reader has a card in it, whichever card it would have been."""

    sentence = "Okuyucuda kart bulunamadı."
