"""Properties of size: files and functions stay small enough to be read at once."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.house.debts import LONG_FILES
from tests.house.tree import PRODUCT, ROOT, Function, functions, name, python_files, text

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
MEDIAN_FUNCTION = 8
MEDIAN_FILE = 120
MEDIAN_FILE_OF_A_ROOM = 150
COMPLEXITY_OF_NINE_IN_TEN = 5
COUNTS = ["--select=C901", "--ignore-noqa", "--config=lint.mccabe.max-complexity=1"]


def lines(function: Function) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def length(path: Path) -> int:
    return text(path).count("\n")


def complexities() -> list[int]:
    """Return the cyclomatic complexity of each function of the product, as ruff counts it."""
    command = [sys.executable, "-m", "ruff", "check", *COUNTS, "--output-format=json", "--no-cache"]
    told = subprocess.run(
        [*command, *PRODUCT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    counted = [
        int(match[1])
        for row in json.loads(told.stdout)
        if (match := re.search(r"\((\d+) > 1\)", row["message"]))
    ]
    whole = sum(len(list(functions(path))) for path in python_files(*PRODUCT))
    return sorted([1] * (whole - len(counted)) + counted)


def test_no_file_is_longer_than_400_lines() -> None:
    long = {name(path): length(path) for path in python_files(*PRODUCT, "tests")}
    allowed = Counter(LONG_FILES)
    found = {
        file: lines for file, lines in long.items() if lines > max(LONGEST_FILE, allowed[file])
    }
    assert found == {}


def test_each_debt_of_length_is_still_owed() -> None:
    long = {name(path): length(path) for path in python_files(*PRODUCT, "tests")}
    paid = [file for file in LONG_FILES if long.get(file, 0) <= LONGEST_FILE]
    assert paid == [], "strike these from tests/house/debts.py"


def test_no_function_is_longer_than_50_lines() -> None:
    found = [
        f"{name(path)}:{function.lineno} {function.name}: {lines(function)}"
        for path in python_files(*PRODUCT, "tests")
        for function in functions(path)
        if lines(function) > LONGEST_FUNCTION
    ]
    assert found == []


@pytest.mark.parametrize("room", PRODUCT)
def test_half_the_functions_of_a_room_have_at_most_8_lines(room: str) -> None:
    sizes = [lines(function) for path in python_files(room) for function in functions(path)]
    assert statistics.median(sizes or [0]) <= MEDIAN_FUNCTION


def test_half_the_files_have_at_most_120_lines() -> None:
    assert statistics.median(map(length, python_files(*PRODUCT))) <= MEDIAN_FILE


@pytest.mark.parametrize("room", PRODUCT)
def test_half_the_files_of_a_room_have_at_most_150_lines(room: str) -> None:
    assert statistics.median(map(length, python_files(room))) <= MEDIAN_FILE_OF_A_ROOM


def test_nine_functions_in_ten_have_at_most_five_ways_through() -> None:
    found = complexities()
    assert len(found) > 3000
    assert found[len(found) * 9 // 10] <= COMPLEXITY_OF_NINE_IN_TEN
