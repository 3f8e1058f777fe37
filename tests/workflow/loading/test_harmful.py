"""The proof that the shipped promises see harm: each harmful edit of the file is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.kit.workflow.dummies import registry_of, shipped_text
from workflow.loading.loader import WorkflowFileError, load


@dataclass(frozen=True)
class Harm:
    """A change of one transition or state, and what a promise says of it."""

    at: str
    edit: dict[str, str]
    says: str


HARM = {
    name: Harm(**fields)
    for name, fields in yaml.safe_load(
        Path(__file__).with_name("harmful.yaml").read_text(encoding="utf-8")
    ).items()
}


def harmed(text: str, harm: Harm) -> str:
    """Return the file with the edit made in the lines of its transition or state alone."""
    workflow, _, name = harm.at.partition(".")
    start = text.index(f"\n  {workflow}:\n")
    found = re.compile(rf"\n      {name}: .*|\n      {name}:\n(?:        .*\n)+").search(
        text, start
    )
    assert found, f"there is no {harm.at}"
    block = found[0]
    for old, new in harm.edit.items():
        assert old in block, f"{harm.at} has no longer: {old}"
        block = block.replace(old, new, 1)
    block = re.sub(r"\n +(?=\n)", "", block)
    return text[: found.start()] + block + text[found.end() :]


@pytest.mark.parametrize("name", HARM)
def test_each_harmful_edit_is_refused_by_a_promise_with_a_way(name: str) -> None:
    harm, text = HARM[name], shipped_text()
    with pytest.raises(WorkflowFileError) as refused:
        load(harmed(text, harm), registry_of(text))
    told = [problem.message for problem in refused.value.problems]
    broken = [message for message in told if message.startswith(f"promise broken: {harm.says}")]
    assert broken, told
    assert re.search(r": \w+( → \w+)*$", broken[0])


def test_there_are_at_least_thirty_seven_harmful_edits() -> None:
    assert len(HARM) >= 37
