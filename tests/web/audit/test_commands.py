"""``nes journal conform`` and the XES of ``nes journal export``: what they print, how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import text

from states.kit.reference import reference
from tests.kit.web.staff import waiting_for_paper
from tests.kit.web.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from states.kit.settings import Settings
    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database


@pytest.fixture
def terminal(database: Database, settings: Settings) -> Terminal:
    """Give a terminal on the office of the test."""
    return Terminal({**database.environment, "NES_VAR": str(settings.var)})


def test_a_journal_of_legal_moves_is_said_to_be_one(terminal: Terminal, world: World) -> None:
    waiting_for_paper(world)
    found = terminal.json("journal", "conform")
    assert found == {"ok": True, "entries": 3, "differences": []}
    said = terminal.run("journal", "conform").stdout
    assert said == (
        "Every one of 3 entries is a move that its definition allows, and the rows say what the"
        " entries say of them.\n"
    )


def test_an_illegal_move_is_told_by_its_reason(
    terminal: Terminal, world: World, database: Database
) -> None:
    case = waiting_for_paper(world)
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        connection.execute(
            text('UPDATE journal SET body = replace(body, \'"to":"draft"\', \'"to":"held"\')')
        )
    found = terminal.json("journal", "conform", code=1)
    assert found["ok"] is False
    assert [(one["reason"], one["count"]) for one in found["differences"]] == [
        ("discontinuity", 1),
        ("wrong_target", 1),
    ]
    assert found["differences"][1]["samples"] == [
        {"case": case, "n": 1, "workflow": "application", "trigger": "file", "row": ""}
    ]
    result = terminal.run("journal", "conform", code=1)
    assert f"wrong_target: 1: case {case} entry 1\n" in result.stdout
    assert "1 discontinuity, 1 wrong_target. Keep the database as it is" in result.stderr


def test_the_terminal_takes_the_journal_out_as_xes(
    terminal: Terminal, world: World, tmp_path: Path
) -> None:
    case = waiting_for_paper(world)
    target = tmp_path / "out.xes"
    terminal.run("journal", "export", "--format", "xes", "--output", str(target))
    log = ET.parse(target).getroot()  # noqa: S314 - our own export, read back
    values = [part.get("value") for part in log.iter() if part.get("key") == "concept:name"]
    assert reference("application", case) in values
    assert values[-3:] == ["file", "choose_method", "use_in_person"]
