"""Tests that a wave comes into a running demonstration only, whole, and conforms as it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from handlers.people.register import enter_user
from states.cases.application import Application
from states.people.person import Person
from states.people.tckn import masked
from web.demo.command import demo
from web.demo.seed import LAST
from web.demo.wave.held import NUMBERS
from web.demo.wave.invented import name_of, tckn_of
from web.demo.wave.release import settings_of_demo
from web.gate.composition import compose
from web.gate.failure import CommandFailure
from workflow.journal.conformance import conform
from workflow.journal.verification import verify
from workflow.model.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from states.kit.settings import Settings
    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database

    Called = Callable[..., Result]


@pytest.fixture
def call(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Called:
    """Give the calling of ``nes demo wave`` on the office of the test."""
    known = {
        **database.environment,
        "NES_VAR": str(settings.var),
        "NES_PERSONAL_KEY": (b"s" * 32).hex(),
        "NES_LOOKUP_KEY": (b"l" * 32).hex(),
    }
    for key, value in known.items():
        monkeypatch.setenv(key, value)
    return lambda *words: CliRunner().invoke(demo, ["wave", *words])


def opened(world: World) -> None:
    """Have the demonstration stand whole, with a worker at work."""
    with world.engine.database.begin() as connection:
        enter_user(
            connection, "Yaprak Yönetici", ["administrator"], world.clock.now(), subject=LAST
        )
    world.write(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (:now)", now=SystemClock().now()
    )


def said(result: Result) -> str:
    """Return the sentence that a command ended with."""
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 1
    return result.output


@pytest.mark.parametrize(("options", "state_due"), [((), "past"), (("--rest",), "future")])
def test_a_wave_is_entered_held_and_released_as_of_this_day(
    world: World, call: Called, options: tuple[str, ...], state_due: str
) -> None:
    opened(world)
    result = call("3", *options)
    assert result.exit_code == 0, result.output
    cases = world.all(Application)
    assert [case.state for case in cases] == ["queued"] * 3
    first, last = cases[0].reference, cases[-1].reference
    assert f"3 held renewals were entered ({first} to {last}); 3 are released" in result.output
    assert "the page /ofis/uretim of the running site" in result.output
    now = SystemClock().now()
    assert {("future" if case.due_at > now else "past") for case in cases} == {state_due}
    person = world.read(Person, cases[0].person_id)
    number = NUMBERS + person.id
    assert (person.given_name, person.surname) == name_of(number)
    assert world.services.vault.open(person.tckn_sealed, "tckn") == tckn_of(number)
    assert person.tckn_masked == masked(tckn_of(number))


def test_a_wave_conforms_and_a_second_one_comes_beside_it(
    world: World, call: Called, settings: Settings
) -> None:
    opened(world)
    assert [call("2").exit_code, call("2").exit_code] == [0, 0]
    assert len({case.person_id for case in world.all(Application)}) == 4
    office = compose(settings, application="nes test")
    try:
        assert verify(office.database, office.library).ok
        found = conform(office.database, office.library)
    finally:
        office.database.dispose()
    assert [one.reason for one in found.differences] == []


@pytest.mark.parametrize("cases", ["0", "5001", "many", "-1"])
def test_a_number_that_is_no_wave_is_refused(world: World, call: Called, cases: str) -> None:
    opened(world)
    assert call(cases).exit_code == 2
    assert world.all(Application) == []


def test_an_office_that_is_not_filled_or_without_a_worker_gets_a_sentence(
    world: World, call: Called
) -> None:
    assert "The demonstration is not filled yet. Start it with `make run`" in said(call("1"))
    opened(world)
    world.write("UPDATE procrastinate_workers SET last_heartbeat = '2020-01-01'")
    assert "No worker of the demonstration is at work. Start it" in said(call("1"))
    assert world.all(Application) == []


def test_a_real_office_and_an_empty_folder_get_no_invented_people(tmp_path: Path) -> None:
    here = {"NES_VAR": str(tmp_path / "none")}
    with pytest.raises(CommandFailure, match="a real office gets no invented people"):
        settings_of_demo(here)
    with pytest.raises(CommandFailure, match="holds no demonstration yet"):
        settings_of_demo({**here, "NES_DEMO": "1"})
    with pytest.raises(CommandFailure, match="a real office gets no invented people"):
        settings_of_demo({**here, "NES_DATABASE_URL": "postgresql://h/d"})
    assert not (tmp_path / "none").exists()
    (tmp_path / "none" / "keys").mkdir(parents=True)
    assert settings_of_demo({**here, "NES_DEMO": "1"}).demo
