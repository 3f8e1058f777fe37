"""The words around a signature, by what it is for."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.signatures.purposes import purpose_of
from web.gate.language import lazy_gettext as _


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
        _("e-onay metninin imzalanması"), _("e-onayınız yürürlüğe girdi."), "portal.consent"
    ),
    "e_imza": PurposeTexts(
        _("Başvuru formunun imzalanması"), _("Başvuru formunuz imzalandı."), "portal.application"
    ),
    "activation": PurposeTexts(
        _("Sertifikanın etkinleştirilmesi"),
        _("Sertifikanız etkinleştirildi."),
        "portal.certificate",
    ),
    "pin": PurposeTexts(
        _("Kart PIN'inin belirlenmesi"), _("Kartınızın PIN'i belirlendi."), "portal.certificate", 4
    ),
}
"""The uses of the handshake, by the purpose of its code (handlers.signatures.purposes.PURPOSES)."""


WAITING = _(
    "İmzanız alındı. Sertifikanızın durumu ya da zaman damgası şu an öğrenilemiyor; denetim "
    "kendiliğinden sürer ve sonuç size bildirilir."
)
"""What a person reads whose signature was taken while a service is out of reach."""


def page_of(workflow: str) -> str:
    """Return the endpoint that shows a case of a workflow."""
    return PURPOSES[purpose_of(workflow)].page
