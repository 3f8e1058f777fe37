"""The row about cards: a whole production beside a bare key and signature on the same store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pkcs11
from pkcs11 import Mechanism

from signing.authority.demo import ISSUING_ID, Authority, Plan, create
from signing.authority.production import ProductionOrder, produce
from signing.tokens import keys
from signing.tokens.card import BlankCard
from signing.tokens.keys import KeyKind
from signing.tokens.slots import TokenStore
from signing.tokens.softhsm import find_module
from signing.x509.builder import CertificateRequest, CertificateSubject
from web.bench.kit.table import ABOVE, Figure
from web.bench.rows.signing import DATA, private_key, turn_about

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS, PER_ROUND = 6, 5
OFFICE, BARE, PIN = "BENCH-OFFICE", "BENCH-BARE", "12345678"
_FROM, _UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)


def rows(tell: Callable[[str], None]) -> Iterator[Figure]:
    """Yield the row of one process; each side works on a store of its own on the same disk."""
    tell("making cards")
    yield measure()


def measure() -> Figure:
    """Return the row; needs a process that has no store of tokens open."""
    with TemporaryDirectory(prefix="nes-bench-cards-") as name:
        return _cards(Path(name))


def _cards(folder: Path) -> Figure:
    """Measure a certificate on a new card against a key made on a card that is open already."""
    store = TokenStore(folder)
    authority = create(store, Plan(OFFICE, PIN, PIN, _FROM, _UNTIL))
    store.make_blank(BARE, PIN, PIN)
    numbers = iter(range(1, 10 * ROUNDS * PER_ROUND))
    with store.session(BARE, PIN, write=True) as card, store.pooled(OFFICE, PIN) as office:
        office.key_ids()
        raw = card._session  # noqa: SLF001 - the bare side works on the very same session
        opened = pkcs11.lib(str(find_module())).get_token(token_label=OFFICE).open()
        issuing = private_key(opened, ISSUING_ID)

        def ours() -> bytes:
            return _made(store, authority, next(numbers))

        def bare() -> bytes:
            keys.generate(raw, KeyKind.EC_P256, next(numbers).to_bytes(8, "big"), BARE)
            return bytes(issuing.sign(DATA, mechanism=Mechanism.SHA256_RSA_PKCS))

        best = turn_about(ours, bare, PER_ROUND, ROUNDS)
    return Figure("certificate on a card, one process", *best, "1/s", 0.5, 0.75, ABOVE)


def _made(store: TokenStore, authority: Authority, number: int) -> bytes:
    """Make a card as production does, from the blank token to the comparison."""
    person = CertificateSubject("AYŞE YILMAZ", "10000000146", "AYŞE", "YILMAZ")
    request = CertificateRequest(
        person, number, _FROM, _UNTIL, crl_urls=("http://127.0.0.1/nes.crl",)
    )
    order = ProductionOrder(BlankCard(f"{number:016}", PIN, PIN), request)
    return produce(store, authority, order).certificate.der
