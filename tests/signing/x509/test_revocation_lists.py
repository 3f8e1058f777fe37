"""Reading revocation lists and answers: what is refused, and what a long list costs."""

from __future__ import annotations

import time
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from asn1crypto import core, x509

from signing.x509 import ocsp_responses, revocation_lists, tlv
from tests.kit.signing.crowd import named
from tests.kit.signing.house import DAY, NOW
from tests.kit.signing.telling import H, Row, Teller, extension

if TYPE_CHECKING:
    from collections.abc import Callable

LONG = 100_000
SOMEBODY = 2**100


@pytest.fixture(scope="module")
def teller() -> Teller:
    """Give an authority that no test changes."""
    return Teller()


def fields(der: bytes) -> list[bytes]:
    """Give the fields of a list's signed part."""
    return tlv.inside(tlv.inside(der, tlv.SEQUENCE)[0], tlv.SEQUENCE)


def test_the_head_of_a_list_is_read(teller: Teller) -> None:
    found = revocation_lists.read(teller.list(Row(5, reason="superseded"), number=9))
    assert (found.issuer, found.number, found.base) == (teller.own.name, 9, None)
    assert (found.this_update, found.next_update) == (NOW - H, NOW + H)
    assert found.find(5, found.issuer) == [revocation_lists.CrlEntry(NOW - DAY, "superseded")]
    assert found.find(6, found.issuer) == []
    assert not found.indirect
    bare = revocation_lists.read(teller.list(until=None, number=None))
    assert (bare.number, bare.next_update) == (-1, None)


def test_a_list_of_the_first_version_is_read(teller: Teller) -> None:
    old = revocation_lists.read(teller.list(Row(5), number=None, version=None))
    assert old.find(5, old.issuer) == [revocation_lists.CrlEntry(NOW - DAY, "unspecified")]


def of_fields(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Teller, bytes], bytes]:
    return lambda teller, der: teller.signed_list(tlv.wrap(tlv.SEQUENCE, change(fields(der))))


REFUSED: dict[str, Callable[[Teller, bytes], bytes]] = {
    "nothing": lambda _teller, _der: b"",
    "an empty sequence": lambda _teller, _der: b"\x30\x00",
    "cut off": lambda _teller, der: der[:-1],
    "bytes after its end": lambda _teller, der: der + b"\0",
    "a certificate": lambda teller, _der: teller.anchor.der,
    "another kind of signature": lambda _teller, der: der.replace(b"\x03\x48\x00", b"\x04\x48\x00"),
    "another algorithm beside the signature": lambda _teller, der: tlv.wrap(
        tlv.SEQUENCE,
        [
            one if place != 1 else one.replace(b"\x04\x03\x02", b"\x04\x03\x03")
            for place, one in enumerate(tlv.inside(der, tlv.SEQUENCE))
        ],
    ),
    "the third version": of_fields(lambda held: [b"\x02\x01\x02", *held[1:]]),
    "extensions in the first version": of_fields(lambda held: held[1:]),
    "a field too many": of_fields(lambda held: [*held, b"\x05\x00"]),
    "no time": of_fields(lambda held: held[:3]),
    "a time that is none": of_fields(lambda held: [*held[:3], b"\x17\x01x", *held[4:]]),
    "an issuer that is none": of_fields(lambda held: [*held[:2], b"\x30\x01x", *held[3:]]),
    "extensions that are none": of_fields(lambda held: [*held[:-1], b"\xa0\x02\x05\x00"]),
    "an extension twice": lambda teller, _der: teller.list(
        more=[extension("2.5.29.20", core.Integer(8))]
    ),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_is_no_list_that_may_be_used_is_refused(teller: Teller, fault: str) -> None:
    good = teller.list(Row(5))
    while b"\x03\x48\x00" not in good and fault == "another kind of signature":
        good = teller.list(Row(5))
    assert revocation_lists.read(good).der == good
    spoilt = REFUSED[fault](teller, good)
    assert spoilt != good
    with pytest.raises(ValueError, match="may be used"):
        revocation_lists.read(spoilt)


ENTRIES: dict[str, bytes] = {
    "a serial number with a zero before it": b"\x30\x13\x02\x02\x00\x05\x17\x0d",
    "a long form where the short one does": b"\x30\x81\x12\x02\x01\x05\x17\x0d",
    "another kind of number": b"\x30\x12\x0a\x01\x05\x17\x0d",
    "a set": b"\x31\x12\x02\x01\x05\x17\x0d",
    "an end beyond the list": b"\x30\x22\x02\x01\x05\x17\x0d",
    "a serial number of a hundred and twenty-eight octets": b"\x30\x12\x02\x81\x05\x17\x0d",
}


@pytest.mark.parametrize("fault", ENTRIES)
def test_entries_that_two_readers_could_read_differently_are_refused(
    teller: Teller, fault: str
) -> None:
    held = fields(teller.list(Row(4), Row(5)))
    place = next(n for n, one in enumerate(held) if one[0] == tlv.SEQUENCE and n > 4)
    first, second = tlv.inside(held[place], tlv.SEQUENCE)
    assert second.startswith(b"\x30\x12\x02\x01\x05\x17\x0d")
    held[place] = tlv.wrap(tlv.SEQUENCE, [first, ENTRIES[fault] + second[7:]])
    found = revocation_lists.read(teller.signed_list(tlv.wrap(tlv.SEQUENCE, held)))
    with pytest.raises(ValueError, match="may be used"):
        found.find(4, found.issuer)


def test_an_entry_of_more_than_a_hundred_bytes_is_read(teller: Teller) -> None:
    long = extension(
        "2.5.29.29",
        x509.GeneralNames([x509.GeneralName("directory_name", named("TEST " + "x" * 60))]),
        critical=True,
    )
    found = revocation_lists.read(teller.list(Row(4, more=(long,)), Row(5)))
    assert [one.since for one in found.find(5, found.issuer)] == [NOW - DAY]


def test_an_entry_without_a_name_of_its_issuer_names_nobody(teller: Teller) -> None:
    mail = x509.GeneralNames([x509.GeneralName("rfc822_name", "a@example.com")])
    found = revocation_lists.read(
        teller.list(Row(4, more=(extension("2.5.29.29", mail, critical=True),)))
    )
    with pytest.raises(ValueError, match="may be used"):
        found.find(5, found.issuer)


# long lists


@pytest.fixture(scope="module")
def long_list(teller: Teller) -> bytes:
    """Give a list of a hundred thousand entries."""
    rows = b"".join(Row(serial).made().dump() for serial in range(SOMEBODY, SOMEBODY + 100))
    step = len(rows) // 100
    row = rows[:step]
    numbered = (
        row.replace(SOMEBODY.to_bytes(13, "big"), (SOMEBODY + serial).to_bytes(13, "big"))
        for serial in range(LONG)
    )
    held = fields(teller.list(Row(1)))
    held[5] = tlv.wrap(tlv.SEQUENCE, numbered)
    return teller.signed_list(tlv.wrap(tlv.SEQUENCE, held))


def test_a_list_of_a_hundred_thousand_costs_a_look_up_and_no_memory_beside_itself(
    teller: Teller, long_list: bytes
) -> None:
    last = Teller(teller.own)
    assert last.asked(long_list) == "good"
    tracemalloc.start()
    try:
        assert last.asked(long_list) == "good"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The signed part is taken out once; what is verified is remembered with it.
    assert peak < 4 * len(long_list)
    begun = time.process_time()
    found = revocation_lists.read(long_list)
    assert found.find(SOMEBODY + LONG - 1, found.issuer)
    assert time.process_time() - begun < 5


def test_a_long_list_is_told_from_its_head_alone(
    long_list: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(revocation_lists, "_walk", never)
    assert revocation_lists.read(long_list).number == 7


# answers


@pytest.mark.parametrize(
    "der", [b"", b"\x30\x00", b"junk", b"\x30\x03\x0a\x01\x06"], ids=["", "empty", "junk", "later"]
)
def test_what_says_nothing_is_no_answer(der: bytes) -> None:
    with pytest.raises(ValueError, match="no OCSP answer"):
        ocsp_responses.read(der)


def test_an_answer_with_bytes_after_its_end_is_none(teller: Teller) -> None:
    good = teller.answer()
    assert ocsp_responses.read(good).about(teller.person.parsed, teller.anchor.parsed)
    with pytest.raises(ValueError, match="no OCSP answer"):
        ocsp_responses.read(good + b"\0")
