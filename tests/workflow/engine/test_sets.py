"""Owns the tests of moving a set of cases: each on its own merits, as if it were alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.kit.errors import DatabaseUnavailable
from tests.kit.workflow import process as kit
from workflow.engine import bulk
from workflow.engine.library import publish
from workflow.model import refusal as r
from workflow.model.actor import Actor
from workflow.model.request import Tally
from workflow.model.verdict import ALLOW, Verdict, deny

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.kit.postgres import Database
    from workflow.engine.engine import Office
    from workflow.model.clock import FixedClock
    from workflow.model.context import Context


def told(office: Office) -> set[tuple[int, str, str]]:
    rows = kit.refused(office)
    assert len({row["case_id"] for row in rows}) == len(rows)
    return {(row["case_id"], row["state"], row["code"]) for row in rows}


@pytest.mark.parametrize("trigger", ["note", "note_heard"])
@pytest.mark.parametrize("chunk", [2, 10_000])
def test_a_set_moves_what_may_move_and_records_the_rest(
    office: Office, monkeypatch: pytest.MonkeyPatch, trigger: str, chunk: int
) -> None:
    monkeypatch.setattr(bulk, "CHUNK", chunk)
    good = [kit.filed(office) for _ in range(3)]
    first, draft = kit.filed(office, kind="first"), kit.matter(office)
    ids = [*good, first, draft, good[0], 987_654_321]
    wanted = Tally(3, {"renewed": 1, "wrong_state": 1, "unknown_case": 1})
    before = kit.everything(office)
    assert office.fire_many("matter", trigger, kit.AYSE, ids, reason="x", dry_run=True) == wanted
    assert kit.everything(office) == before
    assert kit.refused(office) == []
    done = office.fire_many("matter", trigger, kit.AYSE, ids, reason="x", batch="b:1")
    assert done == wanted
    assert (done.moved, done.turned_away) == (3, 3)
    for case_id in good:
        assert kit.standing(office, case_id) == ("filed", 3)
        entry = kit.entries(office, case_id)[-1]
        assert (entry["batch"], entry["trigger"], entry["actor"]) == ("b:1", trigger, "user:1")
        assert '"reason":"x"' in entry["body"]
    assert told(office) == {(first, "filed", "renewed"), (draft, "draft", "wrong_state")}
    rows = kit.refused(office)
    assert {(row["batch"], row["actor"], row["role"], row["trigger"]) for row in rows} == {
        ("b:1", "user:1", "officer", trigger)
    }
    assert {row["at"] for row in rows} == {kit.NOON}


@pytest.mark.parametrize("trigger", ["approve", "approve_heard"])
def test_four_eyes_and_own_cases_hold_in_sets(office: Office, trigger: str) -> None:
    fresh, noted, own = (kit.approvable(office) for _ in range(3))
    office.fire(noted, "note", kit.AYSE, reason="x")
    person_id = kit.case(office, own)["person_id"]
    officer = Actor("user:1", frozenset({"officer"}), "demo", person_id)
    done = office.fire_many("matter", trigger, officer, [own, noted, fresh])
    assert done == Tally(1, {"same_person": 1, "own_case": 1})
    assert told(office) == {(noted, "filed", "same_person"), (own, "filed", "own_case")}
    assert kit.standing(office, fresh) == ("ready", 4)


@pytest.mark.parametrize("trigger", ["submit", "submit_heard"])
def test_an_applicant_moves_only_his_own_cases_of_a_set(office: Office, trigger: str) -> None:
    mine, other = kit.matter(office), kit.matter(office)
    me = kit.applicant(kit.case(office, mine)["person_id"])
    assert office.fire_many("matter", trigger, me, [mine, other]) == Tally(
        1, {"not_the_subject": 1}
    )
    assert told(office) == {(other, "draft", "not_the_subject")}


@pytest.mark.parametrize("trigger", ["note", "note_heard"])
def test_who_may_not_make_the_move_at_all_is_refused_for_each_case(
    office: Office, trigger: str
) -> None:
    filed, draft = kit.filed(office), kit.matter(office)
    for dry_run in (True, False):
        without_reason = office.fire_many(
            "matter", trigger, kit.AYSE, [filed, draft], dry_run=dry_run
        )
        assert without_reason == Tally(0, {"wrong_state": 1, "reason_missing": 1})
        nobody = Actor("user:8", frozenset(), "demo")
        no_role = office.fire_many("matter", trigger, nobody, [filed], reason="x", dry_run=dry_run)
        assert no_role == Tally(0, {"role_not_allowed": 1})
    assert len(kit.refused(office)) == 3


def test_an_unknown_trigger_is_refused_for_each_case(office: Office) -> None:
    ids = [kit.filed(office), kit.filed(office)]
    assert office.fire_many("matter", "grant", kit.AYSE, ids) == Tally(0, {"unknown_trigger": 2})
    assert told(office) == {(case_id, "filed", "unknown_trigger") for case_id in ids}
    with pytest.raises(r.UnknownWorkflow):
        office.fire_many("letter", "grant", kit.AYSE, ids)


def test_an_empty_set_is_no_work(office: Office) -> None:
    assert office.fire_many("matter", "park", kit.AYSE, []) == Tally()


def test_a_set_of_more_cases_than_the_driver_has_parameters_moves(office: Office) -> None:
    case_id = kit.filed(office)
    ids: Iterable[int] = range(case_id, case_id + 70_000)
    assert office.fire_many("matter", "park", kit.AYSE, list(ids)) == Tally(
        1, {"unknown_case": 69_999}
    )


def test_one_row_that_breaks_a_promise_of_the_table_stops_no_other(office: Office) -> None:
    cases = [kit.filed(office) for _ in range(3)]
    for case_id in cases:
        office.fire(case_id, "refuse", kit.AYSE, reason="x")
    kit.matter(office, kit.case(office, cases[1])["person_id"])
    assert office.fire_many("matter", "reopen", kit.AYSE, cases) == Tally(2, {"conflict": 1})
    assert told(office) == {(cases[1], "rejected", "conflict")}
    assert kit.standing(office, cases[2]) == ("filed", 4)


def test_a_set_leaves_states_that_are_left_at_once(office: Office) -> None:
    ready = kit.approvable(office)
    held = kit.approvable(office, production_opens_on=kit.TODAY.replace(day=3))
    stuck = kit.approvable(office, production_opens_on=None)
    done = office.fire_many("matter", "approve", kit.AYSE, [ready, held, stuck], batch="b:2")
    assert done == Tally(3)
    states = [kit.standing(office, case_id) for case_id in (ready, held, stuck)]
    assert states == [("ready", 4), ("held", 4), ("sorting", 3)]
    entry = kit.entries(office, held)[-1]
    assert (entry["trigger"], entry["actor"], entry["batch"]) == ("hold", "system:timer", "b:2")
    assert kit.refused(office) == []


def test_a_handler_that_fails_on_one_case_stops_no_other(office: Office) -> None:
    broken, good = kit.filed(office), kit.filed(office)

    def check(context: Context) -> Verdict:
        if context.case_id == broken:
            raise KeyError("bug")
        return ALLOW

    kit.desk_of(office).check = check
    for dry_run in (True, False):
        done = office.fire_many(
            "matter", "note_heard", kit.AYSE, [broken, good], reason="x", dry_run=dry_run
        )
        assert done == Tally(1, {"handler_failed": 1})
    assert told(office) == {(broken, "filed", "handler_failed")}


def test_the_codes_of_checks_are_what_a_set_counts(office: Office) -> None:
    kit.desk_of(office).check = lambda _: deny("desk.closed")
    case_id = kit.filed(office)
    done = office.fire_many("matter", "note_heard", kit.AYSE, [case_id], reason="x")
    assert done == Tally(0, {"desk.closed": 1})


def test_a_set_does_not_go_on_without_the_database(office: Office) -> None:
    def check(_: Context) -> Verdict:
        raise DatabaseUnavailable("away", where="here")

    kit.desk_of(office).check = check
    with pytest.raises(DatabaseUnavailable):
        office.fire_many("matter", "note_heard", kit.AYSE, [kit.filed(office)], reason="x")


OLDER = (
    kit.PROCESS.replace("to: parked, by: [officer]", "to: parked, by: [officer], do: [desk.act]")
    .replace("look:", "peek:")
    .replace("title: {tr: İş,", "title: {tr: Eski iş,")
)


def test_a_case_moves_by_the_definition_that_it_is_pinned_to(
    office: Office, database: Database, clock: FixedClock
) -> None:
    acted: list[int] = []
    older = kit.office(database, clock, OLDER, kit.desk_of(office))
    kit.desk_of(office).act = lambda context: acted.append(context.case_id)
    old, new = kit.filed(older), kit.filed(office)
    assert office.fire(old, "park", kit.AYSE, workflow="matter").version == 3
    assert office.fire(new, "park", kit.AYSE, workflow="matter").version == 3
    assert acted == [old]
    sha256 = kit.definitions(OLDER)["matter"].sha256
    assert kit.case(office, old)["definition"] == sha256 != kit.case(office, new)["definition"]
    assert f'"definition":"{sha256}"' in kit.entries(office, old)[-1]["body"]
    names = [explained.transition.name for explained in office.explain(kit.filed(older), kit.AYSE)]
    assert "peek" in names
    assert "look" not in names


def test_a_trigger_that_only_an_older_definition_has_still_moves_its_cases(
    office: Office, database: Database, clock: FixedClock
) -> None:
    older = kit.office(database, clock, OLDER)
    for workflow in (None, "matter"):
        old = kit.filed(older)
        assert office.fire(old, "peek", kit.AYSE, workflow=workflow).state == "watched"
        with pytest.raises(r.UnknownTrigger):
            office.fire(kit.filed(older), "look", kit.AYSE, workflow=workflow)


def test_a_set_moves_each_case_by_its_own_definition(
    office: Office, database: Database, clock: FixedClock
) -> None:
    older = kit.office(database, clock, OLDER)
    ids = [kit.filed(older), kit.filed(office)]
    assert office.fire_many("matter", "look", kit.AYSE, ids) == Tally(1, {"unknown_trigger": 1})
    assert office.fire_many("matter", "park", kit.AYSE, [*ids]) == Tally(1, {"wrong_state": 1})


def test_a_case_whose_definition_this_process_can_not_run_is_left_alone(
    office: Office, database: Database, clock: FixedClock
) -> None:
    richer = kit.office(database, clock, OLDER)
    case_id = kit.filed(richer)
    poor = kit.office(database, clock)
    handlers = [poor.library.registry[name] for name in poor.library.registry]
    poor.library.registry = type(poor.library.registry)(
        handler for handler in handlers if handler.name != "desk.act"
    )
    before = kit.everything(office)
    for trigger in ("park", "note", "note_heard"):
        with pytest.raises(r.DefinitionMissing) as caught:
            poor.fire(case_id, trigger, kit.AYSE, reason="x", workflow="matter")
        assert caught.value.params["definition"] == kit.definitions(OLDER)["matter"].sha256
        assert "desk.act" in str(caught.value.params["missing"])
    with pytest.raises(r.DefinitionMissing):
        poor.explain(case_id, kit.AYSE)
    assert kit.everything(office) == before
    other = kit.filed(office)
    done = poor.fire_many("matter", "park", kit.AYSE, [case_id, other])
    assert done == Tally(1, {"definition_missing": 1})
    assert kit.standing(office, other)[0] != "filed"
    assert kit.standing(office, case_id) == ("filed", 2)


def test_a_definition_that_is_not_what_its_name_says_runs_nothing(
    office: Office, database: Database, clock: FixedClock
) -> None:
    case_id = kit.filed(kit.office(database, clock, OLDER))
    sha256 = kit.definitions(OLDER)["matter"].sha256
    kit.tamper(database, f"UPDATE definition SET canonical = '{{' WHERE sha256 = '{sha256}'")
    with pytest.raises(r.DefinitionMissing) as caught:
        office.fire(case_id, "park", kit.AYSE)
    assert caught.value.params == {"definition": sha256, "missing": []}
    with pytest.raises(r.DefinitionMissing):
        office.library.pinned("ab" * 32)


def test_publishing_twice_stores_once_and_tells_what_is_new(
    office: Office, database: Database, clock: FixedClock
) -> None:
    assert publish(database.app, kit.definitions(), clock.now()) == []
    older = kit.definitions(OLDER)
    assert publish(database.app, older, clock.now()) == [older["matter"].sha256]
    assert office.library.published(older["matter"].sha256) == older["matter"]
