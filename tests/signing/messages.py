"""What the server and nes-imza say to each other in the tests."""

from __future__ import annotations

from datetime import timedelta

from signing.fingerprint import short_fingerprint
from tests.signing.kit import NOW

CODE = "123456789012345"
TEXT = "E-ONAY BEYANI\n\nBaşvurularımı elektronik olarak onaylıyorum: İçeriği okudum.\n"


def claim_answer(**other: object) -> dict[str, object]:
    answer: dict[str, object] = {
        "secret": "gizli-ikinci-anahtar",
        "origin": "nes-ofis deneme sunucusu",
        "purpose": "e_onay",
        "purpose_title": "Elektronik onay verme",
        "person": "AYŞE YILMAZ",
        "tckn_masked": "100******46",
        "text": TEXT,
        "fingerprint": short_fingerprint(TEXT.encode()),
        "created_at": (NOW - timedelta(seconds=8)).isoformat(),
        "expires_at": (NOW + timedelta(seconds=292)).isoformat(),
        "server_time": NOW.isoformat(),
    }
    return answer | other


ACCEPTED = {"result": "accepted", "reference": "NES-2026-7", "title": "Onayınız alındı."}
REFUSED = {
    "type": "about:blank",
    "title": "İmza kabul edilmedi.",
    "detail": "Karttaki kişi başvuru sahibi değil.",
    "status": 422,
    "code": "wrong_holder",
}
