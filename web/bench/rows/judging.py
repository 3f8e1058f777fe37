"""The rows about judging signatures: ours beside bare `cryptography`, on the same bytes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from signing.authority.demo import Plan, create
from signing.cms import cades
from signing.tokens.keys import KeyKind
from signing.tokens.slots import TokenStore
from signing.validation.batch import validate_many
from signing.validation.validate import validate
from signing.x509.builder import CertificateRequest, CertificateSubject
from signing.x509.certificate import X509Certificate
from web.bench.kit.table import ABOVE, Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signing.validation.trust import Revocation, Trust

SIGNERS = 8
ROUNDS, PER_ROUND = 7, 40
MANY = 4_000

TOKEN, CARD, PIN = "BENCH-JUDGE", "BENCH-SIGNERS", "12345678"
CONTENT = "Ölçüm için imzalanan metin.\n".encode() * 100
_NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_YEAR, _HALF_DAY = timedelta(days=365), timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class SignedGround:
    """Signatures of several people, and what judging them needs."""

    containers: tuple[bytes, ...]
    trust: Trust
    revocation: Revocation
    chain: tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Bare:
    """What a bare script would be given of one signature: no container to read."""

    certificate: bytes
    signed: bytes
    digest: bytes
    signature: bytes


def rows(tell: Callable[[str], None]) -> Iterator[Figure]:
    """Yield the rows one after the other, telling what is under way."""
    with tempfile.TemporaryDirectory(prefix="nes-bench-") as folder:
        tell("making signatures for the measurement")
        ground = _made(Path(folder))
    tell("judging signatures")
    yield _one_by_one(ground)
    tell(f"judging {MANY:,} signatures on every core")
    yield _many(ground)


def _made(folder: Path) -> SignedGround:
    store = TokenStore(folder)
    authority = create(store, Plan(TOKEN, PIN, PIN, _NOW - _YEAR, _NOW + 4 * _YEAR))
    store.make_blank(CARD, PIN, PIN)
    containers = []
    with store.session(CARD, PIN, write=True) as card:
        for number in range(1, SIGNERS + 1):
            key_id = number.to_bytes(8, "big")
            public = card.generate(key_id, KeyKind.EC_P256, CARD)
            person = CertificateSubject("AYŞE YILMAZ", "10000000146", "AYŞE", "YILMAZ")
            request = CertificateRequest(person, (1 << 64) + number, _NOW - _YEAR, _NOW + _YEAR)
            der = authority.issue(request, public)
            card.write_certificate(key_id, der, CARD)
            containers.append(cades.sign(card, X509Certificate(der), CONTENT, _NOW))
    lists = authority.revocation((), _NOW - _HALF_DAY, _NOW + _HALF_DAY, 1)
    return SignedGround(
        tuple(containers), authority.trust, lists, (authority.issuing.der, authority.root.der)
    )


def _one_by_one(ground: SignedGround) -> Figure:
    """Measure container, chain, lists and qualification against signature, chain and lists."""
    given = cycle(ground.containers)
    known = cycle([_taken_apart(container) for container in ground.containers])
    best = {"ours": 0.0, "bare": 0.0}
    for _ in range(ROUNDS):
        best["ours"] = max(best["ours"], _rate(lambda: _ours(ground, next(given))))
        best["bare"] = max(best["bare"], _rate(lambda: _bare(ground, next(known))))
    return Figure(
        "signature judged (CAdES B-B)", best["ours"], best["bare"], "1/s", 0.08, 0.2, ABOVE
    )


def _ours(ground: SignedGround, container: bytes) -> None:
    found = validate(container, CONTENT, trust=ground.trust, revocation=ground.revocation, at=_NOW)
    if not found.qualified:
        raise RuntimeError("a good signature was refused")


def _taken_apart(container: bytes) -> Bare:
    signed_data = cms.ContentInfo.load(container)["content"]
    (info,) = signed_data["signer_infos"]
    number = info["sid"].chosen["serial_number"].native
    (certificate,) = (
        one.chosen.dump()
        for one in signed_data["certificates"]
        if one.chosen.serial_number == number
    )
    digest = next(
        one["values"][0].native
        for one in info["signed_attrs"]
        if one["type"].native == "message_digest"
    )
    signed = info["signed_attrs"].untag().dump()
    return Bare(certificate, signed, digest, info["signature"].native)


def _bare(ground: SignedGround, given: Bare) -> None:
    """Check signature, chain, validity and both lists, and nothing else."""
    leaf = x509.load_der_x509_certificate(given.certificate)
    issuer, root = (x509.load_der_x509_certificate(der) for der in ground.chain)
    key = leaf.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TypeError("the signer's key is of another kind")
    key.verify(given.signature, given.signed, ec.ECDSA(hashes.SHA256()))
    leaf.verify_directly_issued_by(issuer)
    issuer.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    good = hashlib.sha256(CONTENT).digest() == given.digest
    for der, by, about in zip(ground.revocation.crls, (issuer, root), (leaf, issuer), strict=True):
        found = x509.load_der_x509_crl(der)
        good = (
            good
            and found.is_signature_valid(by.public_key())  # type: ignore[arg-type] # RSA, as made above
            and found.get_revoked_certificate_by_serial_number(about.serial_number) is None
            and about.not_valid_before_utc <= _NOW <= about.not_valid_after_utc
        )
    if not good:
        raise RuntimeError("a good signature was refused")


def _many(ground: SignedGround) -> Figure:
    """Measure all cores, their start with it, against one."""
    cores = os.cpu_count() or 1
    many, one = (_batch(ground, processes) for processes in (cores, 1))
    hold, aim = (1.1, 0.8 * cores) if cores > 1 else (0.8, 1.0)
    name = f"{MANY:,} signatures judged on {cores} cores against one"
    return Figure(name, many, one, "1/s", hold, aim, ABOVE)


def _batch(ground: SignedGround, processes: int) -> float:
    pairs = ((container, CONTENT) for container in islice(cycle(ground.containers), MANY))
    start = perf_counter()
    found = validate_many(
        pairs, trust=ground.trust, revocation=ground.revocation, at=_NOW, processes=processes
    )
    if not all(one.qualified for one in found):
        raise RuntimeError("a good signature was refused")
    return MANY / (perf_counter() - start)


def _rate(work: Callable[[], None]) -> float:
    start = perf_counter()
    for _ in range(PER_ROUND):
        work()
    return PER_ROUND / (perf_counter() - start)
