"""The house that asks an authority elsewhere."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from signing.authority.demo import Authority

from tests.kit.signing.elsewhere import House


@pytest.fixture
def house(authority: Authority, tmp_path: Path) -> Iterator[House]:
    """Give a house whose relays end with the test."""
    with ExitStack() as stack:
        yield House(authority, tmp_path, stack)
