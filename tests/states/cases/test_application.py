"""The table of applications: its deadline, its one open application, and what is reckoned."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from states.cases.application import (
    ENDING_STATES,
    FINAL_STATES,
    NO_DEADLINE,
    OFFICE_STATES,
    QUEUE_DAYS,
)
from tests.kit.states.rows import NOON

if TYPE_CHECKING:
    from tests.kit.states.rows import Rows

FIFTH = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
END = date(2026, 6, 30)


@pytest.mark.parametrize("state", [*ENDING_STATES, *OFFICE_STATES])
def test_where_somebody_has_to_act_the_timer_is_the_deadline(rows: Rows, state: str) -> None:
    row = rows.put("application", state=state, due_at=FIFTH, old_ends_on=END)
    assert row.deadline == date(2026, 3, 5)


@pytest.mark.parametrize("state", [*FINAL_STATES, "held", "in_production", "with_courier"])
def test_elsewhere_the_timer_is_none_and_the_old_end_counts(rows: Rows, state: str) -> None:
    row = rows.put("application", state=state, due_at=FIFTH, old_ends_on=END)
    assert row.deadline == END


def test_without_a_timer_and_an_end_there_is_no_deadline(rows: Rows) -> None:
    assert rows.put("application", state="draft").deadline == NO_DEADLINE
    assert rows.put("application", state="held", due_at=FIFTH).deadline == NO_DEADLINE


def test_an_old_certificate_that_ends_before_the_timer_is_the_deadline(rows: Rows) -> None:
    row = rows.put("application", due_at=FIFTH, old_ends_on=date(2026, 3, 4))
    assert row.deadline == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("due_at", "day"),
    [
        (datetime(2026, 3, 5, 20, 59, 59, tzinfo=UTC), date(2026, 3, 5)),
        (datetime(2026, 3, 5, 21, 0, tzinfo=UTC), date(2026, 3, 6)),
    ],
)
def test_the_day_of_a_timer_is_that_of_istanbul(rows: Rows, due_at: datetime, day: date) -> None:
    assert rows.put("application", due_at=due_at).deadline == day


def test_the_queue_of_production_has_its_days_from_the_moment_it_was_entered(rows: Rows) -> None:
    entered = datetime(2026, 3, 5, 21, 30, tzinfo=UTC)
    row = rows.put("application", state="queued", entered_at=entered, due_at=NOON)
    assert row.deadline == date(2026, 3, 6 + QUEUE_DAYS)
    sooner = rows.put(
        "application", state="queued", entered_at=entered, old_ends_on=date(2026, 3, 7)
    )
    assert sooner.deadline == date(2026, 3, 7)


@pytest.mark.parametrize(
    ("changed", "deadline"),
    [
        ({"state": "held"}, END),
        ({"due_at": datetime(2026, 4, 1, tzinfo=UTC)}, date(2026, 4, 1)),
        ({"due_at": None}, END),
        ({"old_ends_on": date(2026, 3, 3)}, date(2026, 3, 3)),
        ({"deadline": date(2020, 1, 1)}, date(2026, 3, 5)),
        ({"state": "queued", "entered_at": datetime(2026, 5, 1, tzinfo=UTC)}, date(2026, 5, 3)),
    ],
)
def test_the_deadline_follows_each_column_that_it_is_made_of(
    rows: Rows, changed: dict[str, object], deadline: date
) -> None:
    row = rows.put("application", due_at=FIFTH, old_ends_on=END)
    assert row.deadline == date(2026, 3, 5)
    assert rows.change(row, "application", **changed).deadline == deadline


def test_nobody_enters_a_deadline_of_their_own(rows: Rows) -> None:
    assert rows.put("application", due_at=FIFTH, deadline=END).deadline == date(2026, 3, 5)


OPEN = sorted(
    {*ENDING_STATES, *OFFICE_STATES, "held", "queued", "in_production", "produced", "with_courier"}
)


@pytest.mark.parametrize("state", OPEN)
def test_one_person_has_one_open_application_of_a_kind(rows: Rows, state: str) -> None:
    first = rows.put("application", state=state)
    same = {"person_id": first.person_id, "kind": "first"}
    assert rows.refusal("application", **same, state="draft") == "ix_application_open"
    assert rows.refusal("application", **same, state="delivered") == "nothing"


@pytest.mark.parametrize("state", FINAL_STATES)
def test_one_that_is_over_stands_in_nobodys_way(rows: Rows, state: str) -> None:
    first = rows.put("application", state=state)
    again = {"person_id": first.person_id, "kind": "first"}
    assert rows.refusal("application", **again) == "nothing"


def test_two_may_be_open_that_differ_in_person_kind_or_old_certificate(rows: Rows) -> None:
    old, other = rows.put("certificate"), rows.put("certificate")
    first = rows.put("application", kind="renewal", old_certificate_id=old.id)
    same = {"person_id": first.person_id, "kind": "renewal", "old_certificate_id": old.id}
    assert rows.refusal("application", **same) == "ix_application_open"
    for changed in (
        {"person_id": other.person_id},
        {"kind": "lost"},
        {"old_certificate_id": other.id},
        {"old_certificate_id": None},
    ):
        assert rows.refusal("application", **{**same, **changed}) == "nothing"


def test_an_application_is_not_opened_again_beside_another(rows: Rows) -> None:
    over = rows.put("application", state="cancelled")
    rows.put("application", person_id=over.person_id)
    refused = rows.refused(lambda: rows.change(over, "application", state="draft"))
    assert refused == "ix_application_open"


@pytest.mark.parametrize(
    ("number", "reference"),
    [
        (7, "B000000007"),
        (999_999_999, "B999999999"),
        (1_000_000_000, "B1000000000"),
        (2**63 - 1, "B9223372036854775807"),
    ],
)
def test_the_reference_has_nine_digits_or_as_many_as_it_needs(
    rows: Rows, number: int, reference: str
) -> None:
    assert rows.put("application", id=number).reference == reference


def test_a_case_is_held_by_whoever_took_it_up_where_it_stands(rows: Rows) -> None:
    officer = rows.put("office_user").id
    row = rows.put("application", version=4, assignee_id=officer, assigned_version=4)
    assert row.holder_id == officer
    assert rows.change(row, "application", version=5).holder_id is None
    assert rows.change(row, "application", assigned_version=5).holder_id == officer
    assert rows.change(row, "application", assigned_version=None).holder_id is None


def test_nobody_writes_what_is_reckoned(rows: Rows) -> None:
    for column, value in (("holder_id", 1), ("reference", "B1")):
        assert 'column "' + column in rows.refusal("application", **{column: value})


def test_numbers_of_cases_of_all_kinds_are_one_line(rows: Rows) -> None:
    made = (
        "application",
        "consent",
        "certificate",
        "code",
        "sign_in",
        "role_grant",
        "parcel",
        "handover",
        "contact_change",
        "registration",
        "support_change",
        "support_question",
    )
    numbers = [
        rows.connection.scalar(
            text(f"SELECT column_default FROM information_schema.columns WHERE table_name = '{one}'"
                 " AND column_name = 'id'")
        )
        for one in made
    ]  # fmt: skip
    assert set(numbers) == {"nextval('case_id'::regclass)"}


def test_what_an_application_begins_with(rows: Rows) -> None:
    row = rows.put("application")
    assert (row.question_open, row.sendings, row.applicant_key) == (False, 0, "")


def test_applicants_stand_in_the_order_of_the_bytes_of_their_keys(rows: Rows) -> None:
    for key in ("b", "B", "Z", "a"):
        rows.put("application", applicant_key=key)
    found = rows.connection.scalars(
        text("SELECT applicant_key FROM application ORDER BY applicant_key")
    )
    assert "".join(found) == "BZab"
