"""Owns what a rule or a check of the journal is called on a screen, and its answer, in Turkish."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.reading import Entry

CONDITIONS: Mapping[str, str] = {
    "kind_allows_method": "Başvuru türü seçilen yönteme izin veriyor",
    "method_is_e_onay": "Onaylama yöntemi e-onay",
    "method_is_e_imza": "Onaylama yöntemi e-imza",
    "method_is_wet_signature": "Onaylama yöntemi ıslak imza",
    "paper_accepted": "Bu tarihte kâğıt başvuru kabul ediliyor",
    "paper_not_accepted": "Bu tarihte kâğıt başvuru kabul edilmiyor",
    "method_is_in_person": "Onaylama yöntemi yüz yüze başvuru",
    "not_yet_in_person": "Başvuru yüz yüze yapılmadı",
    "signed_by_hand": "Form elle imzalandı",
    "method_fits": "Yöntem, kişinin geçerli sertifikasına uyuyor",
    "method_still_fits": "Yöntem, kişinin geçerli sertifikasına hâlâ uyuyor",
    "old_in_force": "Tür geçerli sertifika istiyorsa eski sertifika geçerli",
    "beside_a_valid_one": "Ek sertifika geçerli bir sertifikanın yanında",
    "certificate_in_question": "Eski sertifika hakkında sorulacak bir şey var",
    "institution_stands": "Başvurunun kurumu açık",
    "may_be_sent": "Kart kuryeye en çok verilebileceği kadar verilmemiş",
    "new_certificate_lasts": "Üretilen sertifikanın süresi dolmamış",
    "new_certificate_stands": "Karttaki sertifika iptal edilmemiş ve süresi dolmamış",
    "not_unlockable": "Kartın kilidi yeni kart gerekmeden açılamıyor",
    "person_stands": "Kişi kayıtlarda görevde",
    "rest_enough": "Eski sertifikanın süresi kart üretmeye yetiyor",
    "under_warranty": "Kart garanti süresi içinde",
    "waited_for_certificate": "Eski sertifikanın görülmesi için beklendi",
    "production.differs": "Üretilen sertifika sipariş edilenden farklı",
    "release.given": "Üretime başlanmasına karar verildi",
    "certificate_status.told": "Sertifikanın durumu veren kuruluşundan öğrenildi",
    "activation_announced": "Etkinleştirme istendi ve bildirildi",
    "activation_is_delayed": "Etkinleştirme önceden bildiriliyor",
    "activation_is_late": "Etkinleştirme için verilen süre doldu",
    "activation_not_announced": "Etkinleştirme henüz istenmedi",
    "activation_open": "Etkinleştirme için bildirilen an geldi",
    "end_asked": "Sertifikanın iptali istendi",
    "end_not_asked": "Sertifikanın iptali henüz istenmedi",
    "office_does_not_hold": "Sertifikayı ofis askıda tutmuyor",
    "office_holds": "Sertifikayı ofis askıda tutuyor",
    "window_open": "Üretim tarihi geldi",
    "opens_soon": "Üretim tarihi yaklaştı",
    "data_not_asked": "Bilgilerin doğruluğu henüz sorulmadı",
    "window_not_open": "Üretim tarihi henüz gelmedi",
    "old_certificate_gone": "Yenilenecek sertifika artık geçerli değil",
    "not_yet_on_paper": "Başvuru elle imzalanmadı",
    "waited_long": "e-onay için bekleme süresi doldu",
    "unconsented": "Güncel metne verilmiş e-onay yok",
    "consented": "Güncel metne verilmiş e-onay var",
    "silence_counts": "İtiraz edilmeyen başvuru onaylanmış sayılıyor",
    "objection_over": "İtiraz süresi doldu",
    "question_pending": "Görevlinin sorusu açık",
    "question_answered": "Görevlinin açık sorusu yok",
    "signer_certificate_usable": "İmza atılacak NES geçerli",
    "renewable_or_on_paper": "Eski sertifika yenilenebilir ya da başvuru elle imzalandı",
    "old_certificate_known": "Eski sertifika görüldü ya da üretim ona dayanmıyor",
    "old_certificate_checked": "Eski sertifikanın geçerliliği veren kuruluşundan öğrenildi",
    "terms_current": "e-onay metni günceldi",
    "in_time": "Kodun süresi dolmamıştı",
    "out_of_time": "Kodun süresi dolmuştu",
    "has_ended": "Sertifikanın süresi dolmuştu",
    "has_not_ended": "Sertifikanın süresi dolmamıştı",
    "made_here": "Sertifikayı bu kuruluş üretti",
    "only_stated": "Sertifika yalnız beyan edilmiş, hiç görülmemiş",
    "made_elsewhere": "Sertifikayı başka bir kuruluş üretti",
    "sight.fits": "Gösterilen sertifika bu kişinin ve bu seri numarasıyla",
    "sight.trusted": "Sertifikayı tanınan bir kuruluş imzaladı",
    "sight.letter": "Veren kuruluşun yazısı yeni ve sertifikaya uyuyor",
    "sight.told_revoked": "İptal, veren kuruluştan öğrenildi",
    "card_delivered": "Kart sahibine teslim edilmişti",
    "form.fileable": "Başvuru türü kişinin sertifikasına uyuyor",
    "form.complete": "Yöntem ve teslim adresi eksiksiz",
    "form.no_other_open": "Tür ve yöntem uyuyor; aynı ihtiyaç için başka açık başvuru yok",
    "consent.in_force": "Başvuru sahibi onayladı; e-onayı yürürlükte ve bu formu kapsıyor",
    "consent.unobjected": "Bildirimden önce verilmiş, bu formu kapsayan e-onay yürürlükte",
    "consent.form_outdated": "Form eski sürümle hazırlanmıştı",
    "ending.unproved": "e-onayın imzası son denetimden geçmedi",
    "ending.carries_no_more": "Başvurunun dayandığı e-onay artık geçerli değil",
    "consent.terms_published": "e-onay metni yayımlanmıştı",
    "code.live": "Doğrulama kodu bu işlem için alınmış ve süresi içinde",
    "signature.on_form": "Form üzerindeki imza geçerli ve başvuru sahibinin",
    "signature.on_consent": "e-onay metnindeki imza geçerli ve başvuru sahibinin",
    "paper.listed": "Gösterilen belgeler eksiksiz yazıldı",
    "paper.complete": "İmzalı form ve kimlik belgesi var",
    "production.unchanged": "Onaydan sonra başvurudaki bilgiler değişmedi",
    "production.matches": "Üretilen sertifika başvuruyla aynı",
    "settlement.final": "İmzanın son denetimi yapıldı",
    "courier.booked": "Gönderinin takip numarası var",
    "production.left_alone": "Başvuru kimsenin üzerinde değil",
    "asking.of_own_staff": "Sertifika sahibi isteyenin kurumunda",
    "asking.told": "İsteği kimin yaptığı ve nasıl tanındığı yazıldı",
    "counter.opened_there": "Başvuru masada açıldı",
    "counter.by_hand": "Elle imzalanan bir yöntem seçildi",
    "courier.handed_to_holder": "Kart sahibinin kendisine teslim edildi",
    "courier.told_how": "Gösterilen belge, teslim eden ve teslim anı yazıldı",
    "activation.signed_by_new_card": "Etkinleştirme yeni kartla imzalandı",
    "activation.to_confirm": "İmza yeni kartla atıldı; yalnız zaman damgası bekleniyor",
    "activation.confirmed": "Beklenen zaman damgası alındı, imza geçerli",
    "signature.to_confirm": "İmza başvuru sahibinin; yalnız dış hizmetin yanıtı bekleniyor",
    "signature.confirmed": "Bekleyen imza atıldığı anda geçerliydi",
    "activation.not_waiting": "Denetlenmeyi bekleyen bir etkinleştirme yok",
    "pin.secret_held": "Kartın kilit açma bilgisi ofiste",
    "pin.not_too_often": "Kilit açma bilgisi son bir günde çok sık verilmedi",
    "grants.fits": "Yetki değişikliği kurallara uyuyor ve kişinin kendisiyle ilgili değil",
    "grants.own_proposal": "Öneriyi geri alan, öneriyi yapandır",
    "sign_in.handed_out": "Kodu teslim alan uygulama",
    "sign_in.same_browser": "Kodu isteyen tarayıcı",
    "sign_in.proven": "Geçerli bir nitelikli sertifikayla imzalandı",
    "sign_in.own": "İmzalayan kişinin kendisi",
}
"""Each rule and check of the shipped processes, said as what holds when it allows."""

ANSWERS = {"allow": "sağlandı", "deny": "sağlanmadı", "error": "denetlenemedi"}


def verdicts(entry: Entry) -> list[tuple[str, str, str]]:
    """Return what was judged for a move: what it is about, the answer in words, its name."""
    judged = {**entry.body["rules"], **entry.body["checks"]}
    return [
        (CONDITIONS.get(name, name), ANSWERS.get(answer, answer), name)
        for name, answer in judged.items()
    ]
