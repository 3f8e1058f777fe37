"""Tests that the rows about judging do real work on real signatures, on both sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.exceptions import InvalidSignature

from signing.validation.trust import Revocation
from web.bench.rows import judging as judging_rows

if TYPE_CHECKING:
    from pathlib import Path

    from web.bench.rows.judging import SignedGround


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging_rows, "ROUNDS", 1)
    monkeypatch.setattr(judging_rows, "PER_ROUND", 3)
    monkeypatch.setattr(judging_rows, "SIGNERS", 2)
    monkeypatch.setattr(judging_rows, "MANY", 5)


@pytest.fixture
def ground(tmp_path: Path) -> SignedGround:
    return judging_rows._made(tmp_path)  # noqa: SLF001 - the measuring itself


@pytest.mark.parametrize(("cores", "hold"), [(1, 0.8), (2, 1.1)])
def test_judging_is_measured_against_the_same_signatures(
    cores: int, hold: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.bench.rows.judging.os.cpu_count", lambda: cores)
    told: list[str] = []
    rows = list(judging_rows.rows(told.append))
    assert [(row.name, row.hold, row.unit) for row in rows] == [
        ("signature judged (CAdES B-B)", 0.08, "1/s"),
        (f"5 signatures judged on {cores} cores against one", hold, "1/s"),
    ]
    assert all(row.ours > 0 and row.bare > 0 for row in rows)
    assert told == [
        "making signatures for the measurement",
        "judging signatures",
        "judging 5 signatures on every core",
    ]


def test_a_side_that_refuses_a_good_signature_stops_the_measurement(ground: SignedGround) -> None:
    blind = replace(ground, revocation=Revocation())
    with pytest.raises(RuntimeError, match="a good signature was refused"):
        judging_rows._one_by_one(blind)  # noqa: SLF001 - the same
    with pytest.raises(RuntimeError, match="a good signature was refused"):
        judging_rows._batch(blind, 1)  # noqa: SLF001 - the same


def test_the_bare_side_really_checks(ground: SignedGround, monkeypatch: pytest.MonkeyPatch) -> None:
    good = judging_rows._taken_apart(ground.containers[0])  # noqa: SLF001 - the same
    judging_rows._bare(ground, good)  # noqa: SLF001 - the same
    with pytest.raises(InvalidSignature):
        judging_rows._bare(ground, replace(good, signed=b"another"))  # noqa: SLF001 - the same
    with pytest.raises(RuntimeError, match="refused"):
        judging_rows._bare(ground, replace(good, digest=b""))  # noqa: SLF001 - the same
    issuer = replace(good, certificate=ground.chain[0])
    with pytest.raises(TypeError, match="another kind"):
        judging_rows._bare(ground, issuer)  # noqa: SLF001 - the same
    later = judging_rows._NOW + timedelta(days=400)  # noqa: SLF001 - the same
    monkeypatch.setattr(judging_rows, "_NOW", later)
    with pytest.raises(RuntimeError, match="refused"):
        judging_rows._bare(ground, good)  # noqa: SLF001 - the same
