"""What the server and nes-imza say to each other in the tests."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from functools import cache

import typst

from signing.app.purpose import FORM_REASON
from signing.cms import pades
from signing.fingerprint import short_fingerprint
from tests.kit.signing.house import NOW, SO_PIN

CODE = "123456789012345"
TEXT = """ELEKTRONİK ONAY (e-onay) BEYANI

Başvurularımı elektronik olarak onaylıyorum: İçeriği okudum.
"""
PIN_TEXT = """KART PIN'İ BELİRLEME BEYANI

Kart sahibi: AYŞE YILMAZ
Bu kart bendedir. PIN'ini bu işlemde kendim belirledim.
"""
PDF_TEXT = "Nitelikli sertifika başvuru formu"


def encoded(document: bytes) -> str:
    """Write bytes as JSON carries them."""
    return base64.b64encode(document).decode()


@cache
def plain_pdf() -> bytes:
    """Give a PDF of two pages without a place for a signature."""
    words = f"""#set document(title: "Form", date: none)
#set page(width: 105mm, height: 148mm, margin: 12mm)
#set text(lang: "tr", size: 9pt)
= {PDF_TEXT}
Başvuru sahibi: AYŞE YILMAZ, İçel. Yukarıdaki bilgilerin doğru olduğunu beyan ederim.
#pagebreak()
== Taahhütname
PIN ve PUK bilgilerimi kimseyle paylaşmam.
"""
    return typst.compile(words.encode())


@cache
def prepared_pdf() -> bytes:
    """Give the same PDF, ready for a signature."""
    return pades.prepare(plain_pdf(), name="AYŞE YILMAZ", reason=FORM_REASON, at=NOW)


def claim_answer(**other: object) -> dict[str, object]:
    answer: dict[str, object] = {
        "secret": "gizli-ikinci-anahtar",
        "origin": "nes-ofis deneme sunucusu",
        "purpose": "e_onay",
        "purpose_title": "Elektronik onay verme",
        "person": "AYŞE YILMAZ",
        "tckn_masked": "100******46",
        "text": TEXT,
        "media_type": "text/plain",
        "document": encoded(TEXT.encode()),
        "digest": hashlib.sha256(TEXT.encode()).hexdigest(),
        "fingerprint": short_fingerprint(TEXT.encode()),
        "profile": "P1",
        "created_at": (NOW - timedelta(seconds=8)).isoformat(),
        "expires_at": (NOW + timedelta(seconds=292)).isoformat(),
        "server_time": NOW.isoformat(),
    }
    return answer | other


def pdf_answer(document: bytes | None = None, **other: object) -> dict[str, object]:
    """Give the answer for a PDF, by default a prepared one."""
    content = prepared_pdf() if document is None else document
    covered = pades.covered(content)
    answer = claim_answer(
        purpose="e_imza",
        purpose_title="Başvuru formunun imzalanması",
        text="",
        media_type="application/pdf",
        document=encoded(content),
        digest=hashlib.sha256(covered).hexdigest(),
        fingerprint=short_fingerprint(covered),
    )
    return answer | other


def pin_answer(card: str, secret: str = SO_PIN, **other: object) -> dict[str, object]:
    """Give the answer for a new PIN of a card, with what sets it."""
    content = PIN_TEXT.encode()
    answer = claim_answer(
        purpose="pin",
        purpose_title="Kart PIN'inin belirlenmesi",
        text=PIN_TEXT,
        document=encoded(content),
        digest=hashlib.sha256(content).hexdigest(),
        fingerprint=short_fingerprint(content),
        card=card,
        unlock_secret=secret,
    )
    return answer | other


ACCEPTED = {"result": "accepted", "reference": "NES-2026-7", "title": "Onayınız alındı."}
REFUSED = {
    "type": "about:blank",
    "title": "İmza kabul edilmedi.",
    "detail": "Karttaki kişi başvuru sahibi değil.",
    "status": 422,
    "code": "wrong_holder",
}
