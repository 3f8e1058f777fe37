"""What is read when a card is not made, or its maker may not make it."""

from __future__ import annotations

from workflow.model.definition import Text

PRODUCTION = {
    "production.taken_up": Text(
        "Başvuru bir görevlinin üzerinde; o bırakana kadar üretim kendiliğinden başlamaz.",
        "A member of staff has taken the application up; production does not start by itself.",
    ),
    "production.left_to_room": Text(
        "Kartlar üretim odasında yapılıyor; üretimi bir görevli başlatır.",
        "Cards are made in a production room; a member of staff starts production.",
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
