"""What moves of the handlers state as their reason, in the two languages.

The journal holds the Turkish words; `workflow.present.sentences.reason_words` tells them in English
to a reader of English, alone or between the colons of a longer reason.
"""

from __future__ import annotations

from handlers.certificates.revocation_reasons import OFFICE_REASONS, REASONS
from handlers.parcels.events import KIND_TITLES, REASON_TITLES
from workflow.model.definition import Text

STATED = (
    *REASONS,
    *OFFICE_REASONS,
    *KIND_TITLES.values(),
    *REASON_TITLES.values(),
    Text(
        "Sertifika sahibinin kimliği ya da belgeleri inceleniyor",
        "The holder’s identity or documents are under investigation",
    ),
    Text(
        "Sertifikanın durumu ya da zaman damgası süresi içinde öğrenilemedi; yeniden imzalayınız.",
        "Neither the status of the certificate nor a time stamp could be had in time; sign again.",
    ),
    Text(
        "İmzalayan sertifika askıda; askıdan indirip yeniden imzalayınız.",
        "The signing certificate is suspended; lift the suspension and sign again.",
    ),
    Text(
        "Veren kuruluşun durum hizmeti iptal bildirdi",
        "The status service of the issuing authority reports it as revoked",
    ),
    Text("Kurye gönderiyi kabul etmedi", "The courier did not accept the parcel"),
    Text("Dayandığı sertifika kaydı düşüldü", "The record of its certificate was struck off"),
)
"""Each of them."""
