"""What is read when an application cannot be filed, drawn up, approved or let go on."""

from __future__ import annotations

from workflow.model.definition import Text

APPLICATION = {
    "form.unknown_kind": Text(
        "“{kind}” adlı bir başvuru türü yok; listeden bir tür seçiniz.",
        "There is no kind of application '{kind}'; choose one of the list.",
    ),
    "form.old_certificate_missing": Text(
        "Bu başvuru türü için ilgili sertifika seçilmelidir.",
        "This kind of application needs the certificate it is about.",
    ),
    "form.old_certificate_of_other_person": Text(
        "Seçilen sertifika başvuru sahibinin değil; kendi sertifikanızı seçiniz.",
        "The chosen certificate is not the applicant's; choose your own.",
    ),
    "form.old_certificate_never_made": Text(
        "Seçilen sertifika hiç üretilmemiş; geçerli bir sertifika seçiniz.",
        "The chosen certificate was never made; choose one that was.",
    ),
    "form.old_certificate_on_its_way": Text(
        "Bu sertifikanın kartı henüz teslim edilmedi; {reference} başvurusunun sonuçlanmasını "
        "bekleyiniz ya da o başvurudan vazgeçiniz.",
        "The card of this certificate has not been delivered yet; wait for application {reference} "
        "to end, or cancel it.",
    ),
    "form.old_certificate_not_begun": Text(
        "Bu sertifika {not_before} tarihinde başlıyor; başlamadan yenilenmez.",
        "This certificate begins on {not_before}; it is not renewed before it has begun.",
    ),
    "ways.too_late": Text(
        "Bu yöntemle başvuru en erken {approved} tarihinde onaylanabilir; sertifikanız o güne "
        "kadar sona erer.",
        "By this method the application can be approved on {approved} at the earliest; by then "
        "the certificate has ended.",
    ),
    "form.not_first": Text(
        "Daha önce sertifikanız olduğu için ilk başvuru yapılamaz; başka bir tür seçiniz.",
        "A certificate has been held before, so this is no first application; choose another kind.",
    ),
    "form.method_missing": Text(
        "Onaylama yöntemini seçiniz.", "Choose how the application is approved."
    ),
    "form.method_not_allowed": Text(
        "{kind} başvurusu seçilen yöntemle onaylanamaz; başka bir yöntem seçiniz.",
        "An application of kind {kind} cannot be approved by the chosen method; choose another.",
    ),
    "form.address_missing": Text(
        "Teslimat adresi yok; kurum yetkilinizden adresinizi eklemesini isteyiniz.",
        "There is no delivery address; have your coordinator add it.",
    ),
    "form.institution_closed": Text(
        "{institution} kapanmış; önce yeni kurumunuz belgesiyle başvuru ofisinde kaydedilmelidir.",
        "{institution} is closed; first the office has to record the new institution.",
    ),
    "form.address_too_long": Text(
        "Teslimat adresi en çok {longest} harf olabilir; kısaltınız.",
        "The delivery address may have {longest} letters at most; shorten it.",
    ),
    "form.unprintable": Text(
        "{field} bilgisinde belgeye yazılamayan bir karakter var; onu çıkarıp yeniden deneyiniz.",
        "{field} has a character that a document cannot show; take it out and try again.",
    ),
    "form.no_valid_certificate": Text(
        "e-imza yöntemi için geçerli bir NES gerekir; başka bir yöntem seçiniz.",
        "The e-imza method needs a valid NES; choose another method.",
    ),
    "form.paper_not_accepted": Text(
        "Geçerli sertifikası olmayanlardan ıslak imzalı form kabul edilmiyor; kimliğinizle başvuru "
        "ofisine gelerek yüz yüze başvurunuz.",
        "Paper is not accepted from who has no valid certificate; apply in person with your "
        "identity document.",
    ),
    "form.treated_as_first": Text(
        "Geçerli bir sertifikanız yok; ilk başvurudaki gibi kimliğinizle başvuru ofisine gelerek "
        "yüz yüze başvurunuz.",
        "You have no certificate in force; as with a first application, apply in person with your "
        "identity document.",
    ),
    "form.old_certificate_gone": Text(
        "Yenilenecek sertifika sona ermiş ya da iptal edilmiş; elle imzalanan bir yöntem seçiniz.",
        "The certificate to renew has ended or is revoked; choose a way signed by hand.",
    ),
    "form.old_certificate_not_in_force": Text(
        "{certificate} sona ermiş ya da iptal edilmiş; bu tür başvuru yalnız geçerli bir sertifika "
        "için yapılır. Yerine yenileme ya da ilk başvuru yapınız.",
        "{certificate} has ended or is revoked; this kind is only for a certificate in force. File "
        "a renewal or a first application instead.",
    ),
    "form.replaced_already": Text(
        "{certificate} yerine {reference} başvurusuyla yenisi verildi; ikincisi verilmez.",
        "{certificate} has been replaced by application {reference}; there is no second one.",
    ),
    "renamed.nothing_changed": Text(
        "{certificate} kayıtlardaki adı ve kimlik numarasını taşıyor; değişecek bir bilgi yok. "
        "Adınız değiştiyse önce belgenizle başvuru ofisine kaydettiriniz.",
        "{certificate} bears the name and number of the records; nothing would change. If the name "
        "has changed, have the office record it first, by its document.",
    ),
    "renamed.by_hand": Text(
        "{certificate} yalnız numarasıyla biliniyor; değişen bilgiyi görevlinin belgeyle görmesi "
        "gerekir. Elle imzalanan bir yöntem seçiniz.",
        "{certificate} is known by its number alone; an officer has to see by a document what has "
        "changed. Choose a way signed by hand.",
    ),
    "form.successor_begins": Text(
        "{reference} başvurusuyla verilen yeni sertifika {not_before} anında başlıyor; bu kadar "
        "kısa süre için kart üretilmez. Kartınız çalındıysa eski sertifikanızı iptal ediniz, yeni "
        "kartınızı o gün etkinleştiriniz.",
        "The new certificate of application {reference} begins at {not_before}; no card is made "
        "for so short a time. If the card was stolen, revoke the old certificate, and activate the "
        "new card on that day.",
    ),
    "form.additional_to_none": Text(
        "Ek sertifika, geçerli bir sertifikanın yanında verilir. Geçerli sertifikanız yok; ilk "
        "başvuru ya da yenileme yapınız.",
        "An additional certificate is given beside one in force. You have none; file a first "
        "application or a renewal.",
    ),
    "form.too_many": Text(
        "Bir kişinin aynı anda en çok {most} geçerli sertifikası olabilir; ek sertifika verilmez.",
        "A person may have {most} certificates in force at most; there is no additional one.",
    ),
    "form.not_his_draft": Text(
        "Bu başvuruyu kişinin kendisi açmış; yöntemini de kendisi seçer.",
        "The person opened this application; only the person chooses its method.",
    ),
    "question.not_his": Text(
        "Başvuru, sahibine iade edilmiş; görevlinin sorusunu başvuru sahibi yanıtlar.",
        "The application was returned to its person, who answers the officer's question.",
    ),
    "question.unanswered": Text(
        "İade nedenine yanıtınızı, neyin düzeltildiğini yazınız.",
        "Answer the reason of the return: write what has been corrected.",
    ),
    "form.other_open": Text(
        "Aynı kişinin açık bir başvurusu daha var ({reference}); önce o sonuçlanmalıdır.",
        "The person has another open application ({reference}); it has to end first.",
    ),
    "hindrance.none": Text(
        "Başvurunun onaylanmasını engelleyen bir şey yok; yalnız onay ya da e-onay bekleniyor.",
        "Nothing keeps the application from being approved but a press or an e-onay.",
    ),
    "hindrance.stands": Text(
        "Başvuru, sahibi onaylamadığı için değil, onaylanamadığı için bekliyor ({why}).",
        "The application waits because it cannot be approved, not for want of a press ({why}).",
    ),
    "hindrance.unanswered": Text(
        "Başvurunun onaylanıp onaylanamayacağı şu anda bilinemiyor; daha sonra yeniden denenir.",
        "Whether the application can be approved is not known now; it is tried again later.",
    ),
    "counter.not_opened_there": Text(
        "Bu başvuruyu sahibi kendisi açtı; yöntemi de kendisi seçer.",
        "The person opened this application at the portal and chooses its method there.",
    ),
    "counter.not_by_hand": Text(
        "Masada yalnız elle imzalanan yöntemler seçilebilir: ıslak imza ya da ofiste kimlik "
        "göstererek.",
        "At the desk only ways by which the person signs by hand can be chosen.",
    ),
}
