"""Numbers that people quote, and the column that makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from states.kit.invalid import Invalid
from states.kit.reference import LETTERS, MAX_ID, parse, read_number, reference

if TYPE_CHECKING:
    from tests.kit.postgres import Database


@given(st.sampled_from(sorted(LETTERS)), st.integers(1, 2**63 - 1))
def test_a_reference_names_its_case(workflow: str, case_id: int) -> None:
    assert parse(reference(workflow, case_id)) == (workflow, case_id)


def test_the_letter_is_one_for_each_workflow() -> None:
    assert reference("application", 123) == "B000000123"
    assert reference("consent", 1) == "O000000001"
    assert reference("code", 1) == "K000000001"
    assert reference("certificate", 1_234_567_890) == "S1234567890"


def test_small_letters_and_blanks_are_taken_as_typed() -> None:
    assert parse(" b000000123 ") == ("application", 123)


@pytest.mark.parametrize(
    "typed", ["", "B123", "X000000123", "B00000012x", "123", "B9999999999999999999", "B١٢٣٤٥٦٧٨٩"]
)
def test_what_is_no_reference_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(typed)
    assert caught.value.code == "reference.form"


@pytest.mark.parametrize("case_id", [1, 999_999_999, 1_000_000_000, 2**62])
def test_the_generated_column_says_the_same(database: Database, case_id: int) -> None:
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE consent ALTER COLUMN definition DROP NOT NULL"))
        connection.execute(text("ALTER TABLE consent DROP CONSTRAINT fk_consent_person_id"))
        made = connection.execute(
            text(
                "INSERT INTO consent (id, person_id, state, version, head, entered_at, created_at)"
                " VALUES (:id, 1, 'offered', 1, '', now(), now()) RETURNING reference"
            ),
            {"id": case_id},
        ).scalar_one()
    assert made == reference("consent", case_id)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0), ("12", 12), ("012", 12), (str(MAX_ID), MAX_ID), (str(MAX_ID + 1), None),
        ("9" * 5000, None), ("", None), ("-1", None), ("+1", None), (" 1", None), ("1\n", None),
        ("1_0", None), ("²", None), ("٣", None), ("1.0", None),
    ],
)  # fmt: skip
def test_only_what_a_row_can_be_numbered_with_is_read_as_its_number(
    text: str, number: int | None
) -> None:
    assert read_number(text) == number
