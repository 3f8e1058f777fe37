"""The rows about keys in a token: ours beside bare python-pkcs11, on the same keys."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, cast

import pkcs11
from pkcs11 import Attribute, Mechanism, ObjectClass

from signing.authority.demo import ISSUING_ID, Authority, Plan, create
from signing.tokens import keys
from signing.tokens.keys import KeyKind
from signing.tokens.slots import TokenStore
from signing.tokens.softhsm import find_module
from signing.x509.builder import CertificateRequest, CertificateSubject
from web.bench.kit.table import ABOVE, Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


ROUNDS = 15
SIGNATURES = {KeyKind.EC_P256: 200, KeyKind.RSA_3072: 10}
"""How many signatures of each kind of key make a round."""
CERTIFICATES, PER_ROUND = 8, 5
"""Rounds and certificates in each: how long the files of one new key take is a matter of luck."""

TOKEN, CARD, PIN = "BENCH", "BENCH-CARD", "12345678"
DATA = bytes(1_000)
"""As long as the signed part of a certificate, or the signed attributes of a container."""
_FROM, _UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
_MECHANISMS = {KeyKind.EC_P256: Mechanism.ECDSA, KeyKind.RSA_3072: Mechanism.SHA256_RSA_PKCS}


@dataclass(frozen=True, slots=True)
class Bench:
    """Tokens of their own, made for the measurement: an authority's with a key of each kind."""

    store: TokenStore
    authority: Authority

    def bare(self, label: str) -> pkcs11.Session:
        """Open a session as a bare script would; the token is logged in already."""
        return pkcs11.lib(str(find_module())).get_token(token_label=label).open()


def rows(tell: Callable[[str], None]) -> Iterator[Figure]:
    """Yield the rows one after the other, telling what is under way."""
    with tempfile.TemporaryDirectory(prefix="nes-bench-") as folder:
        tell("making tokens for the measurement")
        bench = _made(Path(folder))
        for kind in SIGNATURES:
            tell(f"signing with {kind}")
            yield _signatures(bench, kind)
        tell("issuing certificates")
        yield _certificates(bench)


def _made(folder: Path) -> Bench:
    store = TokenStore(folder)
    authority = create(store, Plan(TOKEN, PIN, PIN, _FROM, _UNTIL))
    with store.session(TOKEN, PIN, write=True) as session:
        for kind in SIGNATURES:
            session.generate(kind.encode(), kind, kind)
    store.make_blank(CARD, PIN, PIN)
    return Bench(store, authority)


def _signatures(bench: Bench, kind: KeyKind) -> Figure:
    """Measure one signature at a time, each from taking the pooled session to giving it back."""
    key_id, mechanism = kind.encode(), _MECHANISMS[kind]
    given = hashlib.sha256(DATA).digest() if mechanism is Mechanism.ECDSA else DATA

    def ours() -> bytes:
        with bench.store.pooled(TOKEN, PIN) as session:
            return session.sign(key_id, DATA, "sha256")

    with bench.store.pooled(TOKEN, PIN) as session:
        public = session.public_key(key_id)
    if not keys.verify(public, DATA, ours()):
        raise RuntimeError(f"the signature with {kind} is wrong")
    with bench.store.pooled(TOKEN, PIN):
        key = private_key(bench.bare(TOKEN), key_id)
        best = turn_about(
            ours, lambda: key.sign(given, mechanism=mechanism), SIGNATURES[kind], ROUNDS
        )
    return Figure(f"signature with an office key ({kind})", *best, "1/s", 0.85, 0.95, ABOVE)


def _certificates(bench: Bench) -> Figure:
    """Measure a certificate from the making of its key on the card to its bytes."""
    numbers = iter(range(1, 10 * CERTIFICATES * PER_ROUND))
    with bench.store.session(CARD, PIN, write=True) as card:
        with bench.store.pooled(TOKEN, PIN) as session:
            session.key_ids()
        raw, issuing = card._session, private_key(bench.bare(TOKEN), ISSUING_ID)  # noqa: SLF001 - the bare side works on the very same session

        def ours() -> bytes:
            key_id = _key_id(next(numbers))
            public = card.generate(key_id, KeyKind.EC_P256, CARD)
            return bench.authority.issue(_request(int.from_bytes(key_id, "big")), public)

        def bare() -> bytes:
            keys.generate(raw, KeyKind.EC_P256, _key_id(next(numbers)), CARD)
            return bytes(issuing.sign(DATA, mechanism=Mechanism.SHA256_RSA_PKCS))

        best = turn_about(ours, bare, PER_ROUND, CERTIFICATES)
    return Figure("certificate issued, its key made", *best, "1/s", 0.7, 0.9, ABOVE)


def private_key(session: pkcs11.Session, key_id: bytes) -> pkcs11.SignMixin:
    """Return the private key of this CKA_ID, as a bare script finds it."""
    wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: key_id}
    (found,) = session.get_objects(wanted)
    return cast("pkcs11.SignMixin", found)


def _key_id(number: int) -> bytes:
    return number.to_bytes(8, "big")


def _request(serial_number: int) -> CertificateRequest:
    person = CertificateSubject("AYŞE YILMAZ", "10000000146", "AYŞE", "YILMAZ")
    return CertificateRequest(
        person, serial_number, _FROM, _UNTIL, crl_urls=("http://127.0.0.1/nes.crl",)
    )


def turn_about(
    ours: Callable[[], bytes], bare: Callable[[], bytes], count: int, rounds: int
) -> tuple[float, float]:
    """Return both rates a second, in turns, of each the best round: the rest is others' noise."""
    best = {"ours": 0.0, "bare": 0.0}
    for number in range(rounds):
        turn = [("ours", ours), ("bare", bare)]
        for name, work in turn if number % 2 else reversed(turn):
            best[name] = max(best[name], _rate(work, count))
    return best["ours"], best["bare"]


def _rate(work: Callable[[], bytes], count: int) -> float:
    start = perf_counter()
    for _ in range(count):
        work()
    return count / (perf_counter() - start)
