"""What is read when a value that somebody typed is not what it should be."""

from __future__ import annotations

from workflow.model.definition import Text

VALUE = {
    "tckn.form": Text(
        "T.C. kimlik numarası 11 rakamdan oluşur; boşluk ve harf içermez.",
        "An identity number has 11 digits, no blanks and no letters.",
    ),
    "tckn.leading_zero": Text(
        "T.C. kimlik numarası 0 ile başlamaz; denetleyiniz.",
        "An identity number does not begin with 0; check it.",
    ),
    "tckn.repeated": Text(
        "T.C. kimlik numarası aynı rakamın tekrarı olamaz.",
        "An identity number is not one digit repeated; check it.",
    ),
    "tckn.checksum": Text(
        "T.C. kimlik numarası geçerli değil; rakamları denetleyiniz.",
        "The identity number is not valid; check its digits.",
    ),
    "reference.form": Text(
        "Başvuru numarası bir harf ve 9 rakamdır; örnek: B000000123.",
        "A reference is a letter and 9 digits, for example B000000123.",
    ),
    "date.form": Text(
        "Tarihi gün.ay.yıl olarak yazınız; örnek: 22.11.2026.",
        "Write the date as day.month.year, for example 22.11.2026.",
    ),
    "date.absent": Text(
        "Takvimde {text} diye bir gün yok; tarihi denetleyiniz.",
        "The calendar has no day {text}; check the date.",
    ),
    "date.far": Text(
        "{text} olabilecek bir tarih değil; tarihi denetleyiniz.",
        "{text} cannot be the date; check it.",
    ),
    "given_name.form": Text(
        "Ad ve soyad yalnız harflerden oluşur; denetleyiniz.",
        "Given name and surname consist of letters only; check them.",
    ),
    "surname.form": Text(
        "Ad ve soyad yalnız harflerden oluşur; denetleyiniz.",
        "Given name and surname consist of letters only; check them.",
    ),
    "name.long": Text(
        "Ad ve soyad birlikte en çok {longest} harf olabilir.",
        "Given name and surname may have {longest} letters together at most.",
    ),
    "email.form": Text(
        "E-posta adresi ad@kurum.tr biçiminde olmalıdır.",
        "An e-mail address has the form name@institution.tr.",
    ),
    "email.at": Text(
        "E-posta adresinde tek bir @ bulunur; ad@kurum.tr gibi tek bir adres yazınız.",
        "An e-mail address has one @; write one address, such as name@institution.tr.",
    ),
    "email.control": Text(
        "E-posta adresinde satır sonu ya da görünmeyen karakter bulunamaz; yeniden yazınız.",
        "An e-mail address has no line break and no unseen sign; write it anew.",
    ),
    "email.local_letters": Text(
        "E-posta adresinde @ işaretinden önce ç, ğ, ı, ö, ş, ü gibi harfler bulunamaz.",
        "An e-mail address has no letters such as ç, ğ, ı, ö, ş, ü before its @.",
    ),
    "email.local": Text(
        "E-posta adresinde @ işaretinden önce boşluk, tırnak, virgül, ayraç, uçta ya da art arda "
        "nokta bulunamaz; en çok 64 karakterdir.",
        "Before the @ an e-mail address has no blank, quote, comma or bracket, no dot at an end "
        "or beside another, and 64 characters at most.",
    ),
    "email.domain": Text(
        "E-posta adresinde @ işaretinden sonra kurum.tr gibi bir alan adı bulunur; denetleyiniz.",
        "Behind the @ of an e-mail address stands a domain such as institution.tr; check it.",
    ),
    "email.long": Text(
        "E-posta adresi en çok 254 karakter olabilir.",
        "An e-mail address has 254 characters at most.",
    ),
    "email.not_kep": Text(
        "KEP adresi .kep.tr ile biter; denetleyiniz.",
        "An address of registered e-mail (KEP) ends in .kep.tr; check it.",
    ),
    "phone.form": Text(
        "Telefon tek bir numaradır; dahili olmadan, 0312 555 12 34 veya +90 312 555 12 34 "
        "biçiminde yazınız.",
        "A telephone is one number; write it without an extension, such as 0312 555 12 34 or "
        "+90 312 555 12 34.",
    ),
    "institution.code": Text(
        "Kurum kodu büyük harf, rakam ve tireden oluşur.",
        "The code of an institution consists of capitals, digits and hyphens.",
    ),
    "institution.parent": Text(
        "Üst kurum bulunamadı: {parent}.",
        "The parent institution was not found: {parent}.",
    ),
    "institution.closed": Text(
        "Bu kurum {closed_on} tarihinde kapanmış; kişinin yeni kurumunu yazınız.",
        "This institution was closed on {closed_on}; enter the person's new institution.",
    ),
}
