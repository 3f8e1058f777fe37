"""What is read at the desk of parcels: of a scan, of a row of the courier's file, of an event."""

from __future__ import annotations

from workflow.model.definition import Text

PARCEL_DESK = {
    "tracking.empty": Text(
        "Dosya boş; kuryenin dosyasını yeniden indirip yükleyiniz.",
        "The file is empty; download the courier's file again and upload it.",
    ),
    "tracking.columns": Text(
        "Dosyada şu sütunlar yok: {missing}. İlk satır sütun adlarını taşımalıdır.",
        "The file lacks these columns: {missing}. Its first row has to name the columns.",
    ),
    "tracking.number": Text(
        "Takip numarası 4–40 harf, rakam ve tireden oluşur; çizgi kodu yeniden okutunuz.",
        "A tracking number has 4 to 40 letters, digits and hyphens; scan the barcode again.",
    ),
    "tracking.kind": Text(
        "“{text}” bilinen bir durum değil. Bilinenler: {known}.",
        "“{text}” is no known state. Known are: {known}.",
    ),
    "tracking.reason": Text(
        "“{text}” bilinen bir neden değil. Bilinenler: {known}.",
        "“{text}” is no known reason. Known are: {known}.",
    ),
    "tracking.reason_missing": Text(
        "İadenin nedeni yazılmamış. Bilinenler: {known}.",
        "The reason of the return is missing. Known are: {known}.",
    ),
    "tracking.shown": Text(
        "“{text}” kabul edilen bir kimlik belgesi değil. Bilinenler: {known}.",
        "“{text}” is no accepted identity document. Known are: {known}.",
    ),
    "tracking.moment": Text(
        "Zamanı gün ve saatle yazınız; örnek: 22.11.2026 17:05.",
        "Write the moment as day and time, for example 22.11.2026 17:05.",
    ),
    "tracking.word_long": Text(
        "Belge no ve teslim eden en çok {longest} harf olabilir.",
        "The document's number and who handed over may have {longest} letters at most.",
    ),
    "tracking.repeated": Text(
        "Aynı olay {first}. satırda zaten var.",
        "The same event stands in row {first} already.",
    ),
    "parcel.unknown": Text(
        "{number} numaralı bir gönderimiz yok; çizgi kodu yeniden okutunuz.",
        "We have no parcel {number}; scan the barcode again.",
    ),
    "parcel.ended": Text(
        "Bu gönderi kapanmış ({state}); zarfı ayırıp başvurusuna bakınız.",
        "This parcel has ended ({state}); put the envelope aside and look at its application.",
    ),
    "parcel.not_handed_over": Text(
        "Bu gönderi kuryeye verilmedi: zarfı teslim listesine taranmamış.",
        "This parcel was not handed over: its envelope was not scanned onto a list.",
    ),
    "scan_file.empty": Text(
        "Dosyada hiç kod yok; tarayıcının dosyasını yeniden alınız.",
        "The file holds no code; take the scanner's file again.",
    ),
    "scan_file.type": Text(
        "Dosya okunamadı; her satırında bir kod olan bir metin dosyası yükleyiniz.",
        "The file cannot be read; upload a text file with one code on each line.",
    ),
    "scan_file.rows": Text(
        "Dosyada en çok {most} kod olabilir; bölünüz.",
        "The file may have {most} codes at most; split it.",
    ),
    "event.in_future": Text(
        "Olayın zamanı gelecekte; kuryenin saatini denetleyiniz.",
        "The event lies in the future; check the courier's clock.",
    ),
    "event.after_end": Text(
        "Aynı dosyanın {first}. satırında bu gönderi zaten kapanıyor.",
        "Row {first} of the same file ends this parcel already.",
    ),
    "event.other_content": Text(
        "{event} numaralı olay daha önce başka bir içerikle geldi.",
        "An event {event} came before with another content.",
    ),
    "event.malformed": Text(
        "Olayın bir alanı eksik, fazla ya da bozuk: {field}.",
        "A field of the event is missing, too much or malformed: {field}.",
    ),
    "rehearsal.lost": Text(
        "Provanın bilgisi okunamadı ya da başkasına ait; dosyayı yeniden yükleyiniz.",
        "The rehearsal cannot be read or is somebody else's; upload the file again.",
    ),
}
