"""Judging many signatures again: the same answers in the same order, on one core or on two."""

from __future__ import annotations

import itertools
import pickle
from typing import TYPE_CHECKING

import pytest

from signing.errors import PinLength, RequestInvalid
from signing.validation.batch import CHUNK, validate_many
from signing.validation.validate import validate
from tests.kit.signing.answers import TEXT
from tests.kit.signing.house import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signing.authority.demo import Authority
    from signing.validation.trust import Revocation
    from tests.kit.signing import forge


def texts(count: int) -> list[bytes]:
    return [b"%d " % number + TEXT for number in range(count)]


@pytest.mark.parametrize("processes", [1, 2])
def test_the_answers_are_those_of_one_by_one_and_in_order(
    processes: int, forger: forge.Forger, authority: Authority, lists: Revocation
) -> None:
    contents = texts(2 * CHUNK + 3)
    pairs = [(forger.sign(content), content) for content in contents]
    pairs[7] = (b"junk", contents[7])
    pairs[CHUNK] = (pairs[CHUNK][0], b"another text")
    found = list(
        validate_many(pairs, trust=authority.trust, revocation=lists, at=NOW, processes=processes)
    )
    assert found == [
        validate(data, content, trust=authority.trust, revocation=lists, at=NOW)
        for data, content in pairs
    ]
    assert [number for number, one in enumerate(found) if not one.passed] == [7, CHUNK]


def test_only_the_bytes_of_a_certificate_cross_from_one_process_to_another(
    authority: Authority,
) -> None:
    certificate = authority.issuing
    assert certificate.parsed.ca
    crossed = pickle.dumps(certificate)
    assert len(crossed) < len(certificate.der) + 200
    assert pickle.loads(crossed) == certificate  # noqa: S301 - our own bytes


def test_a_refusal_crosses_with_what_fills_its_sentence() -> None:
    crossed = pickle.loads(pickle.dumps(PinLength(min=4, max=8)))  # noqa: S301 - our own bytes
    assert type(crossed) is PinLength
    assert (crossed.params, str(crossed)) == ({"min": 4, "max": 8}, str(PinLength(min=4, max=8)))


@pytest.mark.parametrize("processes", [1, 2])
def test_nothing_gives_nothing(processes: int, authority: Authority, lists: Revocation) -> None:
    found = validate_many([], trust=authority.trust, revocation=lists, at=NOW, processes=processes)
    assert list(found) == []


def test_pairs_are_read_as_they_are_needed_and_stopping_stops(
    forger: forge.Forger, authority: Authority, lists: Revocation
) -> None:
    container, read = forger.sign(TEXT), []

    def endless() -> Iterator[tuple[bytes, bytes]]:
        for number in itertools.count():
            read.append(number)
            yield container, TEXT

    found = validate_many(endless(), trust=authority.trust, revocation=lists, at=NOW, processes=2)
    assert next(found).passed
    found.close()  # type: ignore[attr-defined] # a generator, which closing stops
    assert len(read) <= 10 * CHUNK


@pytest.mark.parametrize("processes", [1, 2])
def test_a_moment_without_a_time_zone_is_refused_here_too(
    processes: int, authority: Authority, lists: Revocation
) -> None:
    with pytest.raises(RequestInvalid):
        list(
            validate_many(
                [(b"", b"")],
                trust=authority.trust,
                revocation=lists,
                at=NOW.replace(tzinfo=None),
                processes=processes,
            )
        )
