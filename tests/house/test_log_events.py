"""The page of log events, their module and the code name the same events."""

from __future__ import annotations

import ast
import re

from states.kit.log_events import LogEvent
from tests.house.tree import PRODUCT, ROOT, python_files, syntax

LEVELS = {"debug", "info", "warning", "error", "critical", "exception", "log"}
ROW = re.compile(r"(?m)^\| `(\w+)` \| (\w+) \|")


def levels_said() -> tuple[set[tuple[str, str]], list[str]]:
    """Return each event that the code logs with its level, and the calls that name none."""
    found, unnamed = set(), []
    for path in python_files(*PRODUCT):
        for call in [node for node in ast.walk(syntax(path)) if isinstance(node, ast.Call)]:
            level = level_of(call)
            names = [name for part in call.args for name in events_in(part)] if level else []
            found |= {(LogEvent[name].value, level) for name in names if level}
            if level and not names and not is_report(path.name, call):
                unnamed.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    return found, unnamed


def level_of(call: ast.Call) -> str | None:
    """Return at which level a call logs; None where it does not."""
    if not isinstance(call.func, ast.Attribute):
        return None
    said_by = ast.unparse(call.func.value)
    if call.func.attr in LEVELS and said_by == "log":
        return "any" if call.func.attr == "log" else call.func.attr
    return "error" if call.func.attr == "report" and said_by.startswith("self") else None


def events_in(part: ast.expr) -> list[str]:
    """Return the members of the enumeration that an argument names."""
    return [
        node.attr
        for node in ast.walk(part)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "LogEvent"
    ]


def is_report(file: str, call: ast.Call) -> bool:
    """Say whether a call logs the event that was given to ``report`` of the web server."""
    return file == "server.py" and bool(call.args) and ast.unparse(call.args[0]) == "event"


def test_the_page_names_every_event_of_the_code_and_no_other() -> None:
    page = (ROOT / "docs" / "logs.md").read_text(encoding="utf-8")
    rows = ROW.findall(page)
    said, unnamed = levels_said()
    assert set(rows) == said
    assert rows == sorted(rows)
    assert unnamed == []


def test_each_event_of_the_module_is_logged_somewhere() -> None:
    assert {event.value for event in LogEvent} == {name for name, _ in levels_said()[0]}
    assert list(LogEvent) == sorted(LogEvent)
