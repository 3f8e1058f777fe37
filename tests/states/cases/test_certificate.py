"""The table of certificates: serials, holds, how one is known, and its last moment."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from states.cases.certificate import HOLDS, LISTED
from tests.kit.states.rows import NOON

if TYPE_CHECKING:
    from tests.kit.states.rows import Rows

LIVING = ("reserved", "active", "suspended", "stated")
OVER = ("void", "revoked", "expired")


@pytest.mark.parametrize("serial", ["1", "a", "f0", "9" * 40, "abcdef0123456789"])
def test_a_serial_is_hex_in_small_letters(rows: Rows, serial: str) -> None:
    assert rows.put("certificate", serial=serial).serial == serial


@pytest.mark.parametrize("serial", ["", "0", "0a", "A1", "1G", "1 2", "a1\n", "-1", "0x1", "ç1"])
def test_nothing_else_is_one(rows: Rows, serial: str) -> None:
    assert rows.refusal("certificate", serial=serial) == "ck_certificate_serial"


@pytest.mark.parametrize("seen", [None, "made", "signature", "bytes", "authority"])
def test_a_certificate_is_known_in_one_of_four_ways_or_only_stated(
    rows: Rows, seen: str | None
) -> None:
    assert rows.put("certificate", seen=seen).seen == seen


@pytest.mark.parametrize("seen", ["", "list", "MADE", "byte"])
def test_there_is_no_other_way(rows: Rows, seen: str) -> None:
    assert rows.refusal("certificate", seen=seen) == "ck_certificate_seen"


@pytest.mark.parametrize("whose", [None, "journey", "holder", "office"])
def test_a_hold_is_somebodys(rows: Rows, whose: str | None) -> None:
    assert rows.put("certificate", suspended_by=whose).suspended_by == whose
    assert set(HOLDS) == {"journey", "holder", "office"}


@pytest.mark.parametrize("whose", ["", "Holder", "courier", "authority"])
def test_nobody_else_holds(rows: Rows, whose: str) -> None:
    assert rows.refusal("certificate", suspended_by=whose) == "ck_certificate_suspended_by"


@pytest.mark.parametrize("state", [*LIVING, *OVER])
def test_a_serial_of_ours_is_never_given_twice(rows: Rows, state: str) -> None:
    made_for = rows.put("application").id
    rows.put("certificate", serial="a1", state=state, application_id=made_for)
    assert rows.refusal("certificate", serial="a1") == "uq_certificate_serial"
    assert rows.refusal("certificate", serial="a2") == "nothing"


def test_a_number_is_free_again_once_the_record_that_bore_it_is_struck(rows: Rows) -> None:
    rows.put("certificate", serial="a1", state="void")
    rows.put("certificate", serial="a1", state="void")
    known = rows.put("certificate", serial="a1")
    assert rows.refusal("certificate", serial="a1") == "uq_certificate_serial"
    assert rows.refusal("certificate", serial="a1", state="void") == "nothing"
    rows.change(known, "certificate", state="void")
    assert rows.refusal("certificate", serial="a1") == "nothing"


@pytest.mark.parametrize("state", ["revoked", "expired"])
def test_a_record_that_is_over_and_not_struck_keeps_its_number(rows: Rows, state: str) -> None:
    rows.put("certificate", serial="a1", state=state)
    assert rows.refusal("certificate", serial="a1") == "uq_certificate_serial"


def test_one_that_was_struck_does_not_come_back_beside_another(rows: Rows) -> None:
    struck = rows.put("certificate", serial="a1", state="void")
    rows.put("certificate", serial="a1")
    refused = rows.refused(lambda: rows.change(struck, "certificate", state="active"))
    assert refused == "uq_certificate_serial"


@pytest.mark.parametrize("state", LIVING)
def test_an_application_has_one_living_certificate(rows: Rows, state: str) -> None:
    mine = rows.put("application").id
    rows.put("certificate", application_id=mine, state=state)
    second = rows.refusal("certificate", application_id=mine, state="reserved")
    assert second == "ix_certificate_application_id"
    assert rows.refusal("certificate", application_id=None, state="reserved") == "nothing"


@pytest.mark.parametrize("state", OVER)
def test_a_failed_production_is_followed_by_another(rows: Rows, state: str) -> None:
    mine = rows.put("application").id
    rows.put("certificate", application_id=mine, state=state)
    assert rows.refusal("certificate", application_id=mine) == "nothing"


def test_a_card_carries_one_certificate_and_bytes_belong_to_one(rows: Rows) -> None:
    card = rows.put("card").id
    rows.put("certificate", card_id=card, sha256="ab" * 32, state="void")
    assert rows.refusal("certificate", card_id=card) == "uq_certificate_card_id"
    assert rows.refusal("certificate", sha256="ab" * 32) == "uq_certificate_sha256"
    assert rows.refusal("certificate", sha256="ac" * 32) == "nothing"


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (date(2026, 3, 2), datetime(2026, 3, 2, 20, 59, 59, tzinfo=UTC)),
        (date(2026, 12, 31), datetime(2026, 12, 31, 20, 59, 59, tzinfo=UTC)),
        # When Istanbul still had a winter time.
        (date(2015, 1, 31), datetime(2015, 1, 31, 21, 59, 59, tzinfo=UTC)),
        (date(2015, 7, 31), datetime(2015, 7, 31, 20, 59, 59, tzinfo=UTC)),
    ],
)
def test_one_known_by_its_day_ends_with_the_last_second_of_it(
    rows: Rows, day: date, moment: datetime
) -> None:
    assert rows.put("certificate", ends_on=day).ends_at == moment


def test_one_that_was_seen_ends_at_its_own_moment(rows: Rows) -> None:
    row = rows.put("certificate", ends_on=date(2030, 1, 1), not_after=NOON)
    assert row.ends_at == NOON
    assert rows.put("certificate").ends_at is None


@pytest.mark.parametrize(
    ("changed", "moment"),
    [
        ({"not_after": NOON}, NOON),
        ({"ends_on": date(2026, 3, 3)}, datetime(2026, 3, 3, 20, 59, 59, tzinfo=UTC)),
        ({"ends_on": None}, None),
        ({"ends_at": NOON}, datetime(2026, 3, 2, 20, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_last_moment_follows_what_it_is_made_of(
    rows: Rows, changed: dict[str, object], moment: datetime | None
) -> None:
    row = rows.put("certificate", ends_on=date(2026, 3, 2))
    assert rows.change(row, "certificate", **changed).ends_at == moment


def test_the_lists_carry_what_is_on_hold_or_revoked(rows: Rows) -> None:
    on_hold = rows.put("certificate", state="suspended", suspended_at=NOON)
    revoked = rows.put("certificate", state="revoked")
    ended_on_hold = rows.put("certificate", state="expired", suspended_at=NOON)
    for state in ("active", "void", "expired", "reserved"):
        rows.put("certificate", state=state)
    found = rows.connection.scalars(text(f"SELECT id FROM certificate WHERE {LISTED} ORDER BY id"))
    assert list(found) == [on_hold.id, revoked.id, ended_on_hold.id]


def test_the_reference_of_a_certificate(rows: Rows) -> None:
    assert rows.put("certificate", id=12).reference == "S000000012"
