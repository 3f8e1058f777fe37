"""Making the specimen of a template: `python -m tests.kit.handlers.specimen FILE`.

It shows every letter, digit and sign that facts are likely to have, so that their shapes are in its
fonts, and is sealed by an authority that is made for it. One that is released never changes.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from handlers.papers import letters
from handlers.papers.letters import sheets
from handlers.papers.sealed import REASONS
from signing.authority.demo import Plan, create
from signing.authority.seal import Seal, put
from signing.tokens.slots import TokenStore

LETTERS = "ABCÇDEFGĞHIİJKLMNOÖPQRSŞTUÜVWXYZ abcçdefgğhıijklmnoöpqrsştuüvwxyz ÂÎÛ âîû"
SIGNS = "0123456789 ./,:;-–'’()&*"
CODE = "0123-4567-89ab-cdef-0000"
AT = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
SITE = "http://127.0.0.1:8000"

FACTS = {
    "reference": "B000000000", "tracking_number": "YK00000000000000",
    "handed_at": "30.11.2026 12:00:00", "card": "0000000000000000", "name": LETTERS,
    "tckn_masked": "000******00", "institution": LETTERS, "address": f"{LETTERS} {SIGNS}",
}  # fmt: skip

TOKEN, PIN = "SPECIMEN", "12345678"


def specimen(folder: Path) -> bytes:
    """Return a hand-over form for nobody, sealed by an authority that is made in the folder."""
    store = TokenStore(folder)
    until = AT.replace(year=AT.year + 10)
    create(store, Plan(TOKEN, PIN, PIN, AT.replace(year=AT.year - 1), until), put)
    pdf = sheets.typeset(letters.HAND_OVER, CODE, AT, FACTS, SITE)
    return Seal(store, TOKEN, PIN).seal(pdf, REASONS["hand_over"], AT)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        Path(sys.argv[1]).write_bytes(specimen(Path(name)))
