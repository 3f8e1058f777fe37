"""What is read when an uploaded file is not taken: any file, a staff list, a scan."""

from __future__ import annotations

from workflow.model.definition import Text

UPLOAD = {
    "upload.busy": Text(
        "Şu anda başka dosyalar okunuyor; dosya alınmadı. Biraz sonra yükleyiniz.",
        "Other files are being read now; the file was not taken. Upload it in a while.",
    ),
    "upload.infected": Text(
        "Dosyada zararlı yazılım bulundu; alınmadı. Temiz bir kopyasını yükleyiniz.",
        "Malware was found in the file; it was not taken. Upload a clean copy.",
    ),
    "upload.scanner_away": Text(
        "Virüs denetimi şu an yapılamıyor; dosya alınmadı. Biraz sonra yeniden deneyiniz.",
        "The virus scanner does not answer; the file was not taken. Try again in a while.",
    ),
    "upload.empty": Text(
        "Dosya boş; personel listesini yeniden kaydedip yükleyiniz.",
        "The file is empty; save the staff list again and upload it.",
    ),
    "upload.large": Text(
        "Dosya en çok {megabytes} MB olabilir; listeyi bölünüz.",
        "The file may have {megabytes} MB at most; split the list.",
    ),
    "upload.type": Text(
        "Dosya okunamadı; CSV ya da XLSX olarak kaydedip yükleyiniz.",
        "The file cannot be read; save it as CSV or XLSX and upload it.",
    ),
    "upload.old": Text(
        "Dosya eski Excel (.xls) ya da parola korumalı; parolasız XLSX olarak kaydediniz.",
        "The file is an old Excel file (.xls) or has a password; save it as XLSX without one.",
    ),
    "upload.ods": Text(
        "Dosya OpenDocument (.ods) biçiminde; XLSX ya da CSV olarak kaydedip yükleyiniz.",
        "The file is an OpenDocument (.ods); save it as XLSX or CSV and upload it.",
    ),
    "upload.document_type": Text(
        "Dosya belge türü tanımı (DTD) taşıyor; Excel ile yeniden kaydediniz.",
        "The file carries a document type definition (DTD); save it again with Excel.",
    ),
    "upload.unpacked": Text(
        "Dosya açıldığında çok büyük; listeyi boş bir çalışma kitabına kopyalayınız.",
        "The file is too large once unpacked; copy the list into an empty workbook.",
    ),
    "upload.encoding": Text(
        "Dosyanın harf kodlaması tanınmadı; UTF-8 olarak kaydediniz.",
        "The encoding of the file is not known; save it as UTF-8.",
    ),
    "upload.rows": Text(
        "Liste en çok {most} satır olabilir; bölünüz.",
        "A list may have {most} rows at most; split it.",
    ),
    "upload.columns": Text(
        "Listede şu sütunlar yok: {missing}. Örnek listeyi kullanınız.",
        "The list lacks these columns: {missing}. Use the sample list.",
    ),
    "upload.heading_twice": Text(
        "Listede şu sütun adları birden çok kez var: {twice}. Hangisinin geçerli olduğu "
        "anlaşılmıyor; ötekinin adını değiştiriniz.",
        "The list has these columns more than once: {twice}. Which one counts cannot be told; "
        "rename the other.",
    ),
    "scan.empty": Text(
        "Dosya boş. Taramayı yeniden yükleyiniz.",
        "The file is empty. Upload the scan again.",
    ),
    "scan.too_large": Text(
        "Dosya en çok {megabytes} MB olabilir; bölerek yükleyiniz.",
        "The file may have {megabytes} MB at most; split it.",
    ),
    "scan.sort": Text(
        "Dosya PDF, JPEG, PNG ya da TIFF olmalıdır.",
        "The file has to be a PDF, JPEG, PNG or TIFF.",
    ),
    "scan.unreadable": Text(
        "Dosya açılamadı; bozuk olabilir. Belgeyi yeniden tarayıp yükleyiniz.",
        "The file cannot be opened; it may be damaged. Scan the document again and upload it.",
    ),
    "scan.locked": Text(
        "PDF parola ile korunuyor. Parolasız olarak yeniden kaydedip yükleyiniz.",
        "The PDF has a password. Save it without one and upload it.",
    ),
    "scan.active": Text(
        "PDF betik ya da ekli dosya taşıyor. Belgeyi düz tarama olarak yükleyiniz.",
        "The PDF carries scripts or attached files. Upload the document as a plain scan.",
    ),
    "scan.too_many_pages": Text(
        "Dosyada {most} sayfadan çoğu var; bölerek yükleyiniz.",
        "The file has more than {most} pages; split it.",
    ),
    "scan.too_many_pixels": Text(
        "Görüntü çok büyük. 300 dpi ile yeniden tarayıp yükleyiniz.",
        "The picture is too large. Scan it again with 300 dpi and upload it.",
    ),
    "scan.kind": Text(
        "Belge türünü listeden seçiniz.",
        "Choose the kind of document from the list.",
    ),
    "scan.too_many": Text(
        "Bir başvuruya en çok {most} tarama yüklenir.",
        "An application takes {most} scans at most.",
    ),
    "scan.state": Text(
        "Bu başvuru şu anda evrak kabul etmiyor.",
        "This application takes in no paper now.",
    ),
    "scan.own": Text(
        "Kendi başvurunuzun evrakını siz yükleyemezsiniz.",
        "Nobody uploads the papers of their own application.",
    ),
    "scan.decided": Text(
        "Bu ad değişikliği artık karar beklemiyor; belge eklenmez.",
        "This change of a name does not wait for a decision any more; nothing is added.",
    ),
    "scan.own_name": Text(
        "Kendi adınızı kanıtlayan belgeyi siz yükleyemezsiniz.",
        "Nobody uploads the document that proves their own name.",
    ),
}
