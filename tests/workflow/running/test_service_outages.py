"""The tests of what waits outside: noted at a failed try, gone with a good one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from sqlalchemy import make_url
from structlog.testing import capture_logs

from states.kit.errors import DatabaseUnavailable
from states.postgres.database import make_engine
from tests.kit.workflow import process as kit
from workflow.model.clock import SystemClock
from workflow.model.context import EffectOutcome
from workflow.model.refusal import Busy
from workflow.running import clock_difference, service_outages, worker
from workflow.running.worker import Chore, Pace, work

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.workflow.process import CaseEngine, EffectContext
    from workflow.model.clock import FixedClock

HURRY = Pace(poll=0.01, stalled_after=0)


class CourierAway(Exception):
    code = "courier_away"


def waits(engine: CaseEngine) -> list[dict[str, object]]:
    return kit.query(engine, "SELECT * FROM outside_wait ORDER BY key")


def test_an_effect_that_fails_is_noted_until_it_succeeds(engine: CaseEngine) -> None:
    def post(_: EffectContext) -> EffectOutcome:
        raise CourierAway("secret")

    kit.desk_of(engine).post = post
    case_id = kit.approvable(engine)
    engine.fire(case_id, "approve", kit.AYSE)
    engine.fire(case_id, "send", kit.AYSE)
    work(engine, HURRY, until_idle=True)
    (first,) = waits(engine)
    job, _ = kit.jobs(engine)
    assert first["key"] == f"{case_id}/5/desk.post"
    assert (first["party"], first["code"], first["tries"]) == ("desk", "courier_away", 1)
    assert (first["case_id"], first["job_id"], first["next_at"]) == (
        case_id, job["id"], job["scheduled_at"],
    )  # fmt: skip
    kit.desk_of(engine).post = lambda _: 1 / 0  # type: ignore[assignment,return-value]  # it fails
    kit.query(engine, "UPDATE procrastinate_jobs SET scheduled_at = now()")
    work(engine, HURRY, until_idle=True)
    (second,) = waits(engine)
    assert (second["code"], second["tries"], second["since"]) == (
        "ZeroDivisionError", 2, first["since"],
    )  # fmt: skip
    kit.desk_of(engine).post = lambda _: EffectOutcome("arrive")
    kit.query(engine, "UPDATE procrastinate_jobs SET scheduled_at = now()")
    work(engine, HURRY, until_idle=True)
    assert waits(engine) == []
    assert kit.standing(engine, case_id) == ("delivered", 6)


def test_a_chore_that_fails_is_noted_until_it_succeeds(
    engine: CaseEngine, clock: FixedClock
) -> None:
    fails = [1, 1]

    def lists() -> None:
        if fails:
            fails.pop()
            raise ConnectionError("secret")

    ring = worker._ring(engine, Chore("lists", lists), 7)  # noqa: SLF001 - rung by hand
    assert (ring.name, ring.every, ring.at_once) == ("lists", 7, True)
    for tries in (1, 2):
        with pytest.raises(ConnectionError):
            ring.do()
        (row,) = waits(engine)
        assert (row["key"], row["party"], row["code"]) == (
            "chore/lists",
            "lists",
            "ConnectionError",
        )
        assert (row["tries"], row["since"], row["job_id"]) == (tries, kit.NOON, None)
        clock.advance(seconds=7)
    assert row["next_at"] == kit.NOON + timedelta(seconds=14)
    ring.do()
    assert waits(engine) == []
    ring.do()


def test_what_can_not_be_noted_is_only_missing(engine: CaseEngine, tmp_path: Path) -> None:
    nowhere = make_engine(make_url(f"postgresql+psycopg://postgres@/none?host={tmp_path}"))
    failed = service_outages.Failed("k", "p", "c", kit.NOON, kit.NOON)
    service_outages.note(nowhere, failed)
    service_outages.clear(nowhere, "k")
    assert waits(engine) == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CourierAway(), "courier_away"), (OSError(), "OSError"), (Busy(trigger="x"), "busy"),
        (DatabaseUnavailable("away", where="x"), "database_unavailable"),
    ],
)  # fmt: skip
def test_an_error_is_kept_by_its_kind(error: Exception, code: str) -> None:
    assert service_outages.why(error) == code


def test_the_clocks_of_one_machine_do_not_differ(engine: CaseEngine) -> None:
    assert abs(clock_difference.difference(engine.database)) < clock_difference.TOLERATED
    with capture_logs() as logs:
        assert clock_difference.ahead(engine.database) == timedelta(0)
    assert logs == []


@pytest.mark.parametrize(
    ("found", "moved"), [(timedelta(days=1), 0), (timedelta(hours=-1), 1), (timedelta(0), 1)]
)
def test_a_clock_that_is_ahead_moves_nothing_before_its_time(
    engine: CaseEngine,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    found: timedelta,
    moved: int,
) -> None:
    kit.matter(engine)
    clock.advance(days=30)
    monkeypatch.setattr(clock_difference, "difference", lambda _: found)
    with capture_logs() as logs:
        assert worker._sweep(engine) == moved  # noqa: SLF001 - what the ring calls
    told = [log["seconds"] for log in logs if log["event"] == "clock_differs"]
    assert told == ([found.total_seconds()] if found else [])


@pytest.mark.parametrize("off", [timedelta(days=1), timedelta(hours=-1)])
def test_a_postponed_effect_is_due_by_the_clock_of_the_database(
    engine: CaseEngine, off: timedelta
) -> None:
    def post(_: EffectContext) -> EffectOutcome:
        raise CourierAway

    kit.desk_of(engine).post = post
    case_id = kit.approvable(engine)
    engine.fire(case_id, "approve", kit.AYSE)
    engine.fire(case_id, "send", kit.AYSE)
    with time_machine.travel(SystemClock().now() + off), capture_logs() as logs:
        assert abs(clock_difference.difference(engine.database) - off) < clock_difference.TOLERATED
        work(engine, HURRY, until_idle=True)
    assert "clock_differs" in [log["event"] for log in logs]
    (row,) = kit.query(
        engine,
        "SELECT scheduled_at - now() AS waits FROM procrastinate_jobs"
        " WHERE scheduled_at IS NOT NULL",
    )
    assert abs(row["waits"]) < timedelta(minutes=5)
