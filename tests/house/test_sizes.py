"""Properties of size: files and functions stay small enough to be read at once."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import PRODUCT, Function, functions, name, python_files, text

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_FILE = 500
LONGEST_FUNCTION = 50
MEDIAN_FUNCTION = 10
MEDIAN_FILE = 150


def lines(function: Function) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def length(path: Path) -> int:
    return text(path).count("\n")


def test_no_file_is_longer_than_500_lines() -> None:
    long = {name(path): length(path) for path in python_files(*PRODUCT, "tests")}
    assert {file: lines for file, lines in long.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_longer_than_50_lines() -> None:
    found = [
        f"{name(path)}:{function.lineno} {function.name}: {lines(function)}"
        for path in python_files(*PRODUCT, "tests")
        for function in functions(path)
        if lines(function) > LONGEST_FUNCTION
    ]
    assert found == []


@pytest.mark.parametrize("room", PRODUCT)
def test_half_the_functions_of_a_room_have_at_most_10_lines(room: str) -> None:
    sizes = [lines(function) for path in python_files(room) for function in functions(path)]
    assert statistics.median(sizes or [0]) <= MEDIAN_FUNCTION


@pytest.mark.parametrize("room", PRODUCT)
def test_half_the_files_of_a_room_have_at_most_150_lines(room: str) -> None:
    sizes = [length(path) for path in python_files(room)]
    assert statistics.median(sizes) <= MEDIAN_FILE
