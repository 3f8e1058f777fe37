"""Tests that the rows about keys do real work on real tokens, on both sides."""

from __future__ import annotations

import pytest

from signing.tokens import keys
from signing.tokens.keys import KeyKind
from web.bench.rows import signing as signing_rows


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_rows, "ROUNDS", 2)
    monkeypatch.setattr(signing_rows, "CERTIFICATES", 2)
    monkeypatch.setattr(signing_rows, "SIGNATURES", {KeyKind.EC_P256: 3, KeyKind.RSA_3072: 1})


@pytest.mark.usefixtures("small")
def test_signatures_and_certificates_are_measured_against_the_same_keys() -> None:
    told: list[str] = []
    rows = list(signing_rows.rows(told.append))
    assert [(row.name, row.hold, row.unit) for row in rows] == [
        ("signature with an office key (ec-p256)", 0.85, "1/s"),
        ("signature with an office key (rsa-3072)", 0.85, "1/s"),
        ("certificate issued, its key made", 0.7, "1/s"),
    ]
    assert all(row.ours > 0 and row.bare > 0 for row in rows)
    assert told == [
        "making tokens for the measurement",
        "signing with ec-p256",
        "signing with rsa-3072",
        "issuing certificates",
    ]


@pytest.mark.usefixtures("small")
def test_a_side_whose_signatures_are_wrong_stops_the_measurement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = signing_rows.rows(lambda _: None)
    monkeypatch.setattr(keys, "verify", lambda *_: False)
    # Making the authority asks whether its keys work, so that they are made anew is no harm here.
    with pytest.raises(RuntimeError, match="the signature with ec-p256 is wrong"):
        next(rows)


def test_of_each_side_the_best_round_counts_and_the_turns_change() -> None:
    order: list[str] = []

    def side(name: str) -> bytes:
        order.append(name)
        return b""

    rates = signing_rows.turn_about(lambda: side("ours"), lambda: side("bare"), 1, 2)
    assert order == ["bare", "ours", "ours", "bare"]
    assert min(rates) > 0
