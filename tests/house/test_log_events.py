"""The page of log events and the code name the same events."""

from __future__ import annotations

import ast
import re

from tests.house.tree import PRODUCT, ROOT, python_files, syntax

LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}
ROW = re.compile(r"(?m)^\| `(\w+)` \| (\w+) \|")


def told() -> set[tuple[str, str]]:
    """Return each event that the code names as a word, with its level."""
    found = set()
    for path in python_files(*PRODUCT):
        for node in ast.walk(syntax(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr in LEVELS and ast.unparse(node.func.value) == "log":
                words = [
                    part.value
                    for part in ast.walk(node.args[0])
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                ]
                found |= {(word, node.func.attr) for word in words}
            if node.func.attr == "report" and ast.unparse(node.func.value).startswith("self"):
                found |= {(ast.literal_eval(node.args[0]), "error")}
    return found


def test_the_page_names_every_event_of_the_code_and_no_other() -> None:
    page = (ROOT / "docs" / "logs.md").read_text(encoding="utf-8")
    rows = ROW.findall(page)
    assert set(rows) == told()
    assert rows == sorted(rows)
