"""The tables of codes and of sign-ins: which secrets may live beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.kit.states.rows import Rows

HASH = b"c" * 32
LIVE = ("issued", "claimed")


@pytest.mark.parametrize("table", ["code", "sign_in"])
@pytest.mark.parametrize("state", LIVE)
def test_fifteen_digits_belong_to_one_living_code(rows: Rows, table: str, state: str) -> None:
    rows.put(table, code_hash=HASH, state=state)
    for living in LIVE:
        assert rows.refusal(table, code_hash=HASH, state=living) == f"ix_{table}_live"
    assert rows.refusal(table, code_hash=HASH, state="expired") == "nothing"
    assert rows.refusal(table, code_hash=b"d" * 32) == "nothing"


@pytest.mark.parametrize(
    ("table", "state"),
    [
        *[("code", state) for state in ("used", "expired", "cancelled", "burnt")],
        *[("sign_in", state) for state in ("signed", "done", "expired", "refused")],
    ],
)
def test_digits_are_free_again_once_their_code_is_over(rows: Rows, table: str, state: str) -> None:
    rows.put(table, code_hash=HASH, state=state)
    rows.put(table, code_hash=HASH, state=state)
    assert rows.refusal(table, code_hash=HASH) == "nothing"


def test_a_code_that_is_over_does_not_live_again_beside_another(rows: Rows) -> None:
    over = rows.put("code", code_hash=HASH, state="expired")
    rows.put("code", code_hash=HASH)
    refused = rows.refused(lambda: rows.change(over, "code", state="claimed"))
    assert refused == "ix_code_live"


def test_a_code_and_a_sign_in_may_have_the_same_digits(rows: Rows) -> None:
    rows.put("code", code_hash=HASH)
    assert rows.refusal("sign_in", code_hash=HASH) == "nothing"


def test_the_secret_of_a_sign_in_finds_one_row_for_ever(rows: Rows) -> None:
    rows.put("sign_in", secret_hash=HASH, state="expired")
    assert rows.refusal("sign_in", secret_hash=HASH) == "ix_sign_in_secret_hash"
    rows.put("sign_in", secret_hash=None)
    assert rows.refusal("sign_in", secret_hash=None) == "nothing"


def test_one_browser_may_have_begun_many(rows: Rows) -> None:
    for table in ("code", "sign_in"):
        rows.put(table, session_hash=HASH)
        assert rows.refusal(table, session_hash=HASH) == "nothing"


def test_nobody_has_tried_yet(rows: Rows) -> None:
    assert rows.put("code").wrong_tries == 0
    assert rows.put("sign_in").wrong_tries == 0


def test_their_references(rows: Rows) -> None:
    assert rows.put("code", id=45).reference == "K000000045"
    assert rows.put("sign_in", id=46).reference == "G000000046"


def test_a_code_is_for_a_document_that_is_there(rows: Rows) -> None:
    frozen = rows.put("document").sha256
    assert rows.put("code", digest=frozen).digest == frozen
    assert rows.refusal("code", digest="00" * 32) == "fk_code_digest"
