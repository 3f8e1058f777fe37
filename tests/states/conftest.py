"""What the tests of the settings are given: a demo, and an authority elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


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
