"""What a person reads when a check refuses: one sentence for each code, saying what to do."""

from __future__ import annotations

from handlers.kit.apart_words import APART
from handlers.kit.asking_words import ASKING
from handlers.kit.code_words import CODE
from handlers.kit.form_words import FORM
from handlers.kit.sight_words import SIGHT
from signing.verdict import SENTENCES as SIGNATURE_SENTENCES
from states.kit.text import identifier
from workflow.model.definition import Text

_ASKED = {
    "signature.other_purpose": Text(
        "Bu imza başka bir işlem için istenmiş; yeni kod alıp bu işlemin metnini imzalayınız.",
        "This signature was asked for by another operation; get a new code and sign this text.",
    ),
    "signature.other_profile": Text(
        "İmza, istenen imza profilini ({profile}) belirtmiyor; imza programınızı bu profile göre "
        "ayarlayıp ya da nes-imza ile yeniden imzalayınız.",
        "The signature does not name the profile that was asked for ({profile}); set your signing "
        "program to it, or sign again with nes-imza.",
    ),
    "signature.other_address": Text(
        "Bu imza başka bir adresten istenmiş. Sunucu adresini denetleyip yeni kod alınız; o adresi "
        "tanımıyorsanız ofise haber veriniz.",
        "This signature was asked for at another address. Check the address of the server and get "
        "a new code; if you do not know that address, tell the office.",
    ),
}

_SIGN_IN = {
    "sign_in.other_browser": Text(
        "Bu kod başka bir tarayıcıda alındı; giriş sayfasından yeni kod alınız.",
        "This code was given to another browser; get one from the sign-in page.",
    ),
    "sign_in.other_person": Text(
        "Kartın sahibi siz değilsiniz; giriş sayfasından yeni kod alınız.",
        "The card is not yours; get a new code from the sign-in page.",
    ),
}

_SIGNATURE = {
    "signature.nothing_offered": Text(
        "İmzalanacak bir metin yok; işlemi baştan başlatınız.",
        "There is no text to be signed; start the operation again.",
    ),
    "signature.missing": Text(
        "İmza gönderilmedi; imzalayıp yeniden gönderiniz.",
        "No signature was sent; sign and send again.",
    ),
    "signature.too_large": Text(
        "İmza dosyası çok büyük; en çok {largest} bayt olabilir.",
        "The container is too large; it may have {largest} bytes at most.",
    ),
    "signature.not_stamped": Text(
        "Zaman damgası alınamadı; imza ne kabul ne reddedildi, biraz sonra yeniden gönderiniz.",
        "No time-stamp could be got; the signature is neither taken nor refused, hand it in again.",
    ),
    "signature.settling": Text(
        "İmzanın son denetimi {until} anından sonra yapılır; başvuru o zamana kadar bekler.",
        "The signature is judged for good after {until}; the application waits until then.",
    ),
    "signature.failed_at_last": Text(
        "İmza son denetimden geçmedi ({found}); başvuruyu iade ediniz, yeniden imzalansın.",
        "The signature failed its final judgement ({found}); return it to be signed anew.",
    ),
    "signature.nothing_to_ask": Text(
        "İmzanın bekletilmesini gerektiren bir neden yok; yeniden gönderiniz.",
        "Nothing about the signature has to be waited for; hand it in again.",
    ),
    "signature.not_qualified": Text(
        "Sertifika nitelikli elektronik sertifika değil; NES kartınızla imzalayınız.",
        "The certificate is not a qualified one; sign with your NES card.",
    ),
    "signature.other_person": Text(
        "Karttaki kişi ile başvuru sahibi aynı değil; kendi kartınızla imzalayınız.",
        "The holder of the card is not the applicant; sign with your own card.",
    ),
    "signature.certificate_not_active": Text(
        "İmzalayan sertifika kayıtlarımızda geçerli değil; geçerli bir NES ile imzalayınız.",
        "The signing certificate is not active in our records; sign with a valid NES.",
    ),
    "signature.certificate_lost": Text(
        "Bu kartın kaybolduğu bildirildi; onunla burada imza atılamaz, giriş yapılamaz. Kart"
        " bulunduysa da yeni kartınızı kullanınız.",
        "The loss of this card was told; nobody signs or signs in with it here. Use the new one.",
    ),
    "signature.certificate_ended": Text(
        "İmzalayan sertifikanın süresi {ends_on} tarihinde doldu.",
        "The signing certificate ended on {ends_on}.",
    ),
    "pin.no_secret": Text(
        "Bu ofis kartınızın kilidini açamaz; PIN için kartı veren kuruluşa başvurunuz.",
        "This office cannot unlock the card; turn to the house that gave it to you.",
    ),
    "pin.too_often": Text(
        "Bu kart için bir gün içinde {most} kez PIN işlemi başlatıldı; yarın yeniden deneyiniz.",
        "Setting the PIN of this card was begun {most} times within a day; try again tomorrow.",
    ),
    "activation.other_certificate": Text(
        "İmza yeni kartla atılmamış; size gönderilen yeni kartı takınız.",
        "The signature was not made with the new card; insert the card that was sent to you.",
    ),
    "activation.waiting": Text(
        "Etkinleştirme imzanız denetleniyor; sonucu bildirilince PIN oluşturabilirsiniz.",
        "The signature of your activation is being checked; set the PIN once you hear of it.",
    ),
    "activation.not_yet_valid": Text(
        "Yeni sertifika {not_before} tarihinde geçerli olacak; o gün etkinleştiriniz.",
        "The new certificate is valid from {not_before}; activate it then.",
    ),
} | {
    f"signature.{identifier(sub.value)}": Text(
        tr, f"The signature was not accepted: {sub.value} (EN 319 102-1)."
    )
    for sub, tr in SIGNATURE_SENTENCES.items()
}

_CONSENT = {
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

_HINDRANCE = {
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
}

_PAPER = {
    "paper.not_face_to_face": Text(
        "Yüz yüze başvuruda kimlik, belgenin aslıyla doğrulanır; o seçeneği işaretleyiniz.",
        "In an application in person the identity is validated face to face; choose that.",
    ),
    "paper.list_missing": Text(
        "Gösterilen belgeleri yazınız: türü, numarası ve örneğinin yeri.",
        "List the documents that were shown: kind, number and where the copy is kept.",
    ),
    "paper.list_too_long": Text(
        "En çok {most} belge yazılabilir.", "At most {most} documents can be listed."
    ),
    "paper.list_incomplete": Text(
        "{row}. belgede eksik veya yanlış alan var: {field}.",
        "Document {row} lacks a field or has a wrong one: {field}.",
    ),
    "paper.other_version": Text(
        "Gelen form, başvurunun dondurulmuş formu değil; güncel formu isteyiniz.",
        "The form received is not the frozen one of the application; ask for the current form.",
    ),
    "paper.view_changed": Text(
        "Siz bakarken bu başvuruya yeni tarama eklendi. Taramalara bakıp yeniden onaylayınız.",
        "A scan came in while you were looking. Look at the scans, then approve again.",
    ),
    "paper.form_missing": Text(
        "İmzalı başvuru formu listede yok; formu ekleyiniz.",
        "The signed application form is not in the list; add it.",
    ),
    "paper.identity_missing": Text(
        "Kimlik belgesi listede yok; gösterilen kimlik belgesini ekleyiniz.",
        "No identity document is in the list; add the one that was shown.",
    ),
}

_PRODUCTION = {
    "production.taken_up": Text(
        "Başvuru bir görevlinin üzerinde; o bırakana kadar üretim kendiliğinden başlamaz.",
        "A member of staff has taken the application up; production does not start by itself.",
    ),
    "production.no_form": Text(
        "Başvurunun dondurulmuş formu yok; başvuru sahibi yöntemi yeniden seçmelidir.",
        "The application has no frozen form; the applicant has to choose the method again.",
    ),
    "production.changed": Text(
        "Onaydan sonra başvurudaki bilgiler değişti ({fields}); başvuru yeniden onaylanmalıdır.",
        "Data changed after the approval ({fields}); the application has to be approved again.",
    ),
    "production.not_changed": Text(
        "Onaylanan form bugünkü bilgilerle aynı; geri gönderilmesi gerekmez.",
        "The approved form is the same as today's data; there is no need to send it back.",
    ),
    "person.stopped": Text(
        "Kişi kayıtlarda görevde görünmüyor: ayrılmış, engellenmiş ya da ölmüş.",
        "By the records the person is not in office: left, blocked or dead.",
    ),
    "production.person_unsound": Text(
        "Kişi bilgileri sertifikaya yazılamaz ({fault}); bilgileri düzeltiniz.",
        "The person's data cannot stand in a certificate ({fault}); correct them.",
    ),
    "production.no_certificate": Text(
        "Üretilen sertifika gelmedi; üretim yeniden denenecek.",
        "The certificate did not arrive; production will be tried again.",
    ),
    "production.unreadable": Text(
        "Üretilen sertifika okunamadı; üretim yeniden denenecek.",
        "The certificate cannot be read; production will be tried again.",
    ),
    "production.differs": Text(
        "Üretilen sertifika başvuruyla uyuşmuyor ({fields}); kart kullanılmayacak.",
        "The certificate differs from the application ({fields}); the card will not be used.",
    ),
    "production.not_our_issuer": Text(
        "Üretilen sertifikayı bu makam vermemiş; kart kullanılmayacak.",
        "The certificate is not by this authority; the card will not be used.",
    ),
}

_COUNTER = {
    "counter.not_opened_there": Text(
        "Bu başvuruyu sahibi kendisi açtı; yöntemi de kendisi seçer.",
        "Its person opened this application himself and chooses the method himself.",
    ),
    "counter.not_by_hand": Text(
        "Masada yalnız elle imzalanan yöntemler seçilebilir: ıslak imza ya da ofiste kimlik "
        "göstererek.",
        "At the desk only ways by which the person signs by hand can be chosen.",
    ),
}

_COURIER = {
    "courier.no_tracking_number": Text(
        "Kurye takip numarası yok; gönderi kaydını yineleyiniz.",
        "There is no tracking number; book the shipment again.",
    ),
    "courier.not_to_holder": Text(
        "Kart yalnız sahibine teslim edilir; teslim alanı denetleyiniz.",
        "A card is handed to its holder only; check who received it.",
    ),
    "courier.nothing_shown": Text(
        "Kart sahibinin gösterdiği kimlik belgesinin türünü ve numarasını yazınız.",
        "Say which identity document the holder showed, and its number.",
    ),
    "courier.nobody_named": Text(
        "Kartı kimin teslim ettiğini yazınız (kurye görevlisinin adı ya da sicil numarası).",
        "Say who handed the card over (name or number of the courier's employee).",
    ),
    "courier.not_yet": Text(
        "Teslim anını yazınız; gelecekte bir an olamaz.",
        "Say when the card was handed over; that cannot lie in the future.",
    ),
    "courier.before_it_left": Text(
        "Kart kuryeye {sent} anında verildi; teslim anı bundan önce olamaz.",
        "The card left the house at {sent}; it cannot have been handed over before that.",
    ),
}

_DESK = {
    "desk.held": Text(
        "Bu başvuru başka bir görevlinin üzerinde; gerekiyorsa devralınız.",
        "Another person holds this application; take it over if you must.",
    ),
    "desk.not_for_you": Text(
        "Bu durumdaki başvuruyu rolünüz ilerletmez; üzerinize alamazsınız.",
        "Your role does not carry this application on from here; you cannot claim it.",
    ),
    "desk.rights_changed": Text(
        "Hesabınızın yetkileri bu arada değişti; başvuruyu üzerinize alamazsınız.",
        "The rights of your account have changed meanwhile; you cannot claim this application.",
    ),
    "desk.own_case": Text(
        "Kendi kaydınızda görevli olarak işlem yapamazsınız; başka bir görevli yapmalıdır.",
        "Nobody works at the desk on his own record; another person must.",
    ),
    "desk.filter_name": Text(
        "Filtreye en çok {longest} harflik bir ad veriniz.",
        "Give the filter a name of at most {longest} letters.",
    ),
    "desk.filter_empty": Text(
        "Kaydedilecek bir filtre yok; önce filtreyi uygulayınız.",
        "There is no filter to save; apply one first.",
    ),
    "desk.filter_taken": Text(
        "Bu listede “{name}” adlı bir filtreniz var; başka bir ad veriniz.",
        "You have a filter called '{name}' on this list; choose another name.",
    ),
    "desk.filters_full": Text(
        "Bir listede en çok {most} filtre saklanır; kullanmadığınızı siliniz.",
        "At most {most} filters are kept on a list; delete one you do not use.",
    ),
    "desk.note_missing": Text(
        "Not boş; kaydedilecek bir not yazınız.", "The note is empty; write what is to be kept."
    ),
    "desk.note_too_long": Text(
        "Not en çok {longest} harf olabilir; kısaltınız.",
        "A note may have {longest} letters at most; shorten it.",
    ),
    "address.own_case": Text(
        "Kendi başvurunuzun adresini düzeltemezsiniz; başka bir görevli düzeltmelidir.",
        "Nobody corrects the address of his own application; another officer must.",
    ),
    "address.not_now": Text(
        "Teslim adresi “{state}” durumunda düzeltilemez.",
        "The delivery address cannot be corrected in the state '{state}'.",
    ),
    "address.booked": Text(
        "Kurye bu adres için çağrıldı; adres, kart kuryeden dönerse düzeltilebilir.",
        "The courier has been ordered; the address can be corrected if the card comes back.",
    ),
    "address.form_shows_it": Text(
        "Adres onaylayacağınız formda yazılı; değiştirmek için onaylama yöntemini yeniden seçiniz.",
        "The form that you are to approve shows the address; choose the method again to change it.",
    ),
    "address.not_in_office": Text(
        "Kaydınız durdurulmuş; adresi başvuru ofisine bildiriniz.",
        "Your record is stopped; tell the registration office the address.",
    ),
    "address.reason_missing": Text(
        "Adresin neden düzeltildiğini yazınız.", "Write why the address is corrected."
    ),
    "address.reason_too_long": Text(
        "Gerekçe en çok {longest} harf olabilir; kısaltınız.",
        "The reason may have {longest} letters at most; shorten it.",
    ),
    "notice.too_soon": Text(
        "Bu bildirim az önce gönderildi; {again_at} anından sonra yeniden gönderebilirsiniz.",
        "This message was sent a moment ago; it may be sent again after {again_at}.",
    ),
}

SENTENCES = (
    _DESK
    | CODE
    | _ASKED
    | _SIGN_IN
    | _SIGNATURE
    | _CONSENT
    | FORM
    | _HINDRANCE
    | _PAPER
    | _PRODUCTION
    | APART
    | ASKING
    | _COUNTER
    | _COURIER
    | SIGHT
)
"""Every code that a check of this room may answer with."""
