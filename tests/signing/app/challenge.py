"""The challenge of a sign-in, as a server sends it in the tests."""

from __future__ import annotations

import hashlib

from signing.app.purpose import ORIGIN_LINE
from signing.fingerprint import short_fingerprint
from tests.signing.app.messages import claim_answer, encoded


def challenge(url: str) -> str:
    """Write the text of a sign-in at an address."""
    return f"KARTLA GİRİŞ İSTEĞİ\n\n{ORIGIN_LINE}{url}\nBir kerelik sayı: 0f0f\n"


def sign_in_answer(url: str, **other: object) -> dict[str, object]:
    """Give the answer to the code of a sign-in at an address."""
    text = str(other.pop("text", challenge(url)))
    answer = claim_answer(
        purpose="sign_in",
        purpose_title="Kartla giriş",
        person="",
        tckn_masked="",
        text=text,
        document=encoded(text.encode()),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        fingerprint=short_fingerprint(text.encode()),
    )
    return answer | other
