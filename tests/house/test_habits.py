"""Properties of habit: what no file of the product may do."""

from __future__ import annotations

import ast
import re

from tests.house.tree import PRODUCT, calls, files, name, python_files, strings, syntax, text

THE_CLOCK = "workflow/model/clock.py"
ASKS_THE_TIME = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
}
SQL_TIME = re.compile(
    r"\b(now\(\)|current_timestamp|current_date|(clock|statement|transaction)_timestamp\()",
    re.IGNORECASE,
)

THE_QUEUE = ("workflow/running/effect_queue.py", "workflow/running/clock_difference.py")
"""Procrastinate says by the database's clock what is due, who postpones goes by the same; and who
compares the clocks has to ask both."""

CASE_WORDS = {"lower", "upper", "casefold", "title", "capitalize", "swapcase"}
CASE_FILTER = re.compile(r"\|\s*(lower|upper|title|capitalize)\b")
ALLOWED_CASE = re.compile(r"#.*\bASCII: \w")
"""The mark of a line that maps the case of a protocol's ASCII words, with what they are."""

UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|NotImplemented" + r"Error)\b")
REASONLESS = re.compile(r"# (noqa(: [A-Z0-9, ]+)?|pragma: no (cover|branch))\s*$", re.MULTILINE)


def test_only_the_clock_asks_the_computer_for_the_time() -> None:
    found = [
        f"{name(path)}:{line}"
        for path in python_files(*PRODUCT, "tests")
        if name(path) != THE_CLOCK
        for owner, called, line in calls(path)
        if (owner.rpartition(".")[2], called) in ASKS_THE_TIME
    ]
    assert found == []


def test_no_sql_asks_the_database_for_the_time() -> None:
    found = [
        f"{name(path)}:{line}"
        for path in python_files(*PRODUCT)
        if name(path) not in THE_QUEUE
        for piece, line in strings(path)
        if SQL_TIME.search(piece)
    ]
    assert found == []


def test_text_of_people_changes_case_only_by_the_turkish_rules() -> None:
    found = [
        f"{name(path)}:{line}"
        for path in python_files(*PRODUCT)
        if name(path) != "states/kit/text.py"
        for owner, called, line in calls(path)
        if called in CASE_WORDS and owner not in {"text", "states.kit.text"}
        if not ALLOWED_CASE.search(text(path).splitlines()[line - 1])
    ]
    assert found == []


def test_no_template_changes_the_case_of_text() -> None:
    templates = [path for path in files() if path.suffix == ".html"]
    assert [name(path) for path in templates if CASE_FILTER.search(text(path))] == []


STARTS_ITSELF = ("web/site/supervisor.py", "web/bench/")
"""Where the product starts itself, which needs its settings."""


def test_other_programs_are_started_with_an_environment_of_their_own() -> None:
    found = [
        f"{name(path)}:{call.lineno}"
        for path in python_files(*PRODUCT)
        if not name(path).startswith(STARTS_ITSELF)
        for call in ast.walk(syntax(path))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in {"subprocess.run", "subprocess.Popen"}
        and "env" not in {keyword.arg for keyword in call.keywords}
    ]
    assert found == []


def test_no_test_waits_for_the_clock() -> None:
    found = [
        f"{name(path)}:{line}"
        for path in python_files("tests")
        for owner, called, line in calls(path)
        if (owner, called) in {("time", "sleep"), ("asyncio", "sleep")}
    ]
    assert found == []


def test_no_program_is_started_through_a_shell() -> None:
    through = re.compile(
        r"shell\s*=\s*True|os\.(system|popen|spawn)|getoutput|create_subprocess_shell"
    )
    assert through.search("subprocess.run(line, shell=True)")
    assert [name(path) for path in python_files(*PRODUCT) if through.search(text(path))] == []


def test_nothing_is_left_unfinished() -> None:
    papers = [path for path in files() if path.name != "requirements.txt"]
    assert [name(path) for path in papers if UNFINISHED.search(text(path))] == []


def test_every_module_says_in_one_sentence_what_it_owns() -> None:
    found = []
    for path in python_files(*PRODUCT, "tests"):
        first = (ast.get_docstring(syntax(path)) or "").split("\n")[0]
        if not first.endswith("."):
            found.append(name(path))
    assert found == []


def test_every_exception_to_a_rule_has_a_reason() -> None:
    found = [
        f"{name(path)}:{text(path)[: match.start()].count(chr(10)) + 1}"
        for path in python_files(*PRODUCT, "tests")
        for match in REASONLESS.finditer(text(path))
    ]
    assert found == []
