"""Each command on the page of operations works, in the order in which it is read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from states.kit.settings import SECRET_KEYS
from tests.house.tree import ROOT
from tests.kit.postgres import fresh_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from states.postgres.server import EmbeddedServer

PAGE = ROOT / "docs" / "operations.md"
FENCE = re.compile(r"(?ms)^```(\S*) ?([^\n]*)\n(.*?)^```$")
BY_HAND = "root"
"""The word behind ``sh`` of a block that wants root or the server's own user."""

ELSEWHERE = ("Stand by",)
"""Sections whose commands want servers of their own, which `tests/staying/pair.py` gives them."""


def blocks() -> list[tuple[str, str]]:
    """Return the section and the text of each block that is run."""
    text = PAGE.read_text(encoding="utf-8")
    found = []
    for fence in FENCE.finditer(text):
        language, words, commands = fence.groups()
        section = re.findall(r"(?m)^## (.+)$", text[: fence.start()])[-1]
        if language == "sh" and BY_HAND not in words.split() and section not in ELSEWHERE:
            found.append((section, commands))
    return found


@pytest.fixture
def environment(server: EmbeddedServer, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Give the environment of an office that is to be, and the names the page uses beside it."""
    (tmp_path / "backups").mkdir()
    with (
        fresh_database(server, "template1") as office,
        fresh_database(server, "template1") as empty,
        fresh_database(server, "template1") as plain,
    ):
        yield {
            **office.environment,
            **dict.fromkeys(SECRET_KEYS, "ab" * 32),
            "NES_DEMO": "",
            "NES_VAR": str(tmp_path / "var"),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "BACKUPS": str(tmp_path / "backups"),
            "NEW": str(tmp_path / "new"),
            "NEW_DATABASE": empty.environment["NES_DATABASE_URL"],
            "NEW_PLAIN": plain.environment["NES_DATABASE_URL"],
            "NEW_PLAIN_NAME": str(plain.url.database),
        }


@pytest.mark.no_cover
def test_each_command_of_the_page_works_in_its_order(
    environment: dict[str, str], tmp_path: Path
) -> None:
    ran = []
    for section, commands in blocks():
        done = subprocess.run(
            ["/bin/sh", "-eu", "-c", commands],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{section}:\n{commands}\n{done.stdout}\n{done.stderr}"
        ran.append(section)
    assert {"Install", "Back up", "Restore", "Keys"} <= set(ran)
    assert sorted(path.name for path in (tmp_path / "backups").iterdir()) == [
        "base", "before", "monday", "monday.tar", "plain.dump",
    ]  # fmt: skip


def test_the_page_is_found_from_the_others() -> None:
    for page, link in (("README.md", "docs/operations.md"), ("docs/running.md", "operations.md")):
        assert f"({link})" in (PAGE.parents[1] / page).read_text(encoding="utf-8"), page
