"""Tests that a wave is carried by real workers, and that its figures are what they are called."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from tests.web.bench.lint_wave import lint
from web.bench import command as bench_module
from web.bench.kit.far import alone
from web.bench.kit.table import ABOVE, BELOW, Figure
from web.bench.rows.cards import measure
from web.bench.wave import machine, need, rows, workers
from web.bench.wave import witness as witness_module
from web.bench.wave.ground import WaveGround, wave_ground
from web.bench.wave.need import Need
from web.bench.wave.witness import Witnessed, witness_of
from web.bench.wave.workers import ALONE, Carried, Crew, Onlookers, carry
from workflow.journal.verification import verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from states.postgres.server import EmbeddedServer
    from tests.kit.postgres import Database


@pytest.fixture
def ground(server: EmbeddedServer, tmp_path: Path) -> Iterator[WaveGround]:
    """Give the template of an office."""
    with wave_ground(server.url("postgres"), tmp_path) as made:
        yield made


def test_workers_carry_held_renewals_to_the_courier_before_a_witness(
    ground: WaveGround, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(workers, "TOLD", 0.1)
    with ground.office(3) as office, witness_of(office, tmp_path / "seen") as witness:
        carried = carry(office, 1, Onlookers(told.append, witness.look, witness.end))
        engine = office.composition.engine
        with engine.database.connect() as connection:
            states = connection.execute(text("SELECT state FROM application")).scalars()
            assert sorted(states) == ["couriered", "couriered", "recalled"]
            cards = connection.execute(text("SELECT state FROM chip_card")).scalars()
            assert "in_stock" not in cards
            kinds = "SELECT kind, count(*) AS made FROM document WHERE case_id > 0 GROUP BY kind"
            papers = {row.kind: row.made for row in connection.execute(text(kinds))}
            assert papers == {"hand_over": 3}
            notices = "SELECT count(*) FROM notice WHERE template = 'couriered'"
            assert connection.execute(text(notices)).scalar_one() == 3
        outcome = verify(engine.database, engine.library)
        assert (outcome.ok, outcome.cases) == (True, 6 * 3 + 1)
    assert told[0] == "queued 3 after 0 s"
    assert (witness.seen.refused, lint(tmp_path / "seen")) == ([], [])
    assert witness.seen.accepted == witness.seen.asked >= 10
    assert 0 < witness.seen.seconds < 60
    assert carried.cases == 3
    assert carried.cpu > 0.5
    assert carried.wall > 0
    assert carried.first > 0
    assert 50 < carried.peak_mb < 1_000
    assert carried.bytes > 0
    assert 0 < carried.server < carried.cpu
    assert not office.folder.exists()


def test_a_server_on_another_machine_takes_no_cpu_of_this_one(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert machine.cores() == len(os.sched_getaffinity(0))
    assert machine.server_cpu(database.owner) > 0
    monkeypatch.setattr(machine, "PROCESSES", tmp_path)
    (tmp_path / "7").mkdir()
    assert machine.server_cpu(database.owner) == 0


def test_cases_that_are_not_released_stop_the_measurement(ground: WaveGround) -> None:
    with ground.office(2) as office:
        office.release()
        with pytest.raises(RuntimeError, match="released 0 of 2 cases"):
            office.release()


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; sys.exit('no token')", "a worker has ended: no token"),
        ("import time; time.sleep(600)", "nothing moves any more, 2 things are left"),
    ],
)
def test_workers_that_end_or_do_nothing_are_told(
    ground: WaveGround, monkeypatch: pytest.MonkeyPatch, program: str, said: str
) -> None:
    monkeypatch.setattr(workers, "worker_command", lambda: [sys.executable, "-c", program])
    monkeypatch.setattr(workers, "PATIENCE", 0.5)
    with ground.office(2) as office:
        crew = Crew(office)
        with pytest.raises(RuntimeError, match=said), crew.working(2):
            crew.wait(ALONE)
        assert crew.cpu > 0


def test_a_run_that_takes_too_long_is_given_up(
    ground: WaveGround, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = [sys.executable, "-c", "import time; time.sleep(600)"]
    monkeypatch.setattr(workers, "worker_command", lambda: waits)
    monkeypatch.setattr(workers, "BOUND", -10.0)
    with ground.office(2) as office:
        crew = Crew(office)
        with pytest.raises(RuntimeError, match="it takes too long, 2 things"), crew.working(1):
            crew.wait(ALONE)


def test_a_revocation_that_is_never_seen_is_told_by_its_bound(
    ground: WaveGround, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_module, "BOUND", 0.1)
    with ground.office(1) as office, witness_of(office, tmp_path / "seen") as witness:
        monkeypatch.setattr(witness, "_is_seen", lambda _: False)
        carry(office, 1, Onlookers(look=witness.look, end=witness.end))
    assert witness.seen.seconds >= 120


def test_the_need_is_measured_by_itself() -> None:
    needed, _ = alone(partial(need.measure, 2))
    assert 0.001 < needed.certificate < 5
    assert 0.001 < needed.form < 5
    assert needed.whole == needed.certificate + needed.form


@pytest.mark.parametrize(
    ("server", "allowed"), [(5.0, 240), (35.0, 200)], ids=["twice as many", "the cores"]
)
def test_the_figures_of_a_wave(
    monkeypatch: pytest.MonkeyPatch, server: float, allowed: float
) -> None:
    runs = {
        (4, 1): Carried(4, cpu=3.0, wall=2.0, first=2.0, peak_mb=100, bytes=400_000),
        (100, 1): Carried(
            100, cpu=27.0, wall=50.0, first=2.0, peak_mb=100, bytes=1_000_000, server=server
        ),
        (100, 2): Carried(100, cpu=29.0, wall=25.0, first=2.0, peak_mb=100, bytes=1, processes=2),
        (204, 2): Carried(
            204, cpu=64.8, wall=90.0, first=4.5, peak_mb=300, bytes=10_200_000, processes=2
        ),
    }
    card = Figure("card", 3, 4, "1/s", 0.5, 0.75, ABOVE)
    monkeypatch.setattr(
        rows, "alone", lambda work: (card if work is measure else Need(0.1, 0.1), 1.0)
    )
    monkeypatch.setattr(rows, "cores", lambda: 2)
    monkeypatch.setattr(
        rows, "_run", lambda _ground, cases, _tell, processes=1: runs[cases, processes]
    )
    seen = Witnessed(22, 21, 4.5, ["during.crl: error"])
    monkeypatch.setattr(rows, "_watched", lambda _ground, cases, *_: (runs[cases, 2], seen))
    told: list[str] = []
    nothing = Path()
    found = list(rows.rows(None, 204, nothing, told.append))  # type: ignore[arg-type]  # nothing is run
    assert [(row.name, row.ours, row.bare, row.hold, row.aim, row.better) for row in found] == [
        ("card", 3, 4, 0.5, 0.75, ABOVE),
        ("CPU of a case at 204 against at 100, two workers", 300, 250, 1.2, 1.05, BELOW),
        ("cases a minute, two workers against one", 240, 120, 1.7, 1.9, ABOVE),
        (
            "cases a minute, two workers against what the cores allow them",
            240, pytest.approx(allowed), 0.85, 0.95, ABOVE,
        ),
        ("CPU of a case against its bare key, signature and form", 300, 200, 2, 1.4, BELOW),
        ("database a case", 50, 1, 60, 40, BELOW),
        ("worker's peak memory", 300, 1, 400, 250, BELOW),
        ("release to the first card with the courier", 4.5, 1, 10, 3, BELOW),
        (
            "list, answers and certificates that openssl accepts, in and after the wave",
            21, 22, 1, 1, ABOVE,
        ),
        ("a revocation in the wave is seen in list and answer", 4.5, 1, 60, 5, BELOW),
    ]  # fmt: skip
    assert [row.name for row in found if not row.holds] == [found[-2].name]
    assert told[-1] == "openssl refuses during.crl: error"


def test_the_small_wave_is_a_hundredth_and_says_with_how_many_workers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Ground:
        """Gives offices that are only counted."""

        def office(self, cases: int) -> Self:
            self.cases = cases
            return self

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            return None

    carried: list[tuple[int, int]] = []

    def count(office: Ground, processes: int, _onlookers: object) -> Carried:
        carried.append((office.cases, processes))
        return Carried(office.cases, office.cases, 1, 1, 1, 1)

    class Watched:
        """Sees nothing; it is given where a witness would be."""

        look, end, seen = int, str, Witnessed(1, 1, 1)

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            return None

    card = Figure("card", 3, 4, "1/s", 0.5, 0.75, ABOVE)
    monkeypatch.setattr(
        rows, "alone", lambda work: (card if work is measure else Need(0.1, 0.1), 1.0)
    )
    monkeypatch.setattr(rows, "carry", count)
    monkeypatch.setattr(rows, "witness_of", lambda *_: Watched())
    told: list[str] = []
    list(rows.rows(Ground(), 20_000, Path(), told.append))  # type: ignore[arg-type]  # stands for one
    assert carried == [(4, 1), (200, 1), (200, 2), (20_000, 2)]
    assert told[:2] == ["making cards", "setting and sealing forms, making keys"]
    assert told[-2:] == [
        "carrying 200 cases with 2 workers", "carrying 20,000 cases with 2 workers",
    ]  # fmt: skip


def test_the_command_measures_a_wave(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def measured(ground: WaveGround, cases: int, kept: Path, _tell: object) -> list[object]:
        assert (ground.folder / "tokens").is_dir()
        assert kept == tmp_path / "bench" / "wave"
        asked.append(cases)
        return []

    monkeypatch.setattr(rows, "rows", measured)
    runner = CliRunner(env={**database.environment, "NES_VAR": str(tmp_path)})
    done = runner.invoke(bench_module.bench, ["--wave", "60"])
    assert done.exit_code == 0, done.output
    assert asked == [60]
    refused = runner.invoke(bench_module.bench, ["--wave", "39"])
    assert refused.exit_code == 2
