"""What is read when a request to suspend or revoke does not say who asked, or how."""

from __future__ import annotations

from workflow.model.definition import Text

ASKING = {
    "asking.nobody": Text("İsteği kimin yaptığını seçiniz.", "Say who asked for it."),
    "asking.other_institution": Text(
        "Sertifika sahibi kurumunuzda kayıtlı değil; iptali yalnız kendi kurumu isteyebilir.",
        "The holder is not on record at your institution; only his own can ask for the end.",
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
