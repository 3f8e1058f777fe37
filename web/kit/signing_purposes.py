"""The words around a signature, by what it is for."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.signatures.purposes import purpose_of


@dataclass(frozen=True, slots=True)
class PurposeTexts:
    """The words of one use of the handshake.

    ``title`` is what the person is asked to do, ``accepted`` what they read once it is done, and
    ``page`` the endpoint that shows the result. ``since`` is the version of the messages that
    brought it: an older program could not show what it is asked for.
    """

    title: str
    accepted: str
    page: str
    since: int = 0


PURPOSES = {
    "e_onay": PurposeTexts(
        "e-onay metninin imzalanması", "e-onayınız yürürlüğe girdi.", "portal.consent"
    ),
    "e_imza": PurposeTexts(
        "Başvuru formunun imzalanması", "Başvuru formunuz imzalandı.", "portal.application"
    ),
    "activation": PurposeTexts(
        "Sertifikanın etkinleştirilmesi", "Sertifikanız etkinleştirildi.", "portal.certificate"
    ),
    "pin": PurposeTexts(
        "Kart PIN'inin belirlenmesi", "Kartınızın PIN'i belirlendi.", "portal.certificate", 4
    ),
}
"""The uses of the handshake, by the purpose of its code (handlers.signatures.purposes.PURPOSES)."""


WAITING = (
    "İmzanız alındı. Sertifikanızın durumu ya da zaman damgası şu an öğrenilemiyor; denetim "
    "kendiliğinden sürer ve sonuç size bildirilir."
)
"""What a person reads whose signature was taken while a service is out of reach."""


def page_of(workflow: str) -> str:
    """Return the endpoint that shows a case of a workflow."""
    return PURPOSES[purpose_of(workflow)].page
