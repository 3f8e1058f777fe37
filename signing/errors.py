"""Every refusal of the signing room: one hierarchy with a code, parameters and a Turkish sentence.

Each condition of a card has a title and a text that say to its holder what to do next.
"""

from __future__ import annotations

from functools import partial
from typing import ClassVar


class SigningError(Exception):
    """A refusal of the signing room, with a stable code and a sentence in Turkish.

    `code` is stable for machines, `params` fills the sentence, `title` is what to do and
    `text` is what happened; `again` says whether trying again can help.
    """

    code: ClassVar[str] = "signing_error"
    heading: ClassVar[str] = "İşlem tamamlanamadı"
    sentence: ClassVar[str] = "İmza işlemi tamamlanamadı."
    again: ClassVar[bool] = True

    def __init__(self, **params: str | int) -> None:
        """Keep the parameters that fill the sentence; none of them may be a PIN or a TCKN."""
        self.params: dict[str, str | int] = params
        super().__init__(f"{self.title}. {self.text}")

    def __reduce__(self) -> tuple[object, ...]:
        """Let an error cross from one process to another with its parameters."""
        return partial(type(self), **self.params), ()

    @property
    def title(self) -> str:
        """Say in Turkish what the person should do."""
        return self.heading.format_map(self.params)

    @property
    def text(self) -> str:
        """Say in Turkish what happened, filled with the parameters."""
        return self.sentence.format_map(self.params)


class ModuleAbsent(SigningError):
    """The PKCS#11 module is not at the given path or cannot be loaded; params: module."""

    code = "module_absent"
    heading = "Kart sürücüsünü kurun"
    sentence = "PKCS#11 modülü yüklenemedi: {module}"
    again = False


class ReaderAbsent(SigningError):
    """The module reports no slot at all."""

    code = "reader_absent"
    heading = "Kart okuyucuyu bağlayın"
    sentence = "Bilgisayara bağlı kart okuyucu bulunamadı."


class TokenAbsent(SigningError):
    """No token, or none with the wanted label; params: label."""

    code = "token_absent"
    heading = "Kartınızı takın"
    sentence = "Okuyucuda kart bulunamadı: {label}"


class TokenUnknown(SigningError):
    """The token is not a card of ours: not recognised, or without a certificate; params: label."""

    code = "token_unknown"
    heading = "Bu kart kullanılamıyor"
    sentence = "NES kartınızı takın: {label}"


class TokenTorn(SigningError):
    """A token's main file is cut off and no copy is there to put it back from; params: folder."""

    code = "token_torn"
    heading = "Kart deposunu yedekten geri yükleyin"
    sentence = "Dosyası yarım kalmış, sağlam kopyası yok; yerine yenisi yapılmaz: {folder}"
    again = False


class TokenAmbiguous(SigningError):
    """Two tokens carry the same label, so neither may be chosen; params: label."""

    code = "token_ambiguous"
    heading = "Yalnız bir kart takın"
    sentence = "Aynı etiketi taşıyan birden çok kart var: {label}"


class PinLength(SigningError):
    """The PIN is shorter or longer than the card takes, so it was not sent; params: min, max."""

    code = "pin_length"
    heading = "PIN uzunluğunu denetleyin"
    sentence = "PIN {min}–{max} haneli olmalıdır."


class PinWrong(SigningError):
    """The card refused the PIN and counted a try."""

    code = "pin_wrong"
    heading = "PIN yanlış"
    sentence = "Kalan hakkınız azaldı."


class PinLastTry(SigningError):
    """One try is left and the caller did not say that the person was told."""

    code = "pin_last_try"
    heading = "Son deneme"
    sentence = "Bir kez daha yanlış girilirse kart kilitlenir."


class PinLocked(SigningError):
    """The card refuses every PIN until it is unlocked."""

    code = "pin_locked"
    heading = "Kartınız kilitlendi"
    sentence = "NES işlemleri menüsünden PIN kilidini çözdürün."
    again = False


class PinMustChange(SigningError):
    """The PIN has expired or was never set by the holder."""

    code = "pin_must_change"
    heading = "PIN'i değiştirin"
    sentence = "İmza atmadan önce kartın PIN'i değiştirilmelidir."
    again = False


class CardRemoved(SigningError):
    """The card left the reader in the middle of an operation."""

    code = "card_removed"
    heading = "Kartı yeniden takın"
    sentence = "İmza atılmadı."


class DeviceFailed(SigningError):
    """The module answered with an error that a person cannot mend; params: support."""

    code = "device_error"
    heading = "İşlem tamamlanamadı"
    sentence = "Kart işlemi yapamadı. Destek kodu: {support}"


class DeviceResting(SigningError):
    """The device failed several times, so it is left alone for a while; params: label, seconds."""

    code = "device_resting"
    heading = "Kart aygıtı bekleniyor"
    sentence = "Aygıt art arda hata verdi: {label}. {seconds} saniye sonra yeniden denenecek."


class StoreFull(SigningError):
    """The token or its store cannot be written (full, read-only, not a folder); params: where."""

    code = "store_full"
    heading = "Kart deposuna yazılamadı"
    sentence = "Yer açın ve yazma iznini denetleyin: {where}"


class StoreBusy(SigningError):
    """A session is open or another process is producing, so the store cannot be switched."""

    code = "store_busy"
    heading = "Kart meşgul"
    sentence = "Süren işlem bitince yeniden deneyin."


class WrongHolder(SigningError):
    """The certificate on the card belongs to another person."""

    code = "wrong_holder"
    heading = "Kendi kartınızı takın"
    sentence = "Karttaki kişi ile başvuru sahibi aynı değil."


class CertificateUnusable(SigningError):
    """The certificate may not be used for this signature; params: reason (a Turkish clause)."""

    code = "certificate_unusable"
    heading = "Sertifika geçerli değil"
    sentence = "{reason}"
    again = False


class KeyAbsent(SigningError):
    """The card has no private key with the CKA_ID of the certificate; params: label."""

    code = "key_absent"
    heading = "Bu kart kullanılamıyor"
    sentence = "Sertifikanın özel anahtarı kartta yok: {label}"
    again = False


class CardInUse(SigningError):
    """A card meant for one production order already carries something else; params: label."""

    code = "card_in_use"
    heading = "Boş kart kullanın"
    sentence = "Kartta başka bir üretime ait anahtar veya sertifika var: {label}"
    again = False


class RequestInvalid(SigningError):
    """A certificate was asked for with unusable fields; params: field, reason (Turkish clause)."""

    code = "request_invalid"
    heading = "Sertifika bilgilerini düzeltin"
    sentence = "{field}: {reason}"
    again = False


class CertificateMismatch(SigningError):
    """The produced certificate, read back, differs from what was ordered; params: fields."""

    code = "certificate_mismatch"
    heading = "Üretilen sertifikayı kullanmayın"
    sentence = "Sertifika istenenle aynı değil: {fields}"
    again = False


class DocumentUnusable(SigningError):
    """A PDF cannot be signed or is not what was signed; params: reason (a Turkish sentence)."""

    code = "document_unusable"
    heading = "Belge kullanılamıyor"
    sentence = "{reason}"
    again = False


class OnlineUnavailable(SigningError):
    """A time-stamp, CRL or OCSP service gave no usable answer; params: where, reason (a clause)."""

    code = "online_unavailable"
    heading = "Biraz sonra yeniden deneyin"
    sentence = "Zaman damgası veya iptal durumu hizmetine ulaşılamadı: {where} ({reason})"


class OnlineAnswerWrong(OnlineUnavailable):
    """A service answered something else than it was asked; params: where, reason (a clause)."""

    code = "online_answer_wrong"
    sentence = "Zaman damgası veya iptal durumu hizmeti yanlış yanıt verdi: {where} ({reason})"


class TrustUnusable(SigningError):
    """A file of trusted certificates cannot be used; params: path, reason (a Turkish sentence)."""

    code = "trust_unusable"
    heading = "Güvenilen sertifikaları düzeltin"
    sentence = "{path}: {reason}"
    again = False


class ContainerUnusable(SigningError):
    """A container or token cannot be lifted to a higher level; params: reason (a sentence)."""

    code = "container_unusable"
    heading = "İmza yükseltilemedi"
    sentence = "{reason}"
    again = False


class IssuerAway(OnlineUnavailable):
    """The certificate authority gave no usable answer: wait; params: where, reason (a clause)."""

    code = "issuer_away"
    sentence = "Sertifika makamından yanıt alınamadı: {where} ({reason})"


class IssuerRefused(SigningError):
    """The certificate authority refused this very request; params: reason (its own words)."""

    code = "issuer_refused"
    heading = "Başvuru bilgilerini denetleyin"
    sentence = "Sertifika makamı isteği reddetti: {reason}"
    again = False
