"""The tests of moving a set of cases: each on its own merits, as if it were alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.kit.errors import DatabaseUnavailable
from tests.kit.workflow import process as kit
from workflow.engine import case_sets
from workflow.engine.library import publish
from workflow.model import refusal as r
from workflow.model.actor import Actor
from workflow.model.request import Tally
from workflow.model.verdict import ALLOW, Verdict, deny

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine, Context
    from workflow.model.clock import FixedClock


def told(engine: CaseEngine) -> set[tuple[int, str, str]]:
    rows = kit.refused(engine)
    assert len({row["case_id"] for row in rows}) == len(rows)
    return {(row["case_id"], row["state"], row["code"]) for row in rows}


@pytest.mark.parametrize("trigger", ["note", "note_heard"])
@pytest.mark.parametrize("chunk", [2, 10_000])
def test_a_set_moves_what_may_move_and_records_the_rest(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch, trigger: str, chunk: int
) -> None:
    monkeypatch.setattr(case_sets, "CHUNK", chunk)
    good = [kit.filed(engine) for _ in range(3)]
    first, draft = kit.filed(engine, kind="first"), kit.matter(engine)
    ids = [*good, first, draft, good[0], 987_654_321]
    wanted = Tally(3, {"renewed": 1, "wrong_state": 1, "unknown_case": 1})
    before = kit.everything(engine)
    assert engine.fire_many("matter", trigger, kit.AYSE, ids, reason="x", dry_run=True) == wanted
    assert kit.everything(engine) == before
    assert kit.refused(engine) == []
    done = engine.fire_many("matter", trigger, kit.AYSE, ids, reason="x", batch="b:1")
    assert done == wanted
    assert (done.moved, done.turned_away) == (3, 3)
    for case_id in good:
        assert kit.standing(engine, case_id) == ("filed", 3)
        entry = kit.entries(engine, case_id)[-1]
        assert (entry["batch"], entry["trigger"], entry["actor"]) == ("b:1", trigger, "user:1")
        assert '"reason":"x"' in entry["body"]
    assert told(engine) == {(first, "filed", "renewed"), (draft, "draft", "wrong_state")}
    rows = kit.refused(engine)
    assert {(row["batch"], row["actor"], row["role"], row["trigger"]) for row in rows} == {
        ("b:1", "user:1", "officer", trigger)
    }
    assert {row["at"] for row in rows} == {kit.NOON}


@pytest.mark.parametrize("trigger", ["approve", "approve_heard"])
def test_four_eyes_and_own_cases_hold_in_sets(engine: CaseEngine, trigger: str) -> None:
    fresh, noted, own = (kit.approvable(engine) for _ in range(3))
    engine.fire(noted, "note", kit.AYSE, reason="x")
    person_id = kit.case(engine, own)["person_id"]
    officer = Actor("user:1", frozenset({"officer"}), "demo", person_id)
    done = engine.fire_many("matter", trigger, officer, [own, noted, fresh])
    assert done == Tally(1, {"same_person": 1, "own_case": 1})
    assert told(engine) == {(noted, "filed", "same_person"), (own, "filed", "own_case")}
    assert kit.standing(engine, fresh) == ("ready", 4)


@pytest.mark.parametrize("trigger", ["submit", "submit_heard"])
def test_an_applicant_moves_only_his_own_cases_of_a_set(engine: CaseEngine, trigger: str) -> None:
    mine, other = kit.matter(engine), kit.matter(engine)
    me = kit.applicant(kit.case(engine, mine)["person_id"])
    assert engine.fire_many("matter", trigger, me, [mine, other]) == Tally(
        1, {"not_the_subject": 1}
    )
    assert told(engine) == {(other, "draft", "not_the_subject")}


@pytest.mark.parametrize("trigger", ["note", "note_heard"])
def test_who_may_not_make_the_move_at_all_is_refused_for_each_case(
    engine: CaseEngine, trigger: str
) -> None:
    filed, draft = kit.filed(engine), kit.matter(engine)
    for dry_run in (True, False):
        without_reason = engine.fire_many(
            "matter", trigger, kit.AYSE, [filed, draft], dry_run=dry_run
        )
        assert without_reason == Tally(0, {"wrong_state": 1, "reason_missing": 1})
        nobody = Actor("user:8", frozenset(), "demo")
        no_role = engine.fire_many("matter", trigger, nobody, [filed], reason="x", dry_run=dry_run)
        assert no_role == Tally(0, {"role_not_allowed": 1})
    assert len(kit.refused(engine)) == 3


def test_an_unknown_trigger_is_refused_for_each_case(engine: CaseEngine) -> None:
    ids = [kit.filed(engine), kit.filed(engine)]
    assert engine.fire_many("matter", "grant", kit.AYSE, ids) == Tally(0, {"unknown_trigger": 2})
    assert told(engine) == {(case_id, "filed", "unknown_trigger") for case_id in ids}
    with pytest.raises(r.UnknownWorkflow):
        engine.fire_many("letter", "grant", kit.AYSE, ids)


def test_an_empty_set_is_no_work(engine: CaseEngine) -> None:
    assert engine.fire_many("matter", "park", kit.AYSE, []) == Tally()


def test_a_set_of_more_cases_than_the_driver_has_parameters_moves(engine: CaseEngine) -> None:
    case_id = kit.filed(engine)
    ids: Iterable[int] = range(case_id, case_id + 70_000)
    assert engine.fire_many("matter", "park", kit.AYSE, list(ids)) == Tally(
        1, {"unknown_case": 69_999}
    )


def test_one_row_that_breaks_a_promise_of_the_table_stops_no_other(engine: CaseEngine) -> None:
    cases = [kit.filed(engine) for _ in range(3)]
    for case_id in cases:
        engine.fire(case_id, "refuse", kit.AYSE, reason="x")
    kit.matter(engine, kit.case(engine, cases[1])["person_id"])
    assert engine.fire_many("matter", "reopen", kit.AYSE, cases) == Tally(2, {"conflict": 1})
    assert told(engine) == {(cases[1], "rejected", "conflict")}
    assert kit.standing(engine, cases[2]) == ("filed", 4)


def test_a_set_leaves_states_that_are_left_at_once(engine: CaseEngine) -> None:
    ready = kit.approvable(engine)
    held = kit.approvable(engine, production_opens_on=kit.TODAY.replace(day=3))
    stuck = kit.approvable(engine, production_opens_on=None)
    done = engine.fire_many("matter", "approve", kit.AYSE, [ready, held, stuck], batch="b:2")
    assert done == Tally(3)
    states = [kit.standing(engine, case_id) for case_id in (ready, held, stuck)]
    assert states == [("ready", 4), ("held", 4), ("sorting", 3)]
    entry = kit.entries(engine, held)[-1]
    assert (entry["trigger"], entry["actor"], entry["batch"]) == ("hold", "system:timer", "b:2")
    assert kit.refused(engine) == []


def test_a_handler_that_fails_on_one_case_stops_no_other(engine: CaseEngine) -> None:
    broken, good = kit.filed(engine), kit.filed(engine)

    def check(context: Context) -> Verdict:
        if context.case_id == broken:
            raise KeyError("bug")
        return ALLOW

    kit.desk_of(engine).check = check
    for dry_run in (True, False):
        done = engine.fire_many(
            "matter", "note_heard", kit.AYSE, [broken, good], reason="x", dry_run=dry_run
        )
        assert done == Tally(1, {"handler_failed": 1})
    assert told(engine) == {(broken, "filed", "handler_failed")}


def test_the_codes_of_checks_are_what_a_set_counts(engine: CaseEngine) -> None:
    kit.desk_of(engine).check = lambda _: deny("desk.closed")
    case_id = kit.filed(engine)
    done = engine.fire_many("matter", "note_heard", kit.AYSE, [case_id], reason="x")
    assert done == Tally(0, {"desk.closed": 1})


def test_a_set_does_not_go_on_without_the_database(engine: CaseEngine) -> None:
    def check(_: Context) -> Verdict:
        raise DatabaseUnavailable("away", where="here")

    kit.desk_of(engine).check = check
    with pytest.raises(DatabaseUnavailable):
        engine.fire_many("matter", "note_heard", kit.AYSE, [kit.filed(engine)], reason="x")


OLDER = (
    kit.PROCESS.replace("to: parked, by: [officer]", "to: parked, by: [officer], do: [desk.act]")
    .replace("look:", "peek:")
    .replace("title: {tr: İş,", "title: {tr: Eski iş,")
)


def test_a_case_moves_by_the_definition_that_it_is_pinned_to(
    engine: CaseEngine, database: Database, clock: FixedClock
) -> None:
    acted: list[int] = []
    older = kit.engine(database, clock, OLDER, kit.desk_of(engine))
    kit.desk_of(engine).act = lambda context: acted.append(context.case_id)
    old, new = kit.filed(older), kit.filed(engine)
    assert engine.fire(old, "park", kit.AYSE, workflow="matter").version == 3
    assert engine.fire(new, "park", kit.AYSE, workflow="matter").version == 3
    assert acted == [old]
    sha256 = kit.definitions(OLDER)["matter"].sha256
    assert kit.case(engine, old)["definition"] == sha256 != kit.case(engine, new)["definition"]
    assert f'"definition":"{sha256}"' in kit.entries(engine, old)[-1]["body"]
    names = [explained.transition.name for explained in engine.explain(kit.filed(older), kit.AYSE)]
    assert "peek" in names
    assert "look" not in names


def test_a_trigger_that_only_an_older_definition_has_still_moves_its_cases(
    engine: CaseEngine, database: Database, clock: FixedClock
) -> None:
    older = kit.engine(database, clock, OLDER)
    for workflow in (None, "matter"):
        old = kit.filed(older)
        assert engine.fire(old, "peek", kit.AYSE, workflow=workflow).state == "watched"
        with pytest.raises(r.UnknownTrigger):
            engine.fire(kit.filed(older), "look", kit.AYSE, workflow=workflow)


def test_a_set_moves_each_case_by_its_own_definition(
    engine: CaseEngine, database: Database, clock: FixedClock
) -> None:
    older = kit.engine(database, clock, OLDER)
    ids = [kit.filed(older), kit.filed(engine)]
    assert engine.fire_many("matter", "look", kit.AYSE, ids) == Tally(1, {"unknown_trigger": 1})
    assert engine.fire_many("matter", "park", kit.AYSE, [*ids]) == Tally(1, {"wrong_state": 1})


def test_a_case_whose_definition_this_process_can_not_run_is_left_alone(
    engine: CaseEngine, database: Database, clock: FixedClock
) -> None:
    richer = kit.engine(database, clock, OLDER)
    case_id = kit.filed(richer)
    poor = kit.engine(database, clock)
    handlers = [poor.library.registry[name] for name in poor.library.registry]
    poor.library.registry = type(poor.library.registry)(
        handler for handler in handlers if handler.name != "desk.act"
    )
    before = kit.everything(engine)
    for trigger in ("park", "note", "note_heard"):
        with pytest.raises(r.DefinitionMissing) as caught:
            poor.fire(case_id, trigger, kit.AYSE, reason="x", workflow="matter")
        assert caught.value.params["definition"] == kit.definitions(OLDER)["matter"].sha256
        assert "desk.act" in str(caught.value.params["missing"])
    with pytest.raises(r.DefinitionMissing):
        poor.explain(case_id, kit.AYSE)
    assert kit.everything(engine) == before
    other = kit.filed(engine)
    done = poor.fire_many("matter", "park", kit.AYSE, [case_id, other])
    assert done == Tally(1, {"definition_missing": 1})
    assert kit.standing(engine, other)[0] != "filed"
    assert kit.standing(engine, case_id) == ("filed", 2)


def test_a_definition_that_is_not_what_its_name_says_runs_nothing(
    engine: CaseEngine, database: Database, clock: FixedClock
) -> None:
    case_id = kit.filed(kit.engine(database, clock, OLDER))
    sha256 = kit.definitions(OLDER)["matter"].sha256
    kit.tamper(database, f"UPDATE definition SET canonical = '{{' WHERE sha256 = '{sha256}'")
    with pytest.raises(r.DefinitionMissing) as caught:
        engine.fire(case_id, "park", kit.AYSE)
    assert caught.value.params == {"definition": sha256, "missing": []}
    with pytest.raises(r.DefinitionMissing):
        engine.library.pinned("ab" * 32)


def test_publishing_twice_stores_once_and_tells_what_is_new(
    engine: CaseEngine, database: Database, clock: FixedClock
) -> None:
    assert publish(database.app, kit.definitions(), clock.now()) == []
    older = kit.definitions(OLDER)
    assert publish(database.app, older, clock.now()) == [older["matter"].sha256]
    assert engine.library.published(older["matter"].sha256) == older["matter"]
