"""The sentences that a person reads about each state: the reason, the next step, the date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from web.gate.language import lazy_gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Advice:
    """Three sentences: why the case stands where it does, what to do, by or from when.

    They may name ``{since}`` (entry into the state), ``{due}`` (day of its timer), ``{last}``
    (last whole day before that), ``{opens}`` (first day of production), ``{made}`` (when it is
    made), ``{ends}``, ``{limit}`` (end of the wait for an approval), ``{tracking}``,
    ``{couriered}``; of a certificate ``{on_hold}``, ``{by}`` (activate by), ``{allowed}`` (from).
    """

    reason: str
    step: str
    expected: str


_OPENS = "{made}"
MADE_AT_ONCE = _("Onaylandıktan sonra hemen üretilir.")
MADE_FROM = _("Onaylandıktan sonra üretilir; en erken üretim günü {opens}.")
_DUE_OPENS = _("Son tarih: {last}. {made}")
NOTHING = _("Sizin bir şey yapmanız gerekmiyor.")
_WAIT = _(
    "Kart kuryeye verilince takip numarası burada görünür ({since} tarihinden beri bekliyor)."
)
_SENT = _("Teslim tarihi: {since}. Etkinleştirme, sertifikanın başladığı günden sonra yapılabilir.")

APPLICATION: Mapping[str, Advice] = {
    "draft": Advice(
        _("Başvurunuz açıldı, onaylama yöntemi henüz seçilmedi."),
        _("Onaylama yöntemini seçiniz."),
        _("Son tarih: {last}. Seçilmezse başvuru kapanır."),
    ),
    "method_chosen": Advice(
        _("Yönteminiz alındı; seçilen yöntemle ilerlemek şu an mümkün değil."),
        _("Başka bir yöntem seçiniz ya da biraz sonra yeniden bakınız."),
        _OPENS,
    ),
    "e_onay": Advice(
        _("Başvuru onayınızı bekliyor."),
        _("Formu okuyup onaylayınız."),
        _("Son tarih: {limit}. {made}"),
    ),
    "e_imza": Advice(
        _("Başvuru formunuz imzanızı bekliyor."),
        _("Formu elektronik imzanızla imzalayınız."),
        _DUE_OPENS,
    ),
    "awaiting_status": Advice(
        _(
            "İmzanız {since} tarihinde alındı; sertifikanızın durumu ya da zaman damgası henüz "
            "öğrenilemedi."
        ),
        _("Sizin bir şey yapmanız gerekmiyor; denetim kendiliğinden yinelenir."),
        _("Sonuç en geç {due} tarihinde belli olur ve size bildirilir. {made}"),
    ),
    "wet_signature": Advice(
        _("Islak imzalı formunuz bekleniyor."),
        _("Formu yazdırıp imzalayınız ve başvuru ofisine ulaştırınız."),
        _DUE_OPENS,
    ),
    "in_person": Advice(
        _("Başvurunuz, kimliğinizi başvuru ofisinde göstermenizi bekliyor."),
        _("Kimlik belgenizle başvuru ofisine geliniz; formu orada imzalarsınız."),
        _DUE_OPENS,
    ),
    "paper_received": Advice(
        _("Evrakınız {since} tarihinde kaydedildi ve inceleniyor."),
        NOTHING,
        _OPENS,
    ),
    "approved": Advice(
        _("Başvurunuz onaylandı."),
        NOTHING,
        _OPENS,
    ),
    "in_review": Advice(
        _("Başvurunuz onaylandı; iade nedenine yanıtınız {since} tarihinden beri inceleniyor."),
        NOTHING,
        _OPENS,
    ),
    "held": Advice(
        _("Başvurunuz onaylandı; yenileme sertifikası, eskisinin bitimine yakın üretilir."),
        _("Sizin bir şey yapmanız gerekmiyor; o gün üretim kendiliğinden başlar."),
        _("Üretim {opens} tarihinde başlayabilir."),
    ),
    "queued": Advice(
        _("Başvurunuz üretim sırasında."),
        NOTHING,
        _("{since} tarihinde sıraya girdi; sıranız geldiğinde üretilir."),
    ),
    "checking_certificate": Advice(
        _(
            "Başvurunuz onaylandı; eski sertifikanızın geçerli olup olmadığı, sertifikayı veren "
            "kuruluşa {since} tarihinde soruldu."
        ),
        _("Sizin bir şey yapmanız gerekmiyor; yanıt gelince üretim sırasına alınır."),
        _("Yanıt en geç {due} tarihine kadar beklenir; gelmezse başvuru ofisi araştırır."),
    ),
    "certificate_unseen": Advice(
        _(
            "Başvurunuz onaylandı; ancak eski sertifikanız kayıtlarımıza yalnız beyanla girmiş. "
            "Üretim, sertifika görülünce başlar."
        ),
        _(
            "Eski kartınızla portala giriş yapınız. Kart yanınızda değilse ya da çalışmıyorsa "
            "başvuru ofisine başvurunuz."
        ),
        _("Son tarih: {last}. Sertifika görülmezse başvuru kapanır."),
    ),
    "in_production": Advice(
        _("Kartınız {since} tarihinde üretime alındı."),
        NOTHING,
        _("Üretim bitince kurye kaydı açılır; {since} tarihinden bu yana sürüyor."),
    ),
    "awaiting_token": Advice(
        _("Kartınızın üretimi {since} tarihinde ara verdi."),
        NOTHING,
        _("Üretim aygıtı yanıt verince kendiliğinden sürer; {since} tarihinden beri bekleniyor."),
    ),
    "production_stopped": Advice(
        _("Kartınızın üretimi {since} tarihinde durdu."),
        NOTHING,
        _("Başvuru ofisi nedenini giderince yeniden başlar; {since} tarihinden beri bekliyor."),
    ),
    "produced": Advice(
        _("Kartınız {since} tarihinde üretildi."),
        NOTHING,
        _("Kart kuryeye verilince takip numarası burada görünür ({since} tarihinde üretildi)."),
    ),
    "not_booked": Advice(
        _("Kartınız üretildi; kurye kaydı henüz alınamadı."),
        NOTHING,
        _WAIT,
    ),
    "booked": Advice(
        _("Kartınız üretildi; kuryenin gelmesini bekliyor."),
        NOTHING,
        _WAIT,
    ),
    "couriered": Advice(
        _("Kartınız kuryede. Takip numarası: {tracking}."),
        _("Kartı kimliğinizle kendiniz teslim alınız."),
        _("Kuryeye veriliş tarihi: {couriered}. Teslim gününü kurye bildirir."),
    ),
    "awaiting_collection": Advice(
        _("Kartınız size teslim edilemedi; kuryede sizi bekliyor. Takip numarası: {tracking}."),
        _("Kartı kimliğinizle kuryeden kendiniz teslim alınız."),
        _("{last} tarihine kadar alınmayan kart ofise geri istenir."),
    ),
    "courier_silent": Advice(
        _("Kartınız kuryede; kuryeden bir süredir haber alınamadı. Takip numarası: {tracking}."),
        _("Kartı teslim aldıysanız başvuru ofisine bildiriniz."),
        _(
            "Başvuru ofisi gönderiyi {since} tarihinden beri araştırıyor; en geç {due} tarihinde "
            "sonuçlandırması gerekir."
        ),
    ),
    "recalled": Advice(
        _("Kartınız {since} tarihinde kuryeden geri istendi."),
        _("Kartı bu arada teslim aldıysanız başvuru ofisine bildiriniz."),
        _("Kartın {due} tarihine kadar ofise dönmesi bekleniyor."),
    ),
    "delivery_contested": Advice(
        _(
            "Kartınızın size ulaşıp ulaşmadığı {since} tarihinden beri inceleniyor; sertifika bu "
            "sürede kullanılamaz."
        ),
        _("Kart elinizdeyse başvuru ofisine bildiriniz."),
        _("Başvuru ofisinin en geç {due} tarihinde sonuçlandırması gerekir."),
    ),
    "delivered": Advice(
        _("Kartınız {since} tarihinde size teslim edildi."),
        _("Sertifikanızı etkinleştiriniz; kartı siz almadıysanız hemen bildiriniz."),
        _SENT,
    ),
    "courier_returned": Advice(
        _("Kartınız teslim edilemeyip kuryeden döndü."),
        _("Adresinizi denetleyip başvuru ofisine bildiriniz; kart yeniden gönderilir."),
        _("Son tarih: {last}. Alınmayan kart imha edilir."),
    ),
    "returned_to_applicant": Advice(
        _("Başvurunuz düzeltilmek üzere size iade edildi."),
        _("İade nedenini giderip yöntemi yeniden seçiniz."),
        _("Son tarih: {last}. Düzeltilmezse başvuru kapanır."),
    ),
    "rejected": Advice(
        _("Başvurunuz reddedildi."),
        _("Nedeni giderdikten sonra yeniden başvurabilirsiniz."),
        _("Kapanış tarihi: {since}."),
    ),
    "cancelled": Advice(
        _("Başvurudan vazgeçildi."),
        _("Gerekirse yeniden başvurabilirsiniz."),
        _("Kapanış tarihi: {since}."),
    ),
    "expired": Advice(
        _("Başvurunun süresi doldu."),
        _("Yeniden başvurunuz."),
        _("Kapanış tarihi: {since}."),
    ),
    "lost": Advice(
        _("Kart yolda kayboldu; üzerindeki sertifika iptal edildi."),
        _("Kartın aynı başvuruyla yeniden üretilmesini bekleyiniz ya da yeniden başvurunuz."),
        _("Kapanış tarihi: {since}."),
    ),
}
"""One for each state of an application; a test holds the table against workflows.yaml."""

HINDERED: Mapping[str, Advice] = {
    "consent.missing": Advice(
        _("Yürürlükte bir e-onayınız bulunmadığı için başvuru bekliyor."),
        _("e-onay veriniz, sonra bu başvurunun formunu okuyup onaylayınız."),
        APPLICATION["e_onay"].expected,
    ),
    "consent.other_form": Advice(
        _("Formun metni değiştiği için başvuru bekliyor."),
        _("Formu güncel metinle yenileyip onaylayınız."),
        APPLICATION["e_onay"].expected,
    ),
}
"""What keeps an application from being approved by e-onay, by the code of the refusal."""

CLOSED: Mapping[str, str] = {
    "expire_unconsented": _("Süresi içinde güncel metne e-onay vermediğiniz için başvuru kapandı."),
    "expire_unconfirmed": _("Süresi içinde onaylamadığınız için başvuru kapandı."),
    "expire_refused": _("Başvuru onaylanamadığı için kapandı: {reason}"),
    "expire_unseen": _("Eski sertifikanız süresi içinde görülmediği için başvuru kapandı."),
}
"""Why an application whose time is over was closed, by the move that closed it."""

NEW_CONSENT = _("Güncel metne, geçerli bir sertifikayla yeniden e-onay veriniz.")
OTHER_WAY = _(
    "Bu engel kalkınca onaylayabilirsiniz; beklemek istemezseniz başka bir yöntem seçiniz."
)

CONSENT: Mapping[str, Advice] = {
    "offered": Advice(
        _("e-onay metni {since} tarihinde hazırlandı, henüz imzalanmadı."),
        _("Metni okuyup imzalayınız."),
        _("Son tarih: {last}."),
    ),
    "awaiting_status": Advice(
        _(
            "İmzanız {since} tarihinde alındı; sertifikanızın durumu ya da zaman damgası henüz "
            "öğrenilemedi. e-onay henüz yürürlükte değil."
        ),
        _("Sizin bir şey yapmanız gerekmiyor; denetim kendiliğinden yinelenir."),
        _("Sonuç en geç {due} tarihinde belli olur ve size bildirilir."),
    ),
    "in_force": Advice(
        _("e-onayınız {since} tarihinden beri yürürlükte."),
        _("Yeni başvurularınızda e-onay yöntemini seçebilirsiniz."),
        _("Siz geri alana ya da metin yenilenene kadar sürer; başlangıcı {since}."),
    ),
    "superseded": Advice(
        _("Bu e-onayın yerine yenisini verdiniz."),
        NOTHING,
        _("Bitiş tarihi: {since}."),
    ),
    "withdrawn": Advice(
        _("e-onayınızı geri aldınız."),
        _("Dilerseniz yeniden e-onay verebilirsiniz."),
        _("Bitiş tarihi: {since}."),
    ),
    "ended": Advice(
        _("e-onayınız sonlandırıldı."),
        _(
            "Yeni başvurular için geçerli bir sertifikayla yeniden e-onay veriniz; onay bekleyen "
            "başvurularınız başvurularım sayfasındadır."
        ),
        _("Bitiş tarihi: {since}."),
    ),
    "abandoned": Advice(
        _("e-onay imzalanmadan bırakıldı."),
        _("Yeniden başlatabilirsiniz."),
        _("Kapanış tarihi: {since}."),
    ),
}

CERTIFICATE: Mapping[str, Advice] = {
    "reserved": Advice(
        _("Sertifikanız üretiliyor."),
        NOTHING,
        _("Üretim {since} tarihinde başladı."),
    ),
    "suspended": Advice(
        _("Sertifikanız askıda; bu durumda kullanılamaz."),
        _("Kartınız yanınızdaysa sertifikayı askıdan indirebilirsiniz."),
        _("Son geçerlilik günü: {ends}."),
    ),
    "active": Advice(
        _("Sertifikanız geçerli."),
        _("Bitiş tarihi yaklaşınca yenileme başvurusu yapınız."),
        _("Son geçerlilik günü: {ends}."),
    ),
    "revoked": Advice(
        _("Sertifikanız iptal edildi; yeniden kullanılamaz."),
        _("Gerekirse yeni bir başvuru yapınız."),
        _("İptal tarihi: {since}."),
    ),
    "expired": Advice(
        _("Sertifikanızın süresi doldu."),
        _("Yeni bir başvuru yapınız; kimliğinizi başvuru ofisinde göstermeniz gerekir."),
        _("Son geçerlilik günü: {ends}."),
    ),
    "void": Advice(
        _("Bu sertifika üretilmedi."),
        NOTHING,
        _("Kapanış tarihi: {since}."),
    ),
}

TABLES: Mapping[str, Mapping[str, Advice]] = {
    "application": APPLICATION,
    "consent": CONSENT,
    "certificate": CERTIFICATE,
}
