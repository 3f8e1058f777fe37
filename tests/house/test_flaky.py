"""A browser test that fails has a second time, and the run says so; no other test has one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.no_cover

CONFTEST = """
import pathlib

import pytest

LOG = pathlib.Path(__file__).with_name("log")


def note(word):
    with LOG.open("a") as log:
        print(word, file=log)
    return LOG.read_text().split().count(word)


@pytest.fixture(scope="module")
def browser():
    note("launched")
    yield {"alive": True}
    note("closed")


@pytest.fixture
def page(browser):
    return browser


@pytest.fixture(scope="module")
def dead_at_first(browser):
    if note("tried") == 1:
        raise RuntimeError("no Chromium today")


@pytest.fixture
def ends_badly_at_first(browser):
    yield
    assert note("ended") == 2, "the page did not close"
"""

TESTS = """
from conftest import note


def test_passes(page):
    note("passes")


def test_fails_once(page):
    assert note("once") == 2, "the button was not there"


def test_kills_its_browser(browser):
    if note("kills") == 1:
        browser["alive"] = False
    assert browser["alive"], "gone"


def test_fails_always(page):
    note("always")
    raise AssertionError("never there")


def test_fails_without_a_browser(tmp_path):
    assert note("plain") == 2, "at the first time"


def test_has_no_browser_at_first(dead_at_first):
    note("begun")


def test_ends_badly_at_first(ends_badly_at_first):
    note("done")
"""


def run(folder: Path, *more: str) -> tuple[int, str, list[str]]:
    """Run those tests in a folder; return how pytest ended, what it said and what they noted."""
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_pages.py").write_text(TESTS)
    (folder / "pytest.ini").write_text("[pytest]\n")
    plugins = ("-p", "tests.kit.flaky", "-p", "no:randomly", "-p", "no:cacheprovider")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, *more],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, (folder / "log").read_text().split()


def flaky(said: str) -> list[str]:
    return re.findall(r"^FLAKY test_pages\.py::(\w+)$", said, re.MULTILINE)


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one process", "a worker"])
def test_a_browser_test_that_fails_once_passes_and_is_named(
    tmp_path: Path, workers: tuple[str, ...]
) -> None:
    code, said, noted = run(tmp_path, *workers, "-k", "passes or once")
    assert (code, flaky(said)) == (0, ["test_fails_once"])
    assert "the button was not there" in said
    assert re.search(r"\b1 passed, .*\b1 flaky in ", said)
    assert (noted.count("passes"), noted.count("once")) == (1, 2)


def test_one_that_fails_twice_fails_and_is_not_run_again(tmp_path: Path) -> None:
    code, said, noted = run(tmp_path, "-k", "always")
    assert (code, flaky(said), noted.count("always")) == (1, [], 2)
    assert "1 failed" in said


def test_a_test_without_a_browser_has_one_time_only(tmp_path: Path) -> None:
    code, said, noted = run(tmp_path, "-k", "without_a_browser")
    assert (code, flaky(said), noted) == (1, [], ["plain"])


def test_the_second_time_has_another_browser(tmp_path: Path) -> None:
    code, said, noted = run(tmp_path, "-k", "passes or kills or once", "-v")
    assert (code, flaky(said)) == (0, ["test_fails_once", "test_kills_its_browser"])
    assert "test_kills_its_browser FLAKY" in said
    assert noted == [
        "launched", "passes", "once", "closed", "launched", "once",
        "kills", "closed", "launched", "kills", "closed",
    ]  # fmt: skip


def test_a_browser_that_does_not_start_or_end_has_a_second_time_too(tmp_path: Path) -> None:
    code, said, noted = run(tmp_path, "-k", "at_first and not kills")
    assert (code, flaky(said)) == (0, ["test_has_no_browser_at_first", "test_ends_badly_at_first"])
    assert (noted.count("tried"), noted.count("begun")) == (2, 1)
    assert (noted.count("done"), noted.count("ended")) == (2, 2)
    assert "no Chromium today" in said
    assert "the page did not close" in said
