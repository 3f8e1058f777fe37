"""Tests that the benchmark does real work on both sides and says which rows do not hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from states.postgres.database import conninfo
from web.bench import command as bench_module
from web.bench.kit.bare import LEAN, LeanScript
from web.bench.kit.ground import Ground, filled, office_on, run_as_owner
from web.bench.kit.table import ABOVE, BELOW, Figure
from web.bench.rows import cards as card_rows
from web.bench.rows import export as export_rows
from web.bench.rows import judging as judging_rows
from web.bench.rows import lean as lean_rows
from web.bench.rows import moves, sweeps
from web.bench.rows import pages as page_rows
from web.bench.rows import proof as proof_rows
from web.bench.rows import serving as serving_rows
from web.bench.rows import signing as signing_rows
from workflow.journal.verification import verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL

    from states.postgres.server import EmbeddedServer
    from tests.kit.postgres import Database


@pytest.fixture
def ground(server: EmbeddedServer) -> Iterator[Ground]:
    """Give a small ground."""
    with filled(server.url("postgres"), 400) as small:
        yield small


def test_single_moves_are_journaled_and_queued_on_both_sides(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moves, "PER_ROUND", 20)
    with ground.copy() as url, office_on(url) as office:
        times = moves.measure(office, url, rounds=2)
        assert min(times.hooked, times.pure, times.bare) > 0
        with office.database.connect() as connection:
            by_trigger = "SELECT trigger, count(*) AS cases FROM journal GROUP BY trigger"
            counts = {row.trigger: row.cases for row in connection.execute(text(by_trigger))}
            jobs = connection.execute(
                text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")
            ).scalar_one()
    ours, theirs = 50 + 2 * 20, 50 + 2 * 20
    assert counts == {"file": 400, "take_up": ours + theirs, "put_off": ours}
    assert jobs == 2 * ours + theirs


def test_the_lean_side_moves_the_same_cases_and_writes_less(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moves, "PER_ROUND", 100)
    ours, lean = lean_rows.measure(ground, rounds=2)
    assert min(ours.moves, lean.moves) > 0
    assert ours.written > lean.written > 500
    with ground.copy() as url, office_on(url) as office:
        run_as_owner(url, *((part, {}) for part in LEAN))
        entry = sweeps.released(office)
        script = LeanScript(url, entry.pieces())
        script.move(7, entry.at)
        with pytest.raises(RuntimeError, match="did not move 7"):
            script.move(7, entry.at)
        script.close()
        assert sweeps.move_copy(url, 399, lean=True) > 0
        with psycopg.connect(conninfo(url)) as connection:
            query = "SELECT count(*), count(DISTINCT case_id) FROM lean_journal"
            assert connection.execute(query).fetchone() == (800, 400)
            chained = (
                "SELECT bool_and(head = hash AND state = 'queued') FROM lean_case c"
                " JOIN lean_journal j ON j.case_id = c.id AND j.n = 2"
            )
            assert connection.execute(chained).fetchone() == (True,)


def test_a_swept_copy_verifies_and_both_sides_write_one_entry_a_case(ground: Ground) -> None:
    with ground.copy() as url, office_on(url) as office:
        assert sweeps.sweep_copy(url, 400) > 0
        outcome = verify(office.database, office.library)
        assert (outcome.ok, outcome.cases, outcome.entries) == (True, 400, 800)
    with ground.copy() as url:
        assert sweeps.move_copy(url, 400) > 0
        with psycopg.connect(conninfo(url)) as connection:
            query = "SELECT count(*), count(DISTINCT case_id) FROM journal WHERE length(hash) = 32"
            assert connection.execute(query).fetchone() == (800, 400)


def test_a_side_that_moves_less_than_it_should_stops_the_measurement(ground: Ground) -> None:
    with ground.copy() as url:
        with pytest.raises(RuntimeError, match="moved 400 of 401"):
            sweeps.sweep_copy(url, 401)
        with pytest.raises(RuntimeError, match="moved 0 of 400"):
            sweeps.move_copy(url, 400)


def test_little_due_among_much_moves_only_what_is_due(ground: Ground) -> None:
    assert sweeps.measure_few(ground, 7) > 0


@pytest.mark.parametrize(
    ("ours", "bare", "better", "holds"),
    [
        (50, 100, BELOW, True),
        (51, 100, BELOW, False),
        (50, 100, ABOVE, True),
        (49, 100, ABOVE, False),
    ],
)
def test_a_row_holds_on_the_right_side_of_its_bound(
    ours: float, bare: float, better: str, *, holds: bool
) -> None:
    figure = Figure("row", ours, bare, "µs", 0.5, 0.4, better)
    assert figure.holds is holds
    assert figure.as_json() == {
        "name": "row", "ours": ours, "bare": bare, "unit": "µs", "ratio": ours / bare,
        "hold": f"{better} 0.5", "aim": f"{better} 0.4",
    }  # fmt: skip


def figures(*, slow: bool) -> list[Figure]:
    return [
        Figure("fast enough", 1, 2, "µs", 0.75, 0.4, BELOW),
        Figure("the other", 3 if slow else 1, 2, "µs", 1.1, 0.9, BELOW),
    ]


@pytest.mark.parametrize("slow", [False, True])
def test_the_command_prints_its_rows_and_fails_when_one_does_not_hold(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, slow: bool
) -> None:
    monkeypatch.setattr(bench_module, "measure_all", lambda *_: figures(slow=slow))
    environment = {**database.environment, "NES_VAR": str(tmp_path)}
    runner = CliRunner(env=environment)
    as_json = runner.invoke(bench_module.bench, ["--json"])
    rows, _ = json.JSONDecoder().raw_decode(as_json.stdout)
    assert [row["name"] for row in rows] == ["fast enough", "the other"]
    assert rows[0]["ratio"] == 0.5
    table = runner.invoke(bench_module.bench, [])
    assert "fast enough" in table.stdout
    assert table.exit_code == as_json.exit_code == int(slow)
    assert ("do not hold: the other" in table.output) is slow


def test_the_whole_measurement_runs_in_small(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moves, "PER_ROUND", 10)
    monkeypatch.setattr(sweeps, "ROUNDS", 1)
    monkeypatch.setattr(bench_module, "FEW", 20)
    monkeypatch.setattr(card_rows, "rows", lambda _tell: [])
    monkeypatch.setattr(signing_rows, "rows", lambda _tell: [])
    monkeypatch.setattr(judging_rows, "rows", lambda _tell: [])
    told: list[str] = []
    rows = list(bench_module.measure_all(server.url("postgres"), 500, told.append))
    assert [row.hold for row in rows] == [1.1, 0.75, 0.5, 300, 0.5, 1_400, 2, 0.6, 2]
    assert all(row.ours > 0 and row.bare > 0 for row in rows)
    assert told[0] == "filling a database with 500 cases"


def test_the_measurement_of_the_web_asks_a_small_and_a_large_office(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, object]] = []

    def pages(small: tuple[object, int], large: tuple[object, int], _tell: object) -> list[Figure]:
        asked.append(("pages", (small[1], large[1])))
        return figures(slow=False)

    def served(url: URL, _folder: Path, page: str, _tell: object) -> list[Figure]:
        asked.append(("served", (str(url.database)[:9], page)))
        return []

    monkeypatch.setattr(bench_module, "FEW", 1_000)
    monkeypatch.setattr(page_rows, "measure", pages)
    monkeypatch.setattr(export_rows, "rows", lambda *_: [])
    monkeypatch.setattr(serving_rows, "rows", served)
    told: list[str] = []
    rows = list(bench_module.measure_web(server.url("postgres"), 1_000, told.append))
    assert [row.name for row in rows] == ["fast enough", "the other"]
    assert asked == [("pages", (1_000, 1_000)), ("served", ("nes_crowd", "/is/B000000500"))]
    assert told == ["filling an office with 1,000 cases, and one with 1,000"]


def test_a_proof_is_measured_beside_a_plain_read(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof_rows, "TURNS", 1)
    monkeypatch.setattr(proof_rows, "DOCUMENTS", 20)
    told: list[str] = []
    rows = list(bench_module.measure_proof(server.url("postgres"), 1_000, told.append))
    assert [row.unit for row in rows] == ["µs", "µs", "ms"]
    assert all(row.ours > 0 and row.bare > 0 for row in rows)
    assert told[0] == "filling an office with 1,000 cases"
    assert told[-1] == "hashing 1 MB of documents"


@pytest.mark.parametrize(
    ("asked", "measure"),
    [([], "measure_all"), (["--web"], "measure_web"), (["--proof"], "measure_proof")],
)
def test_the_command_measures_what_it_is_asked_for_with_cases_enough(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    asked: list[str], measure: str,
) -> None:  # fmt: skip
    sizes: list[int] = []

    def measured(_server: URL, cases: int, _tell: object) -> list[Figure]:
        sizes.append(cases)
        return figures(slow=False)

    monkeypatch.setattr(bench_module, measure, measured)
    runner = CliRunner(env={**database.environment, "NES_VAR": str(tmp_path)})
    assert runner.invoke(bench_module.bench, asked).exit_code == 0
    assert runner.invoke(bench_module.bench, [*asked, "--cases", "20000"]).exit_code == 0
    assert sizes == [10_000 if asked == ["--proof"] else 100_000, 20_000]
