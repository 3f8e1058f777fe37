"""Bounded fuzzing: whatever is done to good bytes ends in an answer or a typed error."""

from __future__ import annotations

import gc
import random
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signing.app.words.refusals import REASONS
from signing.errors import CertificateUnusable
from signing.validation.trust import Revocation
from signing.validation.validate import validate
from signing.verdict import Indication
from signing.x509.certificate import read
from signing.x509.profile import qualification
from tests.kit.signing.answers import TEXT
from tests.kit.signing.house import NOW
from tests.signing.bad.make import Build, Maker, archived

if TYPE_CHECKING:
    from signing.validation.validate import Validation
    from tests.signing.bad.pki import Pki

pytestmark = pytest.mark.no_cover

BOUNDED = settings(
    deadline=None,
    max_examples=120,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
MEGABYTE = 1 << 20
LENGTHS = (0x00, 0x7F, 0x80, 0x81, 0x82, 0x83, 0x84, 0xFE, 0xFF)


@pytest.fixture(scope="module")
def genuine(pki: Pki) -> bytes:
    """Give a good container with everything in it: two stamps, lists, an answer, an archive."""
    build = Build(
        timestamps=({"at": -30}, {"at": -29}), embedded=("crl nes", "crl root", "ocsp good")
    )
    return archived(pki, Maker(pki, build).made(), {"at": -1})


@pytest.fixture(scope="module")
def known(pki: Pki) -> Revocation:
    return pki.revocation(["crl nes", "crl root", "ocsp good"], "person")


def judged(pki: Pki, container: bytes, known: Revocation) -> Validation:
    return validate(container, TEXT, trust=pki.trust("root"), revocation=known, at=NOW)


def spoilt(good: bytes, other: bytes, draw: random.Random) -> bytes:
    """Flip, cut, splice, repeat or put lengths, up to three times."""
    data = bytearray(good)
    for _ in range(draw.randint(1, 3)):
        place = draw.randrange(len(data) or 1)
        size = draw.choice((1, 1, 2, 4, 16, 200))
        match draw.randrange(5):
            case 0:
                data[place : place + 1] = bytes([draw.randrange(256)])
            case 1:
                del data[place : place + size]
            case 2:
                start = draw.randrange(len(other))
                data[place : place + size] = other[start : start + size]
            case 3:
                data[place:place] = data[place : place + size]
            case _:
                data[place : place + 1] = bytes([draw.choice(LENGTHS)])
    return bytes(data)


def test_the_good_container_passes(pki: Pki, genuine: bytes, known: Revocation) -> None:
    found = judged(pki, genuine, known)
    assert (found.indication, found.level.value) == (Indication.TOTAL_PASSED, "B-LTA")


@given(seed=st.integers(0, 2**32))
@BOUNDED
def test_a_spoilt_container_gives_an_answer_and_passes_only_for_its_signer(
    seed: int, pki: Pki, genuine: bytes, known: Revocation
) -> None:
    data = spoilt(genuine, pki.certificate("seal"), random.Random(seed))
    found = judged(pki, data, known)
    assert found.indication in Indication
    assert found.record()["content_sha256"]
    if found.passed:
        assert found.signer is not None
        assert found.signer.der == pki.certificate("person")


@given(seed=st.integers(0, 2**32))
@BOUNDED
def test_a_spoilt_plain_container_gives_an_answer_and_passes_only_for_its_signer(
    seed: int, pki: Pki, known: Revocation
) -> None:
    good = Maker(pki, Build(signer="rsa", pss={})).made()
    found = judged(pki, spoilt(good, pki.crl("nes"), random.Random(seed)), known)
    assert not found.passed or found.signer == read(pki.certificate("rsa"))


@given(seed=st.integers(0, 2**32))
@BOUNDED
def test_a_spoilt_certificate_is_read_or_refused(seed: int, pki: Pki) -> None:
    draw = random.Random(seed)
    data = spoilt(pki.certificate(draw.choice(["person", "rsa", "seal"])), pki.crl("nes"), draw)
    try:
        face = read(data)
    except CertificateUnusable:
        return
    texts = (face.holder, face.tckn, face.given_name, face.surname, face.issuer, face.sha256)
    assert all(isinstance(text, str) for text in texts)
    assert isinstance(face.serial_number, int)
    assert qualification(face).code in {"", *REASONS}


@given(seed=st.integers(0, 2**32))
@BOUNDED
def test_spoilt_revocation_data_never_makes_a_revoked_certificate_good(seed: int, pki: Pki) -> None:
    draw = random.Random(seed)
    lists = (spoilt(pki.crl("nes"), pki.crl("root"), draw), pki.crl("root"))
    answer = spoilt(pki.ocsp("good", "revoked"), pki.ocsp("good", "person"), draw)
    container = Maker(pki, Build(signer="revoked")).made()
    assert not judged(pki, container, Revocation(lists, (answer,))).passed


def test_hostile_bytes_leave_no_memory_behind(pki: Pki, genuine: bytes, known: Revocation) -> None:
    draw = random.Random(5070)

    def some(count: int) -> None:
        for _ in range(count):
            judged(pki, spoilt(genuine, pki.certificate("seal"), draw), known)
        gc.collect()

    some(150)  # fills what may be kept
    tracemalloc.start()
    try:
        some(30)
        before, _ = tracemalloc.get_traced_memory()
        some(60)
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < MEGABYTE
    assert peak < 32 * MEGABYTE
