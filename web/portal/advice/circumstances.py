"""What is told beside the state of a case: of activation, renewal, holds, and a card on its way."""

from __future__ import annotations

from web.gate.language import lazy_gettext as _
from web.portal.advice.states import NOTHING, Advice

CHECKED = Advice(
    _(
        "Sertifikanız askıda. Etkinleştirme imzanız {since} tarihinde alındı; zaman damgası henüz "
        "alınamadı."
    ),
    _("Sizin bir şey yapmanız gerekmiyor; denetim kendiliğinden yinelenir."),
    _("Sonuç en geç {settled} tarihinde belli olur ve size bildirilir."),
)
"""For a suspended certificate whose activation was taken to be checked: it has no state of its own.

Towards the world it is suspended until the activation is whole.
"""

RENEWED = Advice(
    _("Sertifikanız geçerli; yenilemesi ({renewal}) teslim edildi."),
    _(
        "Bu sertifikayı son gününe kadar kullanınız; yeni kartınızı {begins} itibarıyla "
        "etkinleştiriniz."
    ),
    _(
        "Son geçerlilik günü: {ends}. Yenisi {begins} itibarıyla başlar, son geçerlilik günü "
        "{until}."
    ),
)
"""For a certificate in force whose renewal has been delivered: nothing is left to apply for."""

RENEWING = Advice(
    _("Sertifikanız geçerli; yenileme başvurunuz ({renewal}) sürüyor."),
    _("Yenileme başvurunuzun sayfasını izleyiniz; ikinci bir başvuru gerekmez."),
    _("Son geçerlilik günü: {ends}."),
)
"""For a certificate in force whose renewal is under way."""

NOT_BEGUN = Advice(
    _("Sertifikanız {begins} itibarıyla başlıyor; o zamana kadar kullanılamaz."),
    _("Kart elinizdeyse {begins} itibarıyla sertifikayı etkinleştiriniz."),
    _("Başlangıç: {begins}. Son geçerlilik günü: {until}."),
)
"""For a new certificate whose first day is yet to come, with its card at its holder."""

HELD = Advice(
    _(
        "Sertifikanızı başvuru ofisi {on_hold} anında askıya aldı; ofis askıyı kaldırmadan "
        "etkinleştirilemez."
    ),
    _("Nedenini ve yapmanız gerekeni başvuru ofisinden öğreniniz."),
    _("Ofis askıyı kaldırınca size bildirilir. Son geçerlilik günü: {ends}."),
)
"""For a suspended certificate that the office holds: its holder alone cannot lift that."""

ANNOUNCED = Advice(
    _("Sertifikanız askıda; etkinleştirilmesi istendi ve size bildirildi."),
    _(
        "{allowed} anından sonra kartınızla etkinleştiriniz. İsteği siz yapmadıysanız hemen "
        "durdurunuz."
    ),
    _("Etkinleştirme {allowed} anından sonra yapılabilir."),
)
"""For a suspended certificate whose activation has been announced."""

IN_TIME = Advice(
    _("Sertifikanız askıda; bu durumda kullanılamaz."),
    _("Kart elinizdeyse sertifikayı etkinleştiriniz."),
    _("Son tarih: {by}. Etkinleştirilmeyen sertifika iptal edilir."),
)
"""For a suspended certificate that has to be activated by a day."""

ON_ITS_WAY = Advice(
    _("Sertifikanız, kartı size ulaşana kadar askıda."),
    _("Kartınızı teslim alınca sertifikayı etkinleştiriniz."),
    _("Son geçerlilik günü: {ends}."),
)
"""For a new certificate whose card has not reached its holder."""

DELIVERED_EARLY = Advice(
    _("Kartınız {since} tarihinde size teslim edildi; sertifikası {begins} günü başlıyor."),
    _(
        "Kartınızı saklayınız; sertifikanızı {begins} günü etkinleştiriniz. Kartı siz almadıysanız "
        "hemen bildiriniz."
    ),
    _("Teslim tarihi: {since}. Etkinleştirme {begins} günü açılır."),
)
"""For an application whose card was delivered before the first day of its certificate."""

IN_USE = Advice(
    _("Kartınız {since} tarihinde size teslim edildi; sertifikanızı etkinleştirdiniz."),
    NOTHING,
    _("Teslim tarihi: {since}."),
)
"""For an application whose certificate is in use."""

RENEW_LATER = _("Yenileme dönemi {renew_from} tarihinde başlar; başvuru için son gün {renew_by}.")
RENEW_BY = _("En geç {renew_by} günü yenileme başvurusu yapınız.")
RENEW_TODAY = _("Yenileme başvurusunu bugün yapınız; başvuru için son gün ({renew_by}) geçti.")
"""What the holder of a certificate in force does, by how near its end is."""

STATED = Advice(
    _("Sertifikanız kayıtlara göre geçerli; kendisi henüz görülmedi."),
    _("Kartınızla bir kez giriş yapınız; kayıt sertifikanızın kendisiyle doğrulanır."),
    _("Beyan edilen son geçerlilik günü: {ends}."),
)
"""For a certificate in force of which only a list speaks."""
