"""What is read when the text of a message cannot be taken, or a change of one not be decided."""

from __future__ import annotations

from workflow.model.definition import Text

TEXTS = {
    "texts.empty": Text("Metni yazınız.", "Write the text."),
    "texts.too_long": Text("En çok {what} karakter olabilir.", "At most {what} characters."),
    "texts.subject_lines": Text("Konu tek satır olmalıdır.", "A subject is one line."),
    "texts.subject_field": Text(
        "Konuda {what} kullanılamaz; konu ve SMS ad, numara ya da gerekçe taşımaz.",
        "{what} cannot stand in a subject; subject and SMS hold neither name, number nor reason.",
    ),
    "texts.identity": Text(
        "{line}. satır: metinde bir T.C. kimlik numarası var; kaldırınız.",
        "Line {line}: an identity number stands in the text; take it out.",
    ),
    "texts.unseen": Text(
        "{line}. satır: metinde görünmeyen bir karakter var; satırı yeniden yazınız.",
        "Line {line}: a character that cannot be seen stands there; write the line anew.",
    ),
    "texts.field": Text(
        "{line}. satır: bu iletide “{what}” diye bir alan yok; alanlar listesine bakınız.",
        "Line {line}: this message has no field “{what}”; see the list of fields.",
    ),
    "texts.broken": Text(
        "{line}. satır: şablon okunamıyor; açılan her ayraç ve koşul kapatılmalıdır.",
        "Line {line}: the template cannot be read; close each bracket and condition.",
    ),
    "texts.too_deep": Text(
        "{line}. satır: iç içe çok fazla koşul ya da işlem var; metni sadeleştiriniz.",
        "Line {line}: too many conditions stand in one another; make the text simpler.",
    ),
    "texts.statement": Text(
        "{line}. satır: “{what}” kullanılamaz; yalnız if koşulu ve listelerde for vardır.",
        "Line {line}: “{what}” cannot be used; there is only if, and for over a list.",
    ),
    "texts.expression": Text(
        "{line}. satır: “{what}” kullanılamaz; yalnız alanlar ve long_date, short_date, "
        "local_time yazımları vardır.",
        "Line {line}: “{what}” cannot be used; there are only fields, written by "
        "long_date, short_date or local_time.",
    ),
    "texts.pair": Text(
        "{line}. satır: liste iki yeni adla dolaşılır: for numara, adres in waiting.",
        "Line {line}: a list is gone through by two new names: for number, page in waiting.",
    ),
    "texts.no_case": Text(
        "Bu numarada bir başvuru, sertifika ya da e-onay yok; numarayı denetleyiniz.",
        "There is no application, certificate or e-onay of this number; check it.",
    ),
    "texts.unknown": Text("Böyle bir ileti metni yok.", "There is no such message text."),
    "texts.no_change": Text(
        "Metin yürürlükteki metinle aynı; değişecek bir şey yok.",
        "The text is like the one in force; there is nothing to change.",
    ),
    "texts.past_day": Text(
        "Yürürlük günü geçmişte olamaz.", "The day from which it is in force cannot be past."
    ),
    "texts.far_day": Text(
        "Yürürlük günü bugünden en çok {most} gün sonra olabilir.",
        "The day from which it is in force is at most {most} days from today.",
    ),
    "texts.under_way": Text(
        "Bu metin için karar bekleyen bir öneri var; önce o sonuçlanmalıdır.",
        "A proposal for this text waits for its decision; that comes first.",
    ),
    "texts.other_revision": Text(
        "Bu metnin revizyonu öneri beklerken değişti; yeniden önerilmelidir.",
        "Another revision was made meanwhile; propose the change anew.",
    ),
    "texts.proposer_left": Text(
        "Öneriyi yapan artık yönetici değil; uygun bulmayınız, gerekirse yeniden önerilir.",
        "Who proposed it is no administrator any more; refuse it, it can be proposed anew.",
    ),
    "texts.not_yours": Text(
        "Öneriyi yalnız yapan geri çeker; uygun bulmuyorsanız öyle karar veriniz.",
        "Only who made the proposal withdraws it; refuse it if it is not right.",
    ),
}
