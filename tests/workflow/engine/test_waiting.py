"""The tests of moves that meet: who is busy, who waits, and what the database breaks off."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import ProgrammingError

from states.kit.errors import DatabaseUnavailable
from tests.kit.workflow import process as kit
from workflow.engine.attempts import code_of
from workflow.model import refusal as r

if TYPE_CHECKING:
    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine, Context
    from workflow.model.clock import FixedClock


@pytest.mark.parametrize("trigger", ["park", "note_heard"])
def test_a_case_that_another_transaction_holds_is_busy(
    engine: CaseEngine, database: Database, trigger: str
) -> None:
    case_id = kit.filed(engine)
    database.hurry()
    with database.owner.begin() as connection:
        connection.execute(text("SELECT FROM application FOR UPDATE"))
        with pytest.raises(r.Busy):
            engine.fire(case_id, trigger, kit.AYSE, reason="x")
    assert [row["code"] for row in kit.refused(engine)] == ["busy"]
    assert kit.standing(engine, case_id) == ("filed", 2)
    assert engine.fire(case_id, trigger, kit.AYSE, reason="x").version == 3


def test_what_a_handler_finds_locked_is_busy_too(engine: CaseEngine, database: Database) -> None:
    def act(context: Context) -> None:
        context.connection.execute(text("SELECT FROM person FOR UPDATE"))

    kit.desk_of(engine).act = act
    case_id = kit.filed(engine)
    database.hurry()
    with database.owner.begin() as connection:
        connection.execute(text("SELECT FROM person FOR UPDATE"))
        with pytest.raises(r.Busy):
            engine.fire(case_id, "note_heard", kit.AYSE, reason="x")
    assert kit.standing(engine, case_id) == ("filed", 2)


def test_two_moves_that_wait_for_each_other_end_with_one_of_them_busy(engine: CaseEngine) -> None:
    mine, yours = kit.filed(engine), kit.filed(engine)
    other = {mine: yours, yours: mine}
    outcomes: list[object] = []
    arrived: list[int] = []

    def act(context: Context) -> None:
        arrived.append(context.case_id)
        while len(arrived) < 2:  # until both hold their own case
            context.connection.execute(text("SELECT pg_sleep(0.005)"))
        if context.case["version"] == 2:
            context.connection.execute(
                text("UPDATE application SET assignee_id = NULL WHERE id = :i"),
                {"i": other[context.case_id]},
            )

    kit.desk_of(engine).act = act

    def fire(case_id: int) -> None:
        try:
            outcomes.append(engine.fire(case_id, "note_heard", kit.AYSE, reason="x").version)
        except r.Refused as refusal:
            outcomes.append(refusal.code)

    threads = [Thread(target=fire, args=(case_id,)) for case_id in other]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["3", "busy"]
    assert [row["code"] for row in kit.refused(engine)] == ["busy"]


WITHOUT_FACTS = kit.PROCESS.replace("not_subject: true, rules: [permitted]}", "not_subject: true}")


@pytest.mark.parametrize("process", [kit.PROCESS, WITHOUT_FACTS])
def test_who_waited_for_the_lock_does_not_slip_past_the_four_eyes(
    database: Database, clock: FixedClock, process: str
) -> None:
    assert kit.definitions(WITHOUT_FACTS)["matter"].transitions["approve"].rules == ()
    engine = kit.engine(database, clock, process)
    case_id = kit.approvable(engine)
    noted_now, waits = [], []

    def approve() -> None:
        try:
            engine.fire(case_id, "approve", kit.AYSE)
        except r.Refused as refusal:
            waits.append(refusal.code)

    thread = Thread(target=approve)

    def act(context: Context) -> None:
        noted_now.append(context.case_id)
        thread.start()
        asking = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        with database.owner.connect() as connection:
            while not connection.scalar(text(asking)):
                connection.rollback()

    kit.desk_of(engine).act = act
    engine.fire(case_id, "note_heard", kit.AYSE, reason="x")
    thread.join()
    assert noted_now == [case_id]
    assert waits == ["same_person"]
    assert kit.standing(engine, case_id) == ("filed", 3)


@pytest.mark.parametrize("trigger", ["approve", "approve_heard"])
def test_who_waited_for_the_lock_judges_by_the_facts_as_they_are_then(
    engine: CaseEngine, database: Database, trigger: str
) -> None:
    case_id, other = kit.approvable(engine), kit.people(engine)[0]
    outcomes: list[str] = []

    def approve() -> None:
        try:
            engine.fire(case_id, trigger, kit.SYSTEM)  # whom no four eyes hold up
        except r.Refused as refusal:
            outcomes.append(code_of(refusal))

    thread = Thread(target=approve)

    def act(context: Context) -> None:
        context.connection.execute(text("UPDATE consent SET person_id = :i"), {"i": other})
        thread.start()
        asking = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        with database.owner.connect() as connection:
            while not connection.scalar(text(asking)):
                connection.rollback()

    kit.desk_of(engine).act = act
    engine.fire(case_id, "note_heard", kit.AYSE, reason="x")
    thread.join()
    assert outcomes == ["permitted"]
    assert kit.standing(engine, case_id) == ("filed", 3)


@pytest.mark.parametrize(
    ("change", "outcome"), [("method = 'e_onay'", "by_paper"), ("delivery_address = 'x'", "3")]
)
@pytest.mark.parametrize("trigger", ["paper", "paper_heard"])
def test_a_row_that_was_written_while_a_move_waited_is_judged_anew(
    engine: CaseEngine, database: Database, trigger: str, change: str, outcome: str
) -> None:
    case_id = kit.filed(engine, method="wet_signature")
    outcomes: list[str] = []

    def sort() -> None:
        try:
            outcomes.append(str(engine.fire(case_id, trigger, kit.AYSE).version))
        except r.Refused as refusal:
            outcomes.append(code_of(refusal))

    thread = Thread(target=sort)
    asking = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with database.owner.begin() as writer:
        writer.execute(text(f"UPDATE application SET {change} WHERE id = :i"), {"i": case_id})
        thread.start()
        with database.owner.connect() as watcher:
            while not watcher.scalar(asking):
                watcher.rollback()
    thread.join()
    assert outcomes == [outcome]
    assert kit.standing(engine, case_id) == ("filed", 3 if outcome == "3" else 2)


def test_what_the_database_says_of_a_bug_is_no_refusal(engine: CaseEngine) -> None:
    kit.desk_of(engine).act = _broken
    case_id = kit.filed(engine)
    with pytest.raises(ProgrammingError):
        engine.fire(case_id, "note_heard", kit.AYSE, reason="x")
    assert kit.standing(engine, case_id) == ("filed", 2)
    assert kit.refused(engine) == []


def _broken(context: Context) -> None:
    context.connection.execute(text("SELECT FROM nowhere"))


@pytest.mark.parametrize("trigger", ["park", "note_heard"])
def test_a_connection_that_breaks_within_a_move_says_that_the_database_is_away(
    engine: CaseEngine, database: Database, trigger: str
) -> None:
    case_id = kit.filed(engine)
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    statements: list[str] = []

    def cut(*_: object) -> None:
        if not statements:
            statements.append(end)
            kit.query(database.owner, end)

    event.listen(engine.database, "checkout", cut)
    with pytest.raises(DatabaseUnavailable):
        engine.fire(case_id, trigger, kit.AYSE, reason="x", workflow="matter")
    assert kit.standing(engine, case_id) == ("filed", 2)
    assert engine.fire(case_id, trigger, kit.AYSE, reason="x", workflow="matter").version == 3
    assert kit.refused(engine) == []
