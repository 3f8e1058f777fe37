"""What is read when an e-onay is not taken, or an application does not rest on it."""

from __future__ import annotations

from workflow.model.definition import Text

CONSENT = {
    "consent.no_terms": Text(
        "e-onay metni henüz yayımlanmadı; daha sonra yeniden deneyiniz.",
        "The text of the e-onay has not been published yet; try again later.",
    ),
    "consent.missing": Text(
        "Yürürlükte bir e-onay yok; önce e-onay veriniz.",
        "There is no e-onay in force; give one first.",
    ),
    "consent.outdated": Text(
        "e-onay eski metne verilmiş ({given}); güncel metne ({current}) yeniden onay veriniz.",
        "The e-onay was given to an older text ({given}); consent to the current one ({current}).",
    ),
    "consent.unproved": Text(
        "{reference} numaralı e-onayın imzası son denetimden geçmedi; yeniden e-onay veriniz.",
        "The signature of the e-onay {reference} failed its last judgement; give another one.",
    ),
    "consent.other_form": Text(
        "Form {form} sürümüyle hazırlanmış, e-onay {covered} sürümü için verilmiş; formu yenileyip "
        "okuyunuz.",
        "The form is of version {form}, the e-onay was given for {covered}; draw the form anew and "
        "read it.",
    ),
    "consent.form_not_shown": Text(
        "Onaylanan form güncel form değil; formu yeniden açıp okuyunuz.",
        "The form that was approved is not the current one; open and read the form again.",
    ),
    "consent.form_current": Text(
        "Form zaten güncel; yenilenmesi gerekmez.",
        "The form is current; it need not be drawn anew.",
    ),
    "consent.unconfirmed": Text(
        "Başvuru sahibi bu başvuruyu henüz onaylamadı.",
        "The applicant has not approved this application yet.",
    ),
    "consent.not_told": Text(
        "Başvuru sahibine bildirim gitmedi; ses çıkarmaması onay sayılmaz.",
        "The applicant was not told; silence is no approval.",
    ),
    "consent.may_object": Text(
        "Başvuru sahibinin itiraz süresi {until} anına kadar sürüyor.",
        "The applicant may object until {until}.",
    ),
    "consent.given_later": Text(
        "{reference} numaralı e-onay başvuru bildirildikten sonra verilmiş; başvuru sahibi kendisi "
        "onaylamalıdır.",
        "The e-onay {reference} was given after the notice; the applicant has to approve.",
    ),
    "consent.text_renewed": Text(
        "Bu e-onayın metni yenilendi; güncel metne onay veriniz.",
        "The text of this e-onay has been renewed; consent to the current one.",
    ),
    "consent.overtaken": Text(
        "Bu e-onay imzalandıktan sonra başka bir e-onay verildi ya da e-onay geri alındı.",
        "After this e-onay was signed another one was given, or the e-onay was withdrawn.",
    ),
    "consent.proved": Text(
        "e-onayın imzası geçerli ya da henüz denetleniyor; sistem onu sonlandırmaz.",
        "The signature of the e-onay is good or still being judged; the system does not end it.",
    ),
    "consent.unnamed": Text(
        "Başvurunun hangi e-onaya dayandığı bilinmiyor; başvuru sahibine iade ediniz.",
        "It is not known on which e-onay the application rests; return it to the applicant.",
    ),
    "consent.ended": Text(
        "Başvurunun dayandığı e-onay ({reference}) sonlandırıldı; başvuru yeniden onaylanmalıdır.",
        "The e-onay that the application rests on ({reference}) was ended; approve it again.",
    ),
    "consent.carries": Text(
        "Başvurunun dayandığı e-onay geçerli; yeniden onay gerekmez.",
        "The e-onay that the application rests on holds; it need not be approved again.",
    ),
    "consent.not_resting": Text(
        "Başvuru bir e-onaya dayanmıyor.", "The application rests on no e-onay."
    ),
}
