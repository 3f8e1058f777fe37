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
}
