"""What no line of the product does, however well a page may hide it: each is read from the source.

A behaviour that only one odd text of a million shows is looked for where it would stand.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import web

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(web.__file__).parents[1]
ROOMS = ("web", "handlers", "workflow", "states", "signing")

CHANCE = {"handlers/lists/sample.py", "web/bench/rows/pages.py"}
"""Where pseudo-random numbers may come from: invented people and the paths of a measurement."""

PATTERNS = {
    "compile",
    "match",
    "fullmatch",
    "search",
    "sub",
    "subn",
    "split",
    "findall",
    "finditer",
}

RULES = {"workflow/model/shape.py"}
"""Where patterns are fields of the rules that the module itself writes down."""


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    """Return the path and tree of each file of the product."""
    files = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]
    return tuple((str(f.relative_to(ROOT)), ast.parse(f.read_text("utf-8"))) for f in files)


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Go through the calls: place, what is called as it is written, and the call."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield f"{path}:{node.lineno}", ast.unparse(node.func), node


def is_constant(node: ast.expr) -> bool:
    """Say whether an expression is made of literals and constants (PEP 8: capitals) only."""
    parts = list(ast.walk(node))
    named = all(part.id.isupper() for part in parts if isinstance(part, ast.Name))
    others = [part for part in parts if isinstance(part, ast.Attribute) and part.attr != "pattern"]
    return named and not others and not any(isinstance(part, ast.Call) for part in parts)


def test_no_pattern_is_made_of_what_somebody_typed() -> None:
    found = 0
    for place, name, call in calls():
        module, _, function = name.rpartition(".")
        if module != "re" or function not in PATTERNS:
            continue
        found += 1
        path = place.partition(":")[0]
        assert is_constant(call.args[0]) or path in RULES, place
    assert found > 30


CONTROLLED_TEXTS = "handlers/papers/letters/wording.py"
"""Where the texts of messages are filled: a sandbox, after a grammar that knows neither calls nor
attributes has judged what two administrators approved."""


def test_no_template_is_made_of_a_text_at_hand() -> None:
    for place, name, _ in calls():
        if place.partition(":")[0] != CONTROLLED_TEXTS:
            assert name.rpartition(".")[2] not in {"render_template_string", "from_string"}, place


def test_secrets_are_drawn_by_the_systems_generator() -> None:
    for path, tree in trees():
        imported = {
            alias.name.partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        } | {
            str(node.module).partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
        }
        assert "random" not in imported or path in CHANCE, path


@pytest.mark.parametrize(
    ("source", "constant"),
    [
        ("'a'", True), ("'a' + NAME", True), ("f'a{NAME}'", True), ("typed", False),
        ("f'a{typed}'", False), ("request.args['q']", False), ("escape(NAME)", False),
        ("f'{NAME.pattern}b'", True), ("typed.pattern", False),
    ],
)  # fmt: skip
def test_what_is_no_constant_is_seen(source: str, *, constant: bool) -> None:
    assert is_constant(ast.parse(source, mode="eval").body) is constant
