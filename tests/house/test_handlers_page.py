"""The guide to handlers: its example is loaded, proved and run as it is printed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from tests.house.tree import ROOT
from tests.kit.workflow import process as kit
from workflow.engine.engine import CaseEngine
from workflow.engine.library import Library, publish
from workflow.loading.loader import load
from workflow.model.entry import parsed
from workflow.model.refusal import RuleFailed
from workflow.model.registry import Registry
from workflow.running.effects import run_effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.kit.postgres import Database
    from workflow.model.clock import FixedClock
    from workflow.model.request import Moved

PAGE = (ROOT / "docs" / "handlers.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return what the page prints in a language."""
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", PAGE)


def module(name: str, source: str) -> ModuleType:
    """Return a module of some source text."""
    made = ModuleType(name)
    exec(compile(source, f"docs/handlers.md: {name}", "exec"), made.__dict__)  # noqa: S102 - the page is ours
    return made


@dataclass
class Lending:
    """The office of the example, as its test uses it."""

    engine: CaseEngine[dict[str, object]]
    calendar: dict[str, object] = field(default_factory=dict)

    def asked(self) -> int:
        """Open a loan for somebody new."""
        (person,) = kit.people(self.engine)
        row = {"person_id": person, "kind": "renewal", "production_opens_on": kit.TODAY}
        return self.engine.open("loan", "ask", kit.AYSE, row)

    def lend(self, case: int, serial: str) -> Moved:
        """Hand a reader out."""
        return self.engine.fire(case, "lend", kit.AYSE, {"serial": serial})

    def take_back(self, case: int) -> None:
        """Take a reader back."""
        self.engine.fire(case, "take_back", kit.AYSE)

    def refusal(self, case: int, serial: str) -> tuple[str, Mapping[str, object]]:
        """Return code and parameters by which a reader is not handed out."""
        with pytest.raises(RuleFailed) as caught:
            self.lend(case, serial)
        assert kit.standing(self.engine, case) == ("asked", 1)
        return caught.value.verdict.code, caught.value.verdict.params

    def details(self, case: int) -> Any:  # noqa: ANN401 - as the journal holds them
        """Return what the newest entry of a case says beside its move."""
        return parsed(kit.entries(self.engine, case)[-1]["body"])["details"]

    def run_effects(self, case: int, times: int) -> None:
        """Run the effect of the newest entry of a case."""
        _, version = kit.standing(self.engine, case)
        for _ in range(times):
            run_effect(self.engine, case, version, "lending.remind")


@pytest.fixture
def office(database: Database, clock: FixedClock) -> Lending:
    """Give the office of the example over a fresh database."""
    handlers = Registry.of_modules([module("lending", blocks("python")[0])])
    (process,) = blocks("yaml")
    found = load(process, handlers)
    kit.engine(database, clock)  # the humans behind the accounts
    publish(database.app, found, clock.now())
    calendar: dict[str, object] = {}
    library = Library(database.app, found, handlers)
    return Lending(CaseEngine(database.app, library, clock, calendar), calendar)


def test_the_example_does_what_its_test_says(office: Lending) -> None:
    (test,) = [
        value
        for name, value in vars(module("test_lending", blocks("python")[1])).items()
        if name.startswith("test_")
    ]
    test(office)


def test_the_page_tells_all_that_a_context_offers() -> None:
    offered = {"update", "note", "document", "remember", "recall", "fire", "open", "rehearsal"}
    assert {word for word in offered if f"context.{word}" not in PAGE} == set()
