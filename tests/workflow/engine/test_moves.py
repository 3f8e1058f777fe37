"""The tests of a single move: both paths, what is written, in which order it is judged."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import ProgrammingError

from tests.kit.workflow import process as kit
from workflow.engine.case_sets import TIMER
from workflow.journal.verification import verify
from workflow.model.clock import start_of_day
from workflow.model.entry import GENESIS, EntryContent, canonical, chain, parsed, storable, utc_text
from workflow.model.refusal import Busy, RuleFailed, StaleVersion
from workflow.model.request import Moved
from workflow.model.verdict import ALLOW, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.workflow.process import CaseEngine, Context
    from workflow.model.actor import Actor
    from workflow.model.clock import FixedClock
    from workflow.model.definition import Definition
    from workflow.model.request import Request


def body(engine: CaseEngine, case_id: int, n: int) -> dict[str, object]:
    said = json.loads(kit.entries(engine, case_id)[n - 1]["body"])
    assert isinstance(said, dict)
    return said


def test_a_move_changes_the_row_and_writes_one_entry_of_it(
    engine: CaseEngine, clock: FixedClock
) -> None:
    case_id = kit.matter(engine)
    clock.advance(hours=1)
    actor = kit.applicant(kit.case(engine, case_id)["person_id"])
    assert engine.fire(case_id, "submit", actor, reason="Eksiksiz") == Moved(case_id, 2, "filed")
    row = kit.case(engine, case_id)
    first, second = kit.entries(engine, case_id)
    assert (row["state"], row["version"], row["due_at"]) == ("filed", 2, None)
    assert row["entered_at"] == clock.now()
    assert row["head"] == second["hash"]
    assert (first["n"], second["n"], second["prev"]) == (1, 2, first["hash"])
    assert {name: second[name] for name in ("workflow", "trigger", "actor", "batch", "at")} == {
        "workflow": "matter",
        "trigger": "submit",
        "actor": actor.name,
        "batch": None,
        "at": clock.now(),
    }
    assert json.loads(second["body"]) == {
        "actor": actor.name,
        "at": "2026-03-02T10:00:00.000000Z",
        "auth": "code",
        "batch": None,
        "case": case_id,
        "checks": {},
        "definition": kit.definitions()["matter"].sha256,
        "details": {},
        "documents": [],
        "from": "draft",
        "n": 2,
        "reason": "Eksiksiz",
        "role": "applicant",
        "rules": {},
        "to": "filed",
        "trigger": "submit",
        "workflow": "matter",
    }
    assert kit.jobs(engine) == []
    assert kit.refused(engine) == []


def test_the_first_entry_is_chained_to_zeros_and_starts_from_new(engine: CaseEngine) -> None:
    case_id = kit.matter(engine)
    (entry,) = kit.entries(engine, case_id)
    assert entry["prev"] == GENESIS == bytes(32)
    assert body(engine, case_id, 1)["from"] == "new"
    assert kit.case(engine, case_id)["created_at"] == kit.NOON


TWINS: dict[str, tuple[Callable[[CaseEngine], int], Actor | None, str | None]] = {
    "submit": (kit.matter, None, "Sözüm söz"),
    "note": (kit.filed, kit.AYSE, "İ ı Ş ğ \" ' \\ \n \t \x7f %s :id {x}"),
    "approve": (kit.approvable, kit.MEHMET, None),
}


@pytest.mark.parametrize("trigger", TWINS)
def test_the_pure_and_the_hooked_path_write_the_same_entry_but_for_the_checks(
    engine: CaseEngine, trigger: str
) -> None:
    make, actor, reason = TWINS[trigger]
    bodies = []
    for name in (trigger, f"{trigger}_heard"):
        case_id = make(engine)
        person = kit.case(engine, case_id)["person_id"]
        engine.fire(case_id, name, actor or kit.applicant(person), reason=reason)
        entry = next(entry for entry in kit.entries(engine, case_id) if entry["trigger"] == name)
        checks = '"checks":{"desk.allowed":"allow"}' if name in CHECKED else '"checks":{}'
        assert checks in entry["body"]
        bodies.append(
            entry["body"]
            .replace(checks, "")
            .replace(f'"case":{case_id},', "")
            .replace(f'"trigger":"{name}"', "")
            .replace(f"person:{person}", "person")
        )
    assert bodies[0] == bodies[1]


CHECKED = {"submit_heard", "note_heard"}

TEXTS = st.text(st.characters(exclude_categories=()), max_size=30) | st.sampled_from(
    ["İıŞşĞğÜüÖöÇç", '"\\/\b\f\n\r\t', "\u2028\x7f\x01", "%s %(id)s :b0 {b1}", "\ud800x", " \x00 "]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reason=TEXTS, trigger=st.sampled_from(["submit", "submit_heard"]))
def test_what_the_database_hashed_is_what_python_would_have_written(
    engine: CaseEngine, reason: str, trigger: str
) -> None:
    case_id = kit.matter(engine)
    actor = kit.applicant(kit.case(engine, case_id)["person_id"])
    engine.fire(case_id, trigger, actor, reason=reason)
    first, second = kit.entries(engine, case_id)
    wanted = EntryContent(
        workflow="matter",
        definition=kit.definitions()["matter"].sha256,
        trigger=trigger,
        target="filed",
        actor=actor.name,
        role="applicant",
        auth="code",
        at=kit.NOON,
        reason=storable(reason).strip() or None,
        checks={"desk.allowed": "allow"} if trigger == "submit_heard" else {},
    )
    assert second["body"] == wanted.body(case_id, "draft", 2)
    assert canonical(json.loads(second["body"])) == second["body"]
    assert second["hash"] == hashlib.sha256(first["hash"] + second["body"].encode()).digest()
    assert second["hash"] == chain(first["hash"], second["body"])


@pytest.mark.parametrize("trigger", ["submit", "submit_heard"])
def test_an_entry_is_never_dated_before_the_one_in_front_of_it(
    engine: CaseEngine, clock: FixedClock, trigger: str
) -> None:
    """A machine whose clock is a day ahead moved the case; then one whose clock is right."""
    clock.advance(days=1, microseconds=7)
    ahead = kit.matter(engine)
    clock.set(kit.NOON)
    behind = kit.matter(engine)
    for case_id in (ahead, behind):
        engine.fire(case_id, trigger, kit.applicant(kit.case(engine, case_id)["person_id"]))
    for case_id, late in ((ahead, timedelta(days=1, microseconds=7)), (behind, timedelta(0))):
        first, second = kit.entries(engine, case_id)
        assert first["at"] == second["at"] == kit.NOON + late
        assert body(engine, case_id, 2)["at"] == utc_text(kit.NOON + late)
        assert kit.case(engine, case_id)["entered_at"] == kit.NOON + late
    assert verify(engine.database, engine.library).ok


@pytest.mark.parametrize("trigger", ["approve", "approve_heard"])
def test_a_set_dates_each_entry_by_its_own_case(
    engine: CaseEngine, clock: FixedClock, trigger: str
) -> None:
    clock.advance(hours=3)
    ahead = kit.approvable(engine)
    clock.set(kit.NOON)
    behind = kit.approvable(engine)
    engine.fire_many("matter", trigger, kit.AYSE, [ahead, behind])
    moments = [kit.entries(engine, case_id)[-1]["at"] for case_id in (ahead, behind)]
    assert moments == [kit.NOON + timedelta(hours=3), kit.NOON]
    assert verify(engine.database, engine.library).ok


def test_a_timer_counts_from_the_moment_that_the_entry_bears(
    engine: CaseEngine, clock: FixedClock
) -> None:
    clock.advance(days=1)
    case_id = kit.filed(engine)
    clock.set(kit.NOON)
    engine.fire(case_id, "refuse", kit.AYSE, reason="x")
    assert kit.case(engine, case_id)["due_at"] == kit.NOON + timedelta(days=61)


def test_an_entry_is_cut_at_the_values_that_differ_whatever_else_it_says() -> None:
    entry = EntryContent(
        "w", "d", "t", "b", "a", "r", "demo", datetime(2026, 1, 1, tzinfo=UTC),
        reason='"case":"from":"n":', details={"from": "\x00", "n": "\x00", "case": ["\x00"]},
    )  # fmt: skip
    b0, b1, b2, b3, b4 = entry.pieces()
    assert f"{b0}{utc_text(entry.at)}{b1}7{b2}held{b3}3{b4}" == entry.body(7, "held", 3)
    assert json.loads(entry.body(7, "held", 3))["at"] == "2026-01-01T00:00:00.000000Z"


def test_the_text_of_an_entry_is_read_back_only_when_it_is_an_object() -> None:
    assert parsed('{"n":1}') == {"n": 1}
    assert parsed("[1]") == parsed("{") == parsed("[" * 100_000) == {}


def test_the_documents_and_details_of_handlers_stand_in_the_entry(engine: CaseEngine) -> None:
    def act(context: Context) -> None:
        context.document("ab" * 32)
        context.note(paper=True, pages=3)
        context.note(pages=4)

    kit.desk_of(engine).act = act
    case_id = kit.filed(engine)
    engine.fire(case_id, "note_heard", kit.AYSE, reason=" Görüldü ")
    said = body(engine, case_id, 3)
    assert said["documents"] == ["ab" * 32]
    assert said["details"] == {"paper": True, "pages": 4}
    assert said["reason"] == "Görüldü"
    assert said["checks"] == {"desk.allowed": "allow"}
    assert said["rules"] == {"renewed": "allow"}


def test_a_handler_is_given_the_locked_row_the_payload_and_the_moment(engine: CaseEngine) -> None:
    seen: list[Context] = []
    kit.desk_of(engine).act = seen.append
    case_id = kit.filed(engine)
    engine.fire(case_id, "note_heard", kit.AYSE, {"pages": 3}, reason="x")
    (context,) = seen
    assert (context.case_id, context.case["state"], context.case["version"]) == (
        case_id, "filed", 2,
    )  # fmt: skip
    assert (context.actor, context.payload, context.reason) == (kit.AYSE, {"pages": 3}, "x")
    assert (context.now, context.today) == (kit.NOON, kit.TODAY)
    assert context.transition.name == "note_heard"
    assert context.window["from"].isoformat() == "2018-05-28"  # type: ignore[attr-defined]
    assert context.rehearsal is False


def test_a_reason_is_kept_only_where_the_move_asks_for_one(engine: CaseEngine) -> None:
    case_id = kit.filed(engine)
    engine.fire(case_id, "park", kit.AYSE, reason="not kept")
    assert body(engine, case_id, 3)["reason"] is None


def test_a_move_sets_the_timer_of_its_target(engine: CaseEngine, clock: FixedClock) -> None:
    case_id = kit.matter(engine)
    assert kit.case(engine, case_id)["due_at"] == kit.NOON + timedelta(days=30)
    by_fact = kit.filed(engine, couriered_at=kit.NOON + timedelta(hours=5))
    engine.fire(by_fact, "park", kit.AYSE)
    assert kit.case(engine, by_fact)["due_at"] == kit.NOON + timedelta(hours=5)
    by_window = kit.filed(engine)
    engine.fire(by_window, "look", kit.AYSE)
    assert kit.case(engine, by_window)["due_at"] == clock.now() + timedelta(days=2)
    without = kit.filed(engine)
    engine.fire(without, "park", kit.AYSE)
    assert kit.case(engine, without)["due_at"] is None


def test_a_handler_that_changes_a_date_changes_the_timer_that_hangs_on_it(
    engine: CaseEngine,
) -> None:
    day = kit.TODAY + timedelta(days=40)
    kit.desk_of(engine).act = lambda context: context.update(production_opens_on=day)
    case_id = kit.filed(engine)
    engine.fire(case_id, "look", kit.AYSE)
    engine.fire(case_id, "redate", kit.AYSE)
    row = kit.case(engine, case_id)
    assert (row["state"], row["production_opens_on"]) == ("held", day)
    assert row["due_at"] == start_of_day(day)


def test_a_state_that_is_left_at_once_is_left_before_the_answer(engine: CaseEngine) -> None:
    open_now = kit.approvable(engine)
    later = kit.approvable(engine, production_opens_on=kit.TODAY + timedelta(days=1))
    assert engine.fire(open_now, "approve", kit.AYSE) == Moved(open_now, 4, "ready")
    assert engine.fire(later, "approve_heard", kit.AYSE) == Moved(later, 4, "held")
    said = body(engine, later, 4)
    assert (said["trigger"], said["actor"], said["role"]) == ("hold", "system:timer", "system")
    assert kit.refused(engine) == []


def test_a_state_whose_timers_all_refuse_is_left_to_the_sweep(engine: CaseEngine) -> None:
    pure = kit.approvable(engine, production_opens_on=None)
    hooked = kit.approvable(engine, production_opens_on=None)
    assert engine.fire(pure, "approve", kit.AYSE) == Moved(pure, 3, "sorting")
    assert engine.fire(hooked, "approve_heard", kit.AYSE) == Moved(hooked, 3, "sorting")
    assert kit.case(engine, pure)["due_at"] == kit.NOON
    assert kit.refused(engine) == []


def test_a_case_that_somebody_else_moves_meanwhile_is_offered_to_no_other_timer(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    move = engine.move

    def busy(definition: Definition, case_id: int, request: Request) -> Moved:
        if request.actor == TIMER:
            tried.append(request.trigger)
            raise Busy
        return move(definition, case_id, request)

    monkeypatch.setattr(engine, "move", busy)
    case_id = kit.approvable(engine)
    assert engine.fire(case_id, "approve", kit.AYSE) == Moved(case_id, 3, "sorting")
    assert tried == ["hold"]


def test_the_effects_of_a_move_are_queued_with_it_the_most_urgent_first(engine: CaseEngine) -> None:
    late = kit.approvable(engine, production_opens_on=kit.TODAY - timedelta(days=9))
    engine.fire(late, "approve", kit.AYSE)
    engine.fire(late, "send", kit.AYSE)
    opened = engine.open("matter", "file_heard", kit.AYSE, {
        "person_id": kit.people(engine)[0], "kind": "renewal",
        "production_opens_on": kit.TODAY + timedelta(days=3),
    })  # fmt: skip
    post, tell, heard = kit.jobs(engine)
    assert post["args"] == {"case": late, "n": 5, "name": "desk.post"}
    assert tell["args"] == {"case": late, "n": 5, "name": "desk.tell"}
    assert (post["queue_name"], post["task_name"], post["status"]) == ("effect", "effect", "todo")
    assert (post["lock"], post["queueing_lock"]) == (f"case/{late}/desk", f"{late}/5/desk.post")
    assert post["priority"] - heard["priority"] == 12  # days from one end to the other
    assert heard["args"] == {"case": opened, "n": 1, "name": "desk.tell"}


def test_urgency_counts_from_one_day_whenever_it_is_queued(
    engine: CaseEngine, clock: FixedClock
) -> None:
    (person,) = kit.people(engine)
    for _ in range(2):
        values = {"person_id": person, "kind": "renewal", "production_opens_on": date(2026, 5, 1)}
        engine.open("matter", "file_heard", kit.AYSE, values)
        kit.query(engine, "UPDATE application SET state = 'delivered'")
        clock.advance(days=1)
    days = (date(2026, 5, 1) - date(2000, 1, 1)).days
    assert [job["priority"] for job in kit.jobs(engine)] == [-days, -days]


def test_a_date_that_is_not_known_is_of_no_urgency(engine: CaseEngine) -> None:
    values = {"person_id": kit.people(engine)[0], "kind": "renewal"}
    engine.open("matter", "file_heard", kit.AYSE, values)
    assert [job["priority"] for job in kit.jobs(engine)] == [0]


def test_opening_gives_a_case_its_first_entry_and_its_values(engine: CaseEngine) -> None:
    case_id = kit.matter(engine, delivery_address="Bursa", state="delivered", version=9)
    row = kit.case(engine, case_id)
    assert (row["state"], row["version"], row["delivery_address"]) == ("draft", 1, "Bursa")
    assert row["definition"] == kit.definitions()["matter"].sha256
    assert len(kit.entries(engine, case_id)) == 1


def test_a_case_that_is_refused_at_its_opening_leaves_nothing_behind(engine: CaseEngine) -> None:
    values = {"person_id": kit.people(engine)[0], "kind": "first"}
    before = kit.everything(engine)
    with pytest.raises(RuleFailed):
        engine.open("matter", "file_heard", kit.AYSE, values)
    assert kit.everything(engine) == before
    (attempt,) = kit.refused(engine)
    assert (attempt["case_id"], attempt["state"], attempt["code"]) == (None, None, "renewed")


def test_the_office_may_not_write_into_its_own_journal_again(engine: CaseEngine) -> None:
    kit.matter(engine)
    for change in ("UPDATE journal SET actor = 'x'", "DELETE FROM journal", "TRUNCATE journal"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            kit.query(engine, change)


def test_an_answer_is_stale_when_the_form_showed_an_older_version(engine: CaseEngine) -> None:
    case_id = kit.filed(engine)
    assert engine.fire(case_id, "park", kit.AYSE, seen_version=2).version == 3
    with pytest.raises(StaleVersion) as caught:
        engine.fire(case_id, "redate", kit.AYSE, seen_version=2)
    assert caught.value.params == {"trigger": "redate", "seen": 2, "version": 3}


def test_every_point_of_a_hooked_move_is_passed_once_and_in_order(engine: CaseEngine) -> None:
    passed: list[str] = []
    case_id = kit.filed(engine)
    engine.point = passed.append

    def check(_: Context) -> Verdict:
        passed.append("check")
        return ALLOW

    kit.desk_of(engine).check = check
    kit.desk_of(engine).act = lambda _: passed.append("act")
    engine.fire(case_id, "note_heard", kit.AYSE, reason="x")
    assert passed == ["after_lock", "check", "act", "before_commit", "after_commit"]
