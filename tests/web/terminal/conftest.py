"""A terminal on the database of the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.postgres import Database

from tests.kit.web.terminal import Terminal


@pytest.fixture
def terminal(database: Database, tmp_path: Path) -> Terminal:
    """Give a terminal on the test's database."""
    return Terminal(
        {
            **database.environment,
            "NES_VAR": str(tmp_path / "var"),
            "NES_PERSONAL_KEY": (b"s" * 32).hex(),
            "NES_LOOKUP_KEY": (b"l" * 32).hex(),
        }
    )
