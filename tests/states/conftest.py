"""What the tests of the states are given: settings of two kinds, and tables to fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.states.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kit.postgres import Database


@pytest.fixture
def demo(tmp_path: Path) -> dict[str, str]:
    return {"NES_DEMO": "1", "NES_VAR": str(tmp_path / "var")}


@pytest.fixture
def cmp(tmp_path: Path) -> dict[str, str]:
    chain = tmp_path / "chain.pem"
    chain.touch()
    return {
        "NES_CMP_SERVER": "http://makam.example:8080/cmp",
        "NES_PLAIN": "authority",
        "NES_CMP_REFERENCE": "nes-ofis",
        "NES_CMP_SECRET": "parola-parola",
        "NES_CMP_CHAIN": str(chain),
    }


@pytest.fixture
def rows(module_database: Database) -> Iterator[Rows]:
    """Give the tables, as the limited role fills them; nothing of it stays."""
    with module_database.app.connect() as connection:
        yield Rows(connection)
        connection.rollback()
