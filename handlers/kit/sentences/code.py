"""What is read when a verification code is refused (`handlers.signatures.code`)."""

from __future__ import annotations

from workflow.model.definition import Text

CODE = {
    "code.unknown": Text(
        "Doğrulama kodu tanınmadı; sayfadan yeni kod alınız.",
        "The code is not known; get a new one from the page.",
    ),
    "code.not_claimed": Text(
        "Kod henüz imza uygulamasına girilmedi.",
        "The code has not been entered into the signing program yet.",
    ),
    "code.used": Text(
        "Bu kod kullanıldı; sayfadan yeni kod alınız.",
        "This code has been used; get a new one from the page.",
    ),
    "code.expired": Text(
        "Kodun süresi doldu; sayfadan yeni kod alınız.",
        "The code has expired; get a new one from the page.",
    ),
    "code.replaced": Text(
        "Bu kodun yerine yenisi alındı; sayfadaki kodu kullanınız.",
        "A newer code has replaced this one; use the one on the page.",
    ),
    "code.locked": Text(
        "Kod çok sayıda yanlış denemeden sonra kilitlendi; yeni kod alınız.",
        "The code is locked after too many wrong tries; get a new one.",
    ),
    "code.wrong_purpose": Text(
        "Bu kod başka bir işlem için alınmış; bu işlemin sayfasından kod alınız.",
        "This code is for another purpose; get one from the page of this operation.",
    ),
    "code.other_person": Text(
        "Bu kod başka bir kişiye verilmiş; kendi sayfanızdan kod alınız.",
        "This code was given to another person; get one from your own page.",
    ),
    "code.other_case": Text(
        "Bu kod başka bir başvuru için alınmış; bu başvurunun sayfasından kod alınız.",
        "This code is for another case; get one from the page of this case.",
    ),
    "code.other_text": Text(
        "Kod alındıktan sonra metin değişti; metni yeniden okuyup yeni kod alınız.",
        "The text has changed since the code was given; read it again and get a new code.",
    ),
}
