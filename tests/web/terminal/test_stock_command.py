"""``nes stock receive|count|list``: boxes in the terminal, and each way to get one wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.kit.handlers.world import furnish, open_account

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.postgres import Database
    from tests.kit.web.terminal import Terminal
    from workflow.model.clock import FixedClock
    from workflow.model.definition import Definition


@pytest.fixture(autouse=True)
def desk(
    database: Database, definitions: dict[str, Definition], clock: FixedClock
) -> dict[str, str]:
    """Give an operator and an officer of an office."""
    furnish(database.app, definitions, clock.now())
    with database.app.begin() as connection:
        return {
            role: f"user:{open_account(connection, f'{role} kişi', role, clock.now())}"
            for role in ("operator", "officer")
        }


def receive(name: str, *more: str) -> tuple[str, ...]:
    """Return the words that receive a box."""
    return ("stock", "receive", name, "--maker", "ÖRNEK", *more)


def test_a_box_is_received_counted_and_listed(
    terminal: Terminal, desk: dict[str, str], database: Database
) -> None:
    words = receive("K1", "--first", "0098", "--last", "0100", "--as", desk["operator"])
    said = terminal.run(*words).stdout
    assert said.endswith(": 3 cards received, to be counted by somebody else.\n")
    assert terminal.refused("stock", "count", "K1", "3", "--as", desk["operator"])
    assert "2 cards counted are not" in terminal.refused(
        "stock", "count", "K1", "2", "--as", desk["officer"]
    )
    counted = terminal.run("stock", "count", "K1", "3", "--as", desk["officer"]).stdout
    assert counted.endswith(": 3 cards are in stock.\n")
    assert "K1  ÖRNEK  open  3 of 3 blank" in terminal.run("stock", "list").stdout
    (row,) = terminal.json("stock", "list")
    assert (row["name"], row["quantity"], row["blank"], row["state"]) == ("K1", 3, 3, "open")
    with database.app.connect() as connection:
        numbers = connection.execute(text("SELECT number FROM chip_card ORDER BY position"))
        assert list(numbers.scalars()) == ["0098", "0099", "0100"]


def test_a_file_of_numbers_is_a_box_too(
    terminal: Terminal, desk: dict[str, str], tmp_path: Path
) -> None:
    listed = tmp_path / "numaralar.txt"
    listed.write_text("7\n9\n", encoding="utf-8")
    told = terminal.json(*receive("K1", "--numbers", str(listed), "--as", desk["operator"]))
    assert told["cards"] == 2
    counted = terminal.json("stock", "count", "K1", "2", "--as", desk["officer"])
    assert counted == {"reference": told["reference"], "cards": 2}


def test_each_wrong_box_is_one_sentence(terminal: Terminal, desk: dict[str, str]) -> None:
    operator = ("--as", desk["operator"])
    assert "Give --first and --last" in terminal.refused(*receive("K1", *operator))
    assert "Give --first and --last" in terminal.refused(*receive("K1", "--first", "1", *operator))
    letters = receive("K1", "--first", "1A", "--last", "20", *operator)
    assert "“1A” is no card number" in terminal.refused(*letters)
    terminal.run(*receive("K1", "--first", "1", "--last", "2", *operator))
    again = receive("K2", "--first", "2", "--last", "3", *operator)
    assert "1 card numbers are known from another box" in terminal.refused(*again)
    same = receive("K1", "--first", "8", "--last", "9", *operator)
    assert "A box named “K1” has been entered before" in terminal.refused(*same)
    missing = ("stock", "count", "K9", "1", "--as", desk["officer"])
    assert "There is no box named “K9”" in terminal.refused(*missing)
