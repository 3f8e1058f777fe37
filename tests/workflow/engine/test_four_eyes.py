"""The tests of the four eyes: over all names of a human, and for the present round only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.workflow import process as kit
from workflow.engine.four_eyes import rounds_of
from workflow.journal.conformance import conform
from workflow.model import refusal as r
from workflow.model.actor import Actor

if TYPE_CHECKING:
    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine
    from workflow.model.clock import FixedClock

OPENED = kit.PROCESS.replace("not_by: [note, note_heard]", "not_by: [file]")


def noted(engine: CaseEngine) -> int:
    """Open a matter that Ayşe has noted and another may approve."""
    case_id = kit.approvable(engine)
    engine.fire(case_id, "note", kit.AYSE, reason="x")
    return case_id


@pytest.mark.parametrize("trigger", ["approve", "approve_heard"])
def test_a_human_is_one_under_all_his_names(engine: CaseEngine, trigger: str) -> None:
    case_id = noted(engine)
    kit.account(engine, 1, 900_001, active=False)
    kit.account(engine, 5, 900_001)
    kit.account(engine, 6, 900_002)
    twin = Actor("user:5", frozenset({"officer"}), "oidc", 900_001)
    with pytest.raises(r.SamePerson) as caught:
        engine.fire(case_id, trigger, twin)
    assert caught.value.params == {"trigger": trigger, "earlier": ["note"]}
    as_person = kit.approvable(engine)
    engine.fire(as_person, "note", Actor("person:900002", frozenset({"officer"}), "code", 900_002),
                reason="x")  # fmt: skip
    with pytest.raises(r.SamePerson):
        engine.fire(as_person, trigger, Actor("user:6", frozenset({"officer"}), "demo", 900_002))
    other = Actor("user:6", frozenset({"officer"}), "demo", 900_002)
    assert engine.fire(case_id, trigger, other).state == "ready"


@pytest.mark.parametrize("trigger", ["approve", "approve_heard"])
def test_only_the_present_round_counts_once_the_earlier_move_was_made_anew(
    engine: CaseEngine, trigger: str
) -> None:
    case_id = noted(engine)
    engine.fire(case_id, "refuse", kit.MEHMET, reason="x")
    engine.fire(case_id, "reopen", kit.SYSTEM)
    with pytest.raises(r.SamePerson):  # nobody has noted it anew: hers is still the note
        engine.fire(case_id, trigger, kit.AYSE)
    engine.fire(case_id, "note", kit.MEHMET, reason="y")
    third = Actor("user:3", frozenset({"officer"}), "demo", 900_003)
    engine.fire(case_id, "note_heard", third, reason="z")
    engine.fire(case_id, "note", third, reason="z")
    for one in (kit.MEHMET, third):
        with pytest.raises(r.SamePerson):
            engine.fire(case_id, trigger, one)
    assert engine.fire(case_id, trigger, kit.AYSE).state == "ready"
    assert conform(engine.database, engine.library).ok


@pytest.mark.parametrize("trigger", ["approve", "approve_heard"])
def test_a_move_that_is_made_once_counts_for_good(
    database: Database, clock: FixedClock, trigger: str
) -> None:
    engine = kit.engine(database, clock, OPENED)
    person_id = kit.people(engine)[0]
    kit.permit(engine, person_id)
    row = {"person_id": person_id, "kind": "renewal", "production_opens_on": kit.TODAY}
    case_id = engine.open("matter", "file", kit.AYSE, row)
    engine.fire(case_id, "submit", kit.applicant(person_id))
    engine.fire(case_id, "refuse", kit.MEHMET, reason="x")
    engine.fire(case_id, "reopen", kit.SYSTEM)
    with pytest.raises(r.SamePerson):
        engine.fire(case_id, trigger, kit.AYSE)
    assert engine.fire(case_id, trigger, kit.MEHMET).state == "ready"


def test_a_round_begins_where_a_case_comes_anew_to_the_move(engine: CaseEngine) -> None:
    definition = engine.library.workflow("matter")
    found = rounds_of(definition, definition.transitions["approve"])
    begins = ["file_heard", "reopen", "reopen_heard", "submit", "submit_heard"]
    assert found == {"note": begins, "note_heard": begins}
