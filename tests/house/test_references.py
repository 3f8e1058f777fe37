"""What docs, docstrings and comments name stands in the tree, and nothing outside is cited."""

from __future__ import annotations

import re

import pytest

from tests.house.references import ELSEWHERE, NO_MODULE, dead, pages, said, stands
from tests.house.tree import ROOT, name, text

LINK = re.compile(r"\]\(([^)\s#]*)(?:#([^)\s]*))?\)")
PAPERS = re.compile(
    r"\b(issue|item) \d+\b|\b(HOUSE|DESIGN|DOMAIN|UX|EXAMPLES|PLAN)\.md|\bshared/|\bworktree"
)
"""Papers and lists that whoever has only the repository cannot read."""


def anchors(words: str) -> set[str]:
    """Return the anchors that the headings of a page make."""
    headings = re.findall(r"(?m)^#+ (.+)$", words)
    plain = [re.sub(r"[^\w\s-]", "", one.replace("`", "")) for one in headings]
    return {one.strip().replace(" ", "-") for one in map(lowered, plain)}


def lowered(heading: str) -> str:
    """Return a heading as a page names its anchor: letters of any language in small form."""
    return heading.casefold()  # ASCII: anchors of headings


def test_no_reference_is_dead() -> None:
    assert list(dead()) == []


def test_a_dead_reference_would_be_found() -> None:
    assert stands("states.kit.settings.Settings.model_fields") is False
    assert stands("states.kit.settings.Settings")
    assert not stands("states.kit.settings.Nothing")
    assert not stands("states.nowhere")


def test_what_is_left_out_is_still_said_somewhere() -> None:
    everything = "\n".join(words for _, _, words in said())
    assert [word for word in (*ELSEWHERE, *NO_MODULE) if word not in everything] == []


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_link_of_a_page_leads_somewhere(page: object) -> None:
    (path,) = [one for one in pages() if one == page]
    broken = []
    for target, anchor in LINK.findall(text(path)):
        if "://" in target or target.startswith("mailto:"):
            continue
        reached = (path.parent / target).resolve() if target else path
        if not reached.exists() or (anchor and anchor not in anchors(text(reached))):
            broken.append(f"{target}#{anchor}")
    assert broken == []


def test_nothing_cites_a_paper_that_is_not_in_the_repository() -> None:
    found = [
        f"{file}:{line}: {match[0]}"
        for file, line, words in said()
        if (match := PAPERS.search(words))
    ]
    assert found == []


def test_pages_name_no_folder_of_a_machine() -> None:
    found = [name(path) for path in pages() if re.search(r"/(work|home/\w+|root)/", text(path))]
    assert found == []
    assert ROOT.is_dir()
