"""The pages of decisions keep one form, and the index names each of them."""

from __future__ import annotations

import re

import pytest

from tests.house.tree import ROOT

FOLDER = ROOT / "docs" / "decisions"
INDEX = (FOLDER / "index.md").read_text(encoding="utf-8")
PARTS = ["Context", "Decision", "What it costs", "When to look again"]
LONGEST = 40


def listed(heading: str) -> list[str]:
    """Return the pages that a part of the index names, in its order."""
    part = re.search(rf"(?ms)^## {heading}\n(.*?)(?=^## |\Z)", INDEX)
    assert part is not None
    return re.findall(r"(?m)^\| \[(\w+)\]\(\1\.md\) \|", part[1])


def test_the_index_names_every_page_once_in_order() -> None:
    process, house = listed("Of the process"), listed("Of the house")
    pages = {path.stem for path in FOLDER.glob("*.md")} - {"index"}
    assert sorted(process + house) == sorted(pages)
    assert process == sorted(process)
    assert house == sorted(house)


@pytest.mark.parametrize("page", listed("Of the house"))
def test_a_decision_of_the_house_says_context_decision_cost_and_when(page: str) -> None:
    told = (FOLDER / f"{page}.md").read_text(encoding="utf-8")
    assert re.match(r"# Decision: [^\n]+\n\n## Context\n", told)
    assert re.findall(r"(?m)^## (.+)$", told) == PARTS
    assert told.count("\n") <= LONGEST


@pytest.mark.parametrize("page", listed("Of the process"))
def test_a_page_of_the_process_is_called_decisions(page: str) -> None:
    assert (FOLDER / f"{page}.md").read_text(encoding="utf-8").startswith("# Decisions: ")
