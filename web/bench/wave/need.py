"""What a case needs at the least: its key, its signature, its form set and sealed, no more.

Keys and signatures are python-pkcs11's; the form is set by typst, as it is kept, and sealed by
pyHanko, told how much room it takes. The letter to its institution is one a day for all of them.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, cast

import pkcs11
from pkcs11 import Attribute, Mechanism, ObjectClass

from handlers.papers import letters
from handlers.papers.letters import sheets
from signing.authority.demo import ISSUING_ID, Plan, create
from signing.authority.seal import SEAL_ID, put
from signing.tokens import keys
from signing.tokens.keys import KeyKind
from signing.tokens.slots import TokenStore
from signing.tokens.softhsm import find_module
from web.bench.wave.library import LibrarySeal, LibrarySigner

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 20
"""How often each is done; the one before is not counted: it opens what stays open."""

TOKEN, CARD, PIN = "WAVE", "WAVE-CARD", "12345678"
SIGNED = bytes(1_000)
"""As long as the signed part of a certificate."""

_FROM, _UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
_AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_PAPER = {
    "reference": "B000000001", "tracking_number": "YK00000000000001",
    "handed_at": "02.11.2026 12:00:00", "card": "0000000000000001", "name": "Ayşe Yılmaz",
    "tckn_masked": "100******46", "institution": "TEST Okulu",
    "address": "TEST Mahallesi Deneme Sokağı 1, Bursa", "number": "E-NESOFIS-710.03-1-8",
    "dated": "02.11.2026", "filed": "23.10.2026", "form_code": "0000-0000-0000-0000-0000",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Need:
    """Seconds of CPU that one case needs: for key and signature, and for its form."""

    certificate: float
    form: float

    @property
    def whole(self) -> float:
        """Both together."""
        return self.certificate + self.form


def measure(rounds: int = ROUNDS) -> Need:
    """Measure in a fresh store of tokens; needs a process of its own, which has one store."""
    with tempfile.TemporaryDirectory(prefix="nes-bench-") as folder:
        store = TokenStore(Path(folder))
        create(store, Plan(TOKEN, PIN, PIN, _FROM, _UNTIL), put)
        store.make_blank(CARD, PIN, PIN)
        with store.session(CARD, PIN, write=True) as card, store.pooled(TOKEN, PIN) as session:
            session.key_ids()
            raw = card._session  # noqa: SLF001 - the bare side works on the very same session
            found = session.certificates()
            office = pkcs11.lib(str(find_module())).get_token(token_label=TOKEN).open()
            certificate = _cpu(_certificate(raw, _key(office, ISSUING_ID)), rounds)
            chain = (found[SEAL_ID].parsed, found[ISSUING_ID].parsed)
            seal = LibrarySeal(LibrarySigner(_key(office, SEAL_ID), *chain))
            form = _cpu(lambda number: _form(seal, number), rounds)
        return Need(certificate, form)


def _key(session: pkcs11.Session, key_id: bytes) -> pkcs11.SignMixin:
    (found,) = session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: key_id})
    return cast("pkcs11.SignMixin", found)


def _certificate(card: pkcs11.Session, issuing: pkcs11.SignMixin) -> Callable[[int], None]:
    def make(number: int) -> None:
        keys.generate(card, KeyKind.EC_P256, number.to_bytes(8, "big"), CARD)
        issuing.sign(SIGNED, mechanism=Mechanism.SHA256_RSA_PKCS)

    return make


def _form(seal: LibrarySeal, number: int) -> None:
    code = f"0000-0000-0000-0000-{number:04}"
    pdf = sheets.typeset(letters.HAND_OVER, code, _AT, _PAPER, "http://127.0.0.1:8000")
    seal.seal(pdf)


def _cpu(work: Callable[[int], None], rounds: int) -> float:
    work(0)
    begun = process_time()
    for number in range(1, rounds + 1):
        work(number)
    return (process_time() - begun) / rounds
