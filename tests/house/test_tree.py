"""Properties of the tree: what a folder holds, what a name stands for, what imports what."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import PRODUCT, name, python_files, syntax, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_MODULES = 20
ROW_OF_STEPS = "migrations/versions"
"""A folder of numbered steps that only ever grows: Alembic reads it in one row."""

SAME_NAME_WITH_REASON = {
    "Meta": "the inner class that WTForms asks each form for",
}
"""Public class names that stand in several modules for good, with the reason."""

SHARE_WITHOUT_DEMO = 1.13
"""Lines of tests to a line of the product; the house aims at 1.2."""
COMMENTS = 0.02
"""Lines that say why: comments, and the sentences under a value, which tools read with it."""
BARE_COMMENTS = 0.011
"""The comments alone, which are not to become rarer."""


def lines(*rooms: str) -> int:
    """Return how many lines the Python files of some rooms have."""
    return sum(text(path).count("\n") for path in python_files(*rooms))


def public_classes(path: Path) -> Iterator[str]:
    """Yield the classes of a module that others may use."""
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def homes() -> dict[str, list[str]]:
    """Return for each public class name of the product the modules that define one."""
    found = defaultdict(list)
    for path in python_files(*PRODUCT):
        for one in sorted(set(public_classes(path))):
            found[one].append(name(path))
    return found


def test_no_folder_holds_more_than_20_modules() -> None:
    held = Counter(
        name(path.parent) for path in python_files(*PRODUCT, "tests") if path.stem != "__init__"
    )
    full = {folder for folder, count in held.items() if count > MOST_MODULES}
    assert full <= {ROW_OF_STEPS}


def test_no_public_class_name_stands_in_two_modules_without_a_reason() -> None:
    several = {one: places for one, places in homes().items() if len(places) > 1}
    assert several.keys() == SAME_NAME_WITH_REASON.keys()


def test_tests_outweigh_the_product_without_demo_and_benchmark() -> None:
    apart = sum(
        text(path).count("\n")
        for path in python_files("web")
        if name(path).startswith(("web/demo/", "web/bench/"))
    )
    assert lines("tests") / (lines(*PRODUCT) - apart) >= SHARE_WITHOUT_DEMO


def under_values(path: Path) -> int:
    """Return how many lines of a file are sentences under a value."""
    return sum(
        (told.end_lineno or told.lineno) - told.lineno + 1
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Module | ast.ClassDef)
        for value, told in pairwise(node.body)
        if isinstance(value, ast.Assign | ast.AnnAssign)
        and isinstance(told, ast.Expr)
        and isinstance(told.value, ast.Constant)
    )


def test_two_lines_in_a_hundred_say_why() -> None:
    product = python_files(*PRODUCT)
    bare = sum(len(re.findall(r"(?m)^\s*# |\S  # ", text(path))) for path in product)
    whole = lines(*PRODUCT)
    assert bare / whole >= BARE_COMMENTS
    assert (bare + sum(map(under_values, product))) / whole >= COMMENTS


SELLING = re.compile(r"\b(simply|just|powerful|elegant|magic|beautiful|blazing)\b", re.IGNORECASE)
OPENING = re.compile(r"^(?:[A-Z`]|nes-imza)")


@pytest.mark.parametrize("room", PRODUCT)
def test_a_module_begins_with_one_sentence_that_sells_nothing(room: str) -> None:
    odd = []
    for path in python_files(room):
        first = (ast.get_docstring(syntax(path)) or "").split("\n")[0]
        if not OPENING.match(first) or SELLING.search(first) or first.count(". "):
            odd.append(f"{name(path)}: {first}")
    assert odd == []
