"""Owns what a signature may be for: the move it makes and the words around it, by workflow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Purpose:
    """One use of the handshake: ``trigger`` is the move that the signature makes.

    ``title`` is what the person is asked to do, ``accepted`` what he reads once it is done, and
    ``page`` the endpoint that shows the result.
    """

    trigger: str
    title: str
    accepted: str
    page: str


PURPOSES = {
    "consent": Purpose(
        "sign", "e-onay metninin imzalanması", "e-onayınız yürürlüğe girdi.", "portal.consent"
    ),
    "application": Purpose(
        "approve_e_imza",
        "Başvuru formunun imzalanması",
        "Başvuru formunuz imzalandı.",
        "portal.application",
    ),
    "certificate": Purpose(
        "activate",
        "Sertifikanın etkinleştirilmesi",
        "Sertifikanız etkinleştirildi.",
        "portal.certificate",
    ),
}
"""The uses of the handshake, by the workflow of the case that is signed for."""
