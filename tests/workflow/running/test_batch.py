"""The tests of a batch's life: what it fixes, who may touch it, what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from states.cases.application import Application
from tests.kit.workflow import process as kit
from workflow.engine.case_sets import HANDLER_FAILED
from workflow.model import refusal as r
from workflow.model.actor import Actor
from workflow.model.verdict import ALLOW, Verdict, deny
from workflow.running import batch as batches
from workflow.running import batch_worker
from workflow.running.batch import BatchRequest
from workflow.running.batch_worker import rehearse, work_off

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sqlalchemy import Select

    from states.cases.batch import Batch
    from tests.kit.workflow.process import CaseEngine, Context
    from workflow.model.clock import FixedClock


def yes(_actor: str, _role: str) -> None:
    return None


def cases(ids: Sequence[int]) -> Select[int]:
    return select(Application.id).where(Application.id.in_(ids))


def made(
    engine: CaseEngine,
    ids: Sequence[int],
    trigger: str = "park",
    actor: Actor = kit.AYSE,
    **more: Any,  # noqa: ANN401 - fields of a wish
) -> int:
    return batches.make(engine, BatchRequest("matter", trigger, actor, **more), cases(ids))


def seen(engine: CaseEngine, batch_id: int) -> Batch:
    found = batches.read(engine.database, batch_id)
    assert found is not None
    return found


def items(
    engine: CaseEngine, batch_id: int
) -> dict[int, tuple[str | None, str | None, str | None]]:
    rows = kit.query(
        engine, "SELECT * FROM batch_item WHERE batch_id = :id ORDER BY case_id", id=batch_id
    )
    return {row["case_id"]: (row["rehearsed"], row["outcome"], row["code"]) for row in rows}


def ready(engine: CaseEngine, ids: Sequence[int], trigger: str = "park", **more: Any) -> int:  # noqa: ANN401 - the same
    """Make a batch and rehearse it."""
    batch_id = made(engine, ids, trigger, **more)
    rehearse(engine, batch_id)
    assert seen(engine, batch_id).state == "rehearsed"
    return batch_id


def run(engine: CaseEngine, batch_id: int, actor: Actor = kit.AYSE) -> Batch:
    assert batches.start(engine, batch_id, actor)
    work_off(engine, yes)
    return seen(engine, batch_id)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one turn be two chunks of two cases."""
    monkeypatch.setattr(batch_worker, "CHUNK", 2)
    monkeypatch.setattr(batch_worker, "HOOKED_CHUNK", 2)
    monkeypatch.setattr(batch_worker, "TURN", 2)


def test_a_batch_fixes_its_cases_with_the_version_that_was_seen(engine: CaseEngine) -> None:
    filed, noted = kit.filed(engine), kit.filed(engine)
    engine.fire(noted, "note", kit.AYSE, reason="x")
    kit.filed(engine)
    actor = Actor("user:1", frozenset({"officer", "applicant"}), "oidc", kit.people(engine)[0])
    batch_id = made(engine, [filed, noted], "note", actor, reason=" x ", filter={"durum": ["a"]})
    batch = seen(engine, batch_id)
    assert (batch.workflow, batch.trigger, batch.reason, batch.state, batch.total) == (
        "matter", "note", "x", "rehearsing", 2,
    )  # fmt: skip
    assert (batch.actor, batch.role, batch.auth, batch.person_id) == (
        "user:1", "officer", "oidc", actor.person_id,
    )  # fmt: skip
    assert (batch.filter, batch.created_at, batch.name) == (
        {"durum": ["a"]}, kit.NOON, f"batch:{batch_id}",
    )  # fmt: skip
    rows = kit.query(engine, "SELECT case_id, seen_version FROM batch_item ORDER BY case_id")
    assert [(row["case_id"], row["seen_version"]) for row in rows] == [(filed, 2), (noted, 3)]
    assert batches.read(engine.database, batch_id + 1) is None


@pytest.mark.parametrize(
    ("trigger", "actor", "error"),
    [
        ("sing", kit.AYSE, r.UnknownTrigger),
        ("hold", kit.AYSE, r.RoleNotAllowed),
        ("note", kit.AYSE, r.ReasonMissing),
    ],
)
def test_a_wish_that_could_move_no_case_makes_no_batch(
    engine: CaseEngine, trigger: str, actor: Actor, error: type[Exception]
) -> None:
    case_id = kit.filed(engine)
    with pytest.raises(error):
        made(engine, [case_id], trigger, actor, reason=" ")
    assert kit.query(engine, "SELECT FROM batch") == []


def test_a_set_that_is_empty_or_too_large_makes_no_batch(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [kit.filed(engine) for _ in range(3)]
    with pytest.raises(batches.BatchEmpty):
        made(engine, [])
    monkeypatch.setattr(batches, "MOST", 2)
    with pytest.raises(batches.BatchTooLarge) as caught:
        made(engine, ids)
    assert caught.value.params == {"most": 2}
    assert kit.query(engine, "SELECT FROM batch") == []
    assert seen(engine, made(engine, ids[:2])).total == 2


@pytest.mark.parametrize("trigger", ["note", "note_heard"])
def test_the_rehearsal_foretells_what_the_run_then_does(engine: CaseEngine, trigger: str) -> None:
    good, first, draft = kit.filed(engine), kit.filed(engine, kind="first"), kit.matter(engine)
    before = kit.everything(engine)
    batch_id = ready(engine, [good, first, draft], trigger, reason="x")
    assert kit.everything(engine) == before
    assert kit.refused(engine) == []
    assert items(engine, batch_id) == {
        good: ("moved", None, None),
        first: ("renewed", None, None),
        draft: ("wrong_state", None, None),
    }
    foretold = {"moved": 1, "renewed": 1, "wrong_state": 1}
    assert batches.counts(engine.database, batch_id, rehearsal=True) == foretold
    assert batches.counts(engine.database, batch_id, rehearsal=False) == {}
    batch = seen(engine, batch_id)
    assert (batch.judged, batch.done, batch.started_at, batch.finished_at) == (3, 0, None, None)
    batch = run(engine, batch_id)
    assert (batch.state, batch.moved, batch.refused, batch.failed) == ("done", 1, 2, 0)
    assert (batch.done, batch.started_at, batch.finished_at) == (3, kit.NOON, kit.NOON)
    assert batches.counts(engine.database, batch_id, rehearsal=False) == foretold
    assert items(engine, batch_id)[first] == ("renewed", "refused", "renewed")
    assert items(engine, batch_id)[good] == ("moved", "moved", None)
    entry = kit.entries(engine, good)[-1]
    assert (entry["trigger"], entry["actor"], entry["batch"]) == (trigger, "user:1", batch.name)
    assert '"reason":"x"' in entry["body"]
    attempts = kit.refused(engine)
    assert {(row["case_id"], row["state"], row["code"], row["batch"]) for row in attempts} == {
        (first, "filed", "renewed", batch.name), (draft, "draft", "wrong_state", batch.name),
    }  # fmt: skip
    assert {(row["actor"], row["role"], row["at"], row["trigger"]) for row in attempts} == {
        ("user:1", "officer", kit.NOON, trigger)
    }


@pytest.mark.parametrize("trigger", ["note", "note_heard"])
def test_a_case_that_moved_since_it_was_seen_is_refused_as_stale(
    engine: CaseEngine, trigger: str
) -> None:
    quiet, moved = kit.filed(engine), kit.filed(engine)
    batch_id = ready(engine, [quiet, moved], trigger, reason="x")
    engine.fire(moved, "note", kit.MEHMET, reason="y")
    batch = run(engine, batch_id)
    assert (batch.moved, batch.refused) == (1, 1)
    assert items(engine, batch_id)[moved] == ("moved", "refused", "stale_version")
    assert (kit.standing(engine, quiet)[1], kit.standing(engine, moved)[1]) == (3, 3)


def test_a_case_that_moves_before_its_rehearsal_is_stale_in_it_already(engine: CaseEngine) -> None:
    case_id = kit.filed(engine)
    batch_id = made(engine, [case_id], "note", reason="x")
    engine.fire(case_id, "note", kit.MEHMET, reason="y")
    rehearse(engine, batch_id)
    assert items(engine, batch_id) == {case_id: ("stale_version", None, None)}


@pytest.mark.parametrize("trigger", ["approve", "approve_heard"])
def test_four_eyes_and_own_cases_are_judged_case_by_case(engine: CaseEngine, trigger: str) -> None:
    fresh, noted, own = (kit.approvable(engine) for _ in range(3))
    engine.fire(noted, "note", kit.AYSE, reason="x")
    me = Actor("user:1", frozenset({"officer"}), "demo", kit.case(engine, own)["person_id"])
    batch_id = ready(engine, [fresh, noted, own], trigger, actor=me)
    expected = {fresh: "moved", noted: "same_person", own: "own_case"}
    assert {case: found[0] for case, found in items(engine, batch_id).items()} == expected
    batch = run(engine, batch_id, me)
    assert {case: found[2] or found[1] for case, found in items(engine, batch_id).items()} == (
        expected
    )
    # A state that is left at once is left, under the name of the batch where a set moved.
    assert kit.standing(engine, fresh) == ("ready", 4)
    assert batch.moved == 1


def test_a_handler_that_fails_on_one_case_stops_no_other_and_is_told_as_failed(
    engine: CaseEngine,
) -> None:
    bad, good = kit.filed(engine), kit.filed(engine)

    def act(context: Context) -> None:
        if context.case_id == bad:
            raise OSError("away")

    batch_id = ready(engine, [bad, good], "paper_heard")
    kit.query(engine, "UPDATE application SET method = 'wet_signature'")
    kit.desk_of(engine).act = act
    batch = run(engine, batch_id)
    assert (batch.state, batch.moved, batch.refused, batch.failed) == ("done", 1, 0, 1)
    assert items(engine, batch_id)[bad][1:] == ("failed", HANDLER_FAILED)


def test_what_a_check_says_is_the_code_of_its_refusal(engine: CaseEngine) -> None:
    case_id = kit.filed(engine)

    def check(_: Context) -> Verdict:
        return deny("desk.no")

    kit.desk_of(engine).check = check
    batch_id = ready(engine, [case_id], "note_heard", reason="x")
    assert items(engine, batch_id) == {case_id: ("desk.no", None, None)}
    kit.desk_of(engine).check = lambda _: ALLOW
    assert run(engine, batch_id).moved == 1


def test_cases_of_a_definition_that_can_not_run_here_fail_and_the_others_move(
    engine: CaseEngine,
) -> None:
    lost, good = kit.filed(engine), kit.filed(engine)
    kit.query(
        engine,
        "INSERT INTO definition (sha256, workflow, canonical, published_at)"
        " VALUES ('gone', 'matter', '{}', :now)",
        now=kit.NOON,
    )
    kit.query(engine, "UPDATE application SET definition = 'gone' WHERE id = :id", id=lost)
    batch_id = ready(engine, [lost, good])
    batch = run(engine, batch_id)
    assert (batch.moved, batch.failed) == (1, 1)
    assert items(engine, batch_id)[lost] == ("definition_missing", "failed", "definition_missing")


def test_a_move_that_the_newest_definition_lost_still_moves_the_cases_that_have_it(
    engine: CaseEngine, clock: FixedClock
) -> None:
    older = kit.engine(engine.database, clock, kit.PROCESS.replace("look:", "peek:"))
    case_id = kit.filed(older)
    batch_id = ready(older, [case_id, kit.filed(engine)], "peek")
    assert batches.start(engine, batch_id, kit.AYSE)
    work_off(engine, yes)
    assert items(engine, batch_id)[case_id] == ("moved", "moved", None)
    assert batches.counts(engine.database, batch_id, rehearsal=False) == {
        "moved": 1, "unknown_trigger": 1,
    }  # fmt: skip


def test_only_a_rehearsed_batch_of_ones_own_is_started_and_only_once(engine: CaseEngine) -> None:
    case_id = kit.filed(engine)
    batch_id = made(engine, [case_id])
    assert not batches.start(engine, batch_id, kit.AYSE)
    rehearse(engine, batch_id)
    assert not batches.start(engine, batch_id, kit.MEHMET)
    assert seen(engine, batch_id).state == "rehearsed"
    assert batches.start(engine, batch_id, kit.AYSE)
    assert not batches.start(engine, batch_id, kit.AYSE)
    assert seen(engine, batch_id).state == "running"


def test_a_batch_is_paused_goes_on_and_is_stopped_by_its_maker(
    engine: CaseEngine, small_chunks: None
) -> None:
    del small_chunks
    ids = [kit.filed(engine) for _ in range(9)]
    batch_id = ready(engine, ids)
    assert not batches.pause(engine, batch_id, kit.AYSE)
    assert batches.start(engine, batch_id, kit.AYSE)
    assert work_off(engine, yes) == 2
    assert seen(engine, batch_id).moved == 4
    assert not batches.pause(engine, batch_id, kit.MEHMET)
    assert batches.pause(engine, batch_id, kit.AYSE)
    assert not batches.pause(engine, batch_id, kit.AYSE)
    assert work_off(engine, yes) == 0
    assert (seen(engine, batch_id).state, seen(engine, batch_id).moved) == ("paused", 4)
    assert not batches.resume(engine, batch_id, kit.MEHMET)
    assert batches.resume(engine, batch_id, kit.AYSE)
    assert not batches.resume(engine, batch_id, kit.AYSE)
    assert work_off(engine, yes) == 2
    assert not batches.stop(engine, batch_id, kit.MEHMET)
    assert not batches.give_up(engine, batch_id, kit.AYSE)
    assert batches.stop(engine, batch_id, kit.AYSE)
    assert not batches.stop(engine, batch_id, kit.AYSE)
    assert work_off(engine, yes) == 0
    batch = seen(engine, batch_id)
    assert (batch.state, batch.why, batch.moved, batch.finished_at) == (
        "stopped",
        None,
        8,
        kit.NOON,
    )
    left = [case for case in ids if kit.standing(engine, case)[0] == "filed"]
    assert [case for case, found in items(engine, batch_id).items() if found[1] is None] == left
    assert len(left) == 1


def test_a_pause_in_the_middle_of_a_turn_waits_for_no_more_than_the_chunk_at_hand(
    engine: CaseEngine, small_chunks: None
) -> None:
    del small_chunks
    batch_id = ready(engine, [kit.filed(engine) for _ in range(4)])
    assert batches.start(engine, batch_id, kit.AYSE)

    def paused_meanwhile(_actor: str, _role: str) -> None:
        batches.pause(engine, batch_id, kit.AYSE)

    assert work_off(engine, paused_meanwhile) == 1
    assert (seen(engine, batch_id).state, seen(engine, batch_id).moved) == ("paused", 2)


def test_a_batch_that_is_given_up_before_it_began_moves_nothing(engine: CaseEngine) -> None:
    case_id = kit.filed(engine)
    given_up = (made(engine, [case_id]), ready(engine, [case_id]))
    for batch_id in given_up:
        assert not batches.stop(engine, batch_id, kit.AYSE)
        assert not batches.give_up(engine, batch_id, kit.MEHMET)
        assert batches.give_up(engine, batch_id, kit.AYSE)
        assert not batches.give_up(engine, batch_id, kit.AYSE)
        assert not batches.start(engine, batch_id, kit.AYSE)
        batch = seen(engine, batch_id)
        assert (batch.state, batch.finished_at) == ("stopped", kit.NOON)
    assert work_off(engine, yes) == 0
    assert kit.standing(engine, case_id) == ("filed", 2)


def test_the_worker_rehearses_what_nobody_has_rehearsed(
    engine: CaseEngine, small_chunks: None
) -> None:
    del small_chunks
    batch_id = made(engine, [kit.filed(engine) for _ in range(5)])
    assert work_off(engine, yes) == 2
    assert (seen(engine, batch_id).state, seen(engine, batch_id).judged) == ("rehearsing", 4)
    assert work_off(engine, yes) == 1
    assert (seen(engine, batch_id).state, seen(engine, batch_id).judged) == ("rehearsed", 5)
    assert work_off(engine, yes) == 0
    rehearse(engine, batch_id)
    assert seen(engine, batch_id).judged == 5


def test_a_rehearsal_never_runs_what_was_started_meanwhile(engine: CaseEngine) -> None:
    case_id = kit.filed(engine)
    batch_id = ready(engine, [case_id])
    assert batches.start(engine, batch_id, kit.AYSE)
    rehearse(engine, batch_id)
    assert kit.standing(engine, case_id) == ("filed", 2)


def test_a_batch_whose_maker_may_act_no_more_stops_and_says_why(
    engine: CaseEngine, small_chunks: None
) -> None:
    del small_chunks
    batch_id = ready(engine, [kit.filed(engine) for _ in range(3)])
    assert batches.start(engine, batch_id, kit.AYSE)
    asked: list[tuple[str, str]] = []

    def why_not(actor: str, role: str) -> str | None:
        asked.append((actor, role))
        return None if len(asked) < 2 else "role_lost"

    assert work_off(engine, why_not) == 1
    batch = seen(engine, batch_id)
    assert (batch.state, batch.why, batch.moved) == ("stopped", "role_lost", 2)
    assert batch.finished_at == kit.NOON
    assert asked == [("user:1", "officer"), ("user:1", "officer")]
