"""A container taken apart: each piece is found where it stands, byte for byte."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from signing.cms import levels
from signing.cms.contents import CarriedPieces, FileGap, carried_by, issued_at, split
from signing.cms.levels import ValidationData
from signing.x509.certificate import X509Certificate
from tests.kit.signing.answers import TEXT
from tests.kit.signing.house import DAY, NOW
from tests.kit.signing.stamping import ocsp_answer, token

if TYPE_CHECKING:
    from signing.authority.demo import Authority
    from signing.validation.trust import Revocation
    from tests.kit.signing import house as kit


@pytest.fixture(scope="module")
def basic(signer: kit.Signer) -> bytes:
    return signer.sign(TEXT)


@pytest.fixture(scope="module")
def stamped(authority: Authority, basic: bytes) -> bytes:
    return levels.with_time_stamp(basic, token(authority, levels.signature_imprint(basic)))


@pytest.fixture(scope="module")
def whole(authority: Authority, signer: kit.Signer, lists: Revocation, stamped: bytes) -> bytes:
    answer = ocsp_answer(authority, signer.produced.certificate.serial_number)
    return levels.with_evidence(stamped, ValidationData(crls=lists.crls, ocsps=(answer,)))


def test_the_place_of_the_signature_is_that_of_its_octets(basic: bytes) -> None:
    place = carried_by(basic).signature
    assert place is not None
    value = core.OctetString.load(basic[place.offset : place.offset + place.length]).native
    assert hashlib.sha256(value).digest() == levels.signature_imprint(basic)


def test_a_plain_container_has_certificates_and_nothing_more(
    basic: bytes, signer: kit.Signer, authority: Authority
) -> None:
    pieces = carried_by(basic)
    assert set(pieces.certificates) == {signer.produced.certificate.der, authority.issuing.der}
    assert (pieces.stamps, pieces.crls, pieces.answers) == ((), (), ())


def test_a_time_stamp_is_found_in_its_place_with_its_moment(stamped: bytes) -> None:
    (stamp,) = carried_by(stamped).stamps
    place = stamp.place
    assert stamped[place.offset : place.offset + place.length] == stamp.token
    assert (stamp.token,) == levels.time_stamps(stamped)
    assert (stamp.kind, stamp.at) == ("signature", NOW)


def test_an_unsigned_attribute_that_is_no_time_stamp_is_left_alone(stamped: bytes) -> None:
    stamp, policy = (bytes.fromhex(f"060b2a864886f70d010910020{end}") for end in "ef")
    assert carried_by(stamped.replace(stamp, policy)).stamps == ()


def test_lists_and_answers_are_found_as_they_were_put_in(
    whole: bytes, authority: Authority, signer: kit.Signer, lists: Revocation
) -> None:
    pieces = carried_by(whole)
    assert set(pieces.crls) == set(lists.crls)
    assert {issued_at(der) for der in pieces.crls} == {NOW - DAY / 2}
    (answer,) = pieces.answers
    assert answer.serial_number == signer.produced.certificate.serial_number
    assert answer.der in whole
    assert answer.is_of(authority.issuing)
    assert not answer.is_of(authority.root)
    assert answer.digest == "sha256"


def test_an_archive_time_stamp_is_told_from_one_over_the_signature(
    whole: bytes, authority: Authority
) -> None:
    imprint = levels.archive_imprint(whole, TEXT, levels.archive_index(whole))
    later = levels.with_archive_stamp(whole, TEXT, token(authority, imprint, NOW + DAY))
    kinds = {stamp.kind: stamp.at for stamp in carried_by(later).stamps}
    assert kinds == {"signature": NOW, "archive": NOW + DAY}


@given(st.binary(max_size=200))
def test_of_other_bytes_there_are_no_pieces(data: bytes) -> None:
    assert carried_by(data) == CarriedPieces()


def test_of_a_torn_container_there_are_no_pieces(whole: bytes) -> None:
    assert {carried_by(whole[:length]) for length in range(0, len(whole), 97)} == {CarriedPieces()}
    assert carried_by(X509Certificate(carried_by(whole).certificates[0]).der) == CarriedPieces()


@given(st.binary(), st.binary(min_size=1), st.binary())
def test_a_gap_splits_a_file_into_what_is_covered_and_what_is_not(
    before: bytes, inside: bytes, behind: bytes
) -> None:
    whole = before + b"<" + inside + b">" + behind
    gap = split(whole, before + behind)
    assert gap.before + gap.inside + gap.behind == whole
    assert len(gap.inside) == len(inside) + 2
    if not behind.startswith(b"<"):
        assert gap == FileGap(before, b"<" + inside + b">", behind)


def test_where_all_is_covered_the_gap_is_empty() -> None:
    assert split(b"text", b"text") == FileGap(b"text", b"", b"")
