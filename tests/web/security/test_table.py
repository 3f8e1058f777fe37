"""The table of docs/security.md: whole, honest, and backed by tests that exist."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import get_args

from pydantic import SecretStr

from states.kit.setting_values import Key
from states.kit.settings import Settings
from tests.house.tree import ROOT

TABLE = (ROOT / "docs" / "security.md").read_text("utf-8")
HELD = ("yes", "partly", "n/a", "site")

LAST = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5,
    "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2,
    "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4,
    "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2,
    "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1,
    "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
"""How many requirements of levels 1 and 2 each section has; they come first in it."""

ON_PAPER = {
    "1", "2.1", "5.1", "6.1", "7.1", "8.1", "11.1", "13.1", "14.1", "15.1", "16.1",
}  # fmt: skip
"""Sections that ask for something to be written down: the page itself is the proof."""


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    numbers: tuple[str, ...]
    held: str
    how: str
    tests: tuple[str, ...]


def numbers_of(cell: str) -> tuple[str, ...]:
    """Read ``1.2.6–1.2.8`` as three numbers."""
    first, _, last = cell.partition("–")
    section, _, start = first.rpartition(".")
    end = int((last or first).rpartition(".")[2])
    return tuple(f"{section}.{number}" for number in range(int(start), end + 1))


def rows() -> list[Row]:
    """Read the rows of all chapters."""
    found = []
    for line in TABLE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if re.fullmatch(r"\d+\.\d+\.\d+(–\d+\.\d+\.\d+)?", cells[0].strip("| ")):
            number, _, held, how, tests = (cell.strip("| ") for cell in cells)
            found.append(Row(numbers_of(number), held, how, tuple(re.findall(r"`(\w+)`", tests))))
    return found


def existing() -> set[str]:
    """Return the names of all tests."""
    texts = (file.read_text("utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    return {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}


def test_every_requirement_of_both_levels_is_answered_once() -> None:
    answered = [number for row in rows() for number in row.numbers]
    assert sum(LAST.values()) == 70 + 183  # of level 1 and of level 2 in the release 5.0.0
    wanted = [f"{section}.{n}" for section, last in LAST.items() for n in range(1, last + 1)]
    assert sorted(answered) == sorted(wanted)


def test_every_test_that_is_named_exists() -> None:
    named = {name for row in rows() for name in row.tests}
    assert named - existing() == set()
    assert len(named) > 60


def test_nothing_is_called_held_without_a_test_or_a_page() -> None:
    for row in rows():
        assert row.held in HELD, row
        section = row.numbers[0].rpartition(".")[0]
        if row.held in {"yes", "partly"} and section not in ON_PAPER:
            assert row.tests, row


def test_the_count_at_the_end_is_that_of_the_table() -> None:
    ending = TABLE.partition("## Count")[2]
    held = [row.held for row in rows() for _ in row.numbers]
    assert f"| {' | '.join(HELD)} |" in ending
    assert f"| {' | '.join(str(held.count(answer)) for answer in HELD)} |" in ending
    assert len(held) == sum(LAST.values())


def test_the_lock_is_the_one_whose_packages_were_checked() -> None:
    lock = hashlib.sha256((ROOT / "requirements.txt").read_bytes()).hexdigest()
    last = TABLE.partition("Last check:")[2].partition("## V1")[0]
    assert f"`{lock}`" in last, "check the packages anew (docs/security.md, Updates)"
    said = re.search(r" (\d+) of (\d+) packages are the newest", last)
    assert said is not None
    newest, all_of_them = int(said[1]), int(said[2])
    locked = re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert all_of_them == len(locked)
    behind = re.findall(r"`([a-z0-9._-]+)`", last.partition("not taken yet:")[2])
    assert len(set(behind) & set(locked)) == all_of_them - newest


def test_every_secret_of_the_settings_stands_in_the_list_of_keys() -> None:
    listed = (ROOT / "docs" / "keys.md").read_text("utf-8")
    secrets = [
        str(field.validation_alias)
        for field in Settings.model_fields.values()
        if SecretStr in field_types(field.annotation) or Key in field_types(field.annotation)
    ]
    assert len(secrets) >= 7
    assert [name for name in secrets if f"`{name}`" not in listed] == []


def field_types(annotation: object) -> tuple[object, ...]:
    """Return a type and, of an optional one, what it is made of."""
    inner = [part for one in get_args(annotation) for part in field_types(one)]
    return (annotation, *inner)
