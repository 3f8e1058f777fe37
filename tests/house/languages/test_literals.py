"""No module of the site says something in Turkish alone."""

from __future__ import annotations

import ast
import re

from tests.house.languages.catalogue import ENGLISH_ALREADY, KEYWORDS, room_of
from tests.house.tree import Function, name, python_files, syntax

INVENTED = frozenset({"demo"})
"""Rooms whose Turkish is the names, reasons and places of invented people: data, as in a table."""

STAYS_TURKISH = frozenset({
    "web/gate/language/speech.py",  # the language calls itself by its own name
    "web/help/contact.py",  # an address of the demo
    "web/kit/command.py",  # a word of a command
    "web/kit/reading_purposes.py",  # is kept in the log
    "web/office/handover/labels.py",  # the same
    "web/site/httpd/refusal.py",  # is sent before anybody's language is known
})  # fmt: skip

TURKISH_LETTER = re.compile(r"[çğıöşüÇĞİÖŞÜ]")


def outside_the_catalogue(tree: ast.Module) -> list[str]:
    """Return the Turkish texts of a module that no call takes for the catalogue."""
    taken = {
        id(part)
        for node in ast.walk(tree)
        for part in (ast.walk(node) if _is_told_or_taken(node) else ())
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and id(node) not in taken
        if isinstance(node.value, str) and TURKISH_LETTER.search(node.value)
    ]


def _is_told_or_taken(node: ast.AST) -> bool:
    """Say whether a node is a sentence under a value, or hands a text to the catalogue."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if not isinstance(node, ast.Call):
        return False
    return ast.unparse(node.func).rpartition(".")[2] in {"_", *KEYWORDS}


def test_no_module_says_something_in_turkish_alone() -> None:
    found = {}
    for path in python_files("web"):
        room = room_of(name(path))
        if room in ENGLISH_ALREADY | INVENTED or name(path) in STAYS_TURKISH:
            continue
        texts = outside_the_catalogue(syntax(path))
        if texts:
            found[name(path)] = texts
    assert found == {}


def test_a_turkish_text_is_found_wherever_it_stands() -> None:
    tree = ast.parse(
        '"""Başlık."""\nA = "çay"\n"""Açıklama."""\nB = _("süt")\n\n'
        'def tell(x: int) -> str:\n    """Söyle."""\n    say(f"ölçü {x}", gettext("şeker"))\n'
    )
    assert isinstance(tree.body[-1], Function)
    assert sorted(outside_the_catalogue(tree)) == ["çay", "ölçü "]
