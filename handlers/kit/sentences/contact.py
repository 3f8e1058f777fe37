"""What is read where how a person is called and reached cannot be changed so."""

from __future__ import annotations

from workflow.model.definition import Text

CONTACT = {
    "contact.gone": Text(
        "Bu değişiklikten geriye bir şey kalmadı; yeniden isteyiniz.",
        "Nothing is left of this change; ask for it again.",
    ),
    "contact.same": Text(
        "Kayıttaki bilgi zaten bu; değiştirilecek bir şey yok.",
        "The records say so already; there is nothing to change.",
    ),
    "contact.scan_missing": Text(
        "Adı kanıtlayan belge taranmadı; önce taramasını yükleyiniz.",
        "The document that proves the name is not scanned; upload the scan first.",
    ),
    "contact.page_unseen": Text(
        "Belgenin {pages} sayfasını açmadınız; her sayfaya bakıp yeniden onaylayınız.",
        "You have not opened {pages} pages of the document; look at each, then approve again.",
    ),
    "contact.under_way": Text(
        "Bu bilgi için kod bekleyen bir değişikliğiniz var; kodu yazınız ya da ondan vazgeçiniz.",
        "A change of this waits for its code; enter it, or withdraw that change.",
    ),
    "contact.parcel_under_way": Text(
        "Kartınız şu an kuryede ya da kuryeye verilmek üzere; adresi teslimattan sonra "
        "değiştirebilirsiniz. Teslim edilemediyse yeni adresi başvurunuzun sayfasında "
        "bildirebilirsiniz.",
        "A card of yours is with the courier or about to be; change the address after it has "
        "arrived. If it could not be delivered, give another address on the page of your "
        "application.",
    ),
    "contact.no_email": Text(
        "Ofis şu an e-posta gönderemiyor; yeni adresi doğrulamak için başvuru ofisine geliniz.",
        "The office sends no e-mail at present; come to the desk to have the address changed.",
    ),
    "contact.no_kep": Text(
        "Ofis KEP adresine ileti gönderemiyor; başka bir e-posta adresi yazınız ya da başvuru "
        "ofisine geliniz.",
        "The office cannot write to registered e-mail; give another address or come to the desk.",
    ),
    "contact.no_sms": Text(
        "Ofis şu an SMS gönderemiyor; telefon numaranızı değiştirmek için başvuru ofisine geliniz.",
        "The office sends no SMS at present; come to the desk to have the number changed.",
    ),
    "contact.not_mobile": Text(
        "Kod yalnız cep telefonuna gönderilir; cep telefonu numarası yazınız ya da başvuru ofisine "
        "geliniz.",
        "The code goes to a mobile telephone only; give such a number or come to the desk.",
    ),
    "contact.quiet": Text(
        "Gece SMS gönderilmez; saat {until} sonrasında yeniden deneyiniz.",
        "No SMS is sent at night; try again after {until}.",
    ),
    "contact.too_often": Text(
        "Bir günde en çok {most} kez kod istenir; yarın yeniden deneyiniz.",
        "A code is sent {most} times a day at most; try again tomorrow.",
    ),
    "contact.wrong_code": Text(
        "Kod yanlış; iletideki altı rakamı yazınız.",
        "The code is wrong; enter the six digits of the message.",
    ),
    "contact.not_yours": Text(
        "Öneriyi yalnız yapan görevli geri çeker.",
        "Only the officer who made the proposal takes it back.",
    ),
    "name.under_way": Text(
        "Bu kişinin ikinci görevliyi bekleyen bir ad değişikliği var; önce o sonuçlanmalı.",
        "A change of this name waits for a second officer; that has to be decided first.",
    ),
}
