"""Finds what docs, docstrings and comments say of places in the tree, and whether each exists."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from states.tables import METADATA
from tests.house.tree import (
    PRODUCT,
    ROOT,
    Function,
    files,
    name,
    python_files,
    strings,
    syntax,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOMS = (*PRODUCT, "tests", "docs")
FILE = re.compile(
    r"(?<![\w/.:-])(?:\.\./)*((?:[\w-][\w.-]*/)*[\w-]+\.(?:py|typ|yaml|md|html|toml|yml))(?![\w/])"
)
"""A file by its name, with or without the folders it stands in."""
FOLDER = re.compile(rf"(?<![\w/.:-])((?:{'|'.join(ROOMS)})/(?:[\w-]+/)*[\w-]*)(?![\w.*{{<(-])")
NAME = re.compile(rf"(?<![\w/.-])((?:{'|'.join(ROOMS)})(?:\.[A-Za-z_]\w*)+)(?![\w/])(?<!\.md)")
"""A module, or something in one, as Python writes it."""

PART = re.compile(r"`([A-Za-z_]+)\.([A-Za-z_]+)(?:\(\))?`")
"""Something in a module or a class that is called by its own name."""
PROCESSES = "workflows.yaml"
VALUES = {"context", "request", "move", "kind", "window", "module", "subject", "owner"}
"""Words that docstrings use for a value at hand, whose fields they name, as modules are called."""
ENDINGS = {
    "conf",
    "covered",
    "pdf",
    "cer",
    "der",
    "lock",
    "typ",
    "py",
    "md",
    "yaml",
    "toml",
    "txt",
    "html",
    "dump",
    "tar",
    "pem",
    "log",
    "key",
    "json",
}
COMMENT = re.compile(r"(?:^|\s)#\s(.+)$")

ELSEWHERE = {
    "KIND-REVISION.typ": "a pattern of names",
    "NAME.toml": "the same",
    "kanit.html": "stands in the evidence file",
    "prometheus.yml": "stands on the machine that watches",
}
"""Files that are spoken of and stand in no folder of the tree, with the reason."""

NO_MODULE = {
    "workflow.transition": "how a move is written: the workflow, then its transition",
}
"""Dotted words that are no module, with what they are."""


def pages() -> list[Path]:
    """Return the papers of the project that are written by hand."""
    return [path for path in files() if path.suffix == ".md"]


@cache
def said() -> tuple[tuple[str, int, str], ...]:
    """Return each line of a page, each docstring and each comment: file, line, text."""
    lines = [
        (name(path), number, line)
        for path in pages()
        for number, line in enumerate(text(path).splitlines(), 1)
    ]
    return *lines, *(
        (name(path), line, words)
        for path in python_files(*PRODUCT, "tests")
        for line, words in (*docstrings(path), *comments(path))
    )


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the docstrings of a file: those of modules, classes, functions and of values."""
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Module | ast.ClassDef | Function):
            for statement in node.body:
                match statement:
                    case ast.Expr(value=ast.Constant(value=str(words))):
                        yield statement.lineno, words


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the comments of a file; a mark in a text counts as one, which does no harm here."""
    for number, line in enumerate(text(path).splitlines(), 1):
        if match := COMMENT.search(line):
            yield number, match[1]


@cache
def endings() -> frozenset[str]:
    """Return every way in which a file or a folder of the tree may be called, from any folder."""
    found = set()
    for path in files():
        parts = name(path).split("/")
        found |= {"/".join(parts[start:]) for start in range(len(parts))}
        found |= {"/".join(parts[:end]) for end in range(1, len(parts))}
    return frozenset(found)


@cache
def names_of(module: Path) -> frozenset[str]:
    """Return what a module defines or imports, and ``Class.attribute`` for what is in a class."""
    found = set()
    for node in syntax(module).body:
        found |= set(_bound(node))
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{inner}" for one in node.body for inner in _bound(one)}
    return frozenset(found)


def _bound(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            yield node.name
        case ast.Assign():
            yield from (one.id for target in node.targets for one in _names(target))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.Import() | ast.ImportFrom():
            yield from (alias.asname or alias.name for alias in node.names)
        case ast.If() | ast.Try():
            yield from (bound for one in node.body for bound in _bound(one))


def _names(target: ast.expr) -> Iterator[ast.Name]:
    return (node for node in ast.walk(target) if isinstance(node, ast.Name))


@cache
def parts() -> dict[str, set[str]]:
    """Return what each module and class defines, by its own name alone: modules may share one."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in python_files(*PRODUCT, "tests"):
        module = path.parent.name if path.stem == "__init__" else path.stem
        found[module] |= names_of(path)
        for one in names_of(path):
            owner, _, member = one.partition(".")
            found[owner] |= {member} if member else set()
        for node in ast.walk(syntax(path)):
            if isinstance(node, ast.ClassDef):
                found[node.name] |= {bound for one in node.body for bound in _bound(one)}
    return found


@cache
def literals() -> frozenset[str]:
    """Return every quoted text of the product: codes of refusals look like names in a module."""
    return frozenset(words for path in python_files(*PRODUCT) for words, _ in strings(path))


def is_part(owner: str, member: str) -> bool:
    """Say whether ``owner.member`` is in a module or class, a column, a move, or a code."""
    if f"{owner}.{member}" in literals() or owner not in parts():
        return True
    table = METADATA.tables.get(owner)
    ours = table is not None and (member in table.columns or member in text(ROOT / PROCESSES))
    return member in parts()[owner] or ours


@cache
def stands(dotted: str) -> bool:
    """Say whether a dotted name is a module or folder of the tree, or something in a module."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        place, rest = ROOT.joinpath(*parts[:end]), ".".join(parts[end:])
        for module in (place.with_suffix(".py"), place / "__init__.py"):
            if module.is_file():
                return not rest or rest in names_of(module)
        if place.is_dir():
            return not rest
    return False


def dead() -> Iterator[str]:
    """Yield each reference to a place that does not exist, with where it is made."""
    for file, line, words in said():
        missing = {
            one
            for one in FILE.findall(words)
            if one not in endings() and one.rpartition("/")[2] not in ELSEWHERE
        }
        missing |= {one for one in FOLDER.findall(words) if one.rstrip("/") not in endings()}
        missing |= {one for one in NAME.findall(words) if one not in NO_MODULE and not stands(one)}
        missing |= {
            f"{owner}.{member}"
            for owner, member in PART.findall(words)
            if member not in ENDINGS and owner not in {*VALUES, *PRODUCT, *sys.stdlib_module_names}
            if not is_part(owner, member)
        }
        yield from (f"{file}:{line}: {one}" for one in sorted(missing))
