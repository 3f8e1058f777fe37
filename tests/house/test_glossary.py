"""The glossary: each term has its Turkish word, its standard and a place that exists."""

from __future__ import annotations

import re
from functools import cache

import pytest

from states.tables import METADATA
from tests.house.references import endings, stands
from tests.house.tree import PRODUCT, ROOT, files, name, text

PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROW = re.compile(r"(?m)^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$")
ROWS = [row for row in ROW.findall(PAGE) if row[0] != "Turkish" and row[0] != "---"]
CITED = re.compile(r"\b(EN 319 \d{3}(-\d)?|RFC \d{4}|law \d{4}|PKCS#11|OWASP ASVS|IEEE \d+)\b")
LEAST = 100
CITED_AT_LEAST = 40


@cache
def words() -> frozenset[str]:
    """Return every word of the product, of its processes and of its settings."""
    read = [path for path in files() if name(path).split("/")[0] in (*PRODUCT, "workflows.yaml")]
    return frozenset(word for path in read for word in re.findall(r"\w+", text(path)))


def known(place: str) -> bool:
    """Say whether what stands in the last column is there: a place, a column, or a word."""
    plain = place.removeprefix("nes ").removeprefix("/").removesuffix("…")
    table, _, column = plain.partition(".")
    if "/" in plain.rstrip("/") or plain.endswith("/"):
        return plain.rstrip("/") in endings()
    if table in METADATA.tables and column:
        return column in METADATA.tables[table].columns or set(column.split(".")) <= words()
    return stands(plain) or set(re.findall(r"\w+", plain)) <= words()


def test_the_page_is_read_whole() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ")]
    assert len(ROWS) >= LEAST
    assert len(lines) == len(ROWS) + PAGE.count("| Turkish |")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_term_has_a_place(row: tuple[str, str, str, str]) -> None:
    *_, where = row
    places = re.findall(r"`([^`]+)`", where)
    assert places or where == "the same file"
    assert [place for place in places if not known(place)] == []


def test_no_term_stands_twice() -> None:
    terms = [row[0] for row in ROWS]
    assert [term for term in terms if terms.count(term) > 1] == []


def test_the_terms_of_the_field_are_tied_to_its_standards() -> None:
    assert sum(bool(CITED.search(row[2])) for row in ROWS) >= CITED_AT_LEAST
    assert all(row[2] for row in ROWS)
