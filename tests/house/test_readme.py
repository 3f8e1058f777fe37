"""The two pages that a reader opens first tell the same tour; every picture is shown somewhere."""

from __future__ import annotations

import re

from tests.house.tree import ROOT, files, name, text

ENGLISH, TURKISH = text(ROOT / "README.md"), text(ROOT / "README.tr.md")
PICTURE = re.compile(r"!\[[^\]]+\]\(([^)]+)\)")
STATION = re.compile(r"(?m)^\d+\. \*\*([^\s,*]+)")


def test_both_pages_show_the_same_pictures_in_the_same_order() -> None:
    assert PICTURE.findall(TURKISH) == PICTURE.findall(ENGLISH)
    assert len(PICTURE.findall(ENGLISH)) >= 10


def test_both_tours_meet_the_same_people() -> None:
    assert STATION.findall(TURKISH) == STATION.findall(ENGLISH)


def test_each_page_leads_to_the_other_and_begins_with_what_it_is_for() -> None:
    assert "[Türkçe](README.tr.md)" in ENGLISH.partition("**What it is for.**")[0]
    assert "[English](README.md)" in TURKISH.partition("**Ne işe yarar.**")[0]
    assert ENGLISH.index("## A tour") < ENGLISH.index("## Figures")


def test_both_pages_give_the_same_two_commands() -> None:
    for command in ("make run ", "make test ", ".venv/bin/nes demo", "openssl cms -verify"):
        assert command in ENGLISH
        assert command in TURKISH


def test_every_picture_is_shown_by_a_page() -> None:
    shown = {
        one.rpartition("/")[2]
        for path in files()
        if path.suffix == ".md"
        for one in PICTURE.findall(text(path))
    }
    kept = {path.name for path in files() if name(path).startswith("docs/images/")}
    assert kept - shown == set()
    assert shown - kept == set()
