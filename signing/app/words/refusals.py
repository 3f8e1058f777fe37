"""What the refusals of signing say in Turkish, by their codes.

Signing itself raises codes with parameters and knows no sentence; this catalogue is shared by
nes-imza and by the site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signing.errors import SigningError

REFUSALS: Mapping[str, tuple[str, str]] = {
    "signing_error": (
        "İşlem tamamlanamadı",
        "İmza işlemi tamamlanamadı.",
    ),
    "module_absent": (
        "Kart sürücüsünü kurun",
        "PKCS#11 modülü yüklenemedi: {module}",
    ),
    "office_away": (
        "Ofise ulaşılamıyor",
        "{where}: {reason}",
    ),
    "office_refused": (
        "{title}",
        "{detail}",
    ),
    "secret_file_unusable": (
        "Gizli anahtar dosyasını düzeltin",
        "Okunamıyor, boş ya da başkaları da okuyabiliyor (chmod 600): {path}",
    ),
    "spool_unusable": (
        "Sonuç klasörünü düzeltin",
        "Yazılamıyor ya da içinde bozuk bir dosya var; kart yapılmadı: {where}",
    ),
    "spool_in_use": (
        "Başka bir istasyon çalışıyor",
        "Aynı klasörle iki istasyon çalışmaz; ötekini kapatın ya da başka klasör verin: {where}",
    ),
    "card_of_other_maker": (
        "Doğru üreticinin kartını takın",
        "Sipariş “{wanted}” kartı istiyor, okuyucudaki “{found}”.",
    ),
    "card_not_blank": (
        "Boş kart takın",
        "Okuyucudaki kart kullanılmış: {label}",
    ),
    "station_option_wrong": (
        "Seçeneği düzeltin",
        "{option} seçeneği SOL=SAĞ biçiminde yazılır.",
    ),
    "reader_absent": (
        "Kart okuyucuyu bağlayın",
        "Bilgisayara bağlı kart okuyucu bulunamadı.",
    ),
    "token_absent": (
        "Kartınızı takın",
        "Okuyucuda kart bulunamadı: {label}",
    ),
    "token_unknown": (
        "Bu kart kullanılamıyor",
        "NES kartınızı takın: {label}",
    ),
    "token_torn": (
        "Kart deposunu yedekten geri yükleyin",
        "Dosyası yarım kalmış, sağlam kopyası yok; yerine yenisi yapılmaz: {folder}",
    ),
    "token_ambiguous": (
        "Yalnız bir kart takın",
        "Aynı etiketi taşıyan birden çok kart var: {label}",
    ),
    "pin_length": (
        "PIN uzunluğunu denetleyin",
        "PIN {min}–{max} haneli olmalıdır.",
    ),
    "pin_wrong": (
        "PIN yanlış",
        "Kalan hakkınız azaldı.",
    ),
    "pin_last_try": (
        "Son deneme",
        "Bir kez daha yanlış girilirse kart kilitlenir.",
    ),
    "pin_locked": (
        "Kartınız kilitlendi",
        "NES işlemleri menüsünden PIN kilidini çözdürün.",
    ),
    "pin_must_change": (
        "PIN'i değiştirin",
        "İmza atmadan önce kartın PIN'i değiştirilmelidir.",
    ),
    "card_removed": (
        "Kartı yeniden takın",
        "İmza atılmadı.",
    ),
    "device_error": (
        "İşlem tamamlanamadı",
        "Kart işlemi yapamadı. Destek kodu: {support}",
    ),
    "device_resting": (
        "Kart aygıtı bekleniyor",
        "Aygıt art arda hata verdi: {label}. {seconds} saniye sonra yeniden denenecek.",
    ),
    "store_full": (
        "Kart deposuna yazılamadı",
        "Yer açın ve yazma iznini denetleyin: {where}",
    ),
    "shard_unusable": (
        "Başka kartla üretin",
        "Kart deposunun bir bölümüne yazılamadı, öbür bölümler sağlam: {where}",
    ),
    "store_busy": (
        "Kart meşgul",
        "Süren işlem bitince yeniden deneyin.",
    ),
    "wrong_holder": (
        "Kendi kartınızı takın",
        "Karttaki kişi ile başvuru sahibi aynı değil.",
    ),
    "certificate_unusable": (
        "Sertifika geçerli değil",
        "{reason}",
    ),
    "key_absent": (
        "Bu kart kullanılamıyor",
        "Sertifikanın özel anahtarı kartta yok: {label}",
    ),
    "card_in_use": (
        "Boş kart kullanın",
        "Kartta başka bir üretime ait anahtar veya sertifika var: {label}",
    ),
    "request_invalid": (
        "Sertifika bilgilerini düzeltin",
        "{field}: {reason}",
    ),
    "certificate_mismatch": (
        "Üretilen sertifikayı kullanmayın",
        "Sertifika istenenle aynı değil: {fields}",
    ),
    "document_unusable": (
        "Belge kullanılamıyor",
        "{reason}",
    ),
    "online_unavailable": (
        "Biraz sonra yeniden deneyin",
        "Zaman damgası veya iptal durumu hizmetine ulaşılamadı: {where} ({reason})",
    ),
    "online_answer_wrong": (
        "Biraz sonra yeniden deneyin",
        "Zaman damgası veya iptal durumu hizmeti yanlış yanıt verdi: {where} ({reason})",
    ),
    "trust_unusable": (
        "Güvenilen sertifikaları düzeltin",
        "{path}: {reason}",
    ),
    "container_unusable": (
        "İmza yükseltilemedi",
        "{reason}",
    ),
    "issuer_away": (
        "Biraz sonra yeniden deneyin",
        "Sertifika makamından yanıt alınamadı: {where} ({reason})",
    ),
    "issuer_refused": (
        "Başvuru bilgilerini denetleyin",
        "Sertifika makamı isteği reddetti: {reason}",
    ),
    "code_malformed": (
        "Doğrulama kodunu denetleyin",
        "Kod 15 rakamdan oluşur; sayfadaki kodu kopyalayın.",
    ),
    "address_refused": (
        "Sunucu adresini denetleyin",
        "Adres https ile başlamalıdır: {url}",
    ),
    "link_malformed": (
        "Bağlantı anlaşılamadı",
        "Hiçbir yere bir şey gönderilmedi. Kodu, veren sayfadan okuyup girin.",
    ),
    "link_host_refused": (
        "Bu bağlantıyla imza atılmaz",
        "Bağlantı böyle bir sunucuya götüremez: {url} Kodu veren sayfanın adresini elle girin.",
    ),
    "server_unreachable": (
        "Bağlantıyı denetleyin",
        "Sunucuya ulaşılamadı: {url}",
    ),
    "answer_malformed": (
        "İmza atılmadı",
        "Sunucunun yanıtı anlaşılamadı: {field}",
    ),
    "purpose_unknown": (
        "nes-imza'yı güncelleyin",
        "Bu işlem için nes-imza programının daha yeni bir sürümü gerekir.",
    ),
    "server_refused": (
        "{title}",
        "{detail}",
    ),
    "fingerprint_differs": (
        "İmza atılmadı",
        "Gelen metnin özeti sayfadaki özetle aynı değil; yeni kod alın.",
    ),
    "purpose_differs": (
        "İmza atılmadı",
        (
            "Gelen metin, sunucunun söylediği işlem için yazılmamış; biri sizi başka bir "
            "metni imzalamaya yönlendiriyor olabilir. Kodu aldığınız sayfayı ve sunucu "
            "adresini denetleyin."
        ),
    ),
    "origin_differs": (
        "İmza atılmadı",
        (
            "Bu kod, bağlanılan adrese ({url}) giriş için verilmemiş. Tarayıcınızın adres "
            "çubuğundaki adresi sunucu olarak yazıp yeni kod alın; adresi tanımıyorsanız "
            "imzalamayın."
        ),
    ),
    "time_up": (
        "Süre doldu",
        "İmza gönderilmedi; sayfadan yeni kod alın.",
    ),
    "abandoned": (
        "Vazgeçildi",
        "İmza atılmadı.",
    ),
    "desktop_absent": (
        "Pencere açılamadı",
        (
            "Masaüstü bileşenleri kurulu değil: pip install pyside6-essentials pypdfium2. "
            "Terminalde kodla da imzalayabilirsiniz: nes-imza --help"
        ),
    ),
    "settings_unwritable": (
        "Ayarlar saklanamadı",
        "Bu dosyaya yazılamıyor: {where}",
    ),
    "pins_differ": (
        "Yeni PIN'i yeniden girin",
        "İki yeni PIN birbirinin aynı değil.",
    ),
    "puk_wrong": (
        "PUK yanlış",
        "Kalan PUK deneme hakkınız azaldı.",
    ),
    "puk_locked": (
        "Kartınız kalıcı olarak kilitlendi",
        "PUK da kilitlendi. Yeni kart için başvurun.",
    ),
    "other_card": (
        "Bu işlemin kartını takın",
        "Okuyucudaki kart başka bir kart. Takılması gereken kart: {card}",
    ),
    "secret_refused": (
        "Kart kilidi açılamadı",
        (
            "Kart, ofisin kilit açma bilgisini kabul etmedi; PIN değişmedi. Kartı veren "
            "ofise başvurun."
        ),
    ),
    "pin_unproved": (
        "PIN karta yazıldı, işlem bitmedi",
        "{reason} Kart okuyucudayken yeni PIN'i bir kez daha girin.",
    ),
    "origin_unknown": (
        "Sunucu tanınmıyor",
        "Bu sunucu için daha önce imza atılmadı, onay da verilmedi: {url}",
    ),
    "card_absent": (
        "Kartınızı takın",
        "Okuyucuda kart bulunamadı.",
    ),
}
"""The title (what to do) and the text (what happened) of each refusal, by its code."""

REASONS: Mapping[str, str] = {
    "naive_signing_time": "İmza zamanının saat dilimi yok.",
    "certificate_unreadable": "Sertifika okunamadı.",
    "not_yet_valid": "Geçerlilik {on} tarihinde başlıyor.",
    "expired": "Geçerlilik {on} tarihinde bitti.",
    "tckn": "Sertifikada 11 haneli TCKN yok.",
    "authority": "Bu, bir kişinin değil bir sertifika makamının sertifikasıdır.",
    "key_usage": "Anahtar kullanımı imza ve inkâr edememe değildir.",
    "seal": "Bu bir elektronik mühür sertifikasıdır.",
    "qc_type": (
        "Sertifika elektronik imza için değil, mühür veya ağ sitesi için verilmiş (QcType)."
    ),
    "qc_critical": "Nitelik beyanı kritik işaretlenmiştir.",
    "qc_compliance": "Nitelikli sertifika beyanı (QcCompliance) yok.",
    "national_statement": "5070 sayılı Kanuna ilişkin beyan yok.",
    "weak_key": "Anahtar RSA 2048 bit veya EC P-256 gücünden zayıf.",
    "weak_hash": "Sertifika SHA-256'dan zayıf bir özetle imzalanmış.",
    "naive_time": "Saat dilimi yok.",
    "common_name_length": "1–64 karakter olmalıdır.",
    "tckn_digits": "11 rakam olmalıdır.",
    "serial_range": "Sıfırdan büyük ve en çok {bits} bit olmalıdır.",
    "validity_order": "UTC olmalı ve bitiş başlangıçtan sonra gelmelidir.",
    "proof_unreadable": "Okunamadı.",
    "proof_differs": "İmza anahtarla uyuşmuyor.",
    "latest_day": "En geç {day} olabilir.",
    "pdf_unreadable": "Belge bozuk ya da beklenen biçimde bir PDF değil.",
    "pdf_no_gap": "Belgede tam bir tane imza yeri olmalı ve belgenin tümünü kapsamalıdır.",
    "pdf_signed_already": "Belge zaten imzalanmış.",
    "pdf_no_room": "İmza, belgede ayrılan yere sığmıyor.",
    "pdf_not_signed": "Belgede imza yok.",
    "pdf_changed": "Belge imzalandıktan sonra değiştirilmiş.",
    "pdf_unopened": "PDF açılamadı.",
    "pdf_too_long": "Belge {pages} sayfadan uzun.",
    "container_unreadable": "İmza dosyası okunamadı.",
    "time_stamp_unreadable": "Zaman damgası okunamadı.",
    "evidence_unreadable": "Kanıt verisi okunamadı.",
    "time_stamp_of_another": "Zaman damgası bu imza için alınmamış.",
    "time_stamp_signer_unreadable": "Zaman damgası ya da sertifikası okunamadı.",
    "signer_absent": "İmzacının sertifikası bulunamadı.",
    "no_trusted_root": "Sertifika zinciri tanınan bir köke ulaşmıyor ({sub}).",
    "folder_absent": "Klasör yok.",
    "certificate_file_absent": "Yanında sertifika dosyası yok.",
    "no_anchor": "İmzalar için güvenilen bir kök yok.",
    "description_absent": "Tanım dosyası yok.",
    "description_unreadable": "Dosya okunamadı: {why}",
    "unknown_keys": "Bilinmeyen anahtar: {keys}; bilinenler: from, until, for, contact.",
    "contact_form": "`contact` tek satırlık bir metin olmalıdır (en çok {longest} harf).",
    "from_absent": "`from` yazılmalıdır (örnek: 2024-01-01).",
    "until_before_from": "`until`, `from` gününden önce olamaz.",
    "day_form": "`{key}` bir gün olmalıdır: 2024-01-01.",
    "purposes_form": "`for` bir liste olmalıdır; içinden: {wanted}.",
    "pem_unreadable": "PEM sertifikaları okunamadı.",
    "no_chain_to_root": "Sertifikalar köke kadar bir zincir değil.",
    "weak_key_in_chain": (
        "Bir sertifikanın anahtarı yeterince güçlü değil (en az RSA 3072 bit ya da "
        "P-256). Makamdan güçlü anahtarlı bir zincir isteyin; RSA 2048 kullanılacaksa "
        "NES_RSA_2048_UNTIL ile son gününü yazın."
    ),
    "too_many_requests": "çok sayıda istek var",
    "not_http": "adres http veya https değil",
    "host_not_allowed": "sunucu NES_OUTBOUND listesinde yok",
    "without_tls": "adres TLS'siz; NES_PROXY ya da NES_PLAIN=status gerekir",
    "http_status": "durum {status}",
    "answer_too_large": "yanıt çok büyük",
    "answer_too_slow": "yanıt çok yavaş",
    "list_not_renewed": "liste henüz yenilenmemiş",
    "request_running": "önceki istek sürüyor",
    "time_out": "süre doldu",
    "program_failed": "{program} çalıştırılamadı",
    "answer_unreadable": "yanıt anlaşılamadı",
}
"""What the parameter `reason` of a refusal says, by its code; other words stay as they came."""

FIELDS: Mapping[str, str] = {
    "common_name": "ad soyad",
    "tckn": "TCKN",
    "serial_number": "seri numarası",
    "validity": "geçerlilik",
    "key_proof": "anahtar kanıtı",
}
"""What the parameter `field` of a refused certificate request is called."""


class ToldRefusal(NamedTuple):
    """A refusal in words: what to do, and what happened."""

    title: str
    text: str

    def __str__(self) -> str:
        """Return both as sentences on one line."""
        return f"{self.title}. {self.text}"


def tell(error: SigningError) -> ToldRefusal:
    """Return a refusal in Turkish."""
    known = REFUSALS.get(error.wording or error.code, REFUSALS["signing_error"])
    params = filled(error)
    title, text = (part.format_map(params) for part in known)
    return ToldRefusal(title, text)


def filled(error: SigningError) -> dict[str, str | int]:
    """Return the parameters of a refusal, with a reason and a field that are codes in Turkish."""
    params = dict(error.params)
    reason, field = str(params.get("reason", "")), str(params.get("field", ""))
    if reason in REASONS:
        params["reason"] = REASONS[reason].format_map(error.params)
    if error.code == "request_invalid" and field in FIELDS:
        params["field"] = FIELDS[field]
    return params
