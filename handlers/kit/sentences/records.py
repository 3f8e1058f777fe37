"""What is read when the records of a person or an institution cannot be changed so."""

from __future__ import annotations

from workflow.model.definition import Text

RECORDS = {
    "registration.known": Text(
        "Bu kimlik numarasıyla kayıtlı bir kişi var.",
        "Somebody with this identity number is on record.",
    ),
    "registration.waits": Text(
        "Bu kişinin bekleyen bir kayıt isteği var; önce o karara bağlanır.",
        "A request of this person waits already; that one is decided first.",
    ),
    "registration.closed": Text(
        "Yazılan kurum kapanmış; kişiyi çalıştığı kurumun koduyla kaydediniz.",
        "The institution is closed; register the person with the one they work for.",
    ),
    "registration.nothing_shown": Text(
        "Görülen kimlik belgesinin türünü, numarasını ve kopyasının yerini yazınız (en çok 60 "
        "harf).",
        "Give kind and number of the identity document and where its copy is (60 letters at most).",
    ),
    "contact.missing": Text(
        "E-posta ya da telefonunuzdan en az birini yazınız; sonuç oraya bildirilir.",
        "Give an e-mail address or a telephone number, by which the outcome is told.",
    ),
    "data.own": Text(
        "Kendi bilgilerinizi siz değiştiremezsiniz.",
        "Nobody changes their own data.",
    ),
    "data.unknown": Text(
        "Böyle bir kişi yok.",
        "There is no such person.",
    ),
    "data.stale": Text(
        "Bilgiler siz bakarken değişti; sayfayı yenileyip yeniden deneyiniz.",
        "The data have changed since you looked at them; reload the page and try again.",
    ),
    "address.long": Text(
        "Adres en çok {longest} harf olabilir.",
        "An address may have {longest} letters at most.",
    ),
    "proof.kind": Text(
        "Gösterilen belgeyi listeden seçiniz.",
        "Choose the document that was shown from the list.",
    ),
    "proof.name": Text(
        "Ad ve soyad yalnız kimlik, nüfus kaydı ya da mahkeme kararıyla değişir.",
        "A name changes only by an identity document, a civil registry extract or a court order.",
    ),
    "proof.of_closing": Text(
        "Kurum yalnız kurum yazısıyla ya da mahkeme kararıyla kapanır.",
        "An institution is closed only by its letter or by a court order.",
    ),
    "proof.of_standing": Text(
        "Bu durum şu belgelerden biriyle kaydedilir: {documents}.",
        "This standing is recorded by one of these documents: {documents}.",
    ),
    "proof.missing": Text(
        "Belgenin numarasını ve kopyasının yerini yazınız.",
        "Enter the number of the document and the place of its copy.",
    ),
    "reason.missing": Text(
        "Gerekçeyi yazınız; en çok {longest} harf.",
        "Give the reason; {longest} letters at most.",
    ),
    "since.future": Text(
        "Gelecek bir gün yazılamaz; o gün gelince kaydediniz.",
        "The day cannot be in the future; record it when it has come.",
    ),
    "standing.own": Text(
        "Kendi durumunuzu siz değiştiremezsiniz.",
        "Nobody changes their own standing.",
    ),
    "standing.busy": Text(
        "Bu kişinin bir kaydında şu an başka bir işlem sürüyor; yineleyiniz.",
        "Another operation is under way on a case of this person; try again.",
    ),
    "standing.stale": Text(
        "Kişinin durumu siz bakarken değişti; sayfayı yenileyip yeniden deneyiniz.",
        "The person's standing has changed since you looked at it; reload the page and try again.",
    ),
    "ground.missing": Text(
        "Kişinin durumunu listeden seçiniz.",
        "Choose the person's standing from the list.",
    ),
    "ground.same": Text(
        "Kişi kayıtlarda zaten görevde; başka bir durum seçiniz.",
        "By the records the person is in office already; choose another standing.",
    ),
    "institution.unknown": Text(
        "Bu kodla bir kurum yok; kodu denetleyiniz.",
        "There is no institution of this code; check it.",
    ),
    "institution.stale": Text(
        "Kurumun durumu siz bakarken değişti; sayfayı yenileyip yeniden deneyiniz.",
        "The institution has changed since you looked at it; reload the page and try again.",
    ),
    "name.form": Text(
        "Kurumun adı 1–{longest} harf olmalıdır.",
        "The name of an institution has 1 to {longest} letters.",
    ),
    "became.missing": Text(
        "Kurumun durumunu seçiniz.",
        "Choose what became of the institution.",
    ),
    "became.same": Text(
        "Kurum kayıtlarda zaten bu durumda; değişiklik yapılmadı.",
        "By the records the institution is so already; nothing was changed.",
    ),
    "became.below": Text(
        "Bu kuruma bağlı {below} kurum açık; önce onların kapandığını kaydediniz.",
        "{below} institutions below this one are open; record first that they were closed.",
    ),
}
