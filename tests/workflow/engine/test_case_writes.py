"""Tests that the row of a case is written as it is given, plain values and structures alike."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from states.cases.application import Application
from states.tables import METADATA
from tests.kit.workflow import process as kit
from workflow.engine.case_writes import insert_case, update_case
from workflow.engine.driver import fetch

if TYPE_CHECKING:
    from tests.kit.workflow.process import CaseEngine
    from workflow.model.context import Row

TABLE = METADATA.tables[Application.__tablename__]
NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "values",
    [
        {"delivery_address": "Bursa, 'Sokağı' %(id)s", "old_ends_on": date(2027, 1, 2)},
        {"couriered_at": NOON, "question_open": True, "sendings": 3, "tracking_number": None},
        {"paper": {"kinds": ["nüfus"], "by": None}, "sendings": 2},
    ],
)
def test_columns_of_a_case_are_written(engine: CaseEngine, values: Row) -> None:
    case_id, other = kit.matter(engine), kit.matter(engine)
    before, beside = kit.case(engine, case_id), kit.case(engine, other)
    with engine.database.begin() as connection:
        update_case(connection, TABLE, case_id, values)
    assert kit.case(engine, case_id) == before | dict(values)
    assert kit.case(engine, other) == beside


def test_without_columns_nothing_is_written(engine: CaseEngine) -> None:
    case_id = kit.matter(engine)
    before = kit.case(engine, case_id)
    with engine.database.begin() as connection:
        update_case(connection, TABLE, case_id, {})
    assert kit.case(engine, case_id) == before


@pytest.mark.parametrize("paper", [None, {"kinds": ["nüfus"]}])
def test_a_new_case_gets_the_next_number_of_all_workflows(
    engine: CaseEngine, paper: dict[str, object] | None
) -> None:
    first = kit.matter(engine)
    pattern = kit.case(engine, first)
    own = ("kind", "method", "person_id", "definition", "state", "version", "head", "entered_at")
    (person,) = kit.people(engine)
    pattern |= {"person_id": person, "paper": paper}
    values = {name: pattern[name] for name in (*own, "created_at", "paper")}
    with engine.database.begin() as connection:
        case_id = insert_case(connection, TABLE, values)
        (found,) = fetch(connection, "SELECT currval('case_id') AS last", {})
    assert (case_id, found["last"]) == (first + 1, first + 1)
    row = kit.case(engine, case_id)
    assert row["paper"] == paper
    assert {name: row[name] for name in own} == {name: pattern[name] for name in own}
