"""What an owner of the database changes in the texts of messages is found by a proof."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.handlers.papers.test_texts import CODE, FIRST, fire, people, propose
from workflow.journal.conformance import conform

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from workflow.model.actor import Actor

__all__ = ["people"]


@pytest.fixture
def published(world: World, people: list[Actor]) -> World:
    """Give an office with a revision 2, a refused proposal and one under way."""
    fire(world, propose(world, people[0]), "approve", people[1])
    other = replace(FIRST, body_en="Another one.")
    fire(world, propose(world, people[0], other, revision=3), "refuse", people[1])
    propose(world, people[0], other, revision=3)
    return world


def found(world: World) -> set[tuple[int, int, str, str]]:
    """Return what a proof says of the rows of texts: case, entry, transition and row."""
    told = conform(world.engine.database, world.engine.library).differences
    samples = (sample for one in told if one.reason == "column" for sample in one.samples)
    return {(one.case, one.n, one.trigger, one.row) for one in samples}


def case_of(world: World, state: str) -> int:
    with world.engine.database.connect() as connection:
        query = text("SELECT id FROM text_change WHERE state = :state")
        return int(connection.scalar(query, {"state": state}))


def alter(database: Database, statement: str) -> None:
    """Change a table as its owner can, with its triggers asleep."""
    with database.owner.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE message_text DISABLE TRIGGER ALL")
        connection.exec_driver_sql(statement)


def test_texts_as_two_have_made_them_are_in_order(published: World) -> None:
    assert found(published) == set()


REVISION = f"message_text {CODE}/2: code, revision, in_force_on, wording"


@pytest.mark.parametrize(
    "change",
    [
        "subject_tr = subject_tr || '.'",
        "body_tr = body_tr || '.'",
        "subject_en = subject_en || '.'",
        "body_en = body_en || '.'",
        "subject_tr = '', body_tr = subject_tr || body_tr",
        "in_force_on = in_force_on - 1",
    ],
)
def test_a_changed_revision_is_named_with_its_entry(
    published: World, database: Database, change: str
) -> None:
    alter(database, f"UPDATE message_text SET {change}")
    assert found(published) == {(case_of(published, "approved"), 2, "approve", REVISION)}


@pytest.mark.parametrize("change", ["revision = 9", "code = 'IM.01'"])
def test_a_revision_that_is_called_another_one_is_named(
    published: World, database: Database, change: str
) -> None:
    alter(database, f"UPDATE message_text SET {change}")
    [(case, n, trigger, row)] = found(published)
    assert (case, n, trigger) == (case_of(published, "approved"), 2, "approve")
    named = f"{CODE}/9" if "9" in change else "IM.01/2"
    assert row == f"message_text {named}: code, revision, in_force_on, wording"


def test_a_revision_that_is_gone_is_named_by_its_entry(
    published: World, database: Database
) -> None:
    alter(database, "DELETE FROM message_text")
    assert found(published) == {(case_of(published, "approved"), 2, "approve", REVISION)}


def test_a_revision_that_nobody_has_approved_is_named(published: World, database: Database) -> None:
    refused = case_of(published, "refused")
    alter(
        database,
        f"INSERT INTO message_text SELECT code, 3, {refused}, in_force_on, subject_tr, body_tr,"
        " subject_en, body_en FROM message_text",
    )
    row = f"message_text {CODE}/3: code, revision, in_force_on, wording"
    assert found(published) == {(refused, 0, "", row)}


@pytest.mark.parametrize("change", ["body_en = body_en || '.'", "code = 'IM.01'", "revision = 4"])
def test_a_proposal_that_was_changed_before_its_decision_is_named(
    published: World, change: str
) -> None:
    published.write(f"UPDATE text_change SET {change} WHERE state = 'proposed'")
    row = "text_change code, revision, wording"
    assert found(published) == {(case_of(published, "proposed"), 1, "propose", row)}
