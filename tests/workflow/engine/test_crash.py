"""The tests of crowds and crashes: one wins, nothing is lost, nothing happens twice."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import ROOT
from tests.kit.workflow import crash
from tests.kit.workflow import process as kit
from workflow.journal.verification import verify
from workflow.model import refusal as r

if TYPE_CHECKING:
    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine

pytestmark = pytest.mark.no_cover


def test_of_32_who_fire_at_10_cases_one_wins_each_version_and_the_journal_is_gap_free(
    engine: CaseEngine,
) -> None:
    cases = [kit.filed(engine) for _ in range(10)]
    start = Barrier(32)

    def fire(number: int) -> list[tuple[int, int]]:
        won = []
        start.wait()
        for version in (2, 3):
            for case_id in cases:
                trigger = "note" if (number + version) % 2 else "note_heard"
                try:
                    moved = engine.fire(
                        case_id, trigger, kit.AYSE, seen_version=version, reason=f"{number}"
                    )
                except r.StaleVersion:
                    continue
                won.append((case_id, moved.version - 1))
        return won

    with ThreadPoolExecutor(32) as crowd:
        wins = Counter(win for won in crowd.map(fire, range(32)) for win in won)
    assert wins == {(case_id, version): 1 for case_id in cases for version in (2, 3)}
    outcome = verify(engine.database, engine.library)
    assert (outcome.ok, outcome.cases, outcome.entries) == (True, 10, 40)
    assert len(kit.refused(engine)) == 32 * 20 - 20


WAYS = [
    ["file", "submit_heard", "note_heard", "approve_heard", "pass", "send", "arrive"],
    ["file", "submit_heard", "note_heard", "approve_heard", "hold", "release", "send", "arrive"],
]


@pytest.mark.parametrize(("kills", "way"), [(100, "hands"), (12, "worker")])
def test_workers_that_are_killed_anywhere_lose_nothing_and_do_nothing_twice(
    engine: CaseEngine, database: Database, kills: int, way: str
) -> None:
    address = database.url.render_as_string(hide_password=False)
    program = [sys.executable, "-m", "tests.kit.workflow.crash", address, str(kills), way]
    ran = subprocess.run(
        program, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    assert sum(told["died"].values()) == kills
    where = {point for point, times in told["died"].items() if times}
    assert where >= (set(crash.POINTS) if way == "hands" else {"before_effect", "after_effect"})
    assert verify(engine.database, engine.library).problems == []
    cases = kit.query(engine, "SELECT id, state, version FROM application")
    assert len(cases) > kills
    ways: Counter[str] = Counter()
    for case in cases:
        entries = kit.entries(engine, case["id"])
        taken = [entry["trigger"] for entry in entries]
        assert taken in WAYS, taken
        ways[taken[4]] += 1
        assert (case["state"], case["version"]) == ("delivered", len(taken))
        permits = sum(1 for entry in entries if '"seen":true' in entry["body"])
        assert permits == 1
    assert min(ways.values()) > kills // 5
    opened = kit.query(engine, "SELECT person_id, count(*) AS n FROM consent GROUP BY person_id")
    assert {row["n"] for row in opened} == {1}
    assert len(opened) == len(cases)
    jobs = kit.jobs(engine)
    assert {job["status"] for job in jobs} == {"succeeded"}
    assert len({job["queueing_lock"] for job in jobs}) == len(jobs) == 2 * len(cases)
    runs = kit.query(engine, "SELECT count(*) AS n FROM sweep_run WHERE finished_at IS NULL")
    assert runs == [{"n": 0}]
