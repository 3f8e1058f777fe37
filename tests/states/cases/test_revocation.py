"""What triggers keep of revocation: a mark for each change, and the lists that must stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from tests.kit.states.rows import NOON

if TYPE_CHECKING:
    from sqlalchemy import Row

    from tests.kit.states.rows import Rows

KEPT = "DELETE of revocation_list refused: a day keeps its last list, and the last 2 days keep all"
DAY = timedelta(days=1)


def marks(rows: Rows) -> list[int]:
    """Return the certificates whose change is marked, and forget the marks."""
    found = text("DELETE FROM revocation_change RETURNING certificate_id, urgent")
    marked = list(rows.connection.execute(found))
    assert [mark.urgent for mark in marked] == [False] * len(marked)
    return [mark.certificate_id for mark in marked]


def ours(rows: Rows) -> Row[Any]:
    """Return a certificate that we made, whose making is marked no more."""
    row = rows.put("certificate", seen="made", der=b"der")
    marks(rows)
    return row


def test_a_certificate_of_ours_is_marked_when_it_is_made(rows: Rows) -> None:
    made = rows.put("certificate", seen="made")
    assert marks(rows) == [made.id]


@pytest.mark.parametrize("seen", [None, "signature", "bytes", "authority"])
def test_nothing_is_published_of_one_that_another_house_made(rows: Rows, seen: str | None) -> None:
    theirs = rows.put("certificate", seen=seen)
    rows.change(theirs, "certificate", state="revoked", revoked_at=NOON, suspended_at=NOON)
    assert marks(rows) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"serial": "abc"},
        {"state": "suspended"},
        {"suspended_at": NOON},
        {"revoked_at": NOON},
        {"revocation_reason": "key_compromise"},
        {"der": None},
    ],
)
def test_each_column_that_is_published_marks_its_change(
    rows: Rows, changed: dict[str, object]
) -> None:
    row = ours(rows)
    assert rows.change(row, "certificate", **changed)
    assert marks(rows) == [row.id]
    # Written again as it stands, it has not changed.
    rows.change(row, "certificate", **changed)
    assert marks(rows) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"checked_at": NOON},
        {"activate_by": NOON},
        {"suspended_by": "office"},
        {"version": 2},
        {"der": b"other der"},
        {"due_at": NOON},
    ],
)
def test_what_is_not_published_marks_nothing(rows: Rows, changed: dict[str, object]) -> None:
    row = ours(rows)
    rows.change(row, "certificate", **changed)
    assert marks(rows) == []


def test_one_that_turns_out_to_be_ours_is_marked_then(rows: Rows) -> None:
    row = rows.put("certificate")
    assert marks(rows) == []
    rows.change(row, "certificate", seen="made")
    assert marks(rows) == [row.id]


def test_each_certificate_has_one_published_status(rows: Rows) -> None:
    rows.put("revocation_status", serial="ab", entry=b"entry")
    assert rows.refusal("revocation_status", serial="ab") == "pk_revocation_status"
    assert rows.refusal("revocation_status", serial="abc") == "nothing"


def issue(rows: Rows, at: datetime, *, lasts: timedelta = DAY) -> Row[Any]:
    """Enter a list of a moment."""
    return rows.put("revocation_list", this_update=at, next_update=at + lasts)


def test_of_a_day_long_ago_all_but_its_last_list_may_go(rows: Rows) -> None:
    morning = datetime(2025, 6, 1, 6, 0, tzinfo=UTC)
    first, second, last = (issue(rows, morning + timedelta(hours=n)) for n in (0, 1, 2))
    issue(rows, NOON)
    assert rows.refused(lambda: rows.remove(last, "revocation_list")) == KEPT
    rows.remove(first, "revocation_list")
    rows.remove(second, "revocation_list")
    assert rows.refused(lambda: rows.remove(last, "revocation_list")) == KEPT


def test_the_day_of_a_list_is_that_of_utc(rows: Rows) -> None:
    midnight = datetime(2025, 6, 2, 0, 0, tzinfo=UTC)
    before, after = issue(rows, midnight - timedelta(seconds=1)), issue(rows, midnight)
    rows.put(
        "revocation_list", this_update=midnight + DAY - timedelta(seconds=1), next_update=midnight
    )
    issue(rows, NOON)
    assert rows.refused(lambda: rows.remove(before, "revocation_list")) == KEPT
    assert rows.refused(lambda: rows.remove(after, "revocation_list")) == "nothing"


def test_a_later_number_makes_the_last_list_and_not_a_later_moment(rows: Rows) -> None:
    at = datetime(2025, 6, 1, 6, 0, tzinfo=UTC)
    first = issue(rows, at + timedelta(hours=1))
    second = issue(rows, at)
    issue(rows, NOON)
    assert rows.refused(lambda: rows.remove(first, "revocation_list")) == "nothing"
    assert rows.refused(lambda: rows.remove(second, "revocation_list")) == KEPT


@pytest.mark.parametrize(
    ("ends", "said"),
    [(NOON - 2 * DAY, KEPT), (NOON - 2 * DAY - timedelta(microseconds=1), "nothing")],
)
def test_two_days_from_its_end_every_list_stays(rows: Rows, ends: datetime, said: str) -> None:
    old = rows.put("revocation_list", this_update=ends - DAY, next_update=ends)
    issue(rows, ends - DAY + timedelta(microseconds=1))
    issue(rows, NOON)
    assert rows.refused(lambda: rows.remove(old, "revocation_list")) == said


def test_a_list_is_never_changed_and_a_number_never_given_twice(rows: Rows) -> None:
    row = issue(rows, NOON)
    refused = rows.refused(lambda: rows.change(row, "revocation_list", issuing=b"other"))
    assert "permission denied" in refused or "what was written stays" in refused
    assert rows.refusal("revocation_list", number=row.number) == "pk_revocation_list"
