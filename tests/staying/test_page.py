"""Each command on the page of operations works, in the order in which it is read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from states.settings import load_settings
from tests.conftest import RUN_FOLDER
from tests.postgres import fresh_database
from tests.staying.home import home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from states.server import EmbeddedServer

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
FENCE = re.compile(r"(?ms)^```(\S*) ?([^\n]*)\n(.*?)^```$")
BY_HAND = "root"
"""The word behind ``sh`` of a block that wants root or the server's own user."""


def blocks() -> list[tuple[str, str]]:
    """Return the section and the text of each block that is run."""
    text = PAGE.read_text(encoding="utf-8")
    found = []
    for fence in FENCE.finditer(text):
        language, words, commands = fence.groups()
        if language == "sh" and BY_HAND not in words.split():
            section = re.findall(r"(?m)^## (.+)$", text[: fence.start()])[-1]
            found.append((section, commands))
    return found


@pytest.fixture
def environment(
    request: pytest.FixtureRequest, server: EmbeddedServer, tmp_path: Path
) -> Iterator[dict[str, str]]:
    """Give the environment of an office, with the names that the page uses beside its settings."""
    folders = {name: tmp_path / name for name in ("backups", "new")}
    folders["backups"].mkdir()
    with (
        home(server, tmp_path, request.config.stash[RUN_FOLDER]) as office,
        fresh_database(server, "template1") as empty,
        fresh_database(server, "template1") as plain,
    ):
        yield {
            **office.environment,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "BACKUPS": str(folders["backups"]),
            "NEW": str(folders["new"]),
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
    assert {"Back up", "Restore", "Keys"} <= set(ran)
    assert load_settings({**environment, "NES_VAR": environment["NEW"]}).demo


def test_the_page_is_found_from_the_others() -> None:
    for page, link in (("README.md", "docs/operations.md"), ("docs/running.md", "operations.md")):
        assert f"({link})" in (PAGE.parents[1] / page).read_text(encoding="utf-8"), page
