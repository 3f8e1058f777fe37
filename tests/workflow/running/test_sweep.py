"""The tests of sweeps: what is due moves once, what is refused rests, and a run goes on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text
from structlog.testing import capture_logs

from tests.kit.workflow import process as kit
from tests.workflow.engine.test_sets import OLDER
from workflow.engine import case_sets
from workflow.engine.library import Library
from workflow.model.registry import Registry
from workflow.model.request import Request, Timer
from workflow.model.verdict import ALLOW, Verdict
from workflow.running import sweep, sweep_report, timer_waits

if TYPE_CHECKING:
    import pytest

    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine, Context
    from workflow.model.clock import FixedClock

DAY = timedelta(days=1)


def held(engine: CaseEngine, day_offset: int, kind: str = "renewal") -> int:
    """Return a held case that is released a number of days from today."""
    case_id = kit.approvable(engine, production_opens_on=kit.TODAY + timedelta(days=99), kind=kind)
    engine.fire(case_id, "approve", kit.AYSE)
    opens = kit.TODAY + timedelta(days=day_offset)
    kit.query(
        engine,
        "UPDATE application SET production_opens_on = :d,"
        " due_at = CAST(:d AS timestamp) AT TIME ZONE 'Europe/Istanbul' WHERE id = :i",
        d=opens, i=case_id,
    )  # fmt: skip
    return case_id


def parked(engine: CaseEngine, due: datetime, **values: object) -> int:
    case_id = kit.approvable(engine, couriered_at=due, **values)
    engine.fire(case_id, "park", kit.AYSE)
    return case_id


def lines(
    report: sweep_report.SweepReport,
) -> list[tuple[str, str, dict[str, int], dict[str, int]]]:
    return [(row.workflow, row.state, row.moved, row.refused) for row in report.rows]


def both(engine: CaseEngine, as_of: datetime | None = None) -> sweep_report.SweepReport:
    """Sweep dry and in earnest; both must give the same numbers."""
    before = kit.everything(engine)
    dry = sweep.sweep(engine, as_of=as_of, dry_run=True)
    assert kit.everything(engine) == before
    assert kit.refused(engine) == []
    assert (dry.dry_run, dry.batch) == (True, None)
    done = sweep.sweep(engine, as_of=as_of)
    assert lines(done) == lines(dry)
    assert (done.moved, done.refused) == (dry.moved, dry.refused)
    assert done.dry_run is False
    return done


def test_a_sweep_moves_what_is_due_and_leaves_what_rings_tomorrow(engine: CaseEngine) -> None:
    due, tomorrow, overdue = held(engine, 0), held(engine, 1), held(engine, -8)
    report = both(engine)
    assert lines(report) == [("matter", "held", {"release": 2}, {})]
    assert (report.as_of, report.moved, report.refused) == (kit.NOON, 2, 0)
    assert kit.standing(engine, due) == kit.standing(engine, overdue) == ("ready", 5)
    assert kit.standing(engine, tomorrow) == ("held", 4)
    entry = kit.entries(engine, due)[-1]
    assert (entry["actor"], entry["batch"]) == ("system:timer", report.batch)
    assert lines(sweep.sweep(engine)) == []


def test_the_case_of_tomorrow_moves_when_its_day_begins(
    engine: CaseEngine, clock: FixedClock
) -> None:
    case_id = held(engine, 1)
    clock.set(datetime.fromisoformat("2026-03-02T20:59:59.999999+00:00"))
    assert sweep.sweep(engine).moved == 0
    clock.advance(microseconds=1)
    assert sweep.sweep(engine).moved == 1
    assert kit.standing(engine, case_id)[0] == "ready"


def test_the_workflows_of_a_file_are_all_swept(engine: CaseEngine, clock: FixedClock) -> None:
    permit_id = kit.permit(engine, kit.people(engine)[0])
    case_id = kit.matter(engine)
    clock.advance(days=30)
    assert lines(both(engine)) == [
        ("matter", "draft", {"expire": 1}, {}),
        ("permit", "asked", {"lapse": 1}, {}),
    ]
    assert kit.standing(engine, case_id)[0] == "expired"
    assert kit.case(engine, permit_id, "consent")["state"] == "lapsed"


def test_several_transitions_of_a_timer_are_tried_in_order(engine: CaseEngine) -> None:
    open_now = parked(engine, kit.NOON, method="wet_signature")
    on_paper = parked(engine, kit.NOON, method="wet_signature", production_opens_on=None)
    permitted = parked(engine, kit.NOON, production_opens_on=None)
    unpermitted = kit.filed(engine, couriered_at=kit.NOON, production_opens_on=None)
    engine.fire(unpermitted, "park", kit.AYSE)
    later = parked(engine, kit.NOON + timedelta(seconds=1))
    report = both(engine)
    assert lines(report) == [
        ("matter", "parked", {"lift": 1, "drop": 1, "clear": 1}, {"opened": 1}),
    ]
    states = [kit.standing(engine, i)[0] for i in (open_now, on_paper, permitted, later)]
    assert states == ["ready", "sorting", "sorting", "parked"]
    assert {e["batch"] for e in kit.entries(engine, on_paper)} == {None, report.batch}
    (row,) = kit.waits(engine)
    assert (row["case_id"], row["trigger"], row["code"]) == (unpermitted, "lift", "opened")
    assert row["tried"] == {"drop": "by_paper", "clear": "permitted"}
    assert kit.refused(engine) == []


def test_a_timer_that_waits_rests_for_a_day_and_is_no_refused_attempt(
    engine: CaseEngine, clock: FixedClock
) -> None:
    case_id = held(engine, 0)
    kit.query(engine, "UPDATE application SET production_opens_on = NULL")
    report = both(engine)
    assert lines(report) == [("matter", "held", {}, {"opened": 1})]
    assert (report.moved, report.refused) == (0, 1)
    assert kit.case(engine, case_id)["due_at"] == kit.NOON + DAY
    waits = {
        "case_id": case_id, "at": kit.NOON, "workflow": "matter", "state": "held",
        "trigger": "release", "code": "opened", "tried": {},
    }  # fmt: skip
    assert kit.waits(engine) == [waits]
    clock.advance(hours=23, minutes=59)
    assert lines(sweep.sweep(engine)) == []
    clock.advance(minutes=1)
    assert sweep.sweep(engine).refused == 1
    assert kit.case(engine, case_id)["due_at"] == kit.NOON + 2 * DAY
    # Written over, so that a case that waits for years leaves one row.
    assert kit.waits(engine) == [waits | {"at": kit.NOON + DAY}]
    assert kit.refused(engine) == []
    assert [row["trigger"] for row in kit.entries(engine, case_id)][-1] == "hold"


def test_a_hooked_timer_moves_each_case_in_a_transaction_of_its_own(
    engine: CaseEngine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "HOOKED_CHUNK", 2)
    cases = [kit.filed(engine) for _ in range(5)]
    for case_id in cases:
        engine.fire(case_id, "look", kit.AYSE)
    clock.advance(days=2)

    def check(context: Context) -> Verdict:
        if context.case_id == cases[1]:
            raise KeyError("bug")
        return ALLOW

    kit.desk_of(engine).check = check
    told: list[int] = []
    with capture_logs() as logs:
        dry = sweep.sweep(engine, dry_run=True)
        report = sweep.sweep(engine, progress=lambda line: told.append(sum(line.moved.values())))
    assert (
        lines(report)
        == lines(dry)
        == [
            ("matter", "watched", {"watch": 4}, {"handler_failed": 1}),
        ]
    )
    assert told == [1, 3, 4]
    assert [log["event"] for log in logs if log["log_level"] == "error"] == ["move_failed"] * 2
    assert {(log["case"], log["code"]) for log in logs} == {(cases[1], "KeyError")}
    assert kit.case(engine, cases[1])["due_at"] == clock.now() + DAY
    assert kit.case(engine, cases[0])["due_at"] == clock.now() + 2 * DAY
    (fault,) = kit.refused(engine)
    # What no waiting mends is a refused attempt as well, with what else was tried.
    assert (fault["case_id"], fault["trigger"], fault["state"], fault["code"]) == (
        cases[1], "watch", "watched", "handler_failed",
    )  # fmt: skip
    assert (fault["actor"], fault["role"], fault["batch"]) == (
        "system:timer", "system", report.batch,
    )  # fmt: skip
    assert fault["params"] == {"tried": {}}
    assert [row["code"] for row in kit.waits(engine)] == ["handler_failed"]


def test_a_set_is_swept_in_chunks_and_tells_its_progress(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("FIRST_CHUNK", 2), ("CHUNK", 2), ("SIDE_BY_SIDE", 1)):
        monkeypatch.setattr(sweep, name, value)
    cases = [held(engine, 0) for _ in range(5)]
    stuck = held(engine, -1)
    kit.query(engine, "UPDATE application SET production_opens_on = NULL WHERE id = :i", i=stuck)
    told: list[tuple[int, int]] = []
    counted: list[tuple[int, int]] = []

    def progress(line: sweep_report.SweepLine) -> None:
        told.append((sum(line.moved.values()), sum(line.refused.values())))
        (run,) = kit.query(engine, "SELECT moved, refused, finished_at FROM sweep_run")
        assert run["finished_at"] is None
        counted.append((run["moved"], run["refused"]))

    report = sweep.sweep(engine, progress=progress)
    assert told == counted == [(1, 1), (3, 1), (5, 1)]
    assert lines(report) == [("matter", "held", {"release": 5}, {"opened": 1})]
    assert {kit.standing(engine, case_id)[0] for case_id in cases} == {"ready"}
    (run,) = kit.query(engine, "SELECT * FROM sweep_run")
    assert (run["as_of"], run["started_at"], run["finished_at"]) == (kit.NOON,) * 3
    assert report.batch == f"sweep:{run['id']}"


def test_one_row_that_breaks_a_promise_of_the_table_rests_while_the_others_move(
    engine: CaseEngine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "HOOKED_CHUNK", 2)
    cases = [kit.filed(engine) for _ in range(5)]
    for case_id in cases:
        engine.fire(case_id, "refuse", kit.AYSE, reason="x")
    kit.filed(engine, kit.case(engine, cases[3])["person_id"])
    clock.advance(days=60)
    report = sweep.sweep(engine)
    # The second transition of the timer takes the one that cannot be reopened.
    assert lines(report) == [("matter", "rejected", {"reopen": 4, "close": 1}, {})]
    assert kit.standing(engine, cases[3]) == ("expired", 4)
    assert kit.standing(engine, cases[4]) == ("filed", 4)


def test_cases_that_a_sweep_brings_into_a_state_left_at_once_go_on(engine: CaseEngine) -> None:
    ready = parked(engine, kit.NOON, production_opens_on=None)
    process = kit.PROCESS.replace("then: [lift, drop, clear]", "then: [clear, lift, drop]")
    other = kit.engine(engine.database, engine.clock, process)
    pure = kit.approvable(other, couriered_at=kit.NOON)
    other.fire(pure, "park", kit.AYSE)
    report = sweep.sweep(other)
    assert report.moved == 2
    assert kit.standing(other, pure) == ("ready", 5)
    assert kit.standing(other, ready) == ("sorting", 4)
    assert kit.entries(other, pure)[-1]["batch"] == report.batch


def test_a_case_that_moved_meanwhile_is_neither_moved_again_nor_put_off(
    engine: CaseEngine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "SIDE_BY_SIDE", 1)
    first, second, third = (kit.filed(engine) for _ in range(3))
    for case_id in (first, second, third):
        engine.fire(case_id, "look", kit.AYSE)
    clock.advance(days=2)
    redated: list[int] = []

    def check(context: Context) -> Verdict:
        kit.desk_of(engine).check = lambda _: ALLOW
        assert context.case_id == first
        engine.fire(second, "redate", kit.AYSE)  # somebody is faster
        redated.append(second)
        return ALLOW

    kit.desk_of(engine).check = check
    report = sweep.sweep(engine)
    assert lines(report) == [("matter", "watched", {"watch": 2}, {})]
    assert kit.standing(engine, second) == ("held", 4)
    assert redated == [second]
    assert kit.refused(engine) == []


def test_a_case_that_moved_after_its_refusal_waits_for_nothing(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = held(engine, 0)
    kit.query(engine, "UPDATE application SET production_opens_on = NULL")
    put_off = timer_waits.put_off

    stayed: list[object] = []

    def faster(*args: object) -> None:
        if args[4]:
            stayed.append(args[4])
            due = "UPDATE application SET due_at = :t, state = 'draft' WHERE id = :i"
            kit.query(engine, due, t=kit.NOON, i=case_id)
        put_off(*args)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(sweep, "put_off", faster)
    sweep.sweep(engine)
    assert stayed == [{case_id: timer_waits.Stayed("opened", {})}]
    assert kit.case(engine, case_id)["due_at"] == kit.NOON
    assert kit.refused(engine) == kit.waits(engine) == []


def test_a_timer_asks_only_while_it_rings(engine: CaseEngine) -> None:
    definition = kit.definitions()["matter"]
    case_id = held(engine, 0)
    for state, as_of in (
        ("held", kit.NOON - DAY),
        ("ready", kit.NOON),
    ):
        request = Request("release", case_sets.TIMER, timer=Timer(state, as_of))
        for tried in (case_sets.try_ids, case_sets.try_each):
            refused = tried(engine, definition, request, [case_id], dry_run=False)
            assert refused == {case_id: "stale_version"}
    asks = Request("release", case_sets.TIMER, timer=Timer("held", kit.NOON))
    kit.query(engine, "UPDATE application SET due_at = NULL")
    assert case_sets.try_each(engine, definition, asks, [case_id], dry_run=False) != {}
    assert case_sets.try_ids(engine, definition, asks, [case_id], dry_run=False) != {}
    kit.query(engine, "UPDATE application SET due_at = :d", d=kit.NOON)
    assert case_sets.try_each(engine, definition, asks, [case_id], dry_run=True) == {}
    assert case_sets.try_ids(engine, definition, asks, [case_id], dry_run=False) == {}


def test_a_row_that_somebody_holds_is_left_for_the_next_sweep(
    engine: CaseEngine, database: Database
) -> None:
    taken, free = held(engine, 0), held(engine, 0)
    with database.owner.begin() as connection:
        connection.execute(text("SELECT FROM application WHERE id = :i FOR UPDATE"), {"i": taken})
        assert sweep.sweep(engine).moved == 1
    assert kit.standing(engine, free)[0] == "ready"
    assert kit.standing(engine, taken)[0] == "held"
    assert kit.refused(engine) == []
    assert sweep.sweep(engine).moved == 1


def test_a_busy_case_is_not_put_off(
    engine: CaseEngine, clock: FixedClock, database: Database
) -> None:
    case_id = kit.filed(engine)
    engine.fire(case_id, "look", kit.AYSE)
    clock.advance(days=2)
    database.hurry()
    with database.owner.begin() as connection:
        connection.execute(text("SELECT FROM application FOR UPDATE"))
        assert lines(sweep.sweep(engine)) == []
    assert kit.refused(engine) == []
    assert sweep.sweep(engine).moved == 1


def test_a_sweep_as_of_another_day_takes_what_is_due_then(
    engine: CaseEngine, clock: FixedClock
) -> None:
    held(engine, 1)
    assert sweep.sweep(engine, as_of=kit.NOON + DAY, dry_run=True).refused == 1
    clock.advance(days=1)
    assert both(engine, kit.NOON + DAY).moved == 1


def test_cases_of_older_definitions_are_swept_by_their_own(
    engine: CaseEngine, database: Database, clock: FixedClock
) -> None:
    older = kit.engine(database, clock, OLDER.replace("due: 30 days", "due: 3 days"))
    old, new = kit.matter(older), kit.matter(engine)
    clock.advance(days=3)
    assert lines(both(engine)) == [("matter", "draft", {"expire": 1}, {})]
    assert kit.standing(engine, old) == ("expired", 2)
    assert kit.standing(engine, new) == ("draft", 1)


def test_a_definition_that_can_not_be_run_stops_no_other(
    engine: CaseEngine, database: Database, clock: FixedClock
) -> None:
    richer = kit.engine(database, clock, OLDER)
    old, new = kit.matter(richer), kit.matter(engine)
    few = Registry(
        handler
        for name in engine.library.registry
        if (handler := engine.library.registry[name]).name != "desk.act"
    )
    alone = {"matter": kit.definitions()["matter"]}
    engine.library = Library(database.app, alone, few)
    clock.advance(days=30)
    with capture_logs() as logs:
        assert sweep.sweep(engine).moved == 1
    assert kit.standing(engine, new)[0] == "expired"
    assert kit.standing(engine, old)[0] == "draft"
    (log,) = logs
    assert (log["event"], log["definition"]) == (
        "definition_left_out", kit.definitions(OLDER)["matter"].sha256,
    )  # fmt: skip


def test_a_case_is_met_once_by_a_sweep_even_when_its_next_timer_is_due_already(
    engine: CaseEngine,
) -> None:
    process = kit.PROCESS.replace("from: draft, to: expired", "from: draft, to: held")
    chained = kit.engine(engine.database, engine.clock, process)
    case_id = kit.matter(chained)
    kit.query(engine, "UPDATE application SET due_at = :d", d=kit.NOON)
    assert lines(both(chained)) == [("matter", "draft", {"expire": 1}, {})]
    assert kit.standing(chained, case_id) == ("held", 2)
    assert lines(sweep.sweep(chained)) == [("matter", "held", {"release": 1}, {})]
