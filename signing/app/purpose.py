"""Telling from a document itself what it is for, whatever the server calls it.

Each text that is signed begins with a heading of its own, in every revision that was ever frozen;
an application form that is a PDF says it in the reason of its signature (ISO 32000-1, 12.8.1),
which is among the signed bytes. So a text of one purpose cannot be passed off as another.
"""

from __future__ import annotations

from enum import StrEnum

from signing.app.content import MediaType
from signing.app.errors import PurposeDiffers
from signing.cms import pades
from signing.cms.binding import canonical


class SignaturePurpose(StrEnum):
    """What a signature is for; a code serves one purpose only."""

    E_ONAY = "e_onay"
    E_IMZA = "e_imza"
    ACTIVATION = "activation"
    PIN = "pin"
    SIGN_IN = "sign_in"


HEADINGS = {
    "ELEKTRONİK ONAY (e-onay) BEYANI": SignaturePurpose.E_ONAY,
    "NİTELİKLİ ELEKTRONİK SERTİFİKA BAŞVURU FORMU": SignaturePurpose.E_IMZA,
    "SERTİFİKA ETKİNLEŞTİRME BEYANI": SignaturePurpose.ACTIVATION,
    "KART PIN'İ BELİRLEME BEYANI": SignaturePurpose.PIN,
    "KARTLA GİRİŞ İSTEĞİ": SignaturePurpose.SIGN_IN,
}
"""The first line of each text; none of them stands on any other line of any text."""

FORM_REASON = "Başvuru formunun ve sertifika sahibi taahhüdünün imzalanması"
"""Why an application form is signed, as it stands in the signature of its PDF."""

ORIGIN_LINE = "Giriş yapılacak adres: "
"""How the line of a sign-in's text begins that names the address where the browser is let in."""

SERIAL_LINE = "Sertifika seri numarası: "
"""How the line of an activation's and of a PIN's text begins that names the certificate (hex)."""


def written_for(media_type: MediaType, document: bytes) -> SignaturePurpose:
    """Give the purpose that a document was written for; PurposeDiffers when it names none or two.

    DocumentUnusable for a PDF that cannot be read.
    """
    if media_type is MediaType.PDF:
        if pades.reason_of(document) != FORM_REASON:
            raise PurposeDiffers
        return SignaturePurpose.E_IMZA
    lines = document.decode().splitlines()
    named = [HEADINGS[line] for line in lines if line in HEADINGS]
    if len(named) != 1 or lines[0] not in HEADINGS:
        raise PurposeDiffers
    return named[0]


def serial_named(document: bytes) -> int | None:
    """Give the serial number of the certificate that a text is about; None when there is no one."""
    lines = document.decode().splitlines()
    named = [line.removeprefix(SERIAL_LINE) for line in lines if line.startswith(SERIAL_LINE)]
    try:
        (serial,) = named
        return int(serial, 16)
    except ValueError:
        return None


def lets_in_at(document: bytes, url: str) -> bool:
    """Say whether a sign-in's text names this address and no other."""
    lines = document.decode().splitlines()
    named = [line.removeprefix(ORIGIN_LINE) for line in lines if line.startswith(ORIGIN_LINE)]
    return [canonical(address) for address in named] == [canonical(url)]
