"""The words around a signature, by what it is for, and the move that it makes now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.kit.moves import AWAIT_STATUS
from handlers.signatures import code as codes

if TYPE_CHECKING:
    from workflow.model.definition import Definition


@dataclass(frozen=True, slots=True)
class Purpose:
    """The words of one use of the handshake.

    ``title`` is what the person is asked to do, ``accepted`` what he reads once it is done, and
    ``page`` the endpoint that shows the result. ``since`` is the version of the messages that
    brought it: an older program could not show what it is asked for.
    """

    title: str
    accepted: str
    page: str
    since: int = 0


PURPOSES = {
    "e_onay": Purpose(
        "e-onay metninin imzalanması", "e-onayınız yürürlüğe girdi.", "portal.consent"
    ),
    "e_imza": Purpose(
        "Başvuru formunun imzalanması", "Başvuru formunuz imzalandı.", "portal.application"
    ),
    "activation": Purpose(
        "Sertifikanın etkinleştirilmesi", "Sertifikanız etkinleştirildi.", "portal.certificate"
    ),
    "pin": Purpose(
        "Kart PIN'inin belirlenmesi", "Kartınızın PIN'i belirlendi.", "portal.certificate", 4
    ),
}
"""The uses of the handshake, by the purpose of its code (handlers.signatures.code.PURPOSES)."""


WAITING = (
    "İmzanız alındı. Sertifikanızın durumu ya da zaman damgası şu an öğrenilemiyor; denetim "
    "kendiliğinden sürer ve sonuç size bildirilir."
)
"""What a person reads whose signature was taken while a service is out of reach."""


def page_of(workflow: str) -> str:
    """Return the endpoint that shows a case of a workflow."""
    return PURPOSES[codes.purpose_of(workflow)].page


def move_of(purpose: str, definition: Definition, state: str, *, waits: bool = False) -> str:
    """Return the move that a signature makes in a state; where none starts there, the first.

    One that ``waits`` for a service is taken in to be checked, where its case knows how.
    """
    triggers = codes.PURPOSES[purpose].triggers
    usual = purpose == codes.purpose_of(definition.name)
    if waits and usual and definition.starts(AWAIT_STATUS, state):
        return AWAIT_STATUS
    return next((name for name in triggers if definition.starts(name, state)), triggers[0])
