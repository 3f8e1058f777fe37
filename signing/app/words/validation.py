"""What a validation found (EN 319 102-1, 5.1.3), in Turkish; for nes-imza and for the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signing.verdict import SubIndication

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signing.validation.validate import Validation
    from signing.verdict import Unsupported

PASSED = "İmza doğrulandı."
VALIDATION: Mapping[SubIndication, str] = {
    SubIndication.FORMAT_FAILURE: "İmza dosyası bozuk veya beklenen biçimde değil.",
    SubIndication.HASH_FAILURE: "İmzalanan metin, imzaya sunulan metin değil.",
    SubIndication.SIG_CRYPTO_FAILURE: "İmza, sertifikadaki anahtarla doğrulanamadı.",
    SubIndication.SIG_CONSTRAINTS_FAILURE: (
        "İmzada zorunlu imzacı sertifikası özniteliği veya profilinin istediği zaman damgası yok."
    ),
    SubIndication.NO_SIGNING_CERTIFICATE_FOUND: "İmzacının sertifikası imza dosyasında yok.",
    SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE: (
        "İmzadaki veya sertifikadaki algoritma ya da anahtar yeterince güçlü değil "
        "(örneğin RSA anahtarı kısa); başka bir sertifikayla imzalayınız veya kâğıtla "
        "başvurunuz."
    ),
    SubIndication.NO_CERTIFICATE_CHAIN_FOUND: "Sertifikayı tanınan bir makam vermemiş.",
    SubIndication.CHAIN_CONSTRAINTS_FAILURE: "Sertifika imza atmak için verilmemiş.",
    SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE: "Sertifika zinciri doğrulanamadı.",
    SubIndication.OUT_OF_BOUNDS_NO_POE: "Sertifika bu tarihte geçerli değil.",
    SubIndication.REVOKED_NO_POE: "Sertifika iptal edilmiş.",
    SubIndication.REVOKED_CA_NO_POE: "Sertifikayı veren makamın sertifikası iptal edilmiş.",
    SubIndication.NOT_YET_VALID: "İmza, sertifikanın başlangıcından önce atılmış.",
    SubIndication.TIMESTAMP_ORDER_FAILURE: "İmzadaki zaman damgalarının sırası tutarsız.",
    SubIndication.SIGNATURE_POLICY_NOT_AVAILABLE: "İmzanın belirttiği imza ilkesi tanınmıyor.",
    SubIndication.TRY_LATER: (
        "Sertifikanın iptal veya askı durumu kesinleşmedi; imza ne kabul ne reddedildi."
    ),
}
"""What a validation found, by its sub-indication (EN 319 102-1, 5.1.3)."""

UNSUPPORTED: Mapping[str, str] = {
    "key_kind": (
        "İmzalayan anahtar {what} türünde; bu tür desteklenmiyor. RSA ya da P-256, P-384 veya "
        "P-521 eğrili bir anahtarla imzalayınız."
    ),
    "certificate_kind": "İmza dosyasında {what} var; desteklenmiyor.",
    "ber": (
        "İmza dosyası BER ile yazılmış; yalnız DER kabul edilir. İmzalayan programda DER biçimini "
        "seçip yeniden imzalayınız."
    ),
}
"""What is well made but not supported here, by its code."""

CERTIFICATE_KINDS: Mapping[str, str] = {
    "extended_certificate": "PKCS#6 sertifikası",
    "v1_attribute_certificate": "nitelik sertifikası (attribute certificate, sürüm 1)",
    "v2_attribute_certificate": "nitelik sertifikası (attribute certificate)",
    "other_certificate": "X.509 olmayan bir sertifika",
}
"""What may stand among the certificates beside X.509 ones (RFC 5652, 10.2.2)."""


def sentence_of(validation: Validation) -> str:
    """Return in Turkish what a validation found; what is not supported is said more exactly."""
    if validation.unsupported is not None:
        return unsupported(validation.unsupported)
    found = validation.sub_indication
    return PASSED if found is None else VALIDATION[found]


def unsupported(found: Unsupported) -> str:
    """Return in Turkish what is well made but not supported here."""
    what = CERTIFICATE_KINDS.get(found.what, found.what)
    return UNSUPPORTED[found.code].format(what=what)
