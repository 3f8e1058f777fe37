"""The sentences that a person reads about each state: the reason, the next step, the date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Advice:
    """Three sentences: why the case stands where it does, what to do, by or from when.

    They may name ``{since}`` (entry into the state), ``{due}`` (its timer), ``{opens}`` (first day
    of production), ``{ends}`` (last day of the certificate), ``{limit}`` (end of the wait for an
    approval), ``{tracking}``, ``{couriered}``; of a certificate ``{on_hold}`` (since when),
    ``{by}`` (last moment for its activation) and ``{allowed}`` (from when on it may be activated).
    """

    reason: str
    step: str
    expected: str


_OPENS = "Onaylandıktan sonra üretilir; en erken üretim günü {opens}."
_NOTHING = "Sizin bir şey yapmanız gerekmiyor."

APPLICATION: Mapping[str, Advice] = {
    "draft": Advice(
        "Başvurunuz açıldı, onaylama yöntemi henüz seçilmedi.",
        "Onaylama yöntemini seçiniz.",
        "Son tarih: {due}. Seçilmezse başvuru kapanır.",
    ),
    "method_chosen": Advice(
        "Yönteminiz alındı; seçilen yöntemle ilerlemek şu an mümkün değil.",
        "Başka bir yöntem seçiniz ya da biraz sonra yeniden bakınız.",
        _OPENS,
    ),
    "e_onay": Advice(
        "Başvuru onayınızı bekliyor.",
        "Formu okuyup onaylayınız.",
        "Son tarih: {limit}. " + _OPENS,
    ),
    "e_imza": Advice(
        "Başvuru formunuz imzanızı bekliyor.",
        "Formu elektronik imzanızla imzalayınız.",
        "Son tarih: {due}. " + _OPENS,
    ),
    "awaiting_status": Advice(
        "İmzanız {since} tarihinde alındı; sertifikanızın durumu ya da zaman damgası henüz "
        "öğrenilemedi.",
        "Sizin bir şey yapmanız gerekmiyor; denetim kendiliğinden yinelenir.",
        "Sonuç en geç {due} tarihinde belli olur ve size bildirilir. " + _OPENS,
    ),
    "wet_signature": Advice(
        "Islak imzalı formunuz bekleniyor.",
        "Formu yazdırıp imzalayınız ve başvuru ofisine ulaştırınız.",
        "Son tarih: {due}. " + _OPENS,
    ),
    "in_person": Advice(
        "Başvurunuz, kimliğinizi başvuru ofisinde göstermenizi bekliyor.",
        "Kimlik belgenizle başvuru ofisine geliniz; formu orada imzalarsınız.",
        "Son tarih: {due}. " + _OPENS,
    ),
    "paper_received": Advice(
        "Evrakınız {since} tarihinde kaydedildi ve inceleniyor.",
        _NOTHING,
        _OPENS,
    ),
    "approved": Advice(
        "Başvurunuz onaylandı.",
        _NOTHING,
        "Üretim en erken {opens} tarihinde başlayabilir.",
    ),
    "in_review": Advice(
        "Başvurunuz onaylandı; iade nedenine yanıtınız {since} tarihinden beri inceleniyor.",
        _NOTHING,
        _OPENS,
    ),
    "held": Advice(
        "Başvurunuz onaylandı; yenileme sertifikası, eskisinin bitimine yakın üretilir.",
        "Sizin bir şey yapmanız gerekmiyor; o gün üretim kendiliğinden başlar.",
        "Üretim {opens} tarihinde başlayabilir.",
    ),
    "queued": Advice(
        "Başvurunuz üretim sırasında.",
        _NOTHING,
        "Üretim {opens} tarihinden beri açık; sıranız geldiğinde üretilir.",
    ),
    "checking_certificate": Advice(
        "Başvurunuz onaylandı; eski sertifikanızın geçerli olup olmadığı, sertifikayı veren "
        "kuruluşa {since} tarihinde soruldu.",
        "Sizin bir şey yapmanız gerekmiyor; yanıt gelince üretim sırasına alınır.",
        "Yanıt en geç {due} tarihine kadar beklenir; gelmezse başvuru ofisi araştırır.",
    ),
    "certificate_unseen": Advice(
        "Başvurunuz onaylandı; ancak eski sertifikanız kayıtlarımıza yalnız beyanla girmiş. "
        "Üretim, sertifika görülünce başlar.",
        "Eski kartınızla portala giriş yapınız. Kart yanınızda değilse ya da çalışmıyorsa başvuru "
        "ofisine başvurunuz.",
        "Son tarih: {due}. Sertifika görülmezse başvuru kapanır.",
    ),
    "in_production": Advice(
        "Kartınız {since} tarihinde üretime alındı.",
        _NOTHING,
        "Üretim bitince kurye kaydı açılır; {since} tarihinden bu yana sürüyor.",
    ),
    "awaiting_token": Advice(
        "Kartınızın üretimi {since} tarihinde ara verdi.",
        _NOTHING,
        "Üretim aygıtı yanıt verince kendiliğinden sürer; {since} tarihinden beri bekleniyor.",
    ),
    "production_stopped": Advice(
        "Kartınızın üretimi {since} tarihinde durdu.",
        _NOTHING,
        "Başvuru ofisi nedenini giderince yeniden başlar; {since} tarihinden beri bekliyor.",
    ),
    "produced": Advice(
        "Kartınız {since} tarihinde üretildi.",
        _NOTHING,
        "Kart kuryeye verilince takip numarası burada görünür ({since} tarihinde üretildi).",
    ),
    "not_booked": Advice(
        "Kartınız üretildi; kurye kaydı henüz alınamadı.",
        _NOTHING,
        "Kart kuryeye verilince takip numarası burada görünür ({since} tarihinden beri bekliyor).",
    ),
    "booked": Advice(
        "Kartınız üretildi; kuryenin gelmesini bekliyor.",
        _NOTHING,
        "Kart kuryeye verilince takip numarası burada görünür ({since} tarihinden beri bekliyor).",
    ),
    "couriered": Advice(
        "Kartınız kuryede. Takip numarası: {tracking}.",
        "Kartı kimliğinizle kendiniz teslim alınız.",
        "Kuryeye veriliş tarihi: {couriered}. Teslim gününü kurye bildirir.",
    ),
    "awaiting_collection": Advice(
        "Kartınız size teslim edilemedi; kuryede sizi bekliyor. Takip numarası: {tracking}.",
        "Kartı kimliğinizle kuryeden kendiniz teslim alınız.",
        "{due} tarihine kadar alınmayan kart ofise geri istenir.",
    ),
    "courier_silent": Advice(
        "Kartınız kuryede; kuryeden bir süredir haber alınamadı. Takip numarası: {tracking}.",
        "Kartı teslim aldıysanız başvuru ofisine bildiriniz.",
        "Başvuru ofisi gönderiyi {since} tarihinden beri araştırıyor; en geç {due} tarihinde "
        "sonuçlandırması gerekir.",
    ),
    "recalled": Advice(
        "Kartınız {since} tarihinde kuryeden geri istendi.",
        "Kartı bu arada teslim aldıysanız başvuru ofisine bildiriniz.",
        "Kartın {due} tarihine kadar ofise dönmesi bekleniyor.",
    ),
    "delivery_contested": Advice(
        "Kartınızın size ulaşıp ulaşmadığı {since} tarihinden beri inceleniyor; sertifika bu "
        "sürede kullanılamaz.",
        "Kart elinizdeyse başvuru ofisine bildiriniz.",
        "Başvuru ofisinin en geç {due} tarihinde sonuçlandırması gerekir.",
    ),
    "delivered": Advice(
        "Kartınız {since} tarihinde size teslim edildi.",
        "Sertifikanızı etkinleştiriniz; kartı siz almadıysanız hemen bildiriniz.",
        "Teslim tarihi: {since}. Etkinleştirme, sertifikanın başladığı günden sonra yapılabilir.",
    ),
    "courier_returned": Advice(
        "Kartınız teslim edilemeyip kuryeden döndü.",
        "Adresinizi denetleyip başvuru ofisine bildiriniz; kart yeniden gönderilir.",
        "Son tarih: {due}. Alınmayan kart imha edilir.",
    ),
    "returned_to_applicant": Advice(
        "Başvurunuz düzeltilmek üzere size iade edildi.",
        "İade nedenini giderip yöntemi yeniden seçiniz.",
        "Son tarih: {due}. Düzeltilmezse başvuru kapanır.",
    ),
    "rejected": Advice(
        "Başvurunuz reddedildi.",
        "Nedeni giderdikten sonra yeniden başvurabilirsiniz.",
        "Kapanış tarihi: {since}.",
    ),
    "cancelled": Advice(
        "Başvurudan vazgeçildi.",
        "Gerekirse yeniden başvurabilirsiniz.",
        "Kapanış tarihi: {since}.",
    ),
    "expired": Advice(
        "Başvurunun süresi doldu.",
        "Yeniden başvurunuz.",
        "Kapanış tarihi: {since}.",
    ),
    "lost": Advice(
        "Kart yolda kayboldu; üzerindeki sertifika iptal edildi.",
        "Kartın aynı başvuruyla yeniden üretilmesini bekleyiniz ya da yeniden başvurunuz.",
        "Kapanış tarihi: {since}.",
    ),
}
"""One for each state of an application; a test holds the table against workflows.yaml."""

HINDERED: Mapping[str, Advice] = {
    "consent.missing": Advice(
        "Yürürlükte bir e-onayınız bulunmadığı için başvuru bekliyor.",
        "e-onay veriniz, sonra bu başvurunun formunu okuyup onaylayınız.",
        APPLICATION["e_onay"].expected,
    ),
    "consent.other_form": Advice(
        "Formun metni değiştiği için başvuru bekliyor.",
        "Formu güncel metinle yenileyip onaylayınız.",
        APPLICATION["e_onay"].expected,
    ),
}
"""What keeps an application from being approved by e-onay, by the code of the refusal."""

CLOSED: Mapping[str, str] = {
    "expire_unconsented": "Süresi içinde güncel metne e-onay vermediğiniz için başvuru kapandı.",
    "expire_unconfirmed": "Süresi içinde onaylamadığınız için başvuru kapandı.",
    "expire_refused": "Başvuru onaylanamadığı için kapandı: {reason}",
    "expire_unseen": "Eski sertifikanız süresi içinde görülmediği için başvuru kapandı.",
}
"""Why an application whose time is over was closed, by the move that closed it."""

NEW_CONSENT = "Güncel metne, geçerli bir sertifikayla yeniden e-onay veriniz."
OTHER_WAY = "Bu engel kalkınca onaylayabilirsiniz; beklemek istemezseniz başka bir yöntem seçiniz."

CONSENT: Mapping[str, Advice] = {
    "offered": Advice(
        "e-onay metni {since} tarihinde hazırlandı, henüz imzalanmadı.",
        "Metni okuyup imzalayınız.",
        "Son tarih: {due}.",
    ),
    "awaiting_status": Advice(
        "İmzanız {since} tarihinde alındı; sertifikanızın durumu ya da zaman damgası henüz "
        "öğrenilemedi. e-onay henüz yürürlükte değil.",
        "Sizin bir şey yapmanız gerekmiyor; denetim kendiliğinden yinelenir.",
        "Sonuç en geç {due} tarihinde belli olur ve size bildirilir.",
    ),
    "in_force": Advice(
        "e-onayınız {since} tarihinden beri yürürlükte.",
        "Yeni başvurularınızda e-onay yöntemini seçebilirsiniz.",
        "Siz geri alana ya da metin yenilenene kadar sürer; başlangıcı {since}.",
    ),
    "superseded": Advice(
        "Bu e-onayın yerine yenisini verdiniz.",
        _NOTHING,
        "Bitiş tarihi: {since}.",
    ),
    "withdrawn": Advice(
        "e-onayınızı geri aldınız.",
        "Dilerseniz yeniden e-onay verebilirsiniz.",
        "Bitiş tarihi: {since}.",
    ),
    "ended": Advice(
        "e-onayınız sonlandırıldı.",
        "Yeni başvurular için geçerli bir sertifikayla yeniden e-onay veriniz; onay bekleyen "
        "başvurularınız başvurularım sayfasındadır.",
        "Bitiş tarihi: {since}.",
    ),
    "abandoned": Advice(
        "e-onay imzalanmadan bırakıldı.",
        "Yeniden başlatabilirsiniz.",
        "Kapanış tarihi: {since}.",
    ),
}

CERTIFICATE: Mapping[str, Advice] = {
    "reserved": Advice(
        "Sertifikanız üretiliyor.",
        _NOTHING,
        "Üretim {since} tarihinde başladı.",
    ),
    "suspended": Advice(
        "Sertifikanız askıda; bu durumda kullanılamaz.",
        "Kart elinizdeyse sertifikayı etkinleştiriniz.",
        "Son geçerlilik günü: {ends}.",
    ),
    "active": Advice(
        "Sertifikanız geçerli.",
        "Bitiş tarihi yaklaşınca yenileme başvurusu yapınız.",
        "Son geçerlilik günü: {ends}.",
    ),
    "revoked": Advice(
        "Sertifikanız iptal edildi; yeniden kullanılamaz.",
        "Gerekirse yeni bir başvuru yapınız.",
        "İptal tarihi: {since}.",
    ),
    "expired": Advice(
        "Sertifikanızın süresi doldu.",
        "Yeni bir başvuru yapınız; kimliğinizi başvuru ofisinde göstermeniz gerekir.",
        "Son geçerlilik günü: {ends}.",
    ),
    "void": Advice(
        "Bu sertifika üretilmedi.",
        _NOTHING,
        "Kapanış tarihi: {since}.",
    ),
}

CHECKED = Advice(
    "Sertifikanız askıda. Etkinleştirme imzanız {since} tarihinde alındı; zaman damgası henüz "
    "alınamadı.",
    "Sizin bir şey yapmanız gerekmiyor; denetim kendiliğinden yinelenir.",
    "Sonuç en geç {settled} tarihinde belli olur ve size bildirilir.",
)
"""For a suspended certificate whose activation was taken to be checked: it has no state of its own.

Towards the world it is suspended until the activation is whole.
"""

RENEWED = Advice(
    "Sertifikanız geçerli; yenilemesi ({renewal}) teslim edildi.",
    "Bu sertifikayı son gününe kadar kullanınız; yeni kartınızı {begins} anından sonra "
    "etkinleştiriniz.",
    "Son geçerlilik günü: {ends}. Yenisi {begins} anında başlar, son geçerlilik günü {until}.",
)
"""For a certificate in force whose renewal has been delivered: nothing is left to apply for."""

RENEWING = Advice(
    "Sertifikanız geçerli; yenileme başvurunuz ({renewal}) sürüyor.",
    "Yenileme başvurunuzun sayfasını izleyiniz; ikinci bir başvuru gerekmez.",
    "Son geçerlilik günü: {ends}.",
)
"""For a certificate in force whose renewal is under way."""

NOT_BEGUN = Advice(
    "Sertifikanız {begins} anında başlıyor; o ana kadar kullanılamaz.",
    "Kart elinizdeyse {begins} anından sonra sertifikayı etkinleştiriniz.",
    "Başlangıç: {begins}. Son geçerlilik günü: {until}.",
)
"""For a new certificate whose first day is yet to come, with its card at its holder."""

HELD = Advice(
    "Sertifikanızı başvuru ofisi {on_hold} anında askıya aldı; ofis askıyı kaldırmadan "
    "etkinleştirilemez.",
    "Nedenini ve yapmanız gerekeni başvuru ofisinden öğreniniz.",
    "Ofis askıyı kaldırınca size bildirilir. Son geçerlilik günü: {ends}.",
)
"""For a suspended certificate that the office holds: its holder alone cannot lift that."""

ANNOUNCED = Advice(
    "Sertifikanız askıda; etkinleştirilmesi istendi ve size bildirildi.",
    "{allowed} anından sonra kartınızla etkinleştiriniz. İsteği siz yapmadıysanız hemen "
    "durdurunuz.",
    "Etkinleştirme {allowed} anından sonra yapılabilir.",
)
"""For a suspended certificate whose activation has been announced."""

IN_TIME = Advice(
    "Sertifikanız askıda; bu durumda kullanılamaz.",
    "Kart elinizdeyse sertifikayı etkinleştiriniz.",
    "Son tarih: {by}. Etkinleştirilmeyen sertifika iptal edilir.",
)
"""For a suspended certificate that has to be activated by a day."""

STATED = Advice(
    "Sertifikanız kayıtlara göre geçerli; kendisi henüz görülmedi.",
    "Kartınızla bir kez giriş yapınız; kayıt sertifikanızın kendisiyle doğrulanır.",
    "Beyan edilen son geçerlilik günü: {ends}.",
)
"""For a certificate in force of which only a list speaks."""

TABLES: Mapping[str, Mapping[str, Advice]] = {
    "application": APPLICATION,
    "consent": CONSENT,
    "certificate": CERTIFICATE,
}
