"""The proof that the loader sees each slip: mutants of the shipped file are all refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.kit.workflow.dummies import registry_of, shipped_text
from workflow.loading.loader import WorkflowFileError, load


@dataclass(frozen=True)
class Mutant:
    """A change of one place in the shipped text, and what the refusal must say there.

    ``at`` is a text whose first line is blamed when that is not the first changed line.
    """

    old: str
    new: str
    says: str
    at: str = ""


MUTANTS = {
    name: Mutant(**fields)
    for name, fields in yaml.safe_load(
        Path(__file__).with_name("mutants.yaml").read_text(encoding="utf-8")
    ).items()
}


def line_of(text: str, old: str, new: str) -> int:
    """Return the line of the first character that a mutation changes."""
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    return text.count("\n", 0, text.index(old) + same) + 1


@pytest.mark.parametrize("name", MUTANTS)
def test_each_mutant_is_refused_at_its_line_and_by_name(name: str) -> None:
    mutant, text = MUTANTS[name], shipped_text()
    assert mutant.old in text
    mutated = text.replace(mutant.old, mutant.new, 1)
    line = line_of(text, mutant.old, mutant.new)
    if mutant.at:
        line = mutated.count("\n", 0, mutated.index(mutant.at)) + 1

    with pytest.raises(WorkflowFileError) as refused:
        load(mutated, registry_of(text))

    told = [problem for problem in refused.value.problems if mutant.says in problem.message]
    assert told, str(refused.value)
    assert line in {problem.line for problem in told}, str(refused.value)
    assert f"workflows.yaml:{line}:" in str(refused.value)


def test_there_are_at_least_forty_mutants() -> None:
    assert len(MUTANTS) >= 40
