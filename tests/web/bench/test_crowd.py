"""Tests that the crowd of the benchmark is an office like any other, and its pages are read."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url, text

from states.people.tckn import parse
from states.postgres.database import database_url
from web.bench.kit.crowd import crowded, gone, tracking_number_of
from web.bench.kit.far import alone
from web.bench.kit.reader import Reader
from web.bench.kit.ways import WAYS, WHOLE, steps
from web.bench.rows import export as export_rows
from web.bench.rows import pages as page_rows
from web.bench.rows import serving as serving_rows
from web.demo.wave.invented import name_of, serial_of, tckn_of
from web.gate.limits import limiter
from web.site.app import create_app
from workflow.journal.verification import verify
from workflow.model.machine import NEW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from states.postgres.server import EmbeddedServer
    from web.gate.composition import Composition

CASES = 1_000


@pytest.fixture
def crowd(server: EmbeddedServer, tmp_path: Path) -> Iterator[Composition]:
    """Give an office with a thousand cases."""
    with crowded(server.url("postgres"), CASES, tmp_path) as composition:
        yield composition


def test_every_step_of_a_way_is_a_legal_move(crowd: Composition) -> None:
    definition = crowd.library.workflow("application")
    assert sum(way.share for way in WAYS) == WHOLE
    state = NEW
    for step in steps(definition):
        move = definition.transitions[step.trigger]
        assert (NEW if step.n == 1 else state) in move.source
        state = step.state
    entries = sum(way.share * len(way.triggers) for way in WAYS) / WHOLE
    assert 4.9 < entries < 5.3


def test_a_crowd_verifies_and_one_case_in_ten_is_open(crowd: Composition) -> None:
    outcome = verify(crowd.database, crowd.library)
    assert outcome.ok, outcome.problems
    final = [s.name for s in crowd.library.workflow("application").states.values() if s.final]
    with crowd.database.connect() as connection:
        count = "SELECT count(*) FROM application WHERE state <> ALL (:final)"
        assert connection.execute(text(count), {"final": final}).scalar_one() == CASES // 10
        person = "SELECT given_name, surname FROM person WHERE id = 7"
        assert tuple(connection.execute(text(person)).one()) == name_of(7)
    assert parse(tckn_of(7)) == tckn_of(7)


@pytest.mark.parametrize("number", [1, 500, 1_000])
def test_what_is_searched_for_is_there(crowd: Composition, number: int) -> None:
    reader = Reader(create_app(crowd), page_rows.OFFICER)
    serial, tracking = serial_of(gone(number, "hold")), tracking_number_of(gone(number, "deliver"))
    for asked in (serial, tracking, tckn_of(number)):
        found = reader.post("/ara", {"q": asked})
        assert found.request.path.startswith("/is/") or "B000" in found.text
        assert "bulunamadı" not in found.text
    assert gone(1_001, "hold") > CASES


def test_work_in_a_process_of_its_own_says_what_memory_it_held() -> None:
    answer, megabytes = alone(partial(os.path.basename, "/a/b"))
    assert answer == "b"
    assert megabytes > 5
    with pytest.raises(ZeroDivisionError):
        alone(partial(divmod, 1, 0))


def test_a_page_that_does_not_come_stops_the_measurement(crowd: Composition) -> None:
    reader = Reader(create_app(crowd), page_rows.OFFICER)
    assert reader.timed("/is-listem") > 0
    with pytest.raises(RuntimeError, match="/yok: 404"):
        reader.get("/yok")


def test_an_export_is_measured_in_every_format(crowd: Composition) -> None:
    since = crowd.clock.now().replace(year=2000)
    found = list(export_rows.rows(database_url(crowd.settings), since, lambda _: None))
    assert [row.unit for row in found] == ["rows/s", "rows/s", "MB"] * (len(found) // 3)
    assert all(row.ours > 0 for row in found)
    assert "export of 5,3" in found[0].name
    assert found[-1].holds


def test_every_page_is_opened_over_both_offices(
    crowd: Composition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_rows, "ROUNDS", 2)
    monkeypatch.setattr(page_rows, "WARM_UP", 1)
    told: list[str] = []
    found = list(page_rows.measure((crowd, 10), (crowd, CASES), told.append))
    assert len(found) == 2 * len(page_rows.VISITS) == 2 * len(told)
    assert limiter.enabled
    assert all(row.ours > 0 and row.bare > 0 for row in found)


def test_the_served_case_page_is_measured_beside_a_bare_view(
    crowd: Composition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving_rows, "SECONDS", 0.5)
    url = database_url(crowd.settings)
    (found,) = serving_rows.rows(url, tmp_path, "/is/B000000500", lambda _: None)
    assert found.bare > found.ours > 0


def test_a_server_that_does_not_come_up_stops_the_measurement(tmp_path: Path) -> None:
    url = make_url("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(RuntimeError, match="did not come up"):
        list(serving_rows.rows(url, tmp_path, "/is/B000000500", lambda _: None))
