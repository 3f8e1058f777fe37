"""What is read of a row of a staff list that is not taken, or not wholly."""

from __future__ import annotations

from workflow.model.definition import Text

STAFF_LIST = {
    "row.quotation": Text(
        "Satırdaki bir tırnak işareti kapanmamış ya da yanlış yerde; düzeltiniz.",
        "A quotation mark of the row is not closed or out of place; correct it.",
    ),
    "row.repeated": Text(
        "Aynı kişi ya da sertifika {first}. satırda zaten var.",
        "The same person or certificate stands in row {first} already.",
    ),
    "row.outside": Text(
        "Bu satırdaki kişi ya da kurum sizin yetki alanınızda değil; satır alınmadı.",
        "The person or institution of this row is not within your reach; the row was not taken.",
    ),
    "cell.long": Text(
        "{column} en çok {longest} harf olabilir.",
        "{column} may have {longest} letters at most.",
    ),
    "cell.error": Text(
        "{column} bir hata değeri: {value}. Düzeltiniz.",
        "{column} is an error value: {value}. Correct it.",
    ),
    "cell.formula": Text(
        "{column} bir formül; yerine değerini yazınız.",
        "{column} is a formula; write its value instead.",
    ),
    "serial.form": Text(
        "Sertifika seri numarası onaltılık rakamlardan oluşur; örnek: 1a2b3c.",
        "A serial number of a certificate consists of hexadecimal digits, for example 1a2b3c.",
    ),
    "serial.taken": Text(
        "Bu seri numarası bu kişiye kaydedilemez; numarayı denetleyiniz.",
        "This serial number cannot be recorded for this person; check it.",
    ),
    "ends_on.missing": Text(
        "Sertifikanın bitiş tarihi yazılmamış.",
        "The day on which the certificate ends is missing.",
    ),
    "ends_on.far": Text(
        "Sertifikanın bitiş tarihi çok uzak; denetleyiniz.",
        "The day on which the certificate ends is too far away; check it.",
    ),
    "person.other_name": Text(
        "Bu kimlik numarası başka bir ad ve soyadla kayıtlı. Ad değiştiyse belgesiyle kayıt "
        "görevlisine başvurulmalıdır; liste ad değiştirmez.",
        "This identity number is on record under another name. If the name has changed, bring the "
        "document to a registration officer; a list changes no name.",
    ),
    "person.other_data": Text(
        "Kayıttakinden farklı, alınmadı: {differing}. Değişikliği belgesiyle kayıt "
        "görevlisi yapar.",
        "Differs from the record and was not taken: {differing}. A registration officer changes it "
        "by its document.",
    ),
    "certificate.other_end": Text(
        "Sertifikanın bitiş tarihi kayıttakinden farklı, alınmadı. Tarih, sahibi kartıyla giriş "
        "yapınca ya da kayıt görevlisi veren kuruluşun yazısını girince düzelir.",
        "The day on which the certificate ends differs from the record and was not taken. It is "
        "corrected when the holder signs in with the card, or when an officer enters the "
        "authority's letter.",
    ),
    "contact.first_taken": Text(
        "Yalnız {taken} alındı.",
        "Only {taken} was taken.",
    ),
    "contact.left_out": Text(
        "Kişi alındı, bu alınmadı.",
        "The person was taken, this was not.",
    ),
    "renewal.old_gone": Text(
        "Sertifika artık geçerli değil; yenileme açılmadı. Kişi kendisi başvurmalıdır.",
        "The certificate is no longer in force; no renewal was filed. The person has to apply.",
    ),
    "list.has_not_ended": Text(
        "Sertifikanın süresi dolmuş; kişi kaydedildi, sertifika kaydedilmedi.",
        "The certificate has ended; the person was recorded, the certificate was not.",
    ),
    "list.form.address_missing": Text(
        "Adres yok; yenileme başvurusu taslak kaldı.",
        "There is no address; the renewal was left as a draft.",
    ),
    "list.conflict": Text(
        "Bu sertifika için açık bir yenileme başvurusu zaten var.",
        "There is an open renewal for this certificate already.",
    ),
    "list.role_not_allowed": Text(
        "Bu kaydı yapmaya yetkiniz yok.",
        "You may not make this record.",
    ),
}
"""``list.`` stands before a code that says more of a row than of a single case."""
