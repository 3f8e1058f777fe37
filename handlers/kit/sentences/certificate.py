"""What is read when a certificate shown, a letter about one, or a request to end one is refused."""

from __future__ import annotations

from workflow.model.definition import Text

CERTIFICATE = {
    "sight.other_certificate": Text(
        "Gösterilen, kayıttaki seri numaralı sertifika değil; bu sertifikanın kendisi gerekir.",
        "What was shown is not the certificate of this serial number; show this one.",
    ),
    "sight.untrusted": Text(
        "Sertifika, tanınan bir kuruluşun köküne ulaşmıyor ya da süresi dolmuş; dosyayı "
        "denetleyiniz.",
        "The certificate leads to no authority that is trusted here, or has ended; check the file.",
    ),
    "sight.other_person": Text(
        "Gösterilen sertifika başka bir kişinin; kendi sertifikanızı gösteriniz.",
        "The certificate that was shown is another person's; show your own.",
    ),
    "sight.foreign": Text(
        "Bu sertifikayı bu kuruluş üretmedi (veren: {issuer}); askıya alma ve iptal yalnız "
        "sertifikayı veren kuruluştan istenir.",
        "This certificate was not made here (issuer: {issuer}); only its own authority can suspend "
        "or revoke it.",
    ),
    "sight.unseen": Text(
        "Eski sertifika yalnız beyan edilmiş; sahibi eski kartıyla giriş yapmadan üretilmez.",
        "The old certificate is only stated; nothing is made before its holder signs in with it.",
    ),
    "form.additional_unseen": Text(
        "{certificate} numaralı sertifikanız yalnız beyan edilmiş; ek sertifika için o kartla bir "
        "kez giriş yapınız.",
        "Your certificate {certificate} is only stated; sign in with its card once for an "
        "additional one.",
    ),
    "sight.letter_missing": Text(
        "Veren kuruluşun yazısının sayısını (en çok {longest} harf) ve tarihini yazınız.",
        "Enter number (at most {longest} letters) and day of the authority's letter.",
    ),
    "sight.letter_old": Text(
        "Yazının tarihi son {days} gün içinde olmalıdır; yeni bir yazı isteyiniz.",
        "The letter must be of the last {days} days; ask for a new one.",
    ),
    "sight.issuer_missing": Text(
        "Sertifikayı veren kuruluşun adını yazınız (en çok {longest} harf).",
        "Enter the name of the authority (at most {longest} letters).",
    ),
    "sight.end_unlikely": Text(
        "Bitiş tarihi geçmişte ya da çok ileride; yazıdaki tarihi denetleyiniz.",
        "The end is past or too far away; compare it with the letter.",
    ),
    "sight.end_differs": Text(
        "Sertifikanın kendisine göre bitiş tarihi {ends_on}; yazıdaki tarihi denetleyiniz.",
        "By the certificate itself it ends on {ends_on}; compare that with the letter.",
    ),
    "sight.revoked_on_unlikely": Text(
        "İptal tarihini yazınız; bu tarih bugünden sonra olamaz.",
        "Enter the day of the revocation; it cannot be later than today.",
    ),
    "certificate_status.unknown": Text(
        "Eski sertifikanın durumu öğrenilemedi; daha sonra yeniden sorulur.",
        "The status of the old certificate could not be learnt; it is asked for again later.",
    ),
    "reminding.other_institution": Text(
        "Sertifika sahibi kurumunuzda kayıtlı değil; hatırlatmalarına yalnız kendi kurumu karar "
        "verir.",
        "The holder is not on record at your institution; only their own decides on reminders.",
    ),
    "asking.nobody": Text("İsteği kimin yaptığını seçiniz.", "Say who asked for it."),
    "asking.other_institution": Text(
        "Sertifika sahibi kurumunuzda kayıtlı değil; iptali yalnız kendi kurumu isteyebilir.",
        "The holder is not on record at your institution; only their own can ask for the end.",
    ),
    "asking.not_recognised": Text(
        "İsteği yapanın nasıl tanındığını seçiniz.", "Say how whoever asked was recognised."
    ),
    "asking.does_not_fit": Text(
        "Seçilen tanıma yolu, isteği yapana uymuyor; başka bir yol seçiniz ya da isteği "
        "kanıtlatınız.",
        "Whoever asked cannot be recognised in this way; choose another or have it proved.",
    ),
}
