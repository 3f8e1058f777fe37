"""The tests of the small parts: verdicts, actors, clocks, registry, machine, definitions."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
import time_machine
from transitions import MachineError

from tests.kit.workflow import process as kit
from workflow.model.actor import system
from workflow.model.clock import FixedClock, SystemClock, day_in_istanbul, start_of_day
from workflow.model.machine import NEW, drive, machine_of, sources_of, triggers_from
from workflow.model.registry import Handler, Registry, action, check, effect, outline
from workflow.model.request import Tally
from workflow.model.verdict import ALLOW, Answer, Verdict, deny, error

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.workflow.process import Context, EffectContext
    from workflow.model.context import EffectOutcome


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_verdict_allows_only_when_it_says_so() -> None:
    assert ALLOW.allows
    assert not deny("a.b").allows
    assert not error("a.b").allows
    assert deny("a.b", day=3) == Verdict(Answer.DENY, "a.b", {"day": 3})
    assert error("a.b", day=3) == Verdict(Answer.ERROR, "a.b", {"day": 3})
    assert (ALLOW.code, dict(ALLOW.params)) == ("", {})


def test_the_system_acts_by_its_parts_and_is_nobody() -> None:
    actor = system("sweep")
    assert (actor.name, actor.roles, actor.auth, actor.person_id) == (
        "system:sweep", frozenset({"system"}), "internal", None,
    )  # fmt: skip


def test_a_day_in_istanbul_begins_at_nine_in_the_evening_of_utc() -> None:
    assert day_in_istanbul(moment("2026-03-01T20:59:59.999999+00:00")) == date(2026, 3, 1)
    assert day_in_istanbul(moment("2026-03-01T21:00:00+00:00")) == date(2026, 3, 2)
    assert day_in_istanbul(moment("2026-03-02T04:00:00+09:00")) == date(2026, 3, 1)
    assert start_of_day(date(2026, 3, 2)) == moment("2026-03-01T21:00:00+00:00")
    assert start_of_day(date(2026, 3, 2)).tzinfo is UTC


def test_the_days_of_years_with_summer_time_began_an_hour_later() -> None:
    assert start_of_day(date(2015, 1, 10)) == moment("2015-01-09T22:00:00+00:00")
    assert start_of_day(date(2015, 7, 10)) == moment("2015-07-09T21:00:00+00:00")


def test_a_fixed_clock_moves_only_when_it_is_moved() -> None:
    clock = FixedClock(kit.NOON)
    assert clock.now() == clock.now() == kit.NOON
    clock.advance(days=1, seconds=0.5)
    assert clock.now() == kit.NOON + timedelta(days=1, milliseconds=500)
    clock.set(kit.NOON)
    assert clock.now() == kit.NOON


def test_the_computers_clock_tells_aware_utc() -> None:
    with time_machine.travel(kit.NOON, tick=False):
        assert SystemClock().now() == kit.NOON
        assert SystemClock().now().tzinfo is UTC


def module() -> ModuleType:
    """Return a module of marked functions, as the handlers' modules are."""
    made = ModuleType("house.letters")

    @check
    def fine(_: Context) -> Verdict:
        return ALLOW

    @action
    def write(_: Context) -> None:
        return None

    @effect("arrive", when_refused=("bounce", "arrive"))
    def send(_: EffectContext) -> EffectOutcome | None:
        return None

    def unmarked() -> None:
        return None

    for function in (fine, write, send, unmarked):
        function.__module__ = made.__name__
        setattr(made, function.__name__, function)

    @check
    def borrowed(_: Context) -> Verdict:
        return ALLOW

    made.borrowed = borrowed  # type: ignore[attr-defined]  # from another module
    made.number = 3  # type: ignore[attr-defined]  # no function
    return made


def test_the_marked_functions_of_a_module_are_its_handlers() -> None:
    registry = Registry.of_modules([module()])
    assert list(registry) == ["letters.fine", "letters.write", "letters.send"]
    found = [registry[name] for name in registry]
    assert [(handler.sort, handler.outcomes) for handler in found] == [
        ("check", ()), ("do", ()), ("effects", ("arrive", "bounce")),
    ]  # fmt: skip
    assert found[0].function(None) is ALLOW
    assert found[1].function(None) is found[2].function(None) is None
    assert "letters.fine" in registry
    assert "letters.borrowed" not in registry
    assert 3 not in registry
    with pytest.raises(KeyError):
        registry["letters.unmarked"]


WRITTEN = """
from functools import cache

from workflow.model.registry import action, check, effect
from workflow.model.verdict import ALLOW

@check
def fine(context):
    return ALLOW

@action
def write(context):
    context.append("written")

@effect("arrive", "bounce", when_refused=("lost",))
def send(context):
    return context

@cache
def helper(context):
    return context

def unmarked(context):
    return context
"""


def test_the_handlers_of_a_module_are_read_from_its_source_and_imported_when_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "written_letters.py").write_text(WRITTEN, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    read = Registry.of_modules([outline("written_letters")])
    assert "written_letters" not in sys.modules
    imported = Registry.of_modules([import_module("written_letters")])
    monkeypatch.delitem(sys.modules, "written_letters")
    assert [replace(read[name], function=print) for name in read] == [
        replace(imported[name], function=print) for name in imported
    ]
    assert read["written_letters.send"].when_refused == ("lost",)
    assert list(read) == [f"written_letters.{name}" for name in ("fine", "write", "send")]
    seen: list[str] = []
    read["written_letters.write"].function(seen)
    assert seen == ["written"]
    assert read["written_letters.fine"].function(None) is ALLOW
    assert "written_letters" in sys.modules


def test_two_handlers_of_one_name_are_a_mistake() -> None:
    handler = Handler("a.b", "do", print)
    with pytest.raises(ValueError, match=r"two handlers are named a\.b"):
        Registry([handler, handler])


def test_a_tally_counts_and_adds_up() -> None:
    tally = Tally()
    tally.count(None)
    tally.count("busy", 2)
    other = Tally(3, {"busy": 1, "opened": 4})
    other.add(tally)
    assert other == Tally(4, {"busy": 3, "opened": 4})
    assert other.turned_away == 7
    assert tally == Tally(1, {"busy": 2})


@dataclass
class Moved:
    """A case that says where it stood when it acted."""

    state: str
    acted_in: str = ""

    def act(self) -> None:
        self.acted_in = self.state


def test_one_machine_moves_every_case_and_holds_none() -> None:
    definition = kit.definitions()["matter"]
    assert machine_of(definition) is machine_of(kit.definitions()["matter"])
    assert machine_of(definition).models == []
    case = Moved("held")
    drive(definition, "release", case)
    assert case == Moved("ready", acted_in="held")
    with pytest.raises(MachineError):
        drive(definition, "release", case)
    assert case == Moved("ready", acted_in="held")


@pytest.mark.parametrize("name", ["matter", "permit"])
def test_the_machine_says_which_transition_there_is_from_where(name: str) -> None:
    definition = kit.definitions()[name]
    for state in (NEW, *definition.states):
        leaving = [move.name for move in definition.transitions.values() if state in move.source]
        assert [move.name for move in definition.moves_from(state)] == leaving
        assert [
            name for name in definition.transitions if definition.starts(name, state)
        ] == leaving
    assert sources_of(definition, "approve_nothing") == ()
    assert not definition.starts("approve_nothing", NEW)
    assert triggers_from(definition, "nowhere") == ()


def test_a_definition_tells_its_moves_and_windows() -> None:
    definition = kit.definitions()["matter"]
    assert [move.name for move in definition.initial] == ["file", "file_heard"]
    assert [move.name for move in definition.moves_from("held")] == ["release", "redate"]
    assert definition.transitions["release"].pure
    assert not definition.transitions["redate"].pure
    assert not definition.transitions["submit_heard"].pure
    assert not definition.transitions["release"].creates
    (window,) = definition.windows
    assert definition.window_on(date(2018, 5, 28)) is window
    assert definition.window_on(date(2018, 5, 27)) is window
    assert hash(definition) == hash(definition.sha256)
    assert {name for name, fact in definition.facts.items() if fact.elsewhere} == {"permits"}


def test_the_newest_window_that_has_begun_is_in_force() -> None:
    process = kit.PROCESS.replace(
        "  - {from: 2018-05-28, grace: 2 days}",
        "  - {from: 2018-05-28, grace: 2 days}\n  - {from: 2026-03-02, grace: 3 days}",
    )
    definition = kit.definitions(process)["matter"]
    first, second = definition.windows
    assert definition.window_on(date(2026, 3, 1)) is first
    assert definition.window_on(date(2026, 3, 2)) is second
