"""The answers a validation can give, as EN 319 102-1 names them, each with a Turkish sentence."""

from __future__ import annotations

from enum import StrEnum


class Indication(StrEnum):
    """Main result (EN 319 102-1, 5.1.3): only TOTAL_PASSED may be accepted."""

    TOTAL_PASSED = "TOTAL-PASSED"
    INDETERMINATE = "INDETERMINATE"
    TOTAL_FAILED = "TOTAL-FAILED"


class SubIndication(StrEnum):
    """Why a signature did not pass; TRY_LATER is the only one that means "wait"."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    CRYPTO_CONSTRAINTS_FAILURE_NO_POE = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    NOT_YET_VALID = "NOT_YET_VALID"
    TIMESTAMP_ORDER_FAILURE = "TIMESTAMP_ORDER_FAILURE"
    SIGNATURE_POLICY_NOT_AVAILABLE = "SIGNATURE_POLICY_NOT_AVAILABLE"
    TRY_LATER = "TRY_LATER"


FAILURES = frozenset(
    {
        SubIndication.FORMAT_FAILURE,
        SubIndication.HASH_FAILURE,
        SubIndication.SIG_CRYPTO_FAILURE,
        SubIndication.NOT_YET_VALID,
    }
)
PASSED_SENTENCE = "İmza doğrulandı."
SENTENCES = {
    SubIndication.FORMAT_FAILURE: "İmza dosyası bozuk veya beklenen biçimde değil.",
    SubIndication.HASH_FAILURE: "İmzalanan metin, imzaya sunulan metin değil.",
    SubIndication.SIG_CRYPTO_FAILURE: "İmza, sertifikadaki anahtarla doğrulanamadı.",
    SubIndication.SIG_CONSTRAINTS_FAILURE: (
        "İmzada zorunlu imzacı sertifikası özniteliği veya profilinin istediği zaman damgası yok."
    ),
    SubIndication.NO_SIGNING_CERTIFICATE_FOUND: "İmzacının sertifikası imza dosyasında yok.",
    SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE: (
        "İmzadaki veya sertifikadaki algoritma ya da anahtar yeterince güçlü değil (örneğin RSA "
        "anahtarı kısa); başka bir sertifikayla imzalayınız veya kâğıtla başvurunuz."
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


def indication(sub: SubIndication | None) -> Indication:
    """Give the main result that a sub-indication belongs to (none: passed)."""
    if sub is None:
        return Indication.TOTAL_PASSED
    return Indication.TOTAL_FAILED if sub in FAILURES else Indication.INDETERMINATE


def sentence(sub: SubIndication | None) -> str:
    """Say the result in Turkish."""
    return PASSED_SENTENCE if sub is None else SENTENCES[sub]


class Stopped(Exception):
    """A validation came to its answer; never leaves `validate`.

    `timely` says that a proof of an earlier signature may change the answer, `held` that the
    certificate is known to be suspended; `detail` is a Turkish sentence that says more than the
    answer does.
    """

    def __init__(
        self, sub: SubIndication, *, timely: bool = False, held: bool = False, detail: str = ""
    ) -> None:
        """Keep the answer."""
        self.sub, self.timely, self.held, self.detail = sub, timely, held, detail
        super().__init__(sub.value)
