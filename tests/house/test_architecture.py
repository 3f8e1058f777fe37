"""The page of the architecture leads where it says: each hop, each step of a walk, the drawings."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.house.rooms import PAGE, drawn, folder_imports, placed, reached, reduced
from tests.house.tree import PRODUCT, ROOT, name, syntax, text

if TYPE_CHECKING:
    from pathlib import Path

HOP = re.compile(r"(?m)^\| ([^|`]+) \| `([^`|]+)` \| (?:`([^`|]+)` )?\| `([^`|]+)` \|$")
STEP = re.compile(r"`((?:\w+/)+\w+\.py)` `([\w.]+)`")
THINGS = 34
"""Questions a stranger asks, at least."""


def words() -> str:
    """Return the page as it is written."""
    return PAGE.read_text(encoding="utf-8")


def held(place: Path) -> str:
    """Return the text of a file, or the names of what stands in a folder."""
    return text(place) if place.is_file() else " ".join(one.name for one in place.iterdir())


def names(first: str, second: str) -> bool:
    """Say whether a file names another: by its path, its name, or an import."""
    told = text(ROOT / first)
    module = second.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    folder, _, last = module.rpartition(".")
    imported = re.search(rf"from {re.escape(folder)} import [^)]*?\b{last}\b", told)
    return any(one in told for one in (second, module, second.rpartition("/")[2])) or bool(imported)


def defined(path: Path) -> set[str]:
    """Return the functions and classes of a module, methods as ``Class.method``."""
    found = set()
    for node in syntax(path).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            inner = (one for one in node.body if isinstance(one, ast.FunctionDef))
            found |= {f"{node.name}.{one.name}" for one in inner}
    return found


@pytest.mark.parametrize("hop", HOP.findall(words()), ids=lambda hop: hop[0])
def test_each_thing_is_two_hops_away(hop: tuple[str, str, str, str]) -> None:
    thing, first, second, sign = hop
    last = ROOT / (second or first)
    assert (ROOT / first).is_file(), f"{thing}: {first} is gone"
    assert last.exists(), f"{thing}: {second} is gone"
    if second:
        assert names(first, second), f"{thing}: {first} does not name {second}"
    assert sign in held(last), f"{thing}: {sign} is not in {name(last)}"


def test_every_row_of_the_table_is_read() -> None:
    table = words().partition("## Where is")[2]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == len(HOP.findall(words())) >= THINGS


@pytest.mark.parametrize("step", sorted(set(STEP.findall(words()))), ids="-".join)
def test_each_step_of_a_walk_is_a_function_of_its_file(step: tuple[str, str]) -> None:
    file, function = step
    assert function in defined(ROOT / file)


def test_the_page_walks_each_of_the_four_ways() -> None:
    walks = re.findall(r"(?ms)^## The way of a (\w+)\n(.*?)(?=^## )", words())
    steps = {way: len(re.findall(r"(?m)^\d+\. ", told)) for way, told in walks}
    assert set(steps) == {"move", "signature", "sweep", "message"}
    assert min(steps.values()) >= 6


def test_the_drawings_are_those_of_today() -> None:
    assert words() == placed(words()), "run `make rooms`"


def test_a_drawing_leaves_out_what_a_longer_way_says() -> None:
    steps = {"a": {"b", "c"}, "b": {"c"}, "c": set[str]()}
    assert reduced(steps) == {"a": {"b"}, "b": {"c"}, "c": set()}
    assert drawn(steps).endswith("  a --> b\n  b --> c\n```")


def test_no_folder_stands_in_a_ring_with_others() -> None:
    steps = folder_imports()
    assert {folder.split(".")[0] for folder in steps} == set(PRODUCT)
    assert [folder for folder in steps if folder in reached(folder, steps)] == []
    assert "a" in reached("a", {"a": {"b"}, "b": {"a"}})
