"""Tests of what the moves of a certificate bring: read once, typed, and nothing half read."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.certificates.payloads import LONGEST, AuthorityLetter, CertificateSeen
from signing.x509.certificate import read
from states.cases.certificate import Certificate

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

DATED = date(2026, 3, 1)
WHOLE = {"number": " E-17/3 ", "dated": DATED, "issuer": "Kuruluş", "ends_on": date(2026, 4, 20)}


def test_a_letter_is_read_as_it_was_typed_but_for_spaces() -> None:
    letter = AuthorityLetter.of(WHOLE)
    assert letter == AuthorityLetter("E-17/3", DATED, "Kuruluş", date(2026, 4, 20))
    assert letter.proof() == {"number": "E-17/3", "dated": "2026-03-01"}


@pytest.mark.parametrize(
    "wrong",
    [{"number": ""}, {"number": "x" * (LONGEST + 1)}, {"number": 3}, {"dated": "2026-03-01"}],
)
def test_without_number_or_day_there_is_no_letter(wrong: dict[str, object]) -> None:
    assert AuthorityLetter.of(WHOLE | wrong) is None


@pytest.mark.parametrize(
    "name",
    ["issuer", "ends_on", "revoked_on"],
)
def test_what_a_letter_does_not_say_is_not_there(name: str) -> None:
    said = WHOLE | {"revoked_on": DATED}
    assert getattr(AuthorityLetter.of(said), name) == said[name]
    assert getattr(AuthorityLetter.of(said | {name: 7}), name) is None


def test_the_longest_number_is_taken_and_an_identity_number_is_masked() -> None:
    long = AuthorityLetter.of(WHOLE | {"number": "x" * LONGEST})
    assert long is not None
    assert long.number == "x" * LONGEST
    masked = AuthorityLetter.of(WHOLE | {"number": "E 10000000146", "issuer": "10000000146 AŞ"})
    assert masked is not None
    assert "10000000146" not in f"{masked.number}{masked.issuer}"


@pytest.mark.parametrize("wrong", [{}, {"der": "text"}, {"der": b"no certificate"}])
def test_what_is_no_certificate_was_not_seen(wrong: dict[str, object]) -> None:
    assert CertificateSeen.of(wrong) is None


def test_a_certificate_seen_is_what_its_payload_says(world: World) -> None:
    held = world.card(world.person(), date(2026, 4, 10))
    der = world.read(Certificate, held.certificate_id).der
    assert der is not None
    assert CertificateSeen.of({"der": der}) == CertificateSeen(
        read(der), "bytes", (), checked=False
    )
    seen = CertificateSeen(read(der), "signature", (der,), checked=True)
    assert CertificateSeen.of(seen.payload()) == seen
