"""What is read when paper of an application is not registered or not accepted."""

from __future__ import annotations

from workflow.model.definition import Text

PAPER = {
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
    "paper.scan_missing": Text(
        "İmzalı formun taraması yok; evrak taranmadan onaylanamaz.",
        "There is no scan of the signed form; paper is not approved unscanned.",
    ),
    "paper.page_unseen": Text(
        "Taramaların {pages} sayfasını açmadınız; her sayfaya bakıp yeniden onaylayınız.",
        "You have not opened {pages} pages of the scans; look at each, then approve again.",
    ),
    "paper.unchecked": Text(
        "Denetim listesinde {items} madde işaretlenmedi; karşılaştırıp işaretleyiniz.",
        "{items} items of the check-list are not ticked; compare and tick them.",
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
