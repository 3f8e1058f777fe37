"""What the properties of the tree are told about: its files, their text and their syntax."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PRODUCT = ("workflow", "states", "handlers", "web", "signing", "migrations")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files() -> tuple[Path, ...]:
    """Return every file that is, or is about to be, part of the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    paths = {ROOT / name for name in names.decode().split("\0") if name}
    return tuple(sorted(path for path in paths if path.is_file()))


def name(path: Path) -> str:
    """Return how a file is called inside the repository."""
    return path.relative_to(ROOT).as_posix()


def python_files(*rooms: str) -> list[Path]:
    """Return the Python files of the rooms."""
    return [path for path in files() if path.suffix == ".py" and name(path).split("/")[0] in rooms]


@cache
def text(path: Path) -> str:
    """Return the text of a file; pictures and the like are empty."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def syntax(path: Path) -> ast.Module:
    """Return the syntax of a Python file."""
    return ast.parse(text(path), str(path))


def functions(path: Path) -> Iterator[Function]:
    """Yield the functions of a file."""
    for node in ast.walk(syntax(path)):
        if isinstance(node, Function):
            yield node


def calls(path: Path) -> Iterator[tuple[str, str, int]]:
    """Yield each call of an attribute in a file: what it is on, its name, and its line."""
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr, node.func.end_lineno or 0


def strings(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each piece of text in a file that is no docstring, with its line."""
    told = {
        id(statement.value)
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Module | ast.ClassDef | Function)
        for statement in node.body
        if isinstance(statement, ast.Expr)
    }
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value, node.lineno
